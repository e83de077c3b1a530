"""The order of parameters, and which of them hold text."""

import random

import pytest

from workflowllm.shortcuts.dialect.problems import DialectError
from workflowllm.shortcuts.from_python.program import compile_code
from workflowllm.shortcuts.model.action_table import in_order, parameter_kind
from workflowllm.shortcuts.model.wrapped import ATTACHMENT, TEXT, lone_reference, wrap
from workflowllm.shortcuts.to_python.printer import to_python

CLIP = {"Type": "Clipboard"}
LONE, BARE = wrap(TEXT, lone_reference(CLIP)), wrap(ATTACHMENT, CLIP)


def parameters(line: str) -> dict:
    return compile_code(line + "\n").actions[-1]["WFWorkflowActionParameters"]


@pytest.mark.parametrize(
    ("line", "key", "stored"),
    [
        ("is_workflow_actions_generatebarcode(WFText=clipboard())", "WFText", LONE),
        ('is_workflow_actions_generatebarcode(WFText=f"{clipboard()}")', "WFText", LONE),
        ("is_workflow_actions_downloadurl(WFURL=clipboard())", "WFURL", LONE),
        ("is_workflow_actions_format_date(WFDate=clipboard())", "WFDate", LONE),
        ("is_workflow_actions_setvalueforkey(WFDictionaryKey=clipboard())", "WFDictionaryKey", LONE),
        ("x = dict(clipboard())[clipboard()]", "WFDictionaryKey", LONE),
        ("is_workflow_actions_openurl(WFInput=clipboard())", "WFInput", BARE),
        ("is_workflow_actions_text_split(text=clipboard())", "text", BARE),
        ("is_workflow_actions_math(WFMathOperand=clipboard())", "WFMathOperand", BARE),
        ('is_workflow_actions_generatebarcode(WFText=WFTextTokenAttachment(Type="Clipboard"))', "WFText", BARE),
        ("nobody_knows_it(text=clipboard())", "text", BARE),
    ],
)
def test_a_reference_alone_is_stored_as_its_parameter_has_it(line, key, stored):
    assert parameters(line)[key] == stored


@pytest.mark.parametrize("prompt", ["menu(clipboard())", "menu(prompt=clipboard())", "menu(WFMenuPrompt=clipboard())"])
def test_a_menu_s_prompt_is_a_text(prompt):
    first = compile_code(f'match {prompt}:\n    case "a":\n        pass\n').actions[0]
    assert first["WFWorkflowActionParameters"]["WFMenuPrompt"] == LONE


def test_a_bare_reference_in_a_text_field_comes_back():
    for stored in (BARE, LONE, wrap(ATTACHMENT, {"Type": "Variable", "VariableName": "x"})):
        identifier = "is.workflow.actions.speaktext"
        action = {"WFWorkflowActionIdentifier": identifier, "WFWorkflowActionParameters": {"WFText": stored}}
        code = to_python({"WFWorkflowActions": [action]}).code
        assert compile_code(code).actions[-1]["WFWorkflowActionParameters"]["WFText"] == stored


def test_the_order_of_keys_in_a_file_does_not_show():
    rng = random.Random(0)
    stored = {
        "WFURL": LONE, "WFHTTPMethod": "POST", "Odd": {"b": {"y": 1, "x": 2}, "a": [{"d": 1, "c": 2}]}, "Other": 1,
        "ShowHeaders": True, "not a name": 1, "also not": 2,
    }  # fmt: skip

    def shuffled(value):
        if isinstance(value, dict):
            pairs = [(key, shuffled(item)) for key, item in value.items()]
            rng.shuffle(pairs)
            return dict(pairs)
        return [shuffled(item) for item in value] if isinstance(value, list) else value

    texts = {
        to_python({"WFWorkflowActions": [shuffled({"WFWorkflowActionIdentifier": "is.workflow.actions.downloadurl",
                                                   "WFWorkflowActionParameters": stored})]}).code
        for _ in range(20)
    }  # fmt: skip
    assert len(texts) == 1
    assert texts.pop().startswith('is_workflow_actions_downloadurl(WFURL=f"{clipboard()}", WFHTTPMethod="POST", Show')


def test_the_table():
    assert in_order("is.workflow.actions.alert", ("b", "WFAlertActionMessage", "a", "WFAlertActionTitle")) == (
        "WFAlertActionTitle", "WFAlertActionMessage", "a", "b")  # fmt: skip
    assert parameter_kind("is.workflow.actions.alert", "WFAlertActionMessage") == "text"
    assert parameter_kind("is.workflow.actions.adjustdate", "WFDate") == "date"
    assert parameter_kind("is.workflow.actions.repeat.each", "WFInput") == "variable"
    assert parameter_kind("is.workflow.actions.text.split", "text") == parameter_kind("nobody.knows.it", "x") == ""


@pytest.mark.parametrize(
    ("literal", "identifier"),
    [
        ('f"a {clipboard()}"', "gettext"),
        ('"a"', "gettext"),
        ("5", "number"),
        ('{"a": 1}', "dictionary"),
        ("[1]", "list"),
    ],
)
def test_a_literal_becomes_an_action_where_only_references_stand(literal, identifier):
    first, second = compile_code(f"is_workflow_actions_setclipboard(WFInput={literal})\n").actions
    assert first["WFWorkflowActionIdentifier"] == f"is.workflow.actions.{identifier}"
    token = second["WFWorkflowActionParameters"]["WFInput"]["Value"]
    assert token["OutputUUID"] == first["WFWorkflowActionParameters"]["UUID"]


def test_a_literal_that_a_file_stores_there_stays_one():
    for stored in ("a", 5, -1.5, True, {"a": 1}, [1], wrap(TEXT, lone_reference(CLIP)), {"Type": "x"}):
        action = {
            "WFWorkflowActionIdentifier": "is.workflow.actions.setclipboard",
            "WFWorkflowActionParameters": {"WFInput": stored},
        }
        code = to_python({"WFWorkflowActions": [action]}).code
        assert [each["WFWorkflowActionParameters"]["WFInput"] for each in compile_code(code).actions] == [stored]


def test_an_implicit_input_stays_implicit():
    code = 'x = input("?")\nis_workflow_actions_downloadurl(WFURL=previous())\n'
    assert parameters(code.rstrip()) == {}
    for line in (
        "is_workflow_actions_downloadurl(WFHTTPMethod=previous())",
        "nobody_knows_it(WFInput=previous())",
        "is_workflow_actions_downloadurl(WFURL=previous(), WFHTTPMethod=len([1]))",
    ):
        with pytest.raises(DialectError):
            compile_code(line + "\n")
