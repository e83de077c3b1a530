"""Build a data set from annotated and generated records: filters, duplicates, ID and OOD splits, statistics, a card.

    python preprocess/build_dataset.py --seed_data output/annotated.jsonl --output output/data
    python preprocess/build_dataset.py --seed_data output/annotated.jsonl --synthesized output/confirmed.jsonl \\
        --output output/data --workers 2
    python preprocess/build_dataset.py --released DIR

The folder has the files of the published data set: seed_data.json, synthesized_data.json, dataset_split_keys.json,
dataset_split_keys_ood.json, statistics.pkl, identifier2json.pkl, identifier2python.pkl; beside these statistics.json,
the same as parquet with a card (`datasets.load_dataset(DIR, "id")`, "ood"), held_out_apis.json, dropped.jsonl with a
line for each record left out, and, written last, build.json with flags, versions and counts. What the splits promise
stands in the card and in workflowllm/dataset/splits.py. --released prints the table of a published folder, or of one
made here.
"""

import argparse
import sys
import tempfile
from functools import partial
from pathlib import Path

from workflowllm.apis.catalogue import catalogue
from workflowllm.apis.documents import write_documents
from workflowllm.dataset.building import (
    Kept,
    Likeness,
    both_splits,
    examine,
    examining_crashed,
    keep,
    numbered_rows,
    split_items,
    write_records,
)
from workflowllm.dataset.filters import Rules
from workflowllm.dataset.released import describe_all, report_lines
from workflowllm.dataset.reports import BUILD, build_report, print_report, write_reports
from workflowllm.dataset.splits import Sizes
from workflowllm.runs.command import ALL_DONE, SOME_FAILED, CommandError, run_command
from workflowllm.runs.flags import number, positive, positive_int
from workflowllm.runs.outcomes import Outcomes
from workflowllm.runs.pools import map_inputs

NO_LIMIT = -1
SHOWN = 20  # faults of a released file that are printed


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    files = parser.add_argument_group("files")
    files.add_argument("--seed_data", type=Path, nargs="+", default=[], metavar="FILE", help="annotated records")
    files.add_argument("--synthesized", type=Path, nargs="+", default=[], metavar="FILE", help="generated records")
    files.add_argument("--output", type=Path, default=Path("output/data"), help="folder (default: %(default)s)")
    files.add_argument("--released", type=Path, metavar="DIR", help="print the table of this one; build nothing")
    sizes = parser.add_argument_group("splits")
    sizes.add_argument("--test_share", type=share, default=0.05, help="of each test set (default: %(default)s)")
    sizes.add_argument("--test_most", type=positive_int, default=595, help="records of each (default: %(default)s)")
    sizes.add_argument("--dev_share", type=share, default=0.05, help="of each dev set (default: %(default)s)")
    sizes.add_argument("--seed", type=int, default=0, help="of every draw (default: %(default)s)")
    filters = parser.add_argument_group("filters")
    filters.add_argument("--max_binary", type=binary_limit, default=Rules().max_binary, metavar="BYTES",
                         help=f"longest base64 text; {NO_LIMIT} for no limit (default: %(default)s)")  # fmt: skip
    filters.add_argument("--allow_unknown_apis", action="store_true", help="keep calls that the catalogue lacks")
    filters.add_argument("--allow_uncompiled", action="store_true", help="keep code that is no shortcut")
    filters.add_argument("--allow_incomplete", action="store_true", help="keep records without query or plan")
    filters.add_argument("--allow_duplicates", action="store_true", help="keep equal and nearly equal code")
    likeness = parser.add_argument_group("near-duplicates, by the estimated Jaccard index (over 1: none are)")
    for name, text in (("dropped", "codes of which one is dropped"), ("code", "codes on one side of a split"),
                       ("query", "queries on one side of a split")):  # fmt: skip
        default = getattr(Likeness(), name)
        likeness.add_argument(f"--near_{name}", type=positive, default=default, help=f"{text} (default: %(default)s)")
    parser.add_argument("--workers", type=positive_int, default=1, help="processes (default: %(default)s)")
    return parser.parse_args()


