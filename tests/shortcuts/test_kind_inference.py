"""Kinds of values: what is inferred from natural code, and that what real files hold comes back as it was."""

import ast

import pytest

from workflowllm.shortcuts.compare import differences
from workflowllm.shortcuts.dialect.problems import DialectError
from workflowllm.shortcuts.from_python.kind_inference import Kinds
from workflowllm.shortcuts.from_python.program import compile_code, parse_program
from workflowllm.shortcuts.model.workflow import build_workflow
from workflowllm.shortcuts.to_python.printer import to_python

BUILT_IN = "is.workflow.actions."


def kind(code: str, name: str = "x") -> str | None:
    return Kinds(parse_program(code).bindings).of(ast.Name(name))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("x = 1", "number"), ("x = 'a'", "text"), ("x = f'{1}'", "text"), ("x = True", "boolean"),
        ("x = {}\nx['a'] = 1", "dictionary"), ("x = [1, 2]", "list of number"), ("x = ['a', 1]", "list"),
        ("x = []\nx.append('a')", "list"), ("x = ''\nfor y in clipboard():\n    x += y", "text"),
        ("x = 0\nfor y in clipboard():\n    x += y", "number"), ("x = 1\nx = 'a'", None),
        ("for x in [1, 2]:\n    pass", "number"), ("for x, y in enumerate('a', start=1):\n    pass", "number"),
        ("for x in 'a b'.split():\n    pass", "text"), ("x = input('?')", "asked"), ("x = float(input('?'))", "number"),
        ("x = 'a' if clipboard() else 'b'", "text"), ("x = 'a' if clipboard() else 1", None),
        ("x = clipboard()", None), ("y = {}\nx = y['a']", "raw"), ("x = bool(clipboard())", "boolean"),
        ("x = 1 > 2 or clipboard()", "boolean"), ("y = x\nx = y", None), ("x = x + 1", "number"),
        ("x = is_workflow_actions_ask(WFInputType='Number')", "number"),
        ("x = is_workflow_actions_date()", "date"), ("x = is_workflow_actions_count(Input=clipboard())", "number"),
    ],
)  # fmt: skip
def test_kind_of_a_name(code: str, expected: str | None) -> None:
    assert kind(code) == expected


def action(name: str, **parameters: object) -> dict:
    return {"WFWorkflowActionIdentifier": BUILT_IN + name, "WFWorkflowActionParameters": parameters}


def attached(**token: object) -> dict:
    return {"Value": token, "WFSerializationType": "WFTextTokenAttachment"}


def with_condition(maker: dict, condition: dict, **more: object) -> dict:
    """A workflow that tests an action's output by a condition as old or broken files hold it."""
    maker["WFWorkflowActionParameters"]["UUID"] = "A" * 8
    token = {"Type": "ActionOutput", "OutputUUID": "A" * 8, "OutputName": "Output", **more}
    subject = {"Type": "Variable", "Variable": attached(**token)}
    head = {"WFControlFlowMode": 0, "GroupingIdentifier": "G", "WFInput": subject, **condition}
    return {"WFWorkflowActions": [maker, action("conditional", **head),
                                  action("conditional", WFControlFlowMode=2, GroupingIdentifier="G")]}  # fmt: skip


NOW = attached(Type="CurrentDate")
COERCED = [{"Type": "WFCoercionVariableAggrandizement", "CoercionItemClass": "WFBooleanContentItem"}]
FOR_KEY = [{"Type": "WFDictionaryValueVariableAggrandizement", "DictionaryKey": "n"}]


