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
from pathlib import Path
from typing import Any

from tqdm import tqdm

from workflowllm.collecting.links import Listed, read_list
from workflowllm.collecting.polite import Fetcher, Manners
from workflowllm.runs.command import CommandError, run_command
from workflowllm.runs.flags import not_negative, positive, positive_int
from workflowllm.runs.outcomes import Outcomes
from workflowllm.runs.output_files import write_bytes
from workflowllm.runs.resumable_lines import Lines
from workflowllm.shortcuts.files.containers import read_shortcut
from workflowllm.shortcuts.files.icloud import ICLOUD, fetch_icloud
from workflowllm.shortcuts.model.errors import ShortcutError


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    usual = Manners()
    parser.add_argument("--input", type=Path, required=True, help="links, or a store's records")
    parser.add_argument(
        "--output", type=Path, default=Path("output/collected"), help="folder to fill (default: %(default)s)"
    )
    parser.add_argument("--overwrite", action="store_true", help="fetch everything anew")
    manners = parser.add_argument_group("manners")
    manners.add_argument("--requests_a_minute", type=positive, default=usual.requests_a_minute,
                         help="at most (default: %(default)s)")  # fmt: skip
    manners.add_argument("--attempts", type=positive_int, default=usual.attempts,
                         help="of each request (default: %(default)s)")  # fmt: skip
    manners.add_argument("--timeout", type=positive, default=usual.timeout, help="seconds (default: %(default)s)")
    manners.add_argument("--longest_wait", type=not_negative, default=usual.longest_wait,
                         help="seconds that a server may ask for (default: %(default)s)")  # fmt: skip
    manners.add_argument("--most_mib", type=positive, default=usual.most_bytes / 2**20,
                         help="of a file (default: %(default)s)")  # fmt: skip
    manners.add_argument("--user_agent", default=usual.user_agent, help="who asks (default: %(default)s)")
    manners.add_argument("--ignore_robots", action="store_true", help="where you have leave to: do not read robots.txt")
    manners.add_argument("--base", default=ICLOUD, help="where the links lead (default: %(default)s)")
    return parser.parse_args()


def fetcher_for(arguments: argparse.Namespace) -> Fetcher:
    return Fetcher(
        Manners(
            arguments.requests_a_minute,
            arguments.attempts,
            arguments.longest_wait,
            arguments.timeout,
            int(arguments.most_mib * 2**20),
            arguments.user_agent,
            not arguments.ignore_robots,
        )
    )


def entries(path: Path, outcomes: Outcomes) -> Iterator[Listed]:
    """The entries with a link of their own, each link once."""
    seen: set[str] = set()
    for entry in tqdm(list(read_list(path)), unit="link", disable=None):
        if not entry.id:
            outcomes.fail(entry.place, f"{entry.link[:200]!r} is no iCloud link.")
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
    arguments = parse_arguments()
    files = arguments.output / "files"
    fetcher = fetcher_for(arguments)
    try:
        files.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"cannot write {files}: {error.strerror}.") from None
    metadata = Lines(arguments.output / "metadata.jsonl", lambda line: str(line["key"]), arguments.overwrite)
    outcomes = Outcomes(arguments.output)
    with outcomes:
        for entry in entries(arguments.input, outcomes):
            key = f"{entry.id}.shortcut"
            if key in metadata and (files / key).is_file():
                outcomes.skipped += 1
                continue
            try:
                metadata.add(key, collect(entry, fetcher, arguments.base, files))
                outcomes.done += 1
            except ShortcutError as error:
                outcomes.fail(entry.link, str(error))
    metadata.close()
    return outcomes.summary()


if __name__ == "__main__":
    run_command(main)
