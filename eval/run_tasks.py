"""Run task files: each program of a task in each of its worlds, and what must happen there.

    python eval/run_tasks.py tasks/ --output output/task_results.jsonl
    python eval/run_tasks.py tasks/ --predictions predictions.jsonl --workers 2

A path is a task file or a folder of them. Without predictions, each task's `reference`, which must pass, and each of
`wrong`, which must fail in some world, are run. A prediction has `key` and `generated_code`; several lines with one
key are several samples. Status 0: all is as it must be; 1: some program is not; 2: the command was wrong.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from workflowllm.runs.command import ALL_DONE, SOME_FAILED, CommandError, run_command
from workflowllm.runs.flags import positive_int
from workflowllm.runs.json_lines import json_line, read_records
from workflowllm.runs.output_files import whole_file
from workflowllm.runs.paths import check_paths
from workflowllm.runs.pools import map_inputs
from workflowllm.runtime.task_runs import Attempt, attempt_crashed, run_attempt
from workflowllm.runtime.tasks import Task, pass_at_k, read_task, task_files
from workflowllm.shortcuts.model.errors import ShortcutError

Result = dict[str, Any]


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="task files, or folders of them")
    parser.add_argument("--predictions", type=Path, help="records with key and generated_code")
    parser.add_argument("--output", type=Path, help="JSON Lines file for the results")
    parser.add_argument("--workers", type=positive_int, default=1, help="processes (default: %(default)s)")
    return parser.parse_args()


def load_tasks(paths: list[Path]) -> dict[str, Task]:
    """The tasks by their keys."""
    tasks: dict[str, Task] = {}
    try:
        for path in task_files(paths):
            task = read_task(path)
            if task.key in tasks:
                raise CommandError(f"two tasks have the key {task.key!r}.")
            tasks[task.key] = task
    except ShortcutError as error:
        raise CommandError(str(error)) from None
    if not tasks:
        raise CommandError("there are no task files (*.yaml) there.")
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
            name = model if isinstance(model, str) else "prediction"
            yield Attempt(record["key"], name, code if isinstance(code, str) else "")


def summary(results: list[Result], is_own: bool) -> tuple[list[str], int]:
    """The last lines, and the status."""
    if not is_own:
        return pass_lines(results), ALL_DONE
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


def pass_lines(results: list[Result]) -> list[str]:
    """pass@1, and pass@k where all tasks have k samples."""
    samples: dict[str, list[bool]] = defaultdict(list)
    for result in results:
        samples[result["key"]].append(result["passed"])
    if not samples:
        return ["no prediction has the key of a task"]
    fewest = min(map(len, samples.values()))
    lines = []
    for k in (1, 2, 5, 10, 20, 50, 100):
        if k <= fewest:
            score = sum(pass_at_k(len(passes), sum(passes), k) for passes in samples.values()) / len(samples)
            lines.append(f"pass@{k}: {100 * score:.2f} % of {len(samples)} tasks")
    return lines


def main() -> int:
    arguments = parse_arguments()
    check_paths([*arguments.paths, arguments.predictions], [arguments.output])
    tasks = load_tasks(arguments.paths)
    is_own = arguments.predictions is None
    attempts = list(own_programs(tasks) if is_own else predicted_programs(arguments.predictions, tasks))
    work = partial(run_attempt, tasks=tasks)
    results = list(map_inputs(work, attempts, arguments.workers, attempt_crashed, len(attempts), "program"))
    if arguments.output:
        with whole_file(arguments.output) as file:
            for result in results:
                file.write(json_line(result))
    lines, status = summary(results, is_own)
    print("\n".join(lines))
    return status


if __name__ == "__main__":
    run_command(main)
