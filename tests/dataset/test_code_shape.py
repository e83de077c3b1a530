"""Shapes, counted by hand."""

import pytest

from workflowllm.dataset.code_shape import Shape
from workflowllm.dataset.examining import compiled

CALL = 'is_workflow_actions_alert(WFAlertActionTitle="hi")\n'
LADDER = f"""a = is_workflow_actions_getclipboard()
if a > 1:
    {CALL}elif a > 0:
    for _ in range(3):
        {CALL}else:
    {CALL}"""
MENU = f"""match menu("Which?"):
    case "One":
        {CALL}    case "Two":
        if clipboard():
            {CALL}"""


@pytest.mark.parametrize(
    ("code", "shape"),
    [
        ("", Shape()),
        ("# only a comment\n", Shape()),
        (CALL * 3, Shape(actions=3)),
        # getclipboard, if, alert, else, if, repeat, alert, end, else, alert, end, end
        (LADDER, Shape(actions=12, ifs=2, loops=1, nesting=3)),
        # menu, case, alert, case, if, alert, end, end
        (MENU, Shape(actions=8, ifs=1, menus=1, nesting=2)),
    ],
)
def test_compiled(code: str, shape: Shape) -> None:
    assert compiled(code)[2] == shape


@pytest.mark.parametrize(("code", "shape"), [(LADDER, (12, 2, 0, 1, 3)), (MENU, (8, 1, 1, 0, 2))])
def test_code_that_does_not_compile_is_counted_alike(code: str, shape: tuple[int, ...]) -> None:
    """A broken line more is a statement more, and nothing else moves."""
    actions, *others = shape
    assert compiled(code + "x = unknown_name.\n")[2] == Shape(actions + 1, *others, "read")


def test_branches_are_ifs_and_menus() -> None:
    assert compiled(MENU)[2].branches == 2
    assert compiled(MENU)[2].as_json()["branches"] == 2


@pytest.mark.parametrize(
    "code", ["\0", "if", "((((" * 2000, "\ud800 = 1", "x = 1\n" + "    " * 300 + "y", "é" * 9, "-" * 30_000 + "1"]
)
def test_anything_has_a_shape(code: str) -> None:
    assert compiled(code)[2].actions >= 0
