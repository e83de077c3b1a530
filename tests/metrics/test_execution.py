"""Execution match and effect F1: what they must see, and what they must not."""

import pytest

from eval.support.task_cheats import bare, changed_cheats, dropped_lines
from workflowllm.metrics.execution import (
    Execution,
    execution,
    fact_f1,
    facts_of,
    measured_execution,
    reference_runs,
)
from workflowllm.metrics.side_by_side import SHOWN_LINES

WATER = """
amount = is_workflow_actions_ask(WFAskActionPrompt="How much?", WFInputType="Number")
name = is_workflow_actions_ask(WFAskActionPrompt="Your name?")
if amount > 5:
    is_workflow_actions_notification(WFNotificationActionBody=f"{name} drank {amount}")
else:
    is_workflow_actions_addnewreminder(WFCalendarItemTitle=f"Drink, {name}!")
is_workflow_actions_setclipboard(WFInput=amount)
"""
APIS = [f"is.workflow.actions.{name}" for name in ("ask", "notification", "addnewreminder", "setclipboard")]


@pytest.fixture(scope="module")
def water():
    return reference_runs(WATER, count=5)


def test_the_reference_matches_itself(water):
    assert not water.why_not
    assert execution(WATER, water) == Execution(True, True, 1.0, True)


def test_both_branches_are_reached_in_some_world(water):
    kinds = {kind for facts in water.facts for kind, path, _ in facts if not path}
    assert {"notify", "reminder"} <= kinds


def test_wording_of_questions_and_names_of_variables_are_free(water):
    other = (
        WATER.replace("How much?", "Tell me the amount").replace("Your name?", "Who?").replace("amount", "millilitres")
    )
    assert execution(other, water).match is True


def test_the_order_of_questions_of_different_types_is_free(water):
    lines = WATER.strip().split("\n")
    assert execution("\n".join([lines[1], lines[0], *lines[2:]]), water).f1 > 0.9


@pytest.mark.parametrize("code", ["", "is_workflow_actions_exit()\n" + WATER, bare(APIS)])
def test_what_knows_nothing_does_not_match_and_scores_low(water, code):
    result = execution(code, water)
    assert result.match is False and result.f1 < 0.6


@pytest.mark.parametrize("cheat", [*changed_cheats(WATER), *dropped_lines(WATER)], ids=lambda cheat: cheat.name)
def test_every_damage_is_seen(water, cheat):
    result = execution(cheat.code, water)
    assert result.match is False and result.f1 < 1


@pytest.mark.parametrize("code", ["not python (", "x = undefined", "import os", "while True:\n    pass"])
def test_what_is_no_program_fails_without_an_exception(water, code):
    assert execution(code, water) == Execution(True, False, 0.0, False)


def test_an_answer_that_breaks_does_not_run(water):
    broken = WATER + 'x = is_workflow_actions_math(WFInput=amount, WFMathOperation="÷", WFMathOperand=0)\n'
    assert execution(broken, water).runs is False


@pytest.mark.parametrize(
    ("reference", "why"),
    [
        ("is_workflow_actions_count(Input=shortcut_input())", "does nothing"),
        ('name = is_workflow_actions_ask(WFAskActionPrompt="Name?")', "does nothing"),
        ("is_workflow_actions_setclipboard(WFInput=None)", "does nothing"),
        ("x = (", "no program"),
        ('x = is_workflow_actions_math(WFInput=1, WFMathOperation="÷", WFMathOperand=0)', "breaks"),
    ],
)
def test_a_reference_that_cannot_be_measured_says_why(reference, why):
    runs = reference_runs(reference)
    assert why in runs.why_not
    assert execution(WATER, runs) == Execution(False)


def test_equal_code_gives_equal_worlds_and_another_seed_others():
    first, again, other = reference_runs(WATER), reference_runs(WATER), reference_runs(WATER, seed=1)
    assert first.effects == again.effects and first.worlds == again.worlds
    assert first.worlds != other.worlds


def test_both_runs_are_told_and_where_they_part(water):
    shown = execution(WATER.replace("drank", "had"), water).side_by_side
    assert shown.parts_at is not None and 0 < shown.worlds_apart < shown.worlds == 5
    index = shown.parts_at - shown.first_line
    assert "drank" in shown.reference[index] and "had" in shown.answer[index]
    assert shown.reference[:index] == shown.answer[:index] and shown.answer[-1] == "ends"
    same = execution(WATER, water).side_by_side
    assert same.parts_at is None and same.reference == same.answer


def test_a_run_that_ends_early_parts_after_its_last_line(water):
    shown = execution(WATER.strip().rpartition("\n")[0], water).side_by_side
    assert shown.worlds_apart == 5 and shown.answer[shown.parts_at - 1] == "ends" != shown.reference[shown.parts_at - 1]


def test_far_down_lines_are_shown_around_where_runs_part():
    lines = [f'is_workflow_actions_speaktext(WFText="{n}")' for n in range(100)]
    other = [*lines[:80], 'is_workflow_actions_speaktext(WFText="other")', *lines[81:]]
    shown = execution("\n".join(other), reference_runs("\n".join(lines))).side_by_side
    assert shown.parts_at == 81 and "other" in shown.answer[81 - shown.first_line] and len(shown.answer) <= SHOWN_LINES


@pytest.mark.parametrize("function", ["program_of_code", "run_answered", "made_worlds"])
def test_a_fault_of_ours_is_this_record_s_alone(function, monkeypatch):
    def fails(*arguments):
        raise KeyError("ours")

    reference = f'is_workflow_actions_speaktext(WFText="{function}")'
    monkeypatch.setattr(f"workflowllm.metrics.execution.{function}", fails)
    assert "KeyError" in measured_execution(WATER, reference).why_not
    monkeypatch.undo()
    assert measured_execution(reference, reference).match is True


def test_facts_count_kinds_and_values():
    one = facts_of([{"kind": "show", "text": "a"}])
    two = facts_of([{"kind": "show", "text": "a"}, {"kind": "show", "text": "b"}])
    assert fact_f1(one, two) == pytest.approx(2 * 2 / 6)
    assert fact_f1(facts_of([]), facts_of([])) == 1.0
