"""Do the measures measure? What each of them makes of references that are damaged more and more.

    python eval/check_metrics.py --samples data_samples.json
    python eval/check_metrics.py --samples output/shortcuts.jsonl --limit 200 --workers 2 --table dev/measures.md

The samples are records with `workflow_code`, `annotated_code` or `code`; comments are removed first. By 10, 30 and
50 %, lines are dropped, calls swapped for other APIs, arguments changed, lines reordered, and lines of other samples
added. Done to all of a program: conditions negated, operators swapped, arguments removed, the program left at once
(exit first), every API called bare in its place. And all variables are renamed, which harms nothing. A measure sees a
damage when it falls with every step of it.
Exit 1 if a measure of mode fixed does not fall with a damage that it must see.
"""

import argparse
import sys
from pathlib import Path

from support.measure_checks import Sample, damaged_samples, measured, metric_table

from workflowllm.records.forms import normalised, record_file_rows
from workflowllm.runs.command import ALL_DONE, SOME_FAILED, CommandError, run_command
from workflowllm.runs.flags import positive_int
from workflowllm.runs.output_files import write_bytes
from workflowllm.runs.paths import check_paths
from workflowllm.shortcuts.dialect.comments import strip_comments


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=Path, required=True, help="records with code (.json, .jsonl, .gz, .parquet)")
    parser.add_argument("--limit", type=positive_int, help="the first so many records (default: all)")
    parser.add_argument("--table", type=Path, help="Markdown file for the table (default: only printed)")
    parser.add_argument("--workers", type=positive_int, default=1, help="processes (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="what is damaged (default: %(default)s)")
    return parser.parse_args()


def read_samples(path: Path, limit: int | None) -> list[Sample]:
    """The first records that have code, without its comments."""
    samples: list[Sample] = []
    for _, row in record_file_rows(path):
        record = normalised(row) if isinstance(row, dict) else {}
        code = next((record[name] for name in ("workflow_code", "code") if isinstance(record.get(name), str)), "")
        apis = record.get("apis")
        offered = tuple(api for api in apis if isinstance(api, str)) if isinstance(apis, list) else None
        if code.strip():
            samples.append(Sample(strip_comments(code).strip(), offered))
        if len(samples) == limit:
            break
    if len(samples) < 2:
        raise CommandError(f"{path} must hold at least two records with code: one is padded with lines of the others.")
    return samples


def main() -> int:
    arguments = parse_arguments()
    check_paths([arguments.samples], [arguments.table])
    samples = read_samples(arguments.samples, arguments.limit)
    figures = measured(samples, damaged_samples(samples, arguments.seed), arguments.workers)
    lines, missed = metric_table(figures, len(samples))
    print("\n".join(lines))
    if arguments.table:
        write_bytes(arguments.table, ("# What the measures see\n\n" + "\n".join(lines) + "\n").encode())
    for measure, damage in missed:
        print(f"{measure} must fall with {damage}, and does not.", file=sys.stderr)
    return SOME_FAILED if missed else ALL_DONE


if __name__ == "__main__":
    run_command(main)
