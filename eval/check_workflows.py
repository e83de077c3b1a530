"""Check workflows: what is wrong with their Python, found without running it.

    python eval/check_workflows.py data/shortcuts/tip_calculator.py
    python eval/check_workflows.py output/shortcuts.jsonl --output output/findings.jsonl
    python eval/check_workflows.py predictions.jsonl --offered --output output/findings.jsonl

Of a record, `workflow_code` is checked, or else `code`. With --offered, only the APIs in `apis` may be called. The
output has one line for each record: its `key` and its `findings`, each with code, line, column, severity, message and,
where it is known, the correct spelling as `suggestion`. Exit status 1 means that some record could not be checked.
"""

import argparse
from collections import Counter
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from workflowllm.checking.checker import check_numbered, checking_crashed
from workflowllm.checking.findings import Finding
from workflowllm.runs.command import ALL_DONE, CommandError, run_command
from workflowllm.runs.flags import positive_int
from workflowllm.runs.json_lines import json_line, read_records
from workflowllm.runs.outcomes import RecordOutcomes
from workflowllm.runs.paths import check_paths, why_not_regular
from workflowllm.runs.pools import map_inputs

DEFAULT_OUTPUT = Path("output/findings.jsonl")


@dataclass(frozen=True)
class Flags:
    """The flags of this script."""

    file: Path
    output: Path | None
    offered: bool
    workers: int


def parse_flags() -> Flags:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="a .py file, or records: .jsonl, .jsonl.gz, or a .json array")
    parser.add_argument(
        "--output", type=Path, help=f"JSON Lines of the findings (default: {DEFAULT_OUTPUT}, and they are printed)"
    )
    parser.add_argument("--offered", action="store_true", help="allow only the APIs that a record lists in `apis`")
    parser.add_argument("--workers", type=positive_int, default=1, help="processes (default: %(default)s)")
    return Flags(**vars(parser.parse_args()))


def show(name: str, findings: list[Finding]) -> None:
    for item in findings:
        print(f"{name}:{item.line}:{item.column}: {item.severity} {item.code}: {item.message}")


def check_file(path: Path) -> int:
    """Check one Python file and print its findings."""
    checked = check_numbered((1, {"key": str(path), "code": read_code(path)}), use_offered=False)
    if checked.error:
        raise CommandError(f"{path}: {checked.error}")
    show(str(path), checked.findings)
    return ALL_DONE


def read_code(path: Path) -> str:
    if path.exists() and (reason := why_not_regular(path)):
        raise CommandError(f"cannot read {path}: {reason}")
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"cannot read {path}: {getattr(error, 'strerror', None) or 'it is not UTF-8'}.") from None


def check_records(flags: Flags) -> int:
    """Check every record of a file; count the findings by kind."""
    path = flags.output or DEFAULT_OUTPUT
    check_paths([flags.file], [path])
    counts: Counter[str] = Counter()
    work = partial(check_numbered, use_offered=flags.offered)
    with RecordOutcomes(path) as outcomes:
        for checked in map_inputs(work, read_records(flags.file), flags.workers, checking_crashed):
            if checked.error:
                outcomes.fail(checked.key, checked.error)
                continue
            counts.update(item.code for item in checked.findings)
            outcomes.add(json_line({"key": checked.key, "findings": list(map(as_json, checked.findings))}))
            if flags.output is None:
                show(checked.key, checked.findings)
    for code, count in counts.most_common():
        print(f"{count:>8} {code}")
    return outcomes.summary()


def as_json(item: Finding) -> dict[str, Any]:
    return {name: value for name, value in asdict(item).items() if value is not None}


def main() -> int:
    flags = parse_flags()
    return check_file(flags.file) if flags.file.suffix == ".py" else check_records(flags)


if __name__ == "__main__":
    run_command(main)
