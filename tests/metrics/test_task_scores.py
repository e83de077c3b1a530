"""pass@k over tasks, in groups, and the difference of two models."""

from itertools import combinations

import pytest

from workflowllm.metrics.task_scores import TaskFacts, difference_lines, pass_at_k, score_lines, task_facts
from workflowllm.runtime.tasks import read_task

TASKS = {f"t{n}": TaskFacts(n, frozenset({"text"} if n % 2 else {"text", "edits"})) for n in range(1, 13)}


@pytest.mark.parametrize(("samples", "passing", "k"), [(5, 0, 1), (5, 2, 1), (5, 2, 2), (5, 4, 2), (4, 4, 4)])
def test_pass_at_k_is_the_share_of_draws_with_a_pass(samples, passing, k):
    draws = list(combinations([True] * passing + [False] * (samples - passing), k))
    assert pass_at_k(samples, passing, k) == pytest.approx(sum(map(any, draws)) / len(draws))


def rows(lines):
    return {line.split("  ")[0]: line.split() for line in "\n".join(lines).splitlines()}


def test_groups_by_size_and_family():
    """Odd tasks pass in one of two samples, even ones in none."""
    passes = {key: [facts.actions % 2 == 1, False] for key, facts in TASKS.items()}
    table = rows(score_lines("m", passes, TASKS, 0))
    assert table["all"][:3] == ["all", "12", "25.0"] and table["all"][5] == "50.0"
    assert table["1-5 actions"][2:4] == ["5", "30.0"] and table["11-20 actions"][2:4] == ["2", "25.0"]
    assert table["edits"][1:3] == ["6", "0.0"] and "21 actions or more" not in table


def test_a_task_without_an_answer_counts_as_failed():
    lines = list(score_lines("m", {"t1": [True], "t2": [True], "else": [True]}, TASKS, 0))
    assert lines[0] == "m answers 2 of 12 tasks; the others count as failed."
    assert rows(lines)["all"][2] == "16.7"
    assert list(score_lines("m", {"else": [True]}, TASKS, 0)) == ["m answers none of the 12 tasks."]


def test_k_goes_as_far_as_every_answered_task_has_samples():
    head = "\n".join(score_lines("m", {"t1": [True] * 5, "t2": [True] * 2}, TASKS, 0))
    assert "pass@2" in head and "pass@5" not in head


def test_differences_are_paired():
    """Where the second model passes half of what the first passes, by task, no resample has it ahead."""
    first = {key: [True, True] for key in list(TASKS)[:8]}
    second = {key: [True, False] for key in list(TASKS)[2:]}
    (line,) = difference_lines({"a": first, "b": second}, TASKS, 0)
    assert line == "a less b: pass@1 +50.0 [+50.0, +50.0] points on 6 shared tasks"
    assert list(difference_lines({"a": first, "b": {"t12": [True]}}, TASKS, 0)) == ["a and b share no task."]


def test_facts_of_a_task(tmp_path):
    path = tmp_path / "greet.yaml"
    path.write_text('request: hi\nreference: print("hello")\nedit: x.shortcut\nworlds: [{expect: []}]\n', "utf-8")
    facts = task_facts(read_task(path))
    assert facts == TaskFacts(1, frozenset({"edits", "show"}))
