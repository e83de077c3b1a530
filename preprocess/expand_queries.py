"""New queries over sampled APIs and categories: what synthetic workflows are asked for.

    python preprocess/expand_queries.py --input data/seed_data.json --output output/queries.jsonl --count 1000
    python preprocess/expand_queries.py --input data/seed_data.json --output output/queries.jsonl --count 1000 --dry_run
    python preprocess/expand_queries.py --input data/data_samples.json --output output/queries.jsonl --count 20 \\
        --backend offline

--input holds annotated real records, which give the number of APIs of a query, the built-in actions and the examples.
--seed and its number determine every draw, which is stored with its query. `<output>.answers.jsonl` holds all answers
of a model, so that no draw is answered twice, and `<output>.dropped.jsonl` the dropped queries with their reasons.
--backend offline composes queries from API descriptions, as a stand-in for a model.
"""

import argparse
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workflowllm.apis.catalogue import catalogue
from workflowllm.llm.settings import EndpointSettings, add_endpoint_arguments, endpoint_settings, refuse_dry_run
from workflowllm.prompts.prompt_files import load_prompt
from workflowllm.records.forms import Record
from workflowllm.records.release import SEED, STATISTICS, SYNTHESIZED, data_rows
from workflowllm.runs.command import ALL_DONE, SOME_FAILED, CommandError, run_command
from workflowllm.runs.facts import flag_facts
from workflowllm.runs.flags import positive_int, share
from workflowllm.runs.json_lines import json_line
from workflowllm.runs.output_files import beside, whole_file
from workflowllm.runs.paths import check_paths
from workflowllm.synthesis.draws import Pool, make_pool
from workflowllm.synthesis.queries import EXPANSION_FIELDS, ModelWriter, OfflineWriter, Selection, select


@dataclass(frozen=True)
class Flags:
    """The flags of this script."""

    input: Path
    output: Path
    count: int
    rounds: int
    threshold: float
    every_application: bool
    prompt: str
    backend: str
    overwrite: bool
    seed: int
    endpoint: EndpointSettings
    facts: dict[str, Any]  # what the run's facts say about the flags

    @property
    def answers(self) -> Path:
        return beside(self.output, ".answers.jsonl")

    @property
    def dropped(self) -> Path:
        return beside(self.output, ".dropped.jsonl")


def parse_flags() -> Flags:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", type=Path, required=True, help="annotated real records, or a data set's folder")
    parser.add_argument("--output", type=Path, required=True, help="JSON Lines file for the accepted queries")
    parser.add_argument("--count", type=positive_int, default=100, help="queries to write (default: %(default)s)")
    parser.add_argument("--rounds", type=positive_int, default=5, help="most rounds of draws (default: %(default)s)")
    parser.add_argument(
        "--threshold", type=share, default=0.7,
        help="least ROUGE-L at which a query is a near-duplicate of another (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--every_application", action="store_true",
        help="draw from every application of the catalogue instead of those that the real records call",
    )  # fmt: skip
    parser.add_argument(
        "--prompt", default="expand_query", help="name in configs/prompts/, or a .txt file (default: %(default)s)"
    )
    parser.add_argument(
        "--backend",
        choices=("endpoint", "offline"),
        default="endpoint",
        help="what writes the queries (default: %(default)s)",
    )
    parser.add_argument("--overwrite", action="store_true", help="discard the earlier answers and start afresh")
    add_endpoint_arguments(parser)
    parser.set_defaults(temperature=1.0)
    arguments = parser.parse_args()
    if arguments.backend == "offline":
        refuse_dry_run(arguments)
    shared = {name: getattr(arguments, name) for name in Flags.__dataclass_fields__ if hasattr(arguments, name)}
    return Flags(**shared, endpoint=endpoint_settings(arguments), facts=flag_facts(arguments))


def input_files(path: Path) -> list[Path]:
    """The files that are read: the input, or those of a data set's folder."""
    return [path / name for name in (SEED, SYNTHESIZED, STATISTICS)] if path.is_dir() else [path]


def real_records(path: Path) -> list[Record]:
    """The input's records, synthetic ones left out."""
    rows = [record for _, record in data_rows(path)]
    records = [record for record in rows if isinstance(record, dict)]
    real = [record for record in records if not record.get("is_synthetic")]
    if not real:
        raise CommandError(f"{path} holds no real records.")
    if len(records) < len(rows):
        lost = len(rows) - len(records)
        print(f"{path}: {lost} of {len(rows)} lines are not records and are left out", file=sys.stderr)
    return real


def missing(count: int, kept: int) -> int:
    """Draws of a round: as many as are missing and a fifth more, because some answers will be dropped."""
    return -(-(count - kept) * 6 // 5)


def report_round(number: int, draws: int, made: int, chosen: Selection) -> None:
    """Print how many queries were drawn, written, accepted, and dropped by reason after a round."""
    reasons = ", ".join(f"{reason} {count}" for reason, count in chosen.reasons.most_common()) or "none"
    kept, dropped = len(chosen.kept), len(chosen.dropped)
    print(f"after round {number}: drawn {draws}, made {made}, kept {kept}, dropped {dropped} ({reasons})")


def write_lines(path: Path, records: Iterable[Record]) -> None:
    with whole_file(path) as file:
        file.writelines(map(json_line, records))


def expand(flags: Flags, writer: OfflineWriter | ModelWriter, real_queries: list[str]) -> Selection:
    """Rounds of draws until enough queries are accepted."""
    chosen, draws = Selection(), 0
    for number in range(1, flags.rounds + 1):
        draws += missing(flags.count, len(chosen.kept))
        answers = writer.answers(draws)
        chosen = select(answers, real_queries, flags.threshold, catalogue(), flags.count)
        report_round(number, draws, len(answers), chosen)
        if len(chosen.kept) == flags.count or writer.is_over:
            break
    return chosen


def make_writer(flags: Flags, pool: Pool) -> OfflineWriter | ModelWriter:
    if flags.backend == "offline":
        return OfflineWriter(pool, flags.seed, catalogue())
    if flags.overwrite:
        flags.answers.unlink(missing_ok=True)
    prompt = load_prompt(flags.prompt, EXPANSION_FIELDS)
    return ModelWriter(pool, prompt, flags.answers, flags.endpoint, flags.facts)


def main() -> int:
    flags = parse_flags()
    check_paths(input_files(flags.input), [flags.output, flags.answers, flags.dropped])
    real = real_records(flags.input)
    pool = make_pool(real, catalogue(), flags.every_application)
    writer = make_writer(flags, pool)
    if flags.endpoint.dry_run:
        writer.answers(missing(flags.count, 0))
        return ALL_DONE
    queries = [record["query"] for record in real if isinstance(record.get("query"), str) and record["query"]]
    chosen = expand(flags, writer, queries)
    write_lines(flags.output, chosen.kept)
    write_lines(flags.dropped, chosen.dropped)
    lacking = flags.count - len(chosen.kept)
    print(f"done {len(chosen.kept)}, skipped {len(chosen.dropped)}, failed {lacking}", file=sys.stderr)
    return SOME_FAILED if lacking else ALL_DONE


if __name__ == "__main__":
    run_command(main)
