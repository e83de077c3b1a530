"""A run is bounded: whatever is attacked ends with a sentence, soon and in little memory."""

import pytest
from runtime_helpers import run

from workflowllm.runtime import interpreter, session
from workflowllm.runtime.limits import MAX_BYTES, MAX_VALUE_BYTES


@pytest.fixture
def few_actions(monkeypatch):
    """The bound on actions, lowered so that the test is quick."""
    monkeypatch.setattr(session, "MAX_ACTIONS", 5_000)
    monkeypatch.setattr(interpreter, "MAX_ACTIONS", 5_000)


def broken(code: str, **world) -> str:
    result = run(code, **world)
    assert result.how == "broken"
    return result.error


def test_a_loop_without_end_breaks(few_actions):
    assert "5,000 actions" in broken('for _ in range(1000000000):\n    text = "x"')


def test_an_empty_loop_without_end_breaks(few_actions):
    assert "5,000 actions" in broken("for _ in range(1000000000):\n    pass")


def test_loops_inside_loops_break(few_actions):
    assert "5,000 actions" in broken("for _ in range(9000):\n    for _ in range(9000):\n        pass")


def test_a_text_that_doubles_breaks_before_memory_does():
    code = 'Text = "xxxxxxxxxxxxxxxx"\nfor _ in range(60):\n    Text = f"{Text}{Text}"'
    assert f"{MAX_VALUE_BYTES >> 20} MiB" in broken(code)


def test_a_list_that_doubles_breaks():
    code = """
found = []
text = "x"
found.append(text)
for _ in range(60):
    found.append(found)
"""
    error = broken(code)
    assert "MiB" in error


def test_many_large_values_together_break():
    code = """
Text = "xxxxxxxxxxxxxxxx"
for _ in range(21):
    Text = f"{Text}{Text}"
found = []
for _ in range(40):
    text = f"{Text}"
    found.append(text)
"""
    assert f"{MAX_BYTES >> 20} MiB" in broken(code) or f"{MAX_VALUE_BYTES >> 20} MiB" in broken(code)


def test_a_replacement_that_explodes_breaks():
    code = """
Text = "a"
for _ in range(40):
    Text = is_workflow_actions_text_replace(WFInput=f"{Text}", WFReplaceTextFind="a", WFReplaceTextReplace="aaaaaaaa")
"""
    assert "MiB" in broken(code)


def test_a_replacement_by_regular_expression_that_explodes_breaks():
    code = """
Text = "a"
for _ in range(40):
    Text = is_workflow_actions_text_replace(WFInput=f"{Text}", WFReplaceTextFind="a", WFReplaceTextReplace="$0$0$0$0$0$0", WFReplaceTextRegularExpression=True)
"""  # noqa: E501
    error = broken(code)
    assert "MiB" in error or "takes more than" in error  # a busy machine may come to the time first


def test_a_combination_that_explodes_breaks():
    code = """
Text = "aaaa"
for _ in range(30):
    parts = is_workflow_actions_text_split(text=Text, WFTextSeparator="Every Character")
    Text = is_workflow_actions_text_combine(text=parts, WFTextSeparator="Custom", WFTextCustomSeparator=f"{Text}")
"""
    assert "MiB" in broken(code)


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(.*)*x", "(a*)*b"])
def test_a_regular_expression_that_never_ends_breaks(pattern, monkeypatch):
    monkeypatch.setattr("workflowllm.runtime.regexes.SECONDS", 0.05)
    text = "a" * 4000 + "!"
    code = f'got = is_workflow_actions_text_match(text=f"{{shortcut_input()}}", WFMatchTextPattern="{pattern}")'
    result = run(code, input=text)
    assert result.how == "ok" or "takes more than" in result.error


def test_a_shortcut_that_runs_itself_breaks():
    code = 'is_workflow_actions_runworkflow(WFWorkflow={"workflowName": "test", "isSelf": True})'
    assert "inside each other" in broken(code) or "nested too deeply" in broken(code)


