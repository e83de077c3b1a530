"""What a workflow does, read from code that compiles and from code that does not."""

from pathlib import Path

import pytest

from workflowllm.metrics.workflow_shape import (
    ACTIONS,
    CONTROL,
    NESTING,
    WorkflowShape,
    bucket_number,
    buckets,
    shape_of,
)
from workflowllm.metrics.workflow_steps import MOST_CHARACTERS, Block, Workflow, read_workflow, rough_steps
from workflowllm.records.action_buckets import action_count
from workflowllm.shortcuts.model.tree import MAX_DEPTH

A = "is.workflow.actions."
SAMPLES = sorted((Path(__file__).parents[2] / "data" / "shortcuts").glob("*.py"))
MENU = '''"""Asks, and says."""
answer = input("Your name?")
match menu("Which?"):
    case "Long":
        for word in is_workflow_actions_text_split(text=answer):
            print(word)
    case "Short":
        if answer == "x":
            names = [answer]
        elif len(names) > 2:
            Total = answer
            Total.append(answer)
        else:
            value = d["k"]
'''


def test_compiled_code_gives_its_actions_with_blocks_once_and_without_comments() -> None:
    code = (
        '"""A note."""\nif shortcut_input():\n    text = "a"\nelse:\n'
        "    for _ in range(2):\n        is_workflow_actions_exit()\n"
    )
    read = read_workflow(code)
    inner = Block(A + "repeat.count", [[A + "exit"]])
    assert read.compiles and read.parses
    assert read.steps == [A + "comment", Block(A + "conditional", [[A + "gettext"], [inner]])]
    assert read.calls == [A + "conditional", A + "gettext", A + "repeat.count", A + "exit"]
    assert shape_of(read) == WorkflowShape(actions=8, branches=1, loops=1, nesting=2)


def test_lines_show_the_steps_of_code_that_does_not_parse() -> None:
    inner_if = Block(A + "conditional", [[A + "setvariable", A + "appendvariable"], [A + "getvalueforkey"]])
    loop = Block(A + "repeat.each", [[A + "showresult"]])
    branching = Block(A + "conditional", [[A + "list"], [inner_if]])
    steps = rough_steps(MENU + "\n)(")
    # A head's calls come before its block, but elif's len() stands in the else branch's place.
    assert steps[:2] == [A + "comment", A + "ask"]
    menu = steps[2]
    assert isinstance(menu, Block) and menu.identifier == A + "choosefrommenu"
    assert menu.branches[0] == [A + "text.split", loop]
    assert [step for step in menu.branches[1] if isinstance(step, Block)] == [branching]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_broken_sample_still_shows_its_calls(path: Path) -> None:
    whole = read_workflow(path.read_text("utf-8"))
    broken = read_workflow(path.read_text("utf-8") + "\nthis is no Python (")
    assert whole.compiles and not broken.parses
    common = sum(first == second for first, second in zip(whole.calls, broken.calls))
    assert common >= 0.9 * max(len(whole.calls), len(broken.calls))


def test_calls_are_seen_in_lines_and_not_in_strings_or_comments() -> None:
    code = (
        "x = is_workflow_actions_url(WFURLActionURL='''is_workflow_actions_alert(\n  y = is_no_call()'''\n"
        "# is_workflow_actions_exit()\n"
        'y = is_workflow_actions_downloadurl(\n    WFURL=com_acme_first(\n        a=1),\n    WFNote="text")\n'
        'z = action("com.my-app.do_it", A=1\n'
        "it.is_workflow_method()\n"
    )
    calls = Workflow(rough_steps(code)).calls
    assert calls == [A + "url", "com.acme.first", A + "downloadurl", "com.my-app.do_it"]


def test_words_of_the_dialect_and_of_published_code_are_no_apis() -> None:
    code = "Text = f'{coerce_variable(value=x, coercion_class=\"WFURLContentItem\")}'\n"
    code += "y = format_date(x)\nz = clipboard()\nq = None ("
    assert Workflow(rough_steps(code)).calls == [A + "gettext", A + "setvariable", A + "setvariable"]


@pytest.mark.parametrize(
    "code",
    ["match = {'a': 1}", "case.x = 5", "match: str = y", "format = 3"],
    ids=["match", "case", "annotated", "for"],
)
def test_names_that_begin_like_blocks_open_none(code: str) -> None:
    assert all(isinstance(step, str) for step in rough_steps(code))


def test_the_reading_survives_what_models_write() -> None:
    deep = "\n".join(" " * level + f"if x{level}:" for level in range(1_500)) + "\n" + " " * 1_500 + "a_b_c()"
    chain = "if x:\n a_b_c()\n" + "".join(f"elif x{n}:\n a_b_c()\n" for n in range(3_000))
    for code in (deep, chain, "(" * 20_000, "x = " + "[" * 20_000, "a\0b", "x = '\ud800", "'''" * 5, "\t:"):
        read = read_workflow(code)
        assert not read.compiles
        assert shape_of(read).nesting <= MAX_DEPTH
    assert read_workflow("").calls == read_workflow("\n \n").calls == []
    assert read_workflow(deep).calls[-1] == "a.b.c"
    assert read_workflow(chain).calls.count("a.b.c") == 3_001


def test_code_beyond_the_limit_is_not_read() -> None:
    assert read_workflow("a_b_c()\n" * (MOST_CHARACTERS // 8 + 1)) == Workflow()


def test_actions_are_counted_as_the_paper_counts_them() -> None:
    """Each mark of a block and each comment is an action, whether the code compiles or is read line by line."""
    for path in SAMPLES:
        code = path.read_text("utf-8")
        assert read_workflow(code).actions == action_count(code), path.name
    # if, two texts, otherwise, list, end if; menu, two items, end menu; repeat, exit, end repeat
    rough = "if x:\n  a = 'b'\n  c = 'd'\nelse:\n  e = [1]\n"
    rough += "match menu('?'):\n  case 'f':\n    pass\n  case 'g':\n    pass\n"
    rough += "for h in i:\n  is_workflow_actions_exit()\nj = ("
    read = read_workflow(rough)
    assert not read.compiles and read.actions == 6 + 4 + 3


def test_an_action_count_on_a_bound_is_in_the_bucket_that_it_begins() -> None:
    def bucket(by: str, *counts: int) -> int:
        return bucket_number(WorkflowShape(*counts), by)

    assert buckets(ACTIONS) == ["0-15", "15-30", "30-45", "45-60", "60-75", "75-90", "90-105", "105+"]
    assert buckets(CONTROL) == ["0", "1-2", "3-5", "6-10", "11-20", "21+"]
    assert [bucket(ACTIONS, n, 0, 0, 0) for n in (0, 14, 15, 104, 105, 9_000)] == [0, 0, 1, 6, 7, 7]
    assert [bucket(CONTROL, 0, b, n, 0) for b, n in ((0, 0), (1, 1), (2, 1), (20, 1))] == [0, 1, 2, 5]
    assert [bucket(NESTING, 0, 0, 0, n) for n in (0, 4, 5, 40)] == [0, 4, 5, 5]
