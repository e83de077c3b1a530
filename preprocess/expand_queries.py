"""New queries over sampled APIs and categories: what synthetic workflows are asked for.

    python preprocess/expand_queries.py --input data/seed_data.json --output output/queries.jsonl --count 1000
    python preprocess/expand_queries.py --input data/seed_data.json --output output/queries.jsonl --count 1000 --dry_run
    python preprocess/expand_queries.py --input data/data_samples.json --output output/queries.jsonl --count 20 \\
        --backend offline

--input holds annotated real records: how many APIs a query gets, the built-ins and the examples come from them. Every
draw is made again from --seed and its number alone, and is stored with its query. All answers of a model stand in
`<output>.answers.jsonl` and are never asked for twice; what is dropped stands with its reason in
`<output>.dropped.jsonl`. --backend offline puts queries together from API descriptions, a stand-in for a model.
"""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from workflowllm.apis.catalogue import catalogue
from workflowllm.llm.run_facts import flag_facts
from workflowllm.llm.settings import add_endpoint_arguments, endpoint_settings, refuse_dry_run
from workflowllm.prompts.files import load_prompt
from workflowllm.records.forms import Record
from workflowllm.records.release import data_rows
from workflowllm.runs.command import ALL_DONE, SOME_FAILED, CommandError, run_command
from workflowllm.runs.flags import positive_int, share
from workflowllm.runs.json_lines import json_line
from workflowllm.runs.output_files import beside, whole_file
from workflowllm.synthesis.draws import make_pool
from workflowllm.synthesis.expansion import ModelWriter, OfflineWriter, Selection, select
from workflowllm.synthesis.queries import FIELDS


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", type=Path, required=True, help="annotated real records, or a data set's folder")
    parser.add_argument("--output", type=Path, required=True, help="JSON Lines of the kept queries")
    parser.add_argument("--count", type=positive_int, default=100, help="queries to keep (default: %(default)s)")
    parser.add_argument("--rounds", type=positive_int, default=5, help="rounds of draws at most (default: %(default)s)")
    parser.add_argument(
        "--threshold", type=share, default=0.7,
        help="ROUGE-L from which a query is a near-duplicate of a kept or real one (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--every_application", action="store_true",
        help="draw from all applications of the catalogue, not only from those that the real records call",
    )  # fmt: skip
    parser.add_argument("--prompt", default="expand_query", help="in configs/prompts, or a .txt (default: %(default)s)")
    parser.add_argument(
        "--backend", choices=("endpoint", "offline"), default="endpoint", help="who writes (default: %(default)s)"
    )
    parser.add_argument("--overwrite", action="store_true", help="start afresh")
    add_endpoint_arguments(parser)
    parser.set_defaults(temperature=1.0)
    return parser.parse_args()


def real_records(path: Path) -> list[Record]:
    """The input's records, synthetic ones left out."""
    rows = [record for _, record in data_rows(path)]
    records = [record for record in rows if isinstance(record, dict)]
    real = [record for record in records if not record.get("is_synthetic")]
    if not real:
        raise CommandError(f"{path} holds no real records.")
    if len(records) < len(rows):
        lost = len(rows) - len(records)
        print(f"{path}: {lost} of {len(rows)} lines are no records and are left out", file=sys.stderr)
    return real


def missing(count: int, kept: int) -> int:
    """Draws of a round: what is missing and a fifth more, since some answers will be dropped."""
    return -(-(count - kept) * 6 // 5)


def report_round(number: int, draws: int, made: int, chosen: Selection) -> None:
    """One line a round: how many were drawn, made of that, kept, and dropped by reason."""
    reasons = ", ".join(f"{reason} {count}" for reason, count in chosen.reasons.most_common()) or "none"
    kept, dropped = len(chosen.kept), len(chosen.dropped)
    print(f"after round {number}: drawn {draws}, made {made}, kept {kept}, dropped {dropped} ({reasons})")


def write_lines(path: Path, records: Iterable[Record]) -> None:
    with whole_file(path) as file:
        file.writelines(map(json_line, records))


def expand(arguments: argparse.Namespace, writer: OfflineWriter | ModelWriter, queries: list[str]) -> Selection:
    """Rounds of draws until enough queries are kept."""
    chosen, draws = Selection(), 0
    for number in range(1, arguments.rounds + 1):
        draws += missing(arguments.count, len(chosen.kept))
        answers = writer.answers(draws)
        chosen = select(answers, queries, arguments.threshold, catalogue(), arguments.count)
        report_round(number, draws, len(answers), chosen)
        if len(chosen.kept) == arguments.count or writer.is_over:
            break
    return chosen


def main() -> int:
    arguments = parse_arguments()
    settings = endpoint_settings(arguments)
    real = real_records(arguments.input)
    pool = make_pool(real, catalogue(), arguments.every_application)
    queries = [record["query"] for record in real if record.get("query")]
    if arguments.backend == "offline":
        refuse_dry_run(arguments)
        writer = OfflineWriter(pool, arguments.seed, catalogue())
    else:
        answers = beside(arguments.output, ".answers.jsonl")
        if arguments.overwrite:
            answers.unlink(missing_ok=True)
        prompt = load_prompt(arguments.prompt, FIELDS)
        writer = ModelWriter(pool, prompt, answers, settings, flag_facts(arguments))
    if settings.dry_run:
        writer.answers(missing(arguments.count, 0))
        return ALL_DONE
    chosen = expand(arguments, writer, queries)
    write_lines(arguments.output, chosen.kept)
    write_lines(beside(arguments.output, ".dropped.jsonl"), chosen.dropped)
    lacking = arguments.count - len(chosen.kept)
    print(f"done {len(chosen.kept)}, skipped {len(chosen.dropped)}, failed {lacking}", file=sys.stderr)
    return SOME_FAILED if lacking else ALL_DONE


if __name__ == "__main__":
    run_command(main)
