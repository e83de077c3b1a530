"""How much of the published set and of real shortcuts the catalogue knows."""

import json
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path

from workflowllm.apis.catalogue import Catalogue
from workflowllm.apis.model import BUILT_IN_APPLICATION, published_key
from workflowllm.runs.command import CommandError
from workflowllm.shortcuts.files.containers import read_file
from workflowllm.shortcuts.model.action_table import BUILT_IN
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.records_from_files import list_files

_PUBLISHED = "identifier2category.json"


def coverage_lines(known: Catalogue, references: Path | None, shortcuts: Path | None) -> Iterator[str]:
    """The lines that the counting command prints."""
    yield from _source_lines(known)
    if references is not None:
        yield from _published_lines(known, references)
    if shortcuts is not None:
        calls, unreadable = _calls(shortcuts)
        yield from _share("identifiers of the shortcuts", calls.keys() & set(known), calls)
        total = sum(calls.values())
        found = sum(count for identifier, count in calls.items() if identifier in known)
        yield f"calls of the shortcuts: {found} of {total} ({100 * found / max(total, 1):.2f} %)"
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


def _published_lines(known: Catalogue, references: Path) -> Iterator[str]:
    path = references / _PUBLISHED
    if not path.is_file():
        yield f"published identifiers: not counted, {path} is absent"
        return
    try:
        published = set(json.loads(path.read_text("utf-8")))
    except (ValueError, TypeError) as error:
        raise CommandError(f"{path} holds no identifiers: {error}.") from None
    ours = set(map(published_key, known))
    built_in = {key for key in published if key.startswith(published_key(BUILT_IN))}
    yield from _share("published identifiers", published & ours, published)
    yield from _share("  of these built in", built_in & ours, built_in)


def _share(what: str, found: Collection[str], all_: Collection[str]) -> Iterator[str]:
    yield f"{what}: {len(found)} of {len(all_)} ({100 * len(found) / max(len(all_), 1):.1f} %)"


def _calls(folder: Path) -> tuple[Counter[str], int]:
    """How often the shortcuts below a folder call each identifier, and how many could not be read."""
    if not folder.is_dir():
        raise CommandError(f"{folder} is no folder; give the one that holds the shortcuts.")
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