def binary_limit(text: str) -> int:
    return int(number(text, lambda value: value >= NO_LIMIT and value == int(value), f"of bytes, or {NO_LIMIT}"))


def share(text: str) -> float:
    return number(text, lambda value: 0 <= value < 0.5, "from 0 to below a half")


def examine_all(arguments: argparse.Namespace, likeness: Likeness, scratch: Path, outcomes: Outcomes) -> Kept:
    """Look at every record; what is no record goes to the errors file."""
    limit = None if arguments.max_binary == NO_LIMIT else arguments.max_binary
    rules = Rules(limit, arguments.allow_incomplete, arguments.allow_uncompiled, arguments.allow_unknown_apis)
    work = partial(examine, rules=rules, scratch=scratch)
    rows = numbered_rows(arguments.seed_data, arguments.synthesized)
    found = []
    for examined in map_inputs(work, rows, arguments.workers, examining_crashed):
        if examined.error:
            outcomes.fail(examined.key or examined.place, f"{examined.place}: {examined.error}")
        else:
            found.append(examined)
    kept = keep(found, likeness, arguments.allow_duplicates)
    outcomes.done, outcomes.skipped = len(kept.records), len(kept.dropped)
    return kept


def no_record(kept: Kept, outcomes: Outcomes) -> CommandError:
    """Says why nothing can be built."""
    unreadable = {f"no records, reasons in {outcomes.errors}": outcomes.failed} if outcomes.failed else {}
    counts = [f"{reason}: {count}" for reason, count in (dict(kept.reasons()) | unreadable).items()]
    return CommandError(f"no record is left ({'; '.join(counts) or 'there was none'}); the filters are flags.")


def build(arguments: argparse.Namespace) -> int:
    likeness = Likeness(arguments.near_dropped, arguments.near_code, arguments.near_query)
    arguments.output.mkdir(parents=True, exist_ok=True)
    outcomes = Outcomes(arguments.output)
    with tempfile.TemporaryDirectory(dir=arguments.output, prefix=".scratch") as scratch:
        with outcomes:
            kept = examine_all(arguments, likeness, Path(scratch), outcomes)
        if not kept.records:
            raise no_record(kept, outcomes)
        items = split_items(kept, likeness)
        count = len(items)
        sizes = Sizes(min(arguments.test_most, round(arguments.test_share * count)), round(arguments.dev_share * count))
        splits = both_splits(kept, items, likeness, sizes, arguments.seed)
        (arguments.output / BUILD).unlink(missing_ok=True)  # written last: a folder that has it is whole
        write_records(kept, splits, arguments.output)
    used = sorted(api for api in set().union(*(item.apis for item in items)) if api in catalogue())
    write_documents((catalogue()[api] for api in used), arguments.output)
    report = build_report(arguments, kept, splits)
    write_reports(report, kept, splits, arguments.output)
    print_report(report)
    return outcomes.summary()


def print_released(path: Path, workers: int) -> int:
    """The table of a published data set, and how much of its code is Python."""
    rows = describe_all(path, workers)
    print("\n".join(report_lines(path, rows)))
    errors = [row.error for row in rows if row.error]
    for error in errors[:SHOWN]:
        print(error, file=sys.stderr)
    print(f"done {len(rows) - len(errors)}, skipped 0, failed {len(errors)}", file=sys.stderr)
    return SOME_FAILED if errors else ALL_DONE


def main() -> int:
    arguments = parse_arguments()
    if arguments.released:
        return print_released(arguments.released, arguments.workers)
    if not arguments.seed_data and not arguments.synthesized:
        raise CommandError("give records with --seed_data, --synthesized or both.")
    return build(arguments)


if __name__ == "__main__":
    run_command(main)