@pytest.mark.parametrize("legacy", [{}, {"WFConditionalLegacyComparisonBehavior": True}])
@pytest.mark.parametrize(
    ("maker", "more"),
    [
        ("gettext", {}), ("ask", {}), ("dictionary", {}), ("date", {}), ("number", {}), ("getvalueforkey", {}),
        ("dictionary", {"Aggrandizements": FOR_KEY}), ("number", {"Aggrandizements": COERCED}), ("text.split", {}),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "condition",
    [
        {"WFCondition": 2, "WFNumberValue": "3"}, {"WFCondition": 4, "WFConditionalActionString": "a"},
        {"WFCondition": 4}, {"WFCondition": 5, "WFNumberValue": 1.0}, {"WFCondition": 100}, {"WFCondition": 101},
        {"WFCondition": 99, "WFConditionalActionString": "a"}, {"WFCondition": 8, "WFConditionalActionString": "a"},
        {"WFCondition": 2, "WFNumberValue": NOW}, {"WFCondition": 2, "WFDate": NOW}, {"WFCondition": 4, "WFDate": NOW},
        {"WFCondition": 2, "WFDate": NOW, "WFNumberValue": "3"},
        {"WFCondition": 1003, "WFNumberValue": "1", "WFAnotherNumber": "5"},
    ],
)  # fmt: skip
def test_conditions_of_files_come_back_as_they_were(maker: str, more: dict, condition: dict, legacy: dict) -> None:
    original = with_condition(action(maker), {**condition, **legacy}, **more)
    code = to_python(original).code
    assert list(differences(original, build_workflow(compile_code(code)))) == [], code


def test_a_boolean_variable_of_a_file_comes_back_as_it_was() -> None:
    stored = attached(Type="Clipboard", Aggrandizements=COERCED)
    subject = {"Type": "Variable", "Variable": attached(Type="Variable", VariableName="Flag")}
    head = {"WFControlFlowMode": 0, "GroupingIdentifier": "G", "WFInput": subject, "WFCondition": 100}
    original = {"WFWorkflowActions": [action("setvariable", WFVariableName="Flag", WFInput=stored),
                                      action("conditional", **head),
                                      action("conditional", WFControlFlowMode=2, GroupingIdentifier="G")]}  # fmt: skip
    assert list(differences(original, build_workflow(compile_code(to_python(original).code)))) == []


PIECES = ("x", "y", "1", "-1", "'a'", "f'{x}'", "[1]", "[]", "{}", "{'a': 1}", "True", "None", "x['a']", "x[0]",
          "x[1:]", "input('?')", "input()", "x.Name", "date('2027-01-01')", "plain({})", "bare(x)", "number(1)",
          "lambda: x", "previous()", "len(x)", "x if y else 1", "not x", "x > 1", "(x, y)", "data('AP8=')", "*x",
          "...")  # fmt: skip
SHAPES = ("z = {a} + {b}", "z = {a} * {b}", "z = {a} // {b}", "z = {a}[{b}]", "z = {a}[{b}:]", "z = {a} or {b}",
          "if {a} == {b}:\n    pass", "if {a} < {b}:\n    pass", "if {a} in {b}:\n    pass", "z = {a}.get({b})",
          "if {a} < {b} < 3:\n    pass", "if {a} is {b}:\n    pass", "z = {a} if {b} else 1", "z = {a}.join({b})",
          "for i in range({a}, {b}):\n    pass", "z = max({a}, {b})", "x[{a}] = {b}", "z = f'{{{a}:{b}}}'",
          "z = round({a}, {b})", "x += {a}\nx = {b}", "z = {a}.split({b})", "for i in {a}:\n    x.append({b})",
          "if not ({a} and ({b} or y)):\n    pass", "z = all_of(where({a}, {b}))",
          "match {a}:\n    case {b}:\n        pass", "z = random.randint({a}, {b})", "z = {a}.replace({b}, 'c')",
          "if {a}.startswith({b}):\n    pass")  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_no_program_raises_anything_but_a_problem(shape: str) -> None:
    for number, first in enumerate(PIECES):
        for second in PIECES[number % 3 :: 3]:
            code = "x = clipboard()\ny = x\n" + shape.format(a=first, b=second)
            try:
                compile_code(code)
            except DialectError as error:
                assert all(problem.line >= 1 for problem in error.problems)
