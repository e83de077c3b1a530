"""The pass rate: does each generated workflow do what was asked?

    export OPENAI_API_KEY=...
    python eval/judge_pass_rate.py --input output/predictions.jsonl --output output/verdicts.jsonl --dry_run
    python eval/judge_pass_rate.py --input output/predictions.jsonl --output output/verdicts.jsonl --max_cost 2
    python eval/judge_pass_rate.py --input output/predictions.jsonl --output output/verdicts.jsonl --human labels.csv
    python eval/judge_pass_rate.py --input output/predictions.jsonl --output output/static.jsonl --backend static
    python eval/judge_pass_rate.py --input output/predictions.jsonl --output output/runs.jsonl --backend execution

Predictions have `key`, `query`, `apis`, `generated_code`, and `model` and `split` where there are several. A judge
follows the rules in configs/prompts/judge.txt and answers true or false with a reason; an answer that cannot be read is
asked for once more, and then counts as unreadable, never as a pass. With --votes N the judge is asked N times with the
seeds --seed, --seed + 1, ... at --vote_temperature; more passes than fails must be among the readable votes.

Each verdict is a line of the output the moment it is there, with its prompt and the raw answer; the same command goes
on after an interruption. With --with_run the judge also reads what happens when the code runs in made-up worlds, and
with --remove_comments it reads the code without comments.

Two backends need no judge, no key and no network, and their figures are named so and are no judged pass rate. static:
a workflow passes when it is not empty, the checker finds no error, it compiles to a shortcut, and it has enough of the
reference's APIs, arguments and edges. execution: it passes the tests of the task that its key names (--tasks), or else
does what the reference does in the same made worlds; there is no verdict where the reference cannot be run.
"""

import argparse
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from workflowllm.evaluation.judge import (
    EXECUTION,
    JUDGE,
    PROMPT_FIELDS,
    RULES,
    Judge,
    compared,
    pass_rates,
    predictions,
)
from workflowllm.evaluation.rule_verdicts import execution_line, rule_crashed, static_line
from workflowllm.llm.budget import estimated
from workflowllm.llm.replies import Estimate
from workflowllm.llm.settings import add_endpoint_arguments, endpoint_settings, refuse_dry_run
from workflowllm.llm.stage import StageDetails, run_stage
from workflowllm.metrics.agreement import read_labels
from workflowllm.metrics.static_pass import SHARE
from workflowllm.prompts.prompt_files import load_prompt
from workflowllm.records.forms import Record
from workflowllm.runs.command import CommandError, run_command
from workflowllm.runs.facts import file_facts, flag_facts
from workflowllm.runs.flags import not_negative, positive_int, share_or_none
from workflowllm.runs.json_lines import json_line, read_records
from workflowllm.runs.outcomes import RecordOutcomes
from workflowllm.runs.paths import check_paths
from workflowllm.runs.pools import map_inputs
from workflowllm.runtime.task_runs import tasks_by_key
from workflowllm.shortcuts.model.errors import ShortcutError

