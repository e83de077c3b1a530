"""Check annotated records: whether each has all that it needs, and whether its code still makes the same shortcut.

    python eval/check_annotations.py --records output/annotated.jsonl --workers 2
    python eval/check_annotations.py --records output/annotated.jsonl --plain DIR

For each record: a query that keeps the rules of queries, a plan, a comment above every line of code, `workflow_code`
that compiles, and to a shortcut equal to that of `code`. With --plain, the shortcuts compiled from `workflow_code` are
also compared to the files that the records were made from: by the program behind --arbiter, or else by
eval/compare_shortcuts.py. Exit status 1: something is missing or differs.
"""

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workflowllm.annotation.checks import CHECKS, check_keyed, checking_crashed
from workflowllm.llm.stage import keyed_rows
from workflowllm.runs.command import ALL_DONE, SOME_FAILED, CommandError, run_command
from workflowllm.runs.flags import positive_int
from workflowllm.runs.output_files import write_bytes
from workflowllm.runs.pools import map_inputs
from workflowllm.shortcuts.files_from_records import compile_numbered, source_path


@dataclass(frozen=True)
class Flags:
    """The flags of this script."""

    records: Path
    plain: Path | None
    show: int
    workers: int
    arbiter: Path | None


def parse_flags() -> Flags:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=Path, required=True, help="annotated records")
    parser.add_argument("--plain", type=Path, help="folder of the shortcuts that the records were converted from")
    parser.add_argument("--show", type=int, default=20, help="faults to print (default: %(default)s)")
    parser.add_argument("--workers", type=positive_int, default=1, help="processes (default: %(default)s)")
    parser.add_argument("--arbiter", type=Path, help="program that compares two folders with --dir A B (default: ours)")
    return Flags(**vars(parser.parse_args()))


def check_records(flags: Flags) -> tuple[Counter[str], int]:
    """How many records pass each check, and how many there are; the first faults are printed."""
    passed: Counter[str] = Counter()
    total = shown = 0
    for checked in map_inputs(check_keyed, keyed_rows(flags.records), flags.workers, checking_crashed):
        total += 1
        passed.update(name for name in CHECKS if name not in checked.faults)
        for name, reason in checked.faults.items():
            if shown < flags.show:
                print(f"{checked.key}: {name}: {reason}")
            shown += 1
    return passed, total


def pair_up(records: Path, plain: Path, originals: Path, made: Path) -> int:
    """Write every record's annotated code as a shortcut into the folder `made`, and link the file that it was converted
    from under the same name in `originals`; return the number of pairs.
    """
    count = 0
    for number, (key, record) in enumerate(keyed_rows(records), 1):
        compiled = compile_numbered((number, record), "workflow_code")
        name = next((path for path in compiled.paths if not (made / path).exists()), None)
        if name is None:
            print(f"{key}: {compiled.error or 'an earlier record has its file.'}")
            continue
        source = plain / source_path(record)
        if not source.is_file():
            print(f"{key}: there is no {source}.")
            continue
        write_bytes(made / name, compiled.data)
        (originals / name).parent.mkdir(parents=True, exist_ok=True)
        (originals / name).symlink_to(source.resolve())
        count += 1
    return count


def arbitrate(flags: Flags, total: int) -> bool:
    """Compare the compiled annotated code to the original files; return whether all records could be and are equal."""
    ours = Path(__file__).with_name("compare_shortcuts.py")
    command = [sys.executable, flags.arbiter, "--dir"] if flags.arbiter else [sys.executable, ours]
    with tempfile.TemporaryDirectory() as folder:
        originals, made = Path(folder, "originals"), Path(folder, "made")
        for each in (originals, made):
            each.mkdir()
        count = pair_up(flags.records, flags.plain, originals, made)
        print(f"{count} shortcuts compiled from workflow_code, compared to {flags.plain}:", flush=True)
        return subprocess.run([*command, originals, made], check=False).returncode == 0 and count == total


def main() -> int:
    flags = parse_flags()
    if flags.plain and not flags.plain.is_dir():
        raise CommandError(f"{flags.plain} is not a folder.")
    if flags.arbiter and not flags.plain:
        raise CommandError("--arbiter compares to the files in --plain; name that folder too.")
    if flags.arbiter and not flags.arbiter.is_file():
        raise CommandError(f"{flags.arbiter} is not a file.")
    passed, total = check_records(flags)
    for name, meaning in CHECKS.items():
        print(f"{passed[name]:>8} of {total} {meaning}")
    status: Any = ALL_DONE if total and all(passed[name] == total for name in CHECKS) else SOME_FAILED
    if flags.plain and not arbitrate(flags, total):
        status = SOME_FAILED
    return status


if __name__ == "__main__":
    run_command(main)
