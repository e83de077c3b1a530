"""Build a data set from annotated and generated records: filters, duplicates, ID and OOD splits, statistics, a card.

    python preprocess/build_dataset.py --seed_data output/annotated.jsonl --output output/data
    python preprocess/build_dataset.py --seed_data output/annotated.jsonl --synthesized output/confirmed.jsonl \\
        --output output/data --workers 2
    python preprocess/build_dataset.py --released DIR

The folder has the files of the published data set: seed_data.json, synthesized_data.json, dataset_split_keys.json,
dataset_split_keys_ood.json, statistics.pkl, identifier2json.pkl, identifier2python.pkl. It also has statistics.json,
the records as parquet with a card (`datasets.load_dataset(DIR, "id")`, "ood"), held_out_apis.json, dropped.jsonl with a
line for each record left out, and, written last, build.json with flags, versions and counts. The card and
workflowllm/dataset/splits.py say what the splits promise. --released prints the table of a published folder, or of one
built here.
"""

import argparse
import sys
from functools import partial
from pathlib import Path
from typing import Any

from workflowllm.apis.catalogue import catalogue
from workflowllm.apis.documents import write_documents
from workflowllm.dataset.building import (
    BuildConfig,
    Selection,
    Similarity,
    both_splits,
    input_rows,
    select,
    split_items,
    write_records,
)
from workflowllm.dataset.examining import examine, examining_crashed
from workflowllm.dataset.filters import Rules
from workflowllm.dataset.publishing import check_build_paths, folder_beside, publish
from workflowllm.dataset.released import describe_all, report_lines
from workflowllm.dataset.reports import build_report, print_report, write_reports
from workflowllm.runs.command import ALL_DONE, SOME_FAILED, CommandError, run_command
from workflowllm.runs.flags import number, positive, positive_int
from workflowllm.runs.outcomes import Outcomes
from workflowllm.runs.pools import map_inputs

NO_LIMIT = -1
PRINTED_ERRORS = 20  # of a released file
DEFAULTS = BuildConfig(output=Path("output/data"))


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    files = parser.add_argument_group("files")
    files.add_argument("--seed_data", type=Path, nargs="+", default=[], metavar="FILE", help="annotated records")
    files.add_argument("--synthesized", type=Path, nargs="+", default=[], metavar="FILE", help="generated records")
    files.add_argument("--output", type=Path, default=DEFAULTS.output, help="folder (default: %(default)s)")
    files.add_argument("--released", type=Path, metavar="DIR", help="print the table of this folder; build nothing")
    sizes = parser.add_argument_group("splits")
    sizes.add_argument("--test_share", type=share, default=DEFAULTS.test_share,
                       help="share of each test set (default: %(default)s)")  # fmt: skip
    sizes.add_argument("--test_most", type=positive_int, default=DEFAULTS.test_most,
                       help="most records of each test set (default: %(default)s)")  # fmt: skip
    sizes.add_argument("--dev_share", type=share, default=DEFAULTS.dev_share,
                       help="share of each dev set (default: %(default)s)")  # fmt: skip
    sizes.add_argument("--seed", type=int, default=DEFAULTS.seed, help="seed of every draw (default: %(default)s)")
    filters = parser.add_argument_group("filters")
    filters.add_argument("--max_binary", type=binary_limit, default=Rules().max_binary, metavar="BYTES",
                         help=f"longest base64 text; {NO_LIMIT} for no limit (default: %(default)s)")  # fmt: skip
    filters.add_argument("--allow_unknown_apis", action="store_true", help="keep calls that the catalogue lacks")
    filters.add_argument("--allow_uncompiled", action="store_true", help="keep code that compiles to no shortcut")
    filters.add_argument("--allow_incomplete", action="store_true", help="keep records without query or plan")
    filters.add_argument("--allow_duplicates", action="store_true", help="keep equal and nearly equal code")
    near = parser.add_argument_group("near-duplicates, by the estimated Jaccard index (over 1: none are)")
    for name, text in (("dropped", "of two such codes one is dropped"), ("code", "codes on one side of a split"),
                       ("query", "queries on one side of a split")):  # fmt: skip
        default = getattr(Similarity(), name)
        near.add_argument(f"--near_{name}", type=positive, default=default, help=f"{text} (default: %(default)s)")
    parser.add_argument("--full_code", action="store_true",
                        help="keep identifiers and data that nobody can derive: no training form")  # fmt: skip
    parser.add_argument("--workers", type=positive_int, default=1, help="processes (default: %(default)s)")
    return parser.parse_args()