def test_two_shortcuts_that_run_each_other_break():
    first = 'is_workflow_actions_runworkflow(WFWorkflowName="Second")'
    result = run(first, shortcuts={"Second": 'is_workflow_actions_runworkflow(WFWorkflowName="Second")'})
    assert result.how == "broken"


def test_a_shortcut_that_runs_itself_inside_many_blocks_breaks():
    lines = ["    " * depth + "for _ in range(2):" for depth in range(15)]
    lines.append("    " * 15 + 'is_workflow_actions_runworkflow(WFWorkflow={"workflowName": "test", "isSelf": True})')
    assert run("\n".join(lines)).how == "broken"


def test_blocks_nested_a_hundred_deep_end():
    lines = ["    " * depth + "if shortcut_input():" for depth in range(60)]
    lines.append("    " * 60 + 'print("deep")')
    assert run("\n".join(lines), input="x").shown == ["deep"]


def test_an_image_of_a_million_pixels_a_side_costs_nothing():
    code = """
got = is_workflow_actions_image_resize(WFImage=shortcut_input(), WFImageResizeWidth="1000000", WFImageResizeHeight="1000000")
is_workflow_actions_setclipboard(WFInput=got)
"""  # noqa: E501
    result = run(code, input={"type": "image", "name": "a.png", "width": 1000000, "height": 1000000})
    assert result.how in ("ok", "broken")
    assert result.outcome.session.held < 1_000_000


def test_a_power_of_powers_breaks():
    code = """
n = is_workflow_actions_number(WFNumberActionNumber="10")
Big = n
for _ in range(20):
    Big = is_workflow_actions_math(WFInput=Big, WFMathOperation="…", WFScientificMathOperation="x^y", WFScientificMathOperand="9")
"""  # noqa: E501
    assert "digits" in broken(code) or "no result" in broken(code)


def test_a_factorial_of_a_large_number_breaks():
    code = """
n = is_workflow_actions_number(WFNumberActionNumber="100000000")
got = is_workflow_actions_math(WFInput=n, WFMathOperation="…", WFScientificMathOperation="x!")
"""
    assert run(code).how == "broken"


def test_numbers_with_a_huge_exponent_are_no_numbers():
    code = """
entry = is_workflow_actions_detect_dictionary(WFInput=shortcut_input())
print(f"<{entry}>")
"""
    result = run(code, input='{"n": 1e999999999}')
    assert len("".join(result.shown)) < 1000


def test_json_nested_without_end_is_no_dictionary():
    code = 'got = is_workflow_actions_detect_dictionary(WFInput=shortcut_input())\nprint(f"{got}")'
    result = run(code, input='{"a":' * 100_000 + "1" + "}" * 100_000)
    assert result.how == "broken" and len(result.error) < 300


def test_effects_are_counted_too(few_actions, monkeypatch):
    monkeypatch.setattr(session, "MAX_BYTES", 1 << 20)
    code = 'for _ in range(4000):\n    is_workflow_actions_notification(WFNotificationActionBody=f"{shortcut_input()}")'
    assert "MiB" in broken(code, input="x" * 10_000)


def test_a_run_that_takes_too_long_breaks_and_the_next_one_starts_afresh(monkeypatch):
    """By the alarm that scripts set: the interpreter itself has no clock."""
    from workflowllm.runtime.limits import time_limit

    with time_limit(0.2):
        slow = run("for _ in range(1000000000):\n    pass")
    assert (slow.how, "0.2 s" in slow.error) == ("broken", True)
    with time_limit(30):
        assert run('print("x")').shown == ["x"]


def test_effects_are_counted_by_their_bytes_not_their_characters():
    """A text of emoji takes four bytes a character: effects of 256 KiB each fill the bound after a thousand."""
    loop = "    is_workflow_actions_setclipboard(WFInput=text)\n    is_workflow_actions_nothing()\n"
    text = "\U0001f600" * 65_536
    result = run(f'text = "{text}"\nfor _ in range(3000):\n{loop}')
    assert result.how == "broken" and f"{MAX_BYTES >> 20} MiB" in result.error
    assert 900 < len(result.effects) < 1030
