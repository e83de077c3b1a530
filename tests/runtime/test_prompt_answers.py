"""Small programs end to end: worlds, answers, effects and endings."""

from runtime_helpers import run


def test_a_cancelled_alert_ends_the_run_and_what_happened_before_counts():
    code = """
text = "empty"
is_workflow_actions_setclipboard(WFInput=text)
is_workflow_actions_alert(WFAlertActionTitle="Sure?", WFAlertActionCancelButtonShown=True)
is_workflow_actions_setclipboard(WFInput=text)
"""
    result = run(code, answers=[{"cancel": True}])
    assert result.how == "cancelled"
    assert [effect["kind"] for effect in result.effects] == ["clipboard", "alert"]


def test_a_prompt_without_an_answer_breaks_the_run():
    result = run('answer = input("Your name?")')
    assert result.how == "broken"
    assert "nobody answers" in result.error and "Your name?" in result.error


def test_answers_with_a_pattern_serve_the_prompt_that_they_fit():
    code = """
first = input("How many people?")
second = input("Your name?")
print(f"{second}: {first}")
"""
    result = run(code, answers=["Ada", {"prompt": {"contains": "people"}, "answer": "3"}])
    assert result.shown == ["Ada: 3"]
