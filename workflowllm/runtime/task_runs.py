"""Attempts at tasks as result lines: one program in all worlds of its task."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workflowllm.runs.bounds import OverLimit
from workflowllm.runtime.endings import Broken, WorldError
from workflowllm.runtime.tasks import Task, WorldResult, read_task, run_program, task_files


@dataclass(frozen=True, slots=True)
class Attempt:
    """A program for a task: its name is `reference`, `wrong 1`, or a model's."""

    key: str
    program: str
    code: str


def tasks_by_key(paths: Sequence[Path]) -> dict[str, Task]:
    """The tasks in files and folders. Raises WorldError for a bad one, and where two have one key."""
    tasks: dict[str, Task] = {}
    for path in task_files(paths):
        task = read_task(path)
        if task.key in tasks:
            raise WorldError(f"two tasks have the key {task.key!r}")
        tasks[task.key] = task
    return tasks


def run_attempt(attempt: Attempt, tasks: Mapping[str, Task]) -> dict[str, Any]:
    """The result line of an attempt."""
    task = tasks[attempt.key]
    try:
        results = run_program(task, attempt.code)
    except (Broken, OverLimit, MemoryError) as error:
        results = [WorldResult(world.name, False, [str(error) or "out of memory"]) for world in task.worlds]
    return result_line(attempt, results)


def result_line(attempt: Attempt, results: list[WorldResult]) -> dict[str, Any]:
    return {
        "key": attempt.key,
        "program": attempt.program,
        "passed": all(result.passed for result in results),
        "worlds": [result.as_json() for result in results],
    }


def attempt_crashed(attempt: Attempt) -> dict[str, Any]:
    failure = WorldResult("all", False, ["the process that ran it died"])
    return result_line(attempt, [failure])
