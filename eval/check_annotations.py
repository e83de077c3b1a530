"""Check annotated records: whether each has all that it needs, and whether its code still makes the same shortcut.

    python eval/check_annotations.py --records output/annotated.jsonl --workers 2
    python eval/check_annotations.py --records output/annotated.jsonl --plain DIR

For each record: a query that keeps the rules of queries, a plan, a comment above every line of code, `workflow_code`
that compiles, and to a shortcut equal to that of `code`. With --plain, the shortcuts compiled from `workflow_code` are
also compared to the original files: by the command behind --arbiter, called with the two folders as its
last arguments, or else by eval/compare_shortcuts.py. Exit status 1: something is missing or differs.
"""

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from workflowllm.annotation.checks import CHECKS, check_keyed, checking_crashed
from workflowllm.flags import positive_int
from workflowllm.jobs import ALL_DONE, SOME_FAILED, CommandError, map_inputs, run_command, write_bytes
from workflowllm.llm.stage import keyed_rows
from workflowllm.shortcuts.compile import compile_record, output_paths
from workflowllm.shortcuts.errors import ShortcutError


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=Path, required=True, help="annotated records")
    parser.add_argument("--plain", type=Path, help="folder of the shortcuts that the records were converted from")
    parser.add_argument("--show", type=int, default=20, help="faults that are printed (default: %(default)s)")
    parser.add_argument("--workers", type=positive_int, default=1, help="processes (default: %(default)s)")
    parser.add_argument(
        "--arbiter", nargs=argparse.REMAINDER, help="a command of another's that compares two folders; last of all"
    )
    return parser.parse_args()


def check_records(arguments: argparse.Namespace) -> tuple[Counter[str], int]:
    """How many records pass each check, and how many there are; the first faults are printed."""
    passed: Counter[str] = Counter()
    total = shown = 0
    for checked in map_inputs(check_keyed, keyed_rows(arguments.records), arguments.workers, checking_crashed):
        total += 1
        passed.update(name for name in CHECKS if name not in checked.faults)
        for name, reason in checked.faults.items():
            if shown < arguments.show:
                print(f"{checked.key}: {name}: {reason}")
            shown += 1
    return passed, total


def compile_all(records: Path, folder: Path) -> int:
    """Write every record's annotated code as a shortcut beneath a folder; return how many there are."""
    count = 0
    for key, record in keyed_rows(records):
        if isinstance(record, Exception):
            continue
        try:
            write_bytes(folder / output_paths(record)[0], compile_record(record, "workflow_code"))
            count += 1
        except ShortcutError as error:
            print(f"{key}: {error}")
    return count


def arbitrate(arguments: argparse.Namespace) -> int:
    """Compare what the annotated code makes to the original files; return the exit status of whoever compares."""
    command = arguments.arbiter or [sys.executable, str(Path(__file__).with_name("compare_shortcuts.py"))]
    with tempfile.TemporaryDirectory() as folder:
        count = compile_all(arguments.records, Path(folder))
        print(f"{count} shortcuts compiled from workflow_code, compared to {arguments.plain}:", flush=True)
        try:
            return subprocess.run([*command, str(arguments.plain), folder], check=False).returncode
        except OSError as error:
            raise CommandError(f"cannot run {command[0]}: {error.strerror}.") from None


def main() -> int:
    arguments = parse_arguments()
    if arguments.plain and not arguments.plain.is_dir():
        raise CommandError(f"{arguments.plain} is no folder.")
    passed, total = check_records(arguments)
    for name, meaning in CHECKS.items():
        print(f"{passed[name]:>8} of {total} {meaning}")
    status: Any = ALL_DONE if total and all(passed[name] == total for name in CHECKS) else SOME_FAILED
    if arguments.plain and arbitrate(arguments):
        status = SOME_FAILED
    return status


if __name__ == "__main__":
    run_command(main)
