"""Search the APIs for requests, and measure how many of those that a solution calls are among the results.

    python eval/search_apis.py --input REQUESTS.jsonl --output FOUND.jsonl --count 24
    python eval/search_apis.py --input data/tasks --half 1 --count 24

Lines have `request` or `query`. A folder of task files stands for their requests and `apis`, without the tasks that
change a shortcut: most of what those need is in the shortcut. Each output line is its line with `found`, identifiers
with the best first. Where lines have `apis`, the share of them that was found is printed, and how many lines have all.
Statements of Python, which no prompt has to offer, do not count. --half takes the lines whose key has an even (0) or
an odd (1) hash: the tables of the search were made with half 0 in view.
"""

import argparse
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from workflowllm.apis.model import STATEMENTS
from workflowllm.apis.search import search_apis
from workflowllm.runs.command import ALL_DONE, CommandError, run_command
from workflowllm.runs.flags import positive_int
from workflowllm.runs.json_lines import json_line, read_records
from workflowllm.runs.output_files import whole_file
from workflowllm.runs.paths import check_paths
from workflowllm.runtime.tasks import read_task, task_files
from workflowllm.shortcuts.model.errors import ShortcutError

Line = dict[str, Any]


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", type=Path, required=True, help="JSON Lines, or a folder of task files")
    parser.add_argument("--output", type=Path, help="JSON Lines with `found`")
    parser.add_argument("--count", type=positive_int, nargs="+", default=[24], metavar="N",
                        help="identifiers shown; the output holds the most (default: 24)")  # fmt: skip
    parser.add_argument("--half", type=int, choices=(0, 1), help="only lines of this half (default: all)")
    parser.add_argument("--missing", action="store_true", help="print what was not found for each line")
    return parser.parse_args()


def read_lines(path: Path) -> Iterator[Line]:
    """The lines of a file, or the requests of a folder of tasks. Raises CommandError where one is none."""
    if path.is_dir():
        try:
            for task in map(read_task, task_files([path])):
                if task.edit is None:
                    yield {"key": task.key, "request": task.request, "apis": list(task.apis)}
        except ShortcutError as error:
            raise CommandError(str(error)) from None
        return
    for number, record in read_records(path):
        if not isinstance(record, dict) or not isinstance(request_of(record), str):
            raise CommandError(f"line {number} of {path} has no `request` or `query`.")
        yield record


def request_of(line: Line) -> Any:
    return line.get("request", line.get("query"))


def half_of(line: Line) -> int:
    """0 or 1, by the key, or by the request where there is none."""
    key = str(line.get("key", request_of(line)))
    return int(sha256(key.encode("utf-8", "replace")).hexdigest(), 16) % 2


def needed(line: Line) -> set[str]:
    """The APIs that have to be offered."""
    apis = line.get("apis")
    return {api for api in apis if isinstance(api, str)} - STATEMENTS if isinstance(apis, list) else set()


def figures(lines: Iterable[Line], count: int) -> str:
    """Recall and complete shares among the first `count` of what was found."""
    shares = [len(needed(line) & set(line["found"][:count])) / len(needed(line)) for line in lines if needed(line)]
    if not shares:
        return "no line has apis"
    complete = sum(share == 1 for share in shares)
    recall = sum(shares) / len(shares)
    return f"{count} shown: recall {recall:.3f}, complete {complete} of {len(shares)} ({complete / len(shares):.1%})"


def main() -> int:
    arguments = parse_arguments()
    if arguments.output:
        check_paths([arguments.input], [arguments.output])
    lines = [line for line in read_lines(arguments.input) if arguments.half in (None, half_of(line))]
    most = max(arguments.count)
    found = [line | {"found": search_apis(request_of(line), most)} for line in lines]
    if arguments.output:
        with whole_file(arguments.output) as file:
            for line in found:
                file.write(json_line(line))
    for line in found if arguments.missing else ():
        print(line.get("key"), *sorted(needed(line) - set(line["found"])), sep=" ")
    for count in arguments.count:
        print(figures(found, count))
    return ALL_DONE


if __name__ == "__main__":
    run_command(main)
