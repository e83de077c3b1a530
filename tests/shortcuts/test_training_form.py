"""The training form says what a program does, without what a compiler makes anew and nobody can derive."""

import plistlib
from pathlib import Path

import pytest

from workflowllm.shortcuts.from_python.program import compile_code
from workflowllm.shortcuts.to_python.printer import to_python
from workflowllm.shortcuts.training_form import training_form

ROOT = Path(__file__).parents[2]
ID = "5EB63BBB-E01E-EED0-93CB-22BB8F5ACDC3"
PNG = 'data("iVBORw0KGgo' + "A" * 2001 + '")'

SHORTER = {
    "a name beside an identifier": (
        f'a_b(WFWorkflow={{"isSelf": False, "workflowIdentifier": "{ID}", "workflowName": "Log"}})\n',
        'a_b(WFWorkflow={"workflowName": "Log"})\n',
    ),
    "an identifier that is all there is": (f'a_b(Folder={{"Identifier": "{ID}"}})\n', None),
    "a developer's team": (
        'a_b(App={"BundleIdentifier": "com.x", "Name": "X", "TeamIdentifier": "0000000000"})\n',
        'a_b(App={"BundleIdentifier": "com.x", "Name": "X"})\n',
    ),
    "a dictionary of the user's own": (f'a_b(WFItems={{"id": "{ID}", "name": "x"}})\n', None),
    "a descriptor": ('a_b(x=1, AppIntentDescriptor={"Name": "X"})\n', "a_b(x=1)\n"),
    "a variable's identifier": (f'a_b(x=extra(y, VariableUUID="{ID}"))\n', "a_b(x=y)\n"),
    "in a text": (
        f"a_b(x=f'{{extra(y, VariableUUID=\"{ID}\")}} é 👍🏽 {{z[\"k\"]}}')\n",
        "a_b(x=f'{y} é 👍🏽 {z[\"k\"]}')\n",
    ),
    "the rest of an extra": (
        f'a_b(x=extra(y, Prompt="?", VariableUUID="{ID}"))\n',
        'a_b(x=extra(y, Prompt="?"))\n',
    ),
    "an old operator": ('if extra(x == "a", WFCondition="Equals"):\n    pass\n', 'if x == "a":\n    pass\n'),
    "an operand that is not read": (
        'if extra(x is not None, WFConditionalActionString="1"):\n    pass\n',
        "if x:\n    pass\n",
    ),
    "an annotation": (
        'Total_Sum: "Total Sum" = a_b()\nc: "Other" = a_b()\n',
        'Total_Sum = a_b()\nc: "Other" = a_b()\n',
    ),
    "a numbered name": ('Text_2: "Text" = a_b()\n', "Text_2 = a_b()\n"),
    "bytes": (f"a_b(x={PNG})\n", 'a_b(x=placeholder("png, 2 kB"))\n'),
    "a text in Base64": (
        f'a_b(x="see {"aB3dEf7hIj1LmN0pQrStUvWx9z" * 20}!")\n',
        'a_b(x="see (Base64, 520 bytes)!")\n',
    ),
    "a line of dashes, and zeros": (f'a_b(x="{"0" * 500}", y="{"-" * 500}")\n', None),
    "an output that is missing": (f'x = missing("{ID}")\n', "x = missing()\n"),
    "what the line above gives": (
        'x = a_b()\n# why\nis_workflow_actions_downloadurl(WFURL=previous())\n',
        "x = a_b()\n# why\nis_workflow_actions_downloadurl(WFURL=x)\n",
    ),
    "a case's title": (
        'match menu():\n    case "A" if shown_as("A"):\n        branch(WFMenuLegacyCancelBehavior=True)\n'
        '    case "B (x)" if shown_as(f"B {x}"):\n        pass\n',
        'match menu():\n    case "A":\n        pass\n    case "B (x)" if shown_as(f"B {x}"):\n        pass\n',
    ),
    "a shortcut named twice": (
        'a_b(WFWorkflow={"isSelf": True, "workflowName": "Log"}, WFWorkflowName="Log")\n'
        'a_b(WFWorkflow=x, WFWorkflowName=y)\n',
        'a_b(WFWorkflow={"isSelf": True, "workflowName": "Log"})\na_b(WFWorkflow=x, WFWorkflowName=y)\n',
    ),
    "what the editor shows": ('a_b(x=1, **{"Show-text": True})\n', "a_b(x=1)\n"),
    "a file's provider, and its name": (
        'a_b(x={"displayName": "N", "fileLocation": {"fileProviderDomainID": "p", "relativeSubpath": "N"}, '
        '"filename": "N"})\n',
        'a_b(x={"displayName": "N", "fileLocation": {"relativeSubpath": "N"}})\n',
    ),
    "whole numbers": ('a_b(x=5.0, y=-2.0, z=0.5, WFItems={"a": 1.0})\n', 'a_b(x=5, y=-2, z=0.5, WFItems={"a": 1.0})\n'),
    "a dictionary, a list and a number": (
        f'x = is_workflow_actions_dictionary(WFItems={{"id": "{ID}", "name": "y", "n": 1.0}})\n'
        'is_workflow_actions_list(WFItems=["a"])\ny = is_workflow_actions_list(WFItems=[])\n'
        'z = is_workflow_actions_number(WFNumberActionNumber=5.0)\n',
        f'x = {{"id": "{ID}", "name": "y", "n": 1.0}}\n'
        'is_workflow_actions_list(WFItems=["a"])\ny = is_workflow_actions_list(WFItems=[])\nz = 5\n',
    ),
    "Count and Show Result": (
        'x = is_workflow_actions_count(WFCountType="Items", Input=y)\n'
        'x = is_workflow_actions_count(WFCountType="Words", Input=y)\n'
        'is_workflow_actions_showresult(Text=f"{x}")\nis_workflow_actions_showresult(Text=previous())\n',
        'x = len(y)\nx = is_workflow_actions_count(WFCountType="Words", Input=y)\n'
        'print(f"{x}")\nis_workflow_actions_showresult(Text=previous())\n',
    ),
    "Split and Combine Text": (
        'a = is_workflow_actions_text_split(text=x)\n'
        'b = is_workflow_actions_text_split(text=x, WFTextSeparator="Custom", WFTextCustomSeparator=";")\n'
        'c = is_workflow_actions_text_split(text=x, WFTextSeparator="Every Character")\n'
        'd = is_workflow_actions_text_combine(text=x, WFTextSeparator="Custom", WFTextCustomSeparator=f"{y}")\n'
        'e = is_workflow_actions_text_combine(WFTextSeparator="Custom", text=x, WFTextCustomSeparator=", ")\n',
        'a = x.splitlines()\nb = x.split(";")\n'
        'c = is_workflow_actions_text_split(text=x, WFTextSeparator="Every Character")\n'
        'd = is_workflow_actions_text_combine(text=x, WFTextSeparator="Custom", WFTextCustomSeparator=f"{y}")\n'
        'e = ", ".join(x)\n',
    ),
    "comments and layout": (
        f'# Why: é\nx = a_b(  y=extra(z, VariableUUID="{ID}"),  # here\n  w = 1)  # and here\n',
        "# Why: é\nx = a_b(y=z, w=1)  # and here\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SHORTER)
def test_what_goes_and_what_stays(name):
    code, short = SHORTER[name]
    assert training_form(code) == (code if short is None else short)
    assert training_form(training_form(code)) == training_form(code)


@pytest.mark.parametrize("path", sorted((ROOT / "data/shortcuts").glob("*.py")), ids=lambda path: path.stem)
def test_both_forms_make_the_same_actions(path):
    code = path.read_text("utf-8")
    first, second = compile_code(code).actions, compile_code(training_form(code)).actions
    assert [action["WFWorkflowActionIdentifier"] for action in first] == [
        action["WFWorkflowActionIdentifier"] for action in second
    ]


def test_what_is_no_python_stays():
    for code in ("def (", "x = 'a\n", "\0", "(" * 500):
        assert training_form(code) == code


def test_a_placeholder_compiles_to_itself():
    code = 'a_b(x=placeholder("png, 2 kB"))\n'
    actions = compile_code(code).actions
    assert plistlib.loads(plistlib.dumps(actions[0]["WFWorkflowActionParameters"])) == {"x": b"placeholder: png, 2 kB"}
    assert to_python({"WFWorkflowActions": actions}).code == code
