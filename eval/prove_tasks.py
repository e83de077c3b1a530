"""Prove a set of tasks: programs that know nothing of a request must fail, and damage to its reference must be seen.

    python eval/prove_tasks.py data/tasks
    python eval/prove_tasks.py data/tasks --others 20 --workers 2

For each task these run in its worlds: the reference and its wrong programs; an empty program; its APIs bare, and each
with the output of the one before; the references of other tasks; the reference with exit() in front, with its
conditions negated, with its numbers changed, and with each single line dropped. Lines that no world notices are
listed, and so are rules of grade U or ? that a reference leans on. Status 0: all that must fail fails; 1: not all.
"""

import argparse
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from support.task_cheats import changed_cheats, dropped_lines, whole_cheats

from workflowllm.runs.command import ALL_DONE, SOME_FAILED, CommandError, run_command
from workflowllm.runs.flags import positive_int
from workflowllm.runs.pools import map_inputs
from workflowllm.runtime.task_runs import Attempt, attempt_crashed, run_attempt
from workflowllm.runtime.tasks import Task, read_task, task_files
from workflowllm.shortcuts.model.errors import ShortcutError

REFERENCE, WRONG, CHEAT, CHANGED, DROPPED = "reference", "wrong program", "cheat", "changed reference", "dropped line"


@dataclass(frozen=True)
class Trial:
    """One program that is tried, what kind it is of, and the line of the reference that it lacks."""

    attempt: Attempt
    kind: str
    line: str = ""


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="task files, or folders of them")
    parser.add_argument(
        "--others", type=positive_int, default=5, help="other tasks' references tried (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=0, help="for the draw of other tasks (default: %(default)s)")
    parser.add_argument("--workers", type=positive_int, default=1, help="processes (default: %(default)s)")
    return parser.parse_args()


def trials_of(task: Task, others: Sequence[str]) -> Iterator[Trial]:
    """Everything that is tried on one task."""
    yield Trial(Attempt(task.key, "reference", task.reference), REFERENCE)
    for rank, code in enumerate(task.wrong, 1):
        yield Trial(Attempt(task.key, f"wrong {rank}", code), WRONG)
    for cheat in whole_cheats(task.reference, task.apis, others):
        yield Trial(Attempt(task.key, cheat.name, cheat.code), CHEAT)
    for cheat in changed_cheats(task.reference):
        yield Trial(Attempt(task.key, cheat.name, cheat.code), CHANGED)
    lines = task.reference.split("\n")
    for cheat in dropped_lines(task.reference):
        yield Trial(Attempt(task.key, cheat.name, cheat.code), DROPPED, lines[cheat.line - 1].strip())


def all_trials(tasks: Sequence[Task], count: int, seed: int) -> list[Trial]:
    trials = []
    for task in tasks:
        rng = random.Random(f"{seed} {task.key}")
        others = [other.reference for other in tasks if other.key != task.key]
        trials += trials_of(task, rng.sample(others, min(count, len(others))))
    return trials


def try_one(trial: Trial, tasks: dict[str, Task]) -> dict[str, Any]:
    return run_attempt(trial.attempt, tasks)


def trial_crashed(trial: Trial) -> dict[str, Any]:
    return attempt_crashed(trial.attempt)


def report(trials: Sequence[Trial], results: Sequence[dict[str, Any]]) -> tuple[list[str], int]:
    """The lines to print, and the status."""
    lines, tried, noticed, status = [], Counter(), Counter(), ALL_DONE
    for trial, result in zip(trials, results, strict=True):
        tried[trial.kind] += 1
        is_right = result["passed"] == (trial.kind == REFERENCE)
        noticed[trial.kind] += is_right
        if trial.kind == REFERENCE:
            rules = sorted({rule for world in result["worlds"] for rule in world["unsettled"]})
            lines += [f"{result['key']}: the reference leans on {', '.join(rules)}"] if rules else []
        if not is_right:
            lines.append(_sentence(trial, result))
            status = SOME_FAILED if trial.kind in (REFERENCE, WRONG, CHEAT) else status
    lines += [f"{kind}: {noticed[kind]} of {tried[kind]} as they must be" for kind in tried]
    return lines, status


def _sentence(trial: Trial, result: dict[str, Any]) -> str:
    if trial.kind == REFERENCE:
        failures = [f"{world['name']}: {failure}" for world in result["worlds"] for failure in world["failures"]]
        return f"{result['key']}: the reference fails; {'; '.join(failures)}"
    what = f"without {trial.line!r}" if trial.line else trial.attempt.program
    return f"{result['key']}: no world notices: {what}"


def main() -> int:
    arguments = parse_arguments()
    try:
        tasks = [read_task(path) for path in task_files(arguments.paths)]
    except ShortcutError as error:
        raise CommandError(str(error)) from None
    if not tasks:
        raise CommandError("there are no task files (*.yaml) there.")
    trials = all_trials(tasks, arguments.others, arguments.seed)
    work = partial(try_one, tasks={task.key: task for task in tasks})
    results = list(map_inputs(work, trials, arguments.workers, trial_crashed, len(trials), "program"))
    lines, status = report(trials, results)
    print("\n".join(lines))
    return status


if __name__ == "__main__":
    run_command(main)
