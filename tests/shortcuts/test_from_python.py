"""Programs as people and models write them, and what is said about those that Shortcuts cannot run."""

import pytest

from workflowllm.shortcuts.dialect.problems import DialectError
from workflowllm.shortcuts.from_python.program import compile_code

BUILT_IN = "is.workflow.actions."


def made(code: str) -> list[tuple[str, dict]]:
    """(identifier without its beginning, parameters) of each action."""
    return [(action["WFWorkflowActionIdentifier"].removeprefix(BUILT_IN), action["WFWorkflowActionParameters"])
            for action in compile_code(code).actions]  # fmt: skip


def names(code: str) -> list[str]:
    return [name for name, _ in made(code)]


def faults(code: str) -> list[tuple[int, int, str]]:
    with pytest.raises(DialectError) as refusal:
        compile_code(code)
    return [(problem.line, problem.column, problem.message) for problem in refusal.value.problems]


@pytest.mark.parametrize(
    ("code", "actions"),
    [
        ("x = 5", ["number"]),
        ('x = "a"', ["gettext"]),
        ("x = [1]", ["list"]),
        ('x = {"a": 1}', ["dictionary"]),
        ('"""note"""', ["comment"]),
        ('x = input("?")', ["ask"]),
        ('print("a")', ["showresult"]),
        ("x = len(clipboard())", ["count"]),
        ("x = 1\nx = 2", ["number", "setvariable", "number", "setvariable"]),
        ("x = 1\ny = x", ["number", "setvariable"]),
        ("x = 1\nx += 2", ["number", "setvariable", "math", "setvariable"]),
        ("x = []\nx += [clipboard()]", ["appendvariable"]),
        ("x = []\nx.append(3)", ["number", "appendvariable"]),
        ("x = None", []),
        ("x = 1\nx = None", ["number", "setvariable", "nothing", "setvariable"]),
        ('x = {}\nx["a"] = 1', ["dictionary", "setvariable", "setvalueforkey", "setvariable"]),
        ("x = clipboard()\ny = x[0]", ["setvariable", "getitemfromlist"]),
        ('x = clipboard()\ny = x["a"]', ["setvariable", "getvalueforkey"]),
        ('is_workflow_actions_alert(WFAlertActionMessage=len("a"))', ["gettext", "count", "alert"]),
        ("for x in [1, 2]:\n    print(x)", ["list", "repeat.each", "showresult", "repeat.each"]),
        ("for _ in range(3):\n    pass", ["repeat.count", "repeat.count"]),
        ('match clipboard():\n    case "a":\n        x = 1\n    case _:\n        x = 2',
         ["conditional", "number", "setvariable", "conditional", "number", "setvariable", "conditional"]),
        ('match menu("?"):\n    case "a":\n        pass', ["choosefrommenu"] * 3),
    ],
)  # fmt: skip
def test_program(code: str, actions: list[str]) -> None:
    assert names(code) == actions


def test_a_name_that_one_call_is_assigned_to_is_that_output() -> None:
    (_, text), (_, count) = made('x = "a"\nis_workflow_actions_count(Input=x)')
    assert count["Input"]["Value"]["OutputUUID"] == text["UUID"]


def test_lists_count_from_one_in_shortcuts() -> None:
    assert made("x = clipboard()\ny = x[2]")[1][1]["WFItemIndex"] == 3
    assert made("x = clipboard()\ny = x[-1]")[1][1]["WFItemSpecifier"] == "Last Item"


def test_ranges_of_a_text_count_utf_16_units() -> None:
    text = made('x = f"🧨{clipboard()}é{current_date()}"')[0][1]["WFTextActionText"]["Value"]
    assert text["attachmentsByRange"].keys() == {"{2, 1}", "{4, 1}"}
    assert text["string"] == "🧨\ufffcé\ufffc"


def test_inner_loops_have_variables_of_their_own() -> None:
    code = "for a in clipboard():\n    for b in a:\n        print(f'{a}{b}')\n    print(a)"
    first, second = (parameters["Text"]["Value"]["attachmentsByRange"] for name, parameters in made(code)
                     if name == "showresult")  # fmt: skip
    assert [token["VariableName"] for token in first.values()] == ["Repeat Item", "Repeat Item 2"]
    assert [token["VariableName"] for token in second.values()] == ["Repeat Item"]


def test_comments_and_layout_change_nothing() -> None:
    plain = 'x = input("?")\nif x == "a":\n    print(x)\n'
    annotated = '# asks\nx = input(\n    "?",\n)  # here\n\n\nif (x == "a"):\n    # shows\n    print(\n        x)\n'
    assert compile_code(plain) == compile_code(annotated)


def test_equal_code_gives_equal_actions() -> None:
    code = 'x = 1\nfor i in range(1, 4):\n    x += 1\nif x > 2:\n    print(f"{x}")'
    assert compile_code(code) == compile_code(code)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("while x:\n    pass", "for _ in range"), ("def f():\n    pass", "runworkflow"),
        ("class A:\n    pass", "dictionary"),
        ("import os", "take the line out"), ("from os import path", "take the line out"), ("del x", "None"),
        ("try:\n    pass\nexcept E:\n    pass", "if"), ("with x:\n    pass", "actions"), ("raise x", "exit"),
        ("return x", "output"), ("for i in x:\n    break", "if"), ("for i in x:\n    continue", "if"),
        ("y = lambda: x", "functions"),
        ("y = x.upper(1)", "0 values"), ("y = x.foo()", "API"),
        ("foo(x)", "neither"), ("a, b = x", "nothing else"), ("a = b = x", "one name"),
        ("y = f'{x:>5}'", "format"), ("y = f'{x!r}'", "format"), ("y = x[1:2:3]", "step"),
        ("is_workflow_actions_url(x)", "keyword"), ("block_result()", "right after"), ("branch()", "first line"),

        ("for i in x:\n    i = 3", "another name"), ("is_workflow_actions_repeat_each(WFInput=x)", "for"),
        ("if x > True:\n    pass", "if x"), ("y = undefined", "assigns"),
        ("y = 3 @ x", "calculates"), ("x = b''", "base64"), ("match menu():\n    case 3:\n        pass", "string"),
        ("match menu():\n    case _:\n        pass", "no default"), ("y = date('soon')", "date()"),
        ("x", "does nothing"), ("global z", "take the line out"),
    ],
)  # fmt: skip
def test_what_cannot_be_said_is_refused_with_its_place_and_advice(line: str, word: str) -> None:
    found = faults(f"x = clipboard()\n{line}\n")
    assert all(line >= 2 and column >= 1 for line, column, _ in found)
    assert any(word in message for _, _, message in found), found


def test_all_faults_of_a_file_come_at_once_in_order() -> None:
    found = faults("import os\nif nobody:\n    import sys\n    while 1: pass\nfor x in nothing:\n    foo(1)\n")
    assert [line for line, _, _ in found] == [1, 2, 3, 4, 5]


def test_names_that_are_nearly_right_are_suggested() -> None:
    ((_, _, message),) = faults("answer = clipboard()\nprint(anwser)")
    assert "did you mean answer?" in message


@pytest.mark.parametrize("code", ["x = (", "\0", "x = 1\n  y = 2", "x = '\n", "\ud800", "(" * 500, "x" + ".a" * 100000])
def test_what_is_no_python_is_one_problem(code: str) -> None:
    assert faults(code)


def test_parsing_other_people_s_code_warns_of_nothing(recwarn: pytest.WarningsRecorder) -> None:
    compile_code('text = "\\d"\nshown = is_workflow_actions_showresult(Text="\\w")')
    assert not recwarn.list
