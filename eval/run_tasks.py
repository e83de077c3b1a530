"""Run task files: each program of a task in each of its worlds, and what must happen there.

    python eval/run_tasks.py tasks/ --output output/task_results.jsonl
    python eval/run_tasks.py data/tasks --part test --predictions ours.jsonl theirs.jsonl --workers 2
    python eval/run_tasks.py data/tasks --part test --list > data/tasks/test_keys.txt

A path is a task file or a folder of them. Without predictions, each task's `reference`, which must pass, and each of
`wrong`, which must fail in some world, are run. A prediction has `key`, `generated_code` and `model` (else its file's
name); several lines with one key are several samples. For each model pass@k is printed (unbiased, with 95 % bootstrap
intervals over the tasks) over all tasks, by actions of the reference and by family of actions, and for each two
models the difference of pass@1 on the tasks that both answer. A task without an answer counts as failed.
Status 0: all is as it must be; 1: some program is not; 2: the command was wrong.
"""

import argparse
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from workflowllm.metrics.task_scores import difference_lines, score_lines, task_facts
from workflowllm.records.held_out_tasks import is_test_key, list_lines
from workflowllm.runs.command import ALL_DONE, SOME_FAILED, CommandError, run_command
from workflowllm.runs.flags import positive_int
from workflowllm.runs.json_lines import json_line, read_records
from workflowllm.runs.output_files import whole_file
from workflowllm.runs.paths import check_paths
from workflowllm.runs.pools import map_inputs
from workflowllm.runtime.task_runs import Attempt, attempt_crashed, run_attempt, tasks_by_key
from workflowllm.runtime.tasks import Task
from workflowllm.shortcuts.model.errors import ShortcutError

Result = dict[str, Any]
PARTS = ("all", "public", "test")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="task files, or folders of them")
    parser.add_argument("--predictions", type=Path, nargs="+", help="records with key and generated_code")
    parser.add_argument(
        "--part", choices=PARTS, default="all",
        help="test: a third of the keys, by their hashes; public: the others (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument("--list", action="store_true", help="only print key and request of each task of the test part")
    parser.add_argument("--seed", type=int, default=0, help="of the intervals (default: %(default)s)")
    parser.add_argument("--output", type=Path, help="JSON Lines file for the results")
    parser.add_argument("--workers", type=positive_int, default=1, help="processes (default: %(default)s)")
    return parser.parse_args()


def load_tasks(paths: list[Path], part: str) -> dict[str, Task]:
    """The tasks of a part by their keys."""
    try:
        tasks = tasks_by_key(paths)
    except ShortcutError as error:
        raise CommandError(str(error)) from None
    if part != "all":
        tasks = {key: task for key, task in tasks.items() if is_test_key(key) == (part == "test")}
    if not tasks:
        raise CommandError(f"there are no task files (*.yaml) there{'' if part == 'all' else f' of the part {part}'}.")
    return tasks


def own_programs(tasks: dict[str, Task]) -> Iterator[Attempt]:
    for task in tasks.values():
        yield Attempt(task.key, "reference", task.reference)
        for number, code in enumerate(task.wrong, 1):
            yield Attempt(task.key, f"wrong {number}", code)


def predicted_programs(path: Path, tasks: dict[str, Task]) -> Iterator[Attempt]:
    for number, record in read_records(path):
        if not isinstance(record, dict) or not isinstance(record.get("key"), str):
            raise CommandError(f"line {number} of {path} has no key.")
        if record["key"] in tasks:
            model = record.get("model")
            code = record.get("generated_code")
            name = model if isinstance(model, str) and model else path.stem
            yield Attempt(record["key"], name, code if isinstance(code, str) else "")


def own_summary(results: list[Result]) -> tuple[list[str], int]:
    """The last lines on the tasks' own programs, and the status."""
    lines, wrong_ones = [], 0
    for result in results:
        must_pass = result["program"] == "reference"
        if result["passed"] != must_pass:
            wrong_ones += 1
            lines += (
                failure_lines(result) if must_pass else [f"{result['key']}: {result['program']} passes every world"]
            )
    references = [result["passed"] for result in results if result["program"] == "reference"]
    failing = [not result["passed"] for result in results if result["program"] != "reference"]
    lines.append(f"references that pass: {sum(references)} of {len(references)}")
    lines.append(f"wrong programs that fail: {sum(failing)} of {len(failing)}")
    return lines, SOME_FAILED if wrong_ones else ALL_DONE


def failure_lines(result: Result) -> list[str]:
    return [
        f"{result['key']}, {world['name']}: {failure}" for world in result["worlds"] for failure in world["failures"]
    ]


def pass_lines(results: list[Result], tasks: dict[str, Task], seed: int) -> list[str]:
    """The tables of all models, and their differences."""
    models: dict[str, dict[str, list[bool]]] = {}
    for result in results:
        models.setdefault(result["program"], {}).setdefault(result["key"], []).append(result["passed"])
    if not models:
        return ["no prediction has the key of a task"]
    facts = {key: task_facts(task) for key, task in tasks.items()}
    lines = [line for model, passes in models.items() for line in score_lines(model, passes, facts, seed)]
    return [*lines, *difference_lines(models, facts, seed)]


def main() -> int:
    arguments = parse_arguments()
    check_paths([*arguments.paths, *(arguments.predictions or ())], [arguments.output])
    tasks = load_tasks(arguments.paths, arguments.part)
    if arguments.list:
        print(*list_lines((task.key, task.request) for task in tasks.values()), sep="\n")
        return ALL_DONE
    files = arguments.predictions
    predicted = (attempt for path in files or () for attempt in predicted_programs(path, tasks))
    attempts = list(predicted if files else own_programs(tasks))
    work = partial(run_attempt, tasks=tasks)
    results = list(map_inputs(work, attempts, arguments.workers, attempt_crashed, len(attempts), "program"))
    if arguments.output:
        with whole_file(arguments.output) as file:
            for result in results:
                file.write(json_line(result))
    lines, status = (pass_lines(results, tasks, arguments.seed), ALL_DONE) if files else own_summary(results)
    print("\n".join(lines))
    return status


if __name__ == "__main__":
    run_command(main)
