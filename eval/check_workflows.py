"""Check workflows: what is wrong with their Python, found without running it.

    python eval/check_workflows.py data/shortcuts/tip_calculator.py
    python eval/check_workflows.py output/shortcuts.jsonl --output output/findings.jsonl
    python eval/check_workflows.py predictions.jsonl --offered --output output/findings.jsonl

Of records, `workflow_code` is checked, else `code`; with --offered, only the APIs in `apis` may be called. The output
has one line for each record: its `key` and its `findings`, each with code, line, column, severity, message and, where
it can be known, the right spelling as `suggestion`. Exit status 1: something could not be checked at all.
"""

import argparse
from collections import Counter
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from workflowllm.checking.checker import Checked, check_code, check_numbered, checking_crashed
from workflowllm.checking.findings import Finding
from workflowllm.runs.command import ALL_DONE, CommandError, run_command
from workflowllm.runs.flags import positive_int
from workflowllm.runs.json_lines import json_line, read_records
from workflowllm.runs.outcomes import RecordOutcomes
from workflowllm.runs.pools import map_inputs


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="a .py file, or records: .jsonl, .jsonl.gz, or a .json array")
    parser.add_argument("--output", type=Path, help="JSON Lines file of the findings (default: they are printed)")
    parser.add_argument("--offered", action="store_true", help="allow only the APIs that a record lists in `apis`")
    parser.add_argument("--workers", type=positive_int, default=1, help="processes (default: %(default)s)")
    return parser.parse_args()


def show(name: str, findings: list[Finding]) -> None:
    for item in findings:
        print(f"{name}:{item.line}:{item.column}: {item.severity} {item.code}: {item.message}")


def check_file(path: Path) -> int:
    """Check one Python file and print what is found."""
    try:
        code = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"cannot read {path}: {getattr(error, 'strerror', None) or 'it is not UTF-8'}.") from None
    show(str(path), check_code(code))
    return ALL_DONE


def check_records(arguments: argparse.Namespace) -> int:
    """Check every record of a file; count the findings by kind."""
    counts: Counter[str] = Counter()
    output = RecordOutcomes(arguments.output or Path("output/findings.jsonl"))
    with output:
        work = partial(check_numbered, use_offered=arguments.offered)
        for checked in map_inputs(work, read_records(arguments.file), arguments.workers, checking_crashed):
            keep(checked, output, counts, shown=arguments.output is None)
    for code, count in counts.most_common():
        print(f"{count:>8} {code}")
    return output.summary()


def keep(checked: Checked, output: RecordOutcomes, counts: Counter[str], shown: bool) -> None:
    if checked.error:
        output.fail(checked.key, checked.error)
        return
    counts.update(item.code for item in checked.findings)
    output.add(json_line({"key": checked.key, "findings": [as_json(item) for item in checked.findings]}))
    if shown:
        show(checked.key, checked.findings)


def as_json(item: Finding) -> dict[str, Any]:
    return {name: value for name, value in asdict(item).items() if value is not None}


def main() -> int:
    arguments = parse_arguments()
    return check_file(arguments.file) if arguments.file.suffix == ".py" else check_records(arguments)


if __name__ == "__main__":
    run_command(main)
