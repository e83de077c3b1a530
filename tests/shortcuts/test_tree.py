"""Blocks: what nests, what is refused and where, and what a repair makes of it."""

from dataclasses import replace
from pathlib import Path

import pytest

from workflowllm.shortcuts.files.containers import read_file
from workflowllm.shortcuts.model.mending import mended_tree
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
    read_actions,
)

SAMPLES = Path(__file__).parents[2] / "data" / "shortcuts"
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
    tree, changes = mended_tree(actions(*marks))
    assert outline(tree) == repaired
    assert len(changes) == 1
    assert outline(build_tree(flatten(tree)))  # what is repaired nests well


@pytest.mark.parametrize(
    ("marks", "mended", "words"),
    [
        ([(CONDITIONAL, 7, "a"), (TEXT,), (CONDITIONAL, 2, "a")], [["if", [1]]], ["action 0 is taken as the start"]),
        ([(REPEAT_COUNT, 0, "a"), (TEXT,), (REPEAT_COUNT, None, "a"), (TEXT,)], [["loop", [1]], 3],
         ["action 2 is taken as the end"]),
        ([(CONDITIONAL, None, "a"), (TEXT,), (CONDITIONAL, None, "a"), (TEXT,), (CONDITIONAL, None, "a")],
         [["if", [1], [3]]], ["action 2 is taken as the next branch", "action 4 is taken as the end"]),
        ([(CONDITIONAL, 1, "a"), (TEXT,), (CONDITIONAL, 2, "a")], [["if", [1]]], ["action 0 is taken as the start"]),
        ([(MENU, 1, "a"), (TEXT,), (MENU, 2, "a")], [["menu", [], [1]]], ["before action 0, the start"]),
        ([(REPEAT_COUNT, 0, "a"), (CONDITIONAL, 0, "b"), (REPEAT_COUNT, 2, "a"), (CONDITIONAL, 2, "b")],
         [["loop", [["if", []]]]], ["the If of action 1 has no end there and is closed before action 2",
                                   "action 3 closes an If, but no block is open there; it is left out"]),
        ([(CONDITIONAL, 2, "a"), (REPEAT_COUNT, 0, "b"), (REPEAT_COUNT, 0, "b"), (REPEAT_COUNT, 2, "b"),
          (REPEAT_COUNT, 2, "b")], [["loop", [["loop", []]]]], ["action 0 closes"]),
    ],
)  # fmt: skip
def test_blocks_are_paired_by_their_group_and_changes_are_told(marks: list, mended: list, words: list[str]) -> None:
    tree, changes = mended_tree(actions(*marks))
    assert outline(tree) == mended
    assert len(changes) == len(words)
    assert all(start in change for start, change in zip(words, changes)), changes
    assert outline(build_tree(flatten(tree)))


@pytest.mark.parametrize("copies", [1, 3])
def test_what_nests_well_is_left_alone(copies: int) -> None:
    block = [(CONDITIONAL, None, "a"), (TEXT,), (CONDITIONAL, 1, "a"), (CONDITIONAL, "2", "a")]
    tree, changes = mended_tree(actions(*block * copies))
    assert (changes, tree) == ([], build_tree(actions(*block * copies)))


def test_a_hundred_thousand_marks_of_one_group_are_paired_in_linear_time() -> None:
    marks = [(CONDITIONAL, 2, "b")] + [(REPEAT_COUNT, None, "a")] * 100_000
    tree, changes = mended_tree(actions(*marks))
    assert (len(tree), len(changes)) == (50_000, 50_001)


@pytest.mark.parametrize("mode", [None, "", 7, "x", True])
def test_no_block_of_a_sample_is_lost_with_the_modes_of_its_group(mode: object) -> None:
    broken = 0
    for path in sorted(SAMPLES.rglob("*.shortcut")):
        whole = read_actions(read_file(path).workflow)
        for group in dict.fromkeys(str(action.parameters.get("GroupingIdentifier")) for action in whole):
            marks = [replace(action, parameters={**action.parameters, "WFControlFlowMode": mode})
                     if "WFControlFlowMode" in action.parameters
                     and str(action.parameters.get("GroupingIdentifier")) == group else action
                     for action in whole]  # fmt: skip
            tree, changes = mended_tree(marks)
            assert outline(tree) == outline(build_tree(whole))
            broken += bool(changes)
    assert broken > 5
