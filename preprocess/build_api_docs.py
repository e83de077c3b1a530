"""Build the API documents that prompts, filters and the checker use, from every definition at hand.

    python ./preprocess/build_api_docs.py --output_dir data/
    python ./preprocess/build_api_docs.py --wfactions WFActions.plist --output_dir data/
    python ./preprocess/build_api_docs.py --app_intents /Applications --intents /Applications --output_dir data/
    python ./preprocess/build_api_docs.py --coverage reference --shortcuts data/shortcuts

The package shortcutkit and our own data/api/ are always read. On a Mac, WFActions.plist is in WorkflowKit.framework,
and the definitions of an application are in its bundle. Where two sources describe one API, shortcutkit decides before
the files given here, and those decide before data/api/. The script writes identifier2json.json, identifier2python.py,
and, as in the release, identifier2json.pkl and identifier2python.pkl, whose keys are identifiers with `_` for `.`.
Each part of a definition that cannot be used is a line on standard error. --coverage and --shortcuts write nothing:
they print how many published identifiers, and how many calls of real shortcuts, the catalogue knows.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from workflowllm.apis.catalogue import Catalogue, catalogue_with
from workflowllm.apis.documents import DOCUMENTS, write_documents
from workflowllm.apis.model import BUILT_IN_APPLICATION, published_key
from workflowllm.runs.command import ALL_DONE, CommandError, run_command
from workflowllm.runs.paths import check_paths
from workflowllm.shortcuts.files.containers import read_file
from workflowllm.shortcuts.model.action_table import BUILT_IN
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.records_from_files import list_files

PUBLISHED = "identifier2category.json"  # the release's file that lists all identifiers


@dataclass(frozen=True)
class Flags:
    """The flags of this script."""

    wfactions: Path | None
    app_intents: Path | None
    intents: Path | None
    output_dir: Path
    coverage: Path | None
    shortcuts: Path | None


def parse_flags() -> Flags:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sources = parser.add_argument_group("further definitions (default: none)")
    sources.add_argument("--wfactions", type=Path, metavar="FILE", help="macOS's WFActions.plist")
    sources.add_argument("--app_intents", type=Path, metavar="DIR", help="folder to search for *.actionsdata")
    sources.add_argument("--intents", type=Path, metavar="DIR", help="folder to search for *.intentdefinition")
    parser.add_argument(
        "--output_dir", type=Path, default=Path("output/apis"), help="folder of the documents (default: %(default)s)"
    )
    counts = parser.add_argument_group("counting only")
    counts.add_argument("--coverage", type=Path, metavar="DIR", help=f"folder with the release's {PUBLISHED}")
    counts.add_argument("--shortcuts", type=Path, metavar="DIR", help="folder of shortcut files whose calls to count")
    return Flags(**vars(parser.parse_args()))


def read_catalogue(flags: Flags) -> Catalogue:
    for folder in (flags.app_intents, flags.intents):
        if folder is not None and not folder.is_dir():
            raise CommandError(f"{folder} is not a folder; give the one that holds the definitions.")
    try:
        known = catalogue_with(flags.wfactions, flags.app_intents, flags.intents)
        len(known)  # reads everything
    except ValueError as error:
        raise CommandError(str(error)) from None
    for line in known.skipped:
        print(line, file=sys.stderr)
    return known


def coverage_lines(known: Catalogue, release: Path | None, shortcuts: Path | None) -> Iterator[str]:
    """What the catalogue holds, and its shares of the release's identifiers and of the calls of real shortcuts."""
    yield from _source_lines(known)
    if release is not None:
        yield from _published_lines(known, release)
    if shortcuts is not None:
        calls, unreadable = _count_calls(shortcuts)
        yield _share_line("identifiers of the shortcuts", calls.keys() & set(known), calls)
        total = sum(calls.values())
        known_calls = sum(count for identifier, count in calls.items() if identifier in known)
        yield f"calls of the shortcuts: {known_calls} of {total} ({100 * known_calls / max(total, 1):.2f} %)"
        if unreadable:
            yield f"shortcuts that could not be read: {unreadable}"


def _source_lines(known: Catalogue) -> Iterator[str]:
    sources = Counter(api.source for api in known.values())
    for source, count in sources.most_common():
        applications = {api.application for api in known.values() if api.source == source}
        yield f"{source}: {count} APIs of {len(applications)} applications"
    built_in = len(known.of_application(BUILT_IN_APPLICATION))
    complete = sum(map(known.is_complete, known.applications()))
    yield f"all: {len(known)} APIs, {built_in} built in; the whole list of {complete} applications"


def _published_lines(known: Catalogue, release: Path) -> Iterator[str]:
    path = release / PUBLISHED
    if not path.is_file():
        yield f"published identifiers: not counted, {path} is absent"
        return
    try:
        published = set(json.loads(path.read_text("utf-8")))
    except (ValueError, TypeError, RecursionError) as error:
        raise CommandError(f"{path} holds no identifiers: {error}.") from None
    known_keys = set(map(published_key, known))
    built_in = {key for key in published if str(key).startswith(published_key(BUILT_IN))}
    yield _share_line("published identifiers", published & known_keys, published)
    yield _share_line("  of these built in", built_in & known_keys, built_in)


def _share_line(what: str, part: Collection[str], whole: Collection[str]) -> str:
    return f"{what}: {len(part)} of {len(whole)} ({100 * len(part) / max(len(whole), 1):.1f} %)"


def _count_calls(folder: Path) -> tuple[Counter[str], int]:
    """How often the shortcuts below a folder call each identifier, and how many shortcuts could not be read."""
    if not folder.is_dir():
        raise CommandError(f"{folder} is not a folder; give the one that holds the shortcuts.")
    calls: Counter[str] = Counter()
    unreadable = 0
    for name in list_files(folder):
        try:
            actions = read_file(folder / name).workflow.get("WFWorkflowActions")
        except ShortcutError:
            unreadable += 1
            continue
        for action in actions if isinstance(actions, list) else ():
            identifier = action.get("WFWorkflowActionIdentifier") if isinstance(action, dict) else None
            if isinstance(identifier, str):
                calls[identifier] += 1
    return calls, unreadable


def main() -> int:
    flags = parse_flags()
    check_paths([flags.wfactions], [flags.output_dir / name for name in DOCUMENTS])  # folders are read by endings
    known = read_catalogue(flags)
    if flags.coverage or flags.shortcuts:
        print("\n".join(coverage_lines(known, flags.coverage, flags.shortcuts)))
        return ALL_DONE
    without_stub = write_documents([known[identifier] for identifier in sorted(known)], flags.output_dir)
    if without_stub:
        print(f"{without_stub} APIs have no stub: no Python name leads back to their identifiers", file=sys.stderr)
    print(f"done {len(known)}, skipped {len(known.skipped)}, failed 0", file=sys.stderr)
    return ALL_DONE


if __name__ == "__main__":
    run_command(main)