ANSWER_TOKENS = 60  # a verdict with its reason, for the estimate of --dry_run


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", type=Path, required=True, help="predictions: .jsonl, .jsonl.gz, .json or .parquet")
    parser.add_argument("--output", type=Path, required=True, help="JSON Lines file of the verdicts")
    parser.add_argument(
        "--backend", choices=(JUDGE, *RULES), default=JUDGE, help="a model, or rules (default: %(default)s)"
    )
    parser.add_argument("--overwrite", action="store_true", help="start afresh, whatever the output holds")
    parser.add_argument("--human", type=Path, help="people's labels to compare with: CSV of key[,model,split],label")
    judge = parser.add_argument_group("judge")
    judge.add_argument("--prompt", default="judge", help="a prompt file (default: configs/prompts/judge.txt)")
    judge.add_argument(
        "--votes", type=positive_int, default=1, help="answers of which the majority counts (default: %(default)s)"
    )
    judge.add_argument(
        "--vote_temperature", type=not_negative, default=0.7,
        help="temperature of several votes; a single one has --temperature (default: %(default)s)",
    )  # fmt: skip
    judge.add_argument("--with_run", action="store_true", help="show the judge what happens when the code runs")
    judge.add_argument("--remove_comments", action="store_true", help="show the judge the code without comments")
    add_endpoint_arguments(parser)
    rules = parser.add_argument_group("static and execution")
    rules.add_argument(
        "--tasks", type=Path, nargs="+", default=[], metavar="PATH",
        help="execution: task files with tests (default: none)",
    )  # fmt: skip
    rules.add_argument(
        "--share", type=share_or_none, default=SHARE,
        help="static: of the reference's APIs that must be called (default: %(default)s)",
    )  # fmt: skip
    rules.add_argument("--workers", type=positive_int, default=1, help="processes (default: %(default)s)")
    return parser.parse_args()


def judged(arguments: argparse.Namespace) -> int:
    """Ask the judge about every prediction that has no verdict yet."""
    settings = endpoint_settings(arguments)
    prompt = load_prompt(arguments.prompt, PROMPT_FIELDS, {"run": arguments.with_run})
    if arguments.with_run and "run" not in prompt.fields:
        raise CommandError(f"--with_run needs a prompt with the field $run, which {arguments.prompt} lacks.")
    judge = Judge(
        prompt, settings.model, arguments.votes, arguments.seed, arguments.vote_temperature,
        not arguments.remove_comments, arguments.with_run,
    )  # fmt: skip

    def estimate(record: Record) -> list[Estimate]:
        asked = bool(record["generated_code"].strip())
        return [estimated(judge.messages(record), ANSWER_TOKENS)] * judge.votes * asked

    return run_stage(
        predictions(arguments.input), judge, arguments.output, settings, overwrite=arguments.overwrite,
        details=StageDetails(
            estimate=estimate, describe="prediction", identity=judge.identity,
            facts=flag_facts(arguments) | file_facts(arguments.input) | {"prompt_sha256": prompt.sha256},
        ),
    )  # fmt: skip


def ruled(arguments: argparse.Namespace) -> int:
    """Judge every prediction by rules."""
    refuse_dry_run(arguments)
    if arguments.output.exists() and not arguments.overwrite:
        raise CommandError(f"{arguments.output} exists; name another output, or use --overwrite.")
    work = partial(static_line, share=arguments.share)
    if arguments.backend == EXECUTION:
        try:
            work = partial(execution_line, tasks=tasks_by_key(arguments.tasks))
        except ShortcutError as error:
            raise CommandError(f"{error}") from None
    output, seen = RecordOutcomes(arguments.output), set()
    with output:
        for name, line in map_inputs(work, predictions(arguments.input), arguments.workers, rule_crashed):
            if name in seen:
                output.fail(name, "an earlier prediction has the same key, model and split.")
            elif isinstance(line, str):
                output.fail(name, line)
            else:
                output.add(json_line(line))
            seen.add(name)
    return output.summary()


def verdicts(path: Path) -> Iterator[Record]:
    yield from (line for _, line in read_records(path))


def main() -> int:
    arguments = parse_arguments()
    prompt = Path(arguments.prompt) if arguments.prompt.endswith(".txt") else None
    check_paths([arguments.input, arguments.human, prompt], [arguments.output])
    labels = read_labels(arguments.human) if arguments.human else None
    status = judged(arguments) if arguments.backend == JUDGE else ruled(arguments)
    if arguments.dry_run or not arguments.output.is_file():
        return status
    print(*pass_rates(verdicts(arguments.output)), sep="\n")
    if labels:
        try:
            print(*compared(verdicts(arguments.output), labels), sep="\n")
        except ValueError as error:
            raise CommandError(f"{arguments.human}: {error}") from None
    return status


if __name__ == "__main__":
    run_command(main)
