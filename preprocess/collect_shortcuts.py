"""Collect shortcuts behind iCloud links: the files, and what the store said about each.

    python preprocess/collect_shortcuts.py --input links.txt --output output/collected
    python preprocess/collect_shortcuts.py --input store.csv --output output/collected --requests_a_minute 20
    python preprocess/Convert_ShortCut_to_Python.py --folder_path output/collected/files --output output/shortcuts.jsonl
    python preprocess/annotate_workflows.py --input output/shortcuts.jsonl --metadata output/collected/metadata.jsonl \\
        --output output/annotated.jsonl

The input has one link a line, or records with a link and, as far as known, name, description and category, as .csv,
.json or .jsonl. A file goes to files/<id>.shortcut, its store's record to metadata.jsonl. Requests go out one at a time
and no faster than --requests_a_minute; robots.txt is obeyed; a server that asks for patience gets it. What is there
already is not fetched again. Links that lead nowhere are in <output>.errors.jsonl and are tried again by the next run.
"""

import argparse
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from workflowllm.collecting.polite import Fetcher, Manners
from workflowllm.collecting.stores import Listed, read_list
from workflowllm.runs.command import CommandError, run_command
from workflowllm.runs.flags import not_negative, positive, positive_int
from workflowllm.runs.outcomes import Outcomes
from workflowllm.runs.output_files import write_bytes
from workflowllm.runs.paths import check_paths
from workflowllm.runs.resumable_lines import Lines
from workflowllm.shortcuts.files.containers import read_shortcut
from workflowllm.shortcuts.files.icloud import ICLOUD, fetch_icloud
from workflowllm.shortcuts.model.errors import ShortcutError


@dataclass(frozen=True)
class Flags:
    """The flags of this script."""

    input: Path
    output: Path
    overwrite: bool
    base: str
    manners: Manners


def parse_flags() -> Flags:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    usual = Manners()
    parser.add_argument("--input", type=Path, required=True, help="links, or a store's records")
    parser.add_argument(
        "--output", type=Path, default=Path("output/collected"), help="folder to fill (default: %(default)s)"
    )
    parser.add_argument("--overwrite", action="store_true", help="fetch everything again")
    parser.add_argument("--base", default=ICLOUD, help="where the links lead (default: %(default)s)")
    group = parser.add_argument_group("manners")
    group.add_argument("--requests_a_minute", type=positive, default=usual.requests_a_minute,
                       help="at most (default: %(default)s)")  # fmt: skip
    group.add_argument("--attempts", type=positive_int, default=usual.attempts,
                       help="of each request (default: %(default)s)")  # fmt: skip
    group.add_argument("--timeout", type=positive, default=usual.timeout,
                       help="seconds without a byte (default: %(default)s)")  # fmt: skip
    group.add_argument("--deadline", type=positive, default=usual.deadline,
                       help="seconds for one attempt as a whole (default: %(default)s)")  # fmt: skip
    group.add_argument("--longest_wait", type=not_negative, default=usual.longest_wait,
                       help="seconds that a server may ask to wait (default: %(default)s)")  # fmt: skip
    group.add_argument("--most_mib", type=positive, default=usual.most_bytes / 2**20,
                       help="MiB of a file (default: %(default)s)")  # fmt: skip
    group.add_argument("--user_agent", default=usual.user_agent, help="the collector's name (default: %(default)s)")
    group.add_argument("--ignore_robots", action="store_true", help="do not read robots.txt, where you have permission")
    group.add_argument("--allow_private", action="store_true",
                       help="fetch from addresses of this machine and its network, too, as tests do")  # fmt: skip
    arguments = parser.parse_args()
    manners = Manners(
        requests_a_minute=arguments.requests_a_minute,
        attempts=arguments.attempts,
        longest_wait=arguments.longest_wait,
        timeout=arguments.timeout,
        deadline=arguments.deadline,
        most_bytes=int(arguments.most_mib * 2**20),
        user_agent=arguments.user_agent,
        obeys_robots=not arguments.ignore_robots,
        allows_private=arguments.allow_private,
    )
    return Flags(arguments.input, arguments.output, arguments.overwrite, arguments.base, manners)


def entries(path: Path, outcomes: Outcomes) -> Iterator[Listed]:
    """The entries with a link of their own, each link once."""
    seen: set[str] = set()
    for entry in tqdm(list(read_list(path)), unit="link", disable=None):
        if not entry.id:
            outcomes.fail(entry.position, f"{entry.link[:200]!r} is not an iCloud link.")
        elif entry.id in seen:
            outcomes.skipped += 1
        else:
            seen.add(entry.id)
            yield entry


def collect(entry: Listed, fetcher: Fetcher, base: str, files: Path) -> dict[str, Any]:
    """Fetch one file; its line of metadata.jsonl. Raises ShortcutError where it cannot be had or is no shortcut."""
    data = fetch_icloud(entry.link, base=base, download=fetcher.get)
    container = read_shortcut(data).container
    key = f"{entry.id}.shortcut"
    write_bytes(files / key, data)
    described = {"title": entry.title, "description": entry.description, "category": entry.category}
    digest = hashlib.sha256(data).hexdigest()
    return {"key": key, **described, "link": entry.link, "container": container, "bytes": len(data), "sha256": digest}


def main() -> int:
    flags = parse_flags()
    files, lines = flags.output / "files", flags.output / "metadata.jsonl"
    check_paths([flags.input], [files, lines])
    fetcher = Fetcher(flags.manners)
    try:
        files.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"cannot write {files}: {error.strerror}.") from None
    metadata = Lines(lines, lambda line: str(line["key"]), flags.overwrite)
    outcomes = Outcomes(flags.output)
    with outcomes:
        for entry in entries(flags.input, outcomes):
            key = f"{entry.id}.shortcut"
            if key in metadata and (files / key).is_file():
                outcomes.skipped += 1
                continue
            try:
                metadata.add(key, collect(entry, fetcher, flags.base, files))
                outcomes.done += 1
            except ShortcutError as error:
                outcomes.fail(entry.link, str(error))
            except OSError:  # a full disk ends the run
                raise
            except Exception as error:  # one link that cannot be collected never stops the others
                outcomes.fail(entry.link, f"{type(error).__name__}: {error}")
    metadata.close()
    return outcomes.summary()


if __name__ == "__main__":
    run_command(main)
