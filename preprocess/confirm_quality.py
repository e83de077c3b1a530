"""Generated workflows, confirmed: refined by a model, then kept only if they break no rule.

    python preprocess/confirm_quality.py --input output/generated.jsonl --output output/confirmed.jsonl
    python preprocess/confirm_quality.py --input output/generated.jsonl --output output/confirmed.jsonl --backend none

The model revises plan and code together (`configs/prompts/refine_workflow.txt`). Its version is taken only where it
breaks no rule that the raw version keeps, and the record holds both (`raw`, `refined`). `<output>.refined.jsonl` holds
all its answers, so that no record is revised twice. A record is dropped for the first of these: no code, no plan, not
Python, does not compile to a shortcut, uses none of the given APIs, breaks a parameter's limits, calls what does not
exist, binary data, near-duplicate. `<output>.dropped.jsonl` holds the dropped records with their reasons,
`<output>.summary.json` the counts. --backend none leaves the model out.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from workflowllm.llm.client import Client
from workflowllm.llm.settings import EndpointSettings, add_endpoint_arguments, endpoint_settings, refuse_dry_run
from workflowllm.llm.stage import StageDetails, keyed_rows, run_stage
from workflowllm.prompts.prompt_files import load_prompt
from workflowllm.records.forms import Record
from workflowllm.runs.command import ALL_DONE, SOME_FAILED, run_command
from workflowllm.runs.facts import file_facts, flag_facts
from workflowllm.runs.flags import positive_int, share
from workflowllm.runs.json_lines import json_line
from workflowllm.runs.outcomes import RecordOutcomes
from workflowllm.runs.output_files import beside, whole_file, write_bytes
from workflowllm.runs.paths import check_paths
from workflowllm.runs.pools import map_inputs
from workflowllm.synthesis.quality import (
    REASONS,
    REFINEMENT_FIELDS,
    Judged,
    Rules,
    estimate,
    judge,
    judging_crashed,
    malformed,
    refined,
    without_near_duplicates,
)

UNREFINED = "the model gave no answer about it; the same command asks again."


@dataclass(frozen=True)
class Flags:
    """The flags of this script."""

    input: Path
    output: Path
    backend: str
    prompt: str
    max_binary: int
    only_given: bool
    code_threshold: float
    query_threshold: float
    workers: int
    overwrite: bool
    endpoint: EndpointSettings
    facts: dict[str, Any]  # what the run's facts say about the flags

    @property
    def rules(self) -> Rules:
        return Rules(self.max_binary, self.only_given)

    @property
    def refined(self) -> Path:
        return beside(self.output, ".refined.jsonl")

    @property
    def dropped(self) -> Path:
        return beside(self.output, ".dropped.jsonl")

    @property
    def summary(self) -> Path:
        return beside(self.output, ".summary.json")


def parse_flags() -> Flags:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", type=Path, required=True, help="records with query, apis, task_plan, workflow_code")
    parser.add_argument("--output", type=Path, required=True, help="JSON Lines file for the accepted records")
    parser.add_argument(
        "--backend",
        choices=("endpoint", "none"),
        default="endpoint",
        help="what refines the workflows (default: %(default)s)",
    )
    parser.add_argument(
        "--prompt",
        default="refine_workflow",
        help="name of a prompt in configs/prompts/, or a .txt file (default: %(default)s)",
    )
    rules = parser.add_argument_group("rules")
    rules.add_argument(
        "--max_binary", type=positive_int, default=256, help="most bytes of base64 in one text (default: %(default)s)"
    )
    rules.add_argument(
        "--only_given", action="store_true", help="also drop records that call an API that is not in their list"
    )
    rules.add_argument(
        "--code_threshold", type=share, default=0.8,
        help="least similarity of near-duplicate code (default: %(default)s)",
    )  # fmt: skip
    rules.add_argument(
        "--query_threshold", type=share, default=0.8,
        help="least similarity of near-duplicate queries (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--workers", type=positive_int, default=1, help="processes that check records (default: %(default)s)"
    )
    parser.add_argument("--overwrite", action="store_true", help="ask the model about every record again")
    add_endpoint_arguments(parser)
    arguments = parser.parse_args()
    if arguments.backend == "none":
        refuse_dry_run(arguments)
    shared = {name: getattr(arguments, name) for name in Flags.__dataclass_fields__ if hasattr(arguments, name)}
    return Flags(**shared, endpoint=endpoint_settings(arguments), facts=flag_facts(arguments))


def checked_rows(path: Path) -> Iterator[tuple[str, Record | Exception]]:
    """(key, record) of a file; what cannot be looked at comes as an error."""
    for key, record in keyed_rows(path):
        reason = malformed(record)
        yield key, ValueError(reason) if reason else record


def refine(flags: Flags) -> int:
    """Ask the model about every record; its answers are appended to their file."""
    prompt = load_prompt(flags.prompt, REFINEMENT_FIELDS)

    async def work(record: Record, client: Client) -> Record:
        return await refined(record, client, prompt, flags.rules)

    return run_stage(
        checked_rows(flags.input), work, flags.refined, flags.endpoint, overwrite=flags.overwrite,
        details=StageDetails(
            estimate=lambda record: estimate(record, prompt), facts=flags.facts | file_facts(flags.input)
        ),
    )  # fmt: skip


def confirm(flags: Flags, source: Path) -> list[Judged]:
    """Every record of `source` with the rule that it breaks, if any."""
    judged = map_inputs(partial(judge, rules=flags.rules), keyed_rows(source), flags.workers, judging_crashed)
    return without_near_duplicates(list(judged), flags.code_threshold, flags.query_threshold)


def write(flags: Flags, judged: list[Judged], unrefined: list[tuple[str, str]]) -> int:
    """Write the accepted records, the dropped ones with their reasons, and those that failed."""
    with RecordOutcomes(flags.output) as outcomes, whole_file(flags.dropped) as dropped:
        for item in judged:
            if item.error:
                outcomes.fail(item.key, item.error)
            elif item.reason:
                dropped.write(json_line(item.record | {"dropped": item.reason}))
                outcomes.skipped += 1
            else:
                outcomes.add(json_line(item.record))
        for key, reason in unrefined:
            outcomes.fail(key, reason)
    return outcomes.summary()


def report(flags: Flags, judged: list[Judged]) -> None:
    """Print and store how many records were accepted, how many dropped by reason, and whose version was taken."""
    reasons = Counter(item.reason for item in judged if item.reason)
    versions = Counter(
        "refined" if item.record["refined"]["taken"] else "raw" for item in judged if "refined" in item.record
    )
    accepted = sum(not (item.reason or item.error) for item in judged)
    print(f"kept {accepted} of {len(judged)}")
    for reason in REASONS:
        if reasons[reason]:
            print(f"{reasons[reason]:>8} {reason}")
    for version, count in versions.items():
        print(f"{count:>8} taken as {version}")
    facts = {"kept": accepted, "dropped": dict(reasons), "versions": dict(versions)} | flags.facts
    write_bytes(flags.summary, json.dumps(facts, indent=2).encode("ascii") + b"\n")


def main() -> int:
    flags = parse_flags()
    check_paths([flags.input], [flags.output, flags.refined, flags.dropped, flags.summary])
    source, unrefined = flags.input, []
    if flags.backend == "endpoint":
        status = refine(flags)
        source = flags.refined
        if flags.endpoint.dry_run or status not in (ALL_DONE, SOME_FAILED):
            return status
        answered = {key for key, _ in keyed_rows(source)}
        rows = [(key, record) for key, record in checked_rows(flags.input) if key not in answered]
        unrefined = [(key, str(row) if isinstance(row, Exception) else UNREFINED) for key, row in rows]
    judged = confirm(flags, source)
    report(flags, judged)
    return write(flags, judged, unrefined)


if __name__ == "__main__":
    run_command(main)
