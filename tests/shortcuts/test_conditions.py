"""Every operator of If with every way to store its operand, both ways."""

import pytest

from workflowllm.shortcuts.compare import differences
from workflowllm.shortcuts.from_python.program import compile_code
from workflowllm.shortcuts.model.workflow import build_workflow
from workflowllm.shortcuts.to_python.printer import to_python

CLIPBOARD = {"Value": {"Type": "Clipboard"}, "WFSerializationType": "WFTextTokenAttachment"}
SUBJECT = {"Type": "Variable", "Variable": CLIPBOARD}
ALONE = {"Value": {"string": "\ufffc", "attachmentsByRange": {"{0, 1}": {"Type": "CurrentDate"}}},
         "WFSerializationType": "WFTextTokenString"}  # fmt: skip
DATE = {"Value": {"Type": "CurrentDate"}, "WFSerializationType": "WFTextTokenAttachment"}
TEXT, NUMBER = "WFConditionalActionString", "WFNumberValue"


def workflow(stored: dict, subject: dict | None = SUBJECT) -> dict:
    head = {"WFControlFlowMode": 0, "GroupingIdentifier": "G", **({"WFInput": subject} if subject else {}), **stored}
    name = "is.workflow.actions.conditional"
    return {"WFWorkflowActions": [
        {"WFWorkflowActionIdentifier": name, "WFWorkflowActionParameters": head},
        {"WFWorkflowActionIdentifier": name,
         "WFWorkflowActionParameters": {"WFControlFlowMode": 2, "GroupingIdentifier": "G"}}]}  # fmt: skip


def printed(original: dict) -> str:
    """The test behind `if`, after the way back has been found equal."""
    code = to_python(original).code
    assert list(differences(original, build_workflow(compile_code(code)))) == []
    return code.split("\n")[0].removeprefix("if ").removesuffix(":")


@pytest.mark.parametrize(
    ("stored", "test"),
    [
        ({"WFCondition": 0, NUMBER: "5"}, "clipboard() < 5"),
        ({"WFCondition": 1, NUMBER: 5.0}, "clipboard() <= 5.0"),
        ({"WFCondition": 2, NUMBER: "2.50"}, 'clipboard() > number("2.50")'),
        ({"WFCondition": 3, NUMBER: DATE}, "extra(clipboard() >= current_date())"),
        ({"WFCondition": 3, NUMBER: "-1"}, "clipboard() >= -1"),
        ({"WFCondition": 4, TEXT: "a"}, 'clipboard() == "a"'),
        ({"WFCondition": 4, NUMBER: "5"}, "clipboard() == 5"),
        ({"WFCondition": 4, NUMBER: DATE}, "extra(clipboard() == number(current_date()))"),
        ({"WFCondition": 4, TEXT: ALONE}, 'clipboard() == f"{current_date()}"'),
        ({"WFCondition": 4, TEXT: ALONE, NUMBER: DATE}, "extra(clipboard() == current_date())"),
        ({"WFCondition": 4}, 'clipboard() == ""'),
        ({"WFCondition": 5, TEXT: "5"}, 'clipboard() != "5"'),
        ({"WFCondition": 8, TEXT: "a"}, 'clipboard().startswith("a")'),
        ({"WFCondition": 9, TEXT: "a"}, 'clipboard().endswith("a")'),
        ({"WFCondition": 99, TEXT: ALONE}, 'f"{current_date()}" in clipboard()'),
        ({"WFCondition": 999, TEXT: "a"}, '"a" not in clipboard()'),
        ({"WFCondition": 100}, "clipboard()"),
        ({"WFCondition": 101}, "not clipboard()"),
        ({"WFCondition": 1003, NUMBER: "1", "WFAnotherNumber": "5"}, "1 <= clipboard() <= 5"),
        ({"WFCondition": 4, TEXT: "a", NUMBER: "3"}, 'extra(clipboard() == "a", WFNumberValue="3")'),
        ({"WFCondition": 2, TEXT: "a", NUMBER: "3"}, 'extra(clipboard() > 3, WFConditionalActionString="a")'),
        ({"WFCondition": 99, TEXT: "a", NUMBER: "3"}, 'extra("a" in clipboard(), WFNumberValue="3")'),
        ({"WFCondition": 100, TEXT: "a"}, 'extra(clipboard() is not None, WFConditionalActionString="a")'),
        ({"WFCondition": 101, TEXT: "a"}, 'extra(not clipboard(), WFConditionalActionString="a")'),
        ({"WFCondition": 100, "WFConditionalLegacyComparisonBehavior": True}, "legacy(clipboard())"),
        ({"WFCondition": "Equals", TEXT: "a"}, 'extra(clipboard() == "a", WFCondition="Equals")'),
        ({"WFCondition": "Is Greater Than", NUMBER: "3"}, 'extra(clipboard() > 3, WFCondition="Is Greater Than")'),
    ],
)  # fmt: skip
def test_operator(stored: dict, test: str) -> None:
    assert printed(workflow(stored)) == test


