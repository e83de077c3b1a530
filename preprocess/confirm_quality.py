"""Generated workflows, confirmed: refined by a model, then kept only if they break no rule.

    python preprocess/confirm_quality.py --input output/generated.jsonl --output output/confirmed.jsonl
    python preprocess/confirm_quality.py --input output/generated.jsonl --output output/confirmed.jsonl --backend none

The model goes over plan and code together (`configs/prompts/refine_workflow.txt`); its version is taken only where it
breaks no rule that the raw one keeps, and both stay in the record (`raw`, `refined`). All its answers stand in
`<output>.refined.jsonl` and are never asked for twice. Then the rules: no code, no plan, not Python, none of the given
APIs used, a parameter's limits broken, calls of what does not exist, binary data, does not compile to a shortcut,
near-duplicates. What is dropped stands with its reason in `<output>.dropped.jsonl`, the counts in
`<output>.summary.json`. --backend none leaves the model out.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from workflowllm.llm.client import Client
from workflowllm.llm.run_facts import file_facts, flag_facts
from workflowllm.llm.settings import add_endpoint_arguments, endpoint_settings, refuse_dry_run
from workflowllm.llm.stage import keyed_rows, run_stage
from workflowllm.prompts.files import load_prompt
from workflowllm.records.forms import Record
from workflowllm.runs.command import ALL_DONE, SOME_FAILED, run_command
from workflowllm.runs.flags import positive_int, share
from workflowllm.runs.json_lines import json_line
from workflowllm.runs.outcomes import RecordOutcomes
from workflowllm.runs.output_files import beside, whole_file, write_bytes
from workflowllm.runs.pools import map_inputs
from workflowllm.synthesis.quality import (
    FIELDS,
    REASONS,
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


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", type=Path, required=True, help="records with query, apis, task_plan, workflow_code")
    parser.add_argument("--output", type=Path, required=True, help="JSON Lines of what is kept")
    parser.add_argument(
        "--backend", choices=("endpoint", "none"), default="endpoint", help="who refines (default: %(default)s)"
    )
    parser.add_argument(
        "--prompt", default="refine_workflow", help="in configs/prompts, or a .txt (default: %(default)s)"
    )
    rules = parser.add_argument_group("rules")
    rules.add_argument(
        "--max_binary", type=positive_int, default=256, help="bytes of base64 in one text (default: %(default)s)"
    )
    rules.add_argument("--only_given", action="store_true", help="also drop what calls an API outside its given list")
    rules.add_argument(
        "--code_threshold", type=share, default=0.8,
        help="likeness from which codes are near-duplicates (default: %(default)s)",
    )  # fmt: skip
    rules.add_argument(
        "--query_threshold", type=share, default=0.8,
        help="likeness from which queries are near-duplicates (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument("--workers", type=positive_int, default=1, help="processes (default: %(default)s)")
    parser.add_argument("--overwrite", action="store_true", help="ask the model about everything again")
    add_endpoint_arguments(parser)
    return parser.parse_args()


def checked_rows(path: Path) -> Iterator[tuple[str, Record | Exception]]:
    """(key, record) of a file; what cannot be looked at comes as an error."""
    for key, record in keyed_rows(path):
        reason = malformed(record)
        yield key, ValueError(reason) if reason else record


def refine(arguments: argparse.Namespace, rules: Rules) -> int:
    """Ask the model about every record; its answers are added to their file."""
    prompt = load_prompt(arguments.prompt, FIELDS)
    settings = endpoint_settings(arguments)

    async def work(record: Record, client: Client) -> Record:
        return await refined(record, client, prompt, rules)

    return run_stage(
        checked_rows(arguments.input), work, beside(arguments.output, ".refined.jsonl"), settings,
        overwrite=arguments.overwrite, estimate=lambda record: estimate(record, prompt),
        facts=flag_facts(arguments) | file_facts(arguments.input),
    )  # fmt: skip


def confirm(arguments: argparse.Namespace, source: Path, rules: Rules) -> list[Judged]:
    """Every record of `source` with the rule that it breaks, if any."""
    judged = map_inputs(partial(judge, rules=rules), keyed_rows(source), arguments.workers, judging_crashed)
    return without_near_duplicates(list(judged), arguments.code_threshold, arguments.query_threshold)


def write(arguments: argparse.Namespace, judged: list[Judged], unrefined: list[tuple[str, str]]) -> int:
    """What is kept, what is dropped with its reason, and what could not be looked at."""
    aside = beside(arguments.output, ".dropped.jsonl")
    with RecordOutcomes(arguments.output) as outcomes, whole_file(aside) as dropped:
        for one in judged:
            if one.error:
                outcomes.fail(one.key, one.error)
            elif one.reason:
                dropped.write(json_line(one.record | {"dropped": one.reason}))
                outcomes.skipped += 1
            else:
                outcomes.add(json_line(one.record))
        for key, reason in unrefined:
            outcomes.fail(key, reason)
    return outcomes.summary()


def report(arguments: argparse.Namespace, judged: list[Judged]) -> None:
    """Print and store how many were kept, how many dropped for what, and whose version was taken."""
    reasons = Counter(one.reason for one in judged if one.reason)
    versions = Counter(
        "refined" if one.record["refined"]["taken"] else "raw" for one in judged if "refined" in one.record
    )
    kept = sum(not (one.reason or one.error) for one in judged)
    print(f"kept {kept} of {len(judged)}")
    for reason in REASONS:
        if reasons[reason]:
            print(f"{reasons[reason]:>8} {reason}")
    for version, count in versions.items():
        print(f"{count:>8} taken as {version}")
    facts = {"kept": kept, "dropped": dict(reasons), "versions": dict(versions)} | flag_facts(arguments)
    write_bytes(beside(arguments.output, ".summary.json"), json.dumps(facts, indent=2).encode("ascii") + b"\n")


def main() -> int:
    arguments = parse_arguments()
    rules = Rules(arguments.max_binary, arguments.only_given)
    source, unrefined = arguments.input, []
    if arguments.backend == "endpoint":
        status = refine(arguments, rules)
        source = beside(arguments.output, ".refined.jsonl")
        if arguments.dry_run or status not in (ALL_DONE, SOME_FAILED):
            return status
        answered = {key for key, _ in keyed_rows(source)}
        rows = [(key, record) for key, record in checked_rows(arguments.input) if key not in answered]
        unrefined = [(key, str(row) if isinstance(row, Exception) else UNREFINED) for key, row in rows]
    else:
        refuse_dry_run(arguments)
    judged = confirm(arguments, source, rules)
    report(arguments, judged)
    return write(arguments, judged, unrefined)


if __name__ == "__main__":
    run_command(main)
