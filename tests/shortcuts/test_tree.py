"""Blocks: what nests, what is refused and where, and what a repair makes of it."""

import pytest

from workflowllm.shortcuts.model.tree import (
    CONDITIONAL,
    MENU,
    REPEAT_COUNT,
    Action,
    If,
    Leaf,
    Loop,
    Menu,
    NestingError,
    build_tree,
    flatten,
)

TEXT = "is.workflow.actions.gettext"


def actions(*marks: tuple) -> list[Action]:
    """(identifier, mode, group) of each action; a leaf is its identifier alone."""
    return [
        Action(index, mark[0], {"WFControlFlowMode": mark[1], "GroupingIdentifier": mark[2]} if len(mark) > 1 else {})
        for index, mark in enumerate(marks)
    ]


def outline(nodes: list) -> list:
    """A tree as nested lists of indexes."""
    shown = []
    for node in nodes:
        if isinstance(node, Leaf):
            shown.append(node.action.index)
        elif isinstance(node, Menu):
            shown.append(["menu", outline(node.before), *[outline(case.body) for case in node.cases]])
        elif isinstance(node, Loop):
            shown.append(["loop", outline(node.body)])
        elif isinstance(node, If):
            shown.append(["if", outline(node.body), *([outline(node.orelse.body)] if node.orelse else [])])
    return shown


NESTED = actions(
    (CONDITIONAL, 0, "a"), (TEXT,), (REPEAT_COUNT, 0, "b"), (TEXT,), (REPEAT_COUNT, 2, "b"), (CONDITIONAL, 1, "a"),
    (MENU, 0, "c"), (TEXT,), (MENU, 1, "c"), (MENU, 1, "c"), (TEXT,), (MENU, 2, "c"), (CONDITIONAL, 2, "a"), (TEXT,),
)  # fmt: skip


def test_nesting() -> None:
    assert outline(build_tree(NESTED)) == [["if", [1, ["loop", [3]]], [["menu", [7], [], [10]]]], 13]


def test_flatten_is_the_way_back() -> None:
    assert flatten(build_tree(NESTED)) == NESTED


@pytest.mark.parametrize(
    ("marks", "words"),
    [
        ([(CONDITIONAL, 2, "a")], ["action 0", "no block is open"]),
        ([(TEXT,), (CONDITIONAL, 0, "a")], ["ends while the If of action 1 is open"]),
        ([(CONDITIONAL, 0, "a"), (MENU, 2, "a")], ["action 1", "Choose from Menu", "the If of action 0 is open"]),
        ([(MENU, 0, "a"), (MENU, 1, "b"), (MENU, 2, "a")], ["action 1", "Choose from Menu of action 0 is open"]),
        ([(CONDITIONAL, 0, "a"), (CONDITIONAL, 1, "a"), (CONDITIONAL, 1, "a")], ["action 2", "second else"]),
        ([(REPEAT_COUNT, 0, "a"), (REPEAT_COUNT, 1, "a")], ["action 1", "Repeat of action 0"]),
        ([(CONDITIONAL, 7, "a")], ["action 0", "7"]),
        ([(CONDITIONAL, 0, str(level)) for level in range(5000)], ["action 120", "120 others"]),
    ],
)
def test_bad_nesting_is_told_with_its_place(marks: list, words: list[str]) -> None:
    with pytest.raises(NestingError) as refusal:
        build_tree(actions(*marks))
    assert all(word in str(refusal.value) for word in words)


@pytest.mark.parametrize(
    ("marks", "repaired"),
    [
        ([(CONDITIONAL, 2, "a"), (TEXT,)], [1]),
        ([(TEXT,), (CONDITIONAL, 0, "a"), (TEXT,)], [0, ["if", [2]]]),
        ([(CONDITIONAL, 0, "a"), (REPEAT_COUNT, 0, "b"), (TEXT,), (CONDITIONAL, 2, "a"), (TEXT,)],
         [["if", [["loop", [2]]]], 4]),
        ([(MENU, 0, "a"), (MENU, 1, "b"), (TEXT,), (MENU, 2, "a")], [["menu", [2]]]),
    ],
)  # fmt: skip
def test_repair(marks: list, repaired: list) -> None:
    tree = build_tree(actions(*marks), repair=True)
    assert outline(tree) == repaired
    assert outline(build_tree(flatten(tree)))  # what is repaired nests well