@pytest.mark.parametrize("stored", [
    {}, {TEXT: "a"}, {"WFCondition": ""}, {"WFCondition": 4, TEXT: ""}, {"WFCondition": 77}, {"WFCondition": 99},
    {"WFCondition": 0}, {"WFCondition": True}, {"WFCondition": 1002}, {"WFCondition": 2, NUMBER: True},
    {"WFCondition": 4, TEXT: CLIPBOARD}, {"WFCondition": 1003, NUMBER: "1"}, {"WFCondition": 4, "Odd-key": [1]},
])  # fmt: skip
def test_what_has_no_form_of_its_own_is_the_call_that_stores_it(stored: dict) -> None:
    """Absent and unknown conditions keep all they hold, and nothing is made up about what they mean."""
    assert "conditional(" in printed(workflow(stored)) or "extra(" in printed(workflow(stored))


def test_a_number_is_compared_as_a_number() -> None:
    """Of two stored operands, the one counts that fits the value."""
    number = {"Type": "Clipboard", "Aggrandizements": [
        {"Type": "WFCoercionVariableAggrandizement", "CoercionItemClass": "WFNumberContentItem"}]}  # fmt: skip
    subject = {"Type": "Variable", "Variable": {"Value": number, "WFSerializationType": "WFTextTokenAttachment"}}
    both = {"WFCondition": 4, TEXT: "a", NUMBER: "3"}
    assert printed(workflow(both, subject)) == 'extra(float(clipboard()) == 3, WFConditionalActionString="a")'


@pytest.mark.parametrize(("prefix", "test"), [(1, '"a" in clipboard() and not clipboard()'),
                                              (0, '"a" in clipboard() or not clipboard()')])  # fmt: skip
def test_several_conditions(prefix: int, test: str) -> None:
    templates = [{"WFInput": SUBJECT, "WFCondition": 99, TEXT: "a"}, {"WFInput": SUBJECT, "WFCondition": 101}]
    value = {"WFActionParameterFilterPrefix": prefix, "WFActionParameterFilterTemplates": templates}
    several = {"WFConditions": {"Value": value, "WFSerializationType": "WFContentPredicateTableTemplate"}}
    assert printed(workflow(several, subject=None)) == test
    value["WFActionParameterFilterTemplates"] = templates[1:]
    assert printed(workflow(several, subject=None)) == ("all" if prefix else "any") + "([not clipboard()])"


@pytest.mark.parametrize(
    ("test", "condition"),
    [("not x == 1", 5), ("not x < 1", 3), ("5 > x", 0), ('not "a" in x', 999), ("x is None", 101), ("not not x", 100)],
)
def test_other_ways_to_write_a_test(test: str, condition: int) -> None:
    start = compile_code(f"x = clipboard()\nif {test}:\n    pass").actions[1]
    assert start["WFWorkflowActionParameters"]["WFCondition"] == condition
