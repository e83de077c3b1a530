"""Scores on tasks with tests: pass@k with intervals, by size and family of actions, and differences of two models."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from tabulate import tabulate

from workflowllm.metrics.bootstrap import Figure, figures
from workflowllm.runtime.actions import FAMILIES, full_identifier
from workflowllm.runtime.runnable import program_of_code
from workflowllm.runtime.tasks import Task
from workflowllm.shortcuts.model.errors import ShortcutError

KS = (1, 2, 5, 10, 20, 50, 100)
SIZES = ((1, 5), (6, 10), (11, 20), (21, None))  # actions of the reference
FEWEST_TASKS = 5  # of a family that is listed: an interval over fewer says nothing

Passes = Mapping[str, Sequence[bool]]  # by task, whether each of its samples passes


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """What tasks are grouped by: how many actions the reference has, and the families that these are of."""

    actions: int
    families: frozenset[str]


def task_facts(task: Task) -> TaskFacts:
    """The facts of a task. An edit is a family of its own, beside those of its actions."""
    try:
        actions = program_of_code(task.reference).actions
    except ShortcutError:
        actions = []
    called = {action.identifier for action in actions}
    families = {
        family.__name__.rpartition(".")[2] for family in FAMILIES if called & set(map(full_identifier, family.ACTIONS))
    }
    return TaskFacts(len(actions), frozenset(families | ({"edits"} if task.edit else set())))


def pass_at_k(samples: int, passing: int, k: int) -> float:
    """The chance that one of k samples passes, estimated from all of them without bias (Chen et al. 2021)."""
    if samples - passing < k:
        return 1.0
    failing = 1.0
    for rank in range(k):
        failing *= (samples - passing - rank) / (samples - rank)
    return 1.0 - failing


def score_lines(model: str, passes: Passes, tasks: Mapping[str, TaskFacts], seed: int) -> Iterator[str]:
    """A table: pass@k of one model over all tasks, by size and by family. A task without a sample counts as failed."""
    fewest = min((len(passes[key]) for key in tasks if key in passes), default=0)
    ks = [k for k in KS if k <= fewest]
    if not ks:
        yield f"{model} answers none of the {len(tasks)} tasks."
        return
    absent = sum(key not in passes for key in tasks)
    if absent:
        yield f"{model} answers {len(tasks) - absent} of {len(tasks)} tasks; the others count as failed."
    rows = [[name, len(keys), *map(_shown, _rates(passes, keys, ks, seed))] for name, keys in _groups(tasks)]
    yield tabulate(rows, [model, "tasks", *(f"pass@{k}, %" for k in ks)], tablefmt="plain", disable_numparse=True)


def _groups(tasks: Mapping[str, TaskFacts]) -> Iterator[tuple[str, list[str]]]:
    yield "all", list(tasks)
    for low, high in SIZES:
        keys = [key for key, facts in tasks.items() if low <= facts.actions and (high is None or facts.actions <= high)]
        if keys:
            yield f"{low}-{high} actions" if high else f"{low} actions or more", keys
    for family in sorted({family for facts in tasks.values() for family in facts.families}):
        keys = [key for key, facts in tasks.items() if family in facts.families]
        if len(keys) >= FEWEST_TASKS:
            yield family, keys


def _rates(passes: Passes, keys: Sequence[str], ks: Sequence[int], seed: int) -> list[Figure]:
    return figures([[_estimate(passes.get(key, ()), k) for k in ks] for key in keys], seed)


def _estimate(samples: Sequence[bool], k: int) -> float:
    return pass_at_k(len(samples), sum(samples), k) if samples else 0.0


def difference_lines(models: Mapping[str, Passes], tasks: Mapping[str, TaskFacts], seed: int) -> Iterator[str]:
    """For each two models, the difference of pass@1 on the tasks that both answer; samples are drawn by task."""
    for (first, ours), (second, theirs) in combinations(models.items(), 2):
        shared = [key for key in tasks if key in ours and key in theirs]
        if not shared:
            yield f"{first} and {second} share no task."
            continue
        (figure,) = figures([[_estimate(ours[key], 1) - _estimate(theirs[key], 1)] for key in shared], seed)
        noun = "task" if len(shared) == 1 else "tasks"
        yield f"{first} less {second}: pass@1 {_shown(figure, sign='+')} points on {len(shared)} shared {noun}"


def _shown(figure: Figure, sign: str = "") -> str:
    mean, low, high = (f"{100 * (figure[name] or 0):{sign}.1f}" for name in ("mean", "low", "high"))
    return f"{mean} [{low}, {high}]"