def binary_limit(text: str) -> int:
    return int(number(text, lambda value: value >= NO_LIMIT and value == int(value), f"of bytes, or {NO_LIMIT}"))


def share(text: str) -> float:
    return number(text, lambda value: 0 <= value < 0.5, "from 0 to below a half")


def build_config(flags: dict[str, Any]) -> BuildConfig:
    """The configuration that the flags ask for."""
    limit = None if flags["max_binary"] == NO_LIMIT else flags["max_binary"]
    rules = Rules(limit, flags["allow_incomplete"], flags["allow_uncompiled"], flags["allow_unknown_apis"],
                  flags["full_code"])  # fmt: skip
    names = ("seed_data", "synthesized", "output", "test_share", "test_most", "dev_share", "seed", "allow_duplicates",
             "workers")  # fmt: skip
    similarity = Similarity(flags["near_dropped"], flags["near_code"], flags["near_query"])
    return BuildConfig(rules=rules, similarity=similarity, **{name: flags[name] for name in names})


def examine_all(config: BuildConfig, scratch: Path, outcomes: Outcomes) -> Selection:
    """Examine every row. What is no record goes to the errors file."""
    work = partial(examine, rules=config.rules, scratch=scratch)
    records = []
    for examined in map_inputs(work, input_rows(config), config.workers, examining_crashed):
        if examined.error:
            outcomes.fail(examined.key or examined.location, f"{examined.location}: {examined.error}")
        else:
            records.append(examined)
    selection = select(records, config.similarity, config.allow_duplicates)
    outcomes.done, outcomes.skipped = len(selection.records), len(selection.dropped)
    return selection


def no_record_left(selection: Selection, outcomes: Outcomes) -> CommandError:
    """The error that says why nothing can be built."""
    unreadable = {f"no records, reasons in {outcomes.errors}": outcomes.failed} if outcomes.failed else {}
    counts = [f"{reason}: {count}" for reason, count in (dict(selection.reasons()) | unreadable).items()]
    return CommandError(f"no record is left ({'; '.join(counts) or 'there was none'}); the filters are flags.")


def build(config: BuildConfig) -> int:
    check_build_paths([*config.seed_data, *config.synthesized], config.output)
    outcomes = Outcomes(config.output)
    with folder_beside(config.output) as folder:
        scratch, built = folder / "scratch", folder / "built"
        scratch.mkdir()
        built.mkdir()
        with outcomes:
            selection = examine_all(config, scratch, outcomes)
        if not selection.records:
            raise no_record_left(selection, outcomes)
        items = split_items(selection, config.similarity)
        splits = both_splits(selection, items, config)
        write_records(selection, splits, built)
        used = sorted(api for api in set().union(*(item.apis for item in items)) if api in catalogue())
        write_documents((catalogue()[api] for api in used), built)
        report = build_report(config, selection, splits)
        write_reports(report, selection, splits, built)
        publish(built, config.output)
    print_report(report)
    return outcomes.summary()


def print_released(path: Path, workers: int) -> int:
    """Print the table of a published data set, and how much of its code is Python."""
    rows = describe_all(path, workers)
    print("\n".join(report_lines(path, rows)))
    errors = [row.error for row in rows if row.error]
    for error in errors[:PRINTED_ERRORS]:
        print(error, file=sys.stderr)
    print(f"done {len(rows) - len(errors)}, skipped 0, failed {len(errors)}", file=sys.stderr)
    return SOME_FAILED if errors else ALL_DONE


def main() -> int:
    flags = parse_arguments()
    if flags.released:
        return print_released(flags.released, flags.workers)
    if not flags.seed_data and not flags.synthesized:
        raise CommandError("give records with --seed_data, --synthesized or both.")
    return build(build_config(vars(flags)))


if __name__ == "__main__":
    run_command(main)
