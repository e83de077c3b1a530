"""The flat action list as a tree: conditionals, both loops, menus, and leaves.

A shortcut marks its blocks by actions of one identifier: `WFControlFlowMode` 0 opens, 1 starts the else branch or the
next menu case, 2 closes; `GroupingIdentifier` is the same on all actions of a block.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from workflowllm.shortcuts.model.errors import ShortcutError

CONDITIONAL = "is.workflow.actions.conditional"
REPEAT_EACH = "is.workflow.actions.repeat.each"
REPEAT_COUNT = "is.workflow.actions.repeat.count"
MENU = "is.workflow.actions.choosefrommenu"
LOOPS = (REPEAT_EACH, REPEAT_COUNT)
_WORDS = {CONDITIONAL: "If", REPEAT_EACH: "Repeat with Each", REPEAT_COUNT: "Repeat", MENU: "Choose from Menu"}
OPEN, NEXT, CLOSE = 0, 1, 2
MAX_DEPTH = 120  # beyond CPython's 100 levels of indentation, for chains of elif; the deepest real block is in 44


@dataclass(slots=True)
class Action:
    """One action as the file has it. `index` is its rank in the list; an action that a repair adds has -1."""

    index: int
    identifier: str
    parameters: dict[str, Any]
    other: dict[str, Any] = field(default_factory=dict)  # keys beside identifier and parameters


@dataclass(slots=True)
class Leaf:
    """An action that is no part of a block."""

    action: Action


@dataclass(slots=True)
class Branch:
    """The else branch of a conditional, or one case of a menu, with the action that starts it."""

    start: Action
    body: list["Node"]


@dataclass(slots=True)
class If:
    start: Action
    body: list["Node"]
    orelse: Branch | None
    end: Action
    elifs: list[Branch] = field(default_factory=list)  # OS 27's Otherwise If, each with its condition on its start


@dataclass(slots=True)
class Loop:
    """Repeat with Each or Repeat, by the start's identifier. `last` is the greatest index inside, for intervals."""

    start: Action
    body: list["Node"]
    end: Action


@dataclass(slots=True)
class Menu:
    start: Action
    before: list["Node"]  # actions that stand before the first case
    cases: list[Branch]
    end: Action


Node = Leaf | If | Loop | Menu


class NestingError(ShortcutError):
    """Blocks that do not fit into each other."""


def read_actions(workflow: dict[str, Any]) -> list[Action]:
    """The actions of a workflow's property list, in order."""
    actions = []
    for index, item in enumerate(workflow["WFWorkflowActions"]):
        usual = len(item) == 2 and "WFWorkflowActionParameters" in item
        other = {} if usual else {key: value for key, value in item.items() if key not in _ACTION_KEYS}
        actions.append(
            Action(index, item["WFWorkflowActionIdentifier"], item.get("WFWorkflowActionParameters") or {}, other)
        )
    return actions


_ACTION_KEYS = ("WFWorkflowActionIdentifier", "WFWorkflowActionParameters")
_MODES_AS_TEXT = {"": OPEN, "0": OPEN, "1": NEXT, "2": CLOSE}


def mode_of(action: Action) -> int | None:
    """0, 1 or 2 for an action of a block, None for a leaf, -1 for a mode that does not exist.

    Old clients (278 to 484) store no mode on a block's first action, and modes as text.
    """
    if action.identifier not in _WORDS:
        return None
    mode = action.parameters.get("WFControlFlowMode")
    if mode is None:
        return OPEN
    if isinstance(mode, str):
        return _MODES_AS_TEXT.get(mode, -1)
    return int(mode) if mode in (OPEN, NEXT, CLOSE) and not isinstance(mode, bool) else -1


def a_block(mark: Action) -> str:
    """The kind of block that a mark belongs to, in words: `an If`, `a Repeat`."""
    word = _WORDS[mark.identifier]
    return f"an {word}" if word[0] in "AEIOU" else f"a {word}"


def is_otherwise_if(action: Action) -> bool:
    """Whether an If's action of mode 1 carries a condition, as OS 27 stores Otherwise If."""
    return action.identifier == CONDITIONAL and not _CONDITION_KEYS.isdisjoint(action.parameters)


_CONDITION_KEYS = {"WFCondition", "WFConditions", "WFInput"}


@dataclass(slots=True)
class _Open:
    """A block that the walk is in: its opening action, the branches begun so far, and the list being filled."""

    start: Action
    branches: list[Branch]
    first: list[Node]
    filling: list[Node]

    def describe(self) -> str:
        return f"the {_WORDS[self.start.identifier]} of action {self.start.index}"

    def closed_by(self, end: Action) -> Node:
        if self.start.identifier == MENU:
            return Menu(self.start, self.first, self.branches, end)
        if self.start.identifier == CONDITIONAL:
            elifs = [branch for branch in self.branches if is_otherwise_if(branch.start)]
            orelse = self.branches[-1] if len(self.branches) > len(elifs) else None
            return If(self.start, self.first, orelse, end, elifs)
        return Loop(self.start, self.first, end)


def build_tree(actions: Sequence[Action], changes: list[str] | None = None) -> list[Node]:
    """Nest a flat action list.

    Badly nested blocks raise NestingError, which names the action and what is open there. With a list for `changes`,
    a stray mark is left out, and a block left open is closed where the block around it ends; the list gets a sentence
    for each. `mending.py` pairs marks before.
    """
    walk = _Walk(changes)
    for action in actions:
        walk.step(action)
    return walk.finish()


class _Walk:
    """The pointer that moves over the flat list, and the blocks open around it."""

    def __init__(self, changes: list[str] | None):
        self.changes = changes
        self.open: list[_Open] = []
        self.top: list[Node] = []
        self.filling = self.top

    def step(self, action: Action) -> None:
        mode = mode_of(action)
        if mode is None:
            self.filling.append(Leaf(action))
        elif mode == OPEN:
            self.enter(action)
        elif mode in (NEXT, CLOSE):
            self.move_on(action, mode)
        else:
            self.refuse(
                action, f"has the mode {action.parameters.get('WFControlFlowMode')!r}, which is none of 0, 1, 2"
            )

    def enter(self, action: Action) -> None:
        body: list[Node] = []
        self.open.append(_Open(action, [], body, body))
        self.filling = body
        if len(self.open) > MAX_DEPTH:
            raise NestingError(f"action {action.index} opens a block inside {MAX_DEPTH} others; split the shortcut.")

    def move_on(self, action: Action, mode: int) -> None:
        """Start the next branch of the innermost block, or close it."""
        what = "closes" if mode == CLOSE else "continues"
        if not self.open:
            return self.refuse(action, f"{what} {a_block(action)}, but no block is open there")
        if not self.belongs(action, self.open[-1]):
            match = [block for block in self.open if self.belongs(action, block)]
            if self.changes is None or not match:
                return self.refuse(
                    action,
                    f"{what} {a_block(action)} (group "
                    f"{action.parameters.get('GroupingIdentifier')}), but {self.open[-1].describe()} is open there",
                )
            while self.open[-1] is not match[-1]:
                self.close_early(f"before action {action.index}")
        if mode == CLOSE:
            return self.close(action)
        return self.next_branch(action)

    def next_branch(self, action: Action) -> None:
        block = self.open[-1]
        if action.identifier in LOOPS:
            return self.refuse(
                action, f"starts a second branch in {block.describe()}, which is open there and has none"
            )
        if action.identifier == CONDITIONAL and block.branches and not is_otherwise_if(block.branches[-1].start):
            return self.refuse(action, f"starts a second else branch in {block.describe()}, which is open there")
        block.branches.append(Branch(action, []))
        block.filling = self.filling = block.branches[-1].body

    def close(self, end: Action) -> None:
        block = self.open.pop()
        self.filling = self.open[-1].filling if self.open else self.top
        self.filling.append(block.closed_by(end))

    @staticmethod
    def belongs(action: Action, block: _Open) -> bool:
        return action.identifier == block.start.identifier and action.parameters.get(
            "GroupingIdentifier"
        ) == block.start.parameters.get("GroupingIdentifier")

    def refuse(self, action: Action, problem: str) -> None:
        if self.changes is None:
            raise NestingError(f"action {action.index} {problem}; the shortcut is badly nested (--repair mends it).")
        self.changes.append(f"action {action.index} {problem}; it is left out")

    def close_early(self, where: str) -> None:
        """Close a block whose end is missing."""
        self.changes.append(f"{self.open[-1].describe()} has no end there and is closed {where}")
        self.close(_missing_end(self.open[-1].start))

    def finish(self) -> list[Node]:
        if self.open and self.changes is None:
            raise NestingError(
                f"the shortcut ends while {self.open[-1].describe()} is open; it is badly nested (--repair mends it)."
            )
        while self.open:
            self.close_early("at the end")
        return self.top


def _missing_end(start: Action) -> Action:
    return Action(
        -1,
        start.identifier,
        {"GroupingIdentifier": start.parameters.get("GroupingIdentifier"), "WFControlFlowMode": CLOSE},
    )


def branches(node: If | Loop | Menu) -> list[Branch]:
    """The branches of a block after its first: elif and else branches, or a menu's cases."""
    if isinstance(node, Menu):
        return node.cases
    if isinstance(node, If):
        return [*node.elifs, node.orelse] if node.orelse else node.elifs
    return []


def first_body(node: If | Loop | Menu) -> list[Node]:
    """What stands between a block's opening action and its next mark."""
    return node.before if isinstance(node, Menu) else node.body


def flatten(nodes: Sequence[Node]) -> list[Action]:
    """The actions of a tree in order, numbered anew from 0."""
    actions: list[Action] = []
    _collect(nodes, actions)
    for index, action in enumerate(actions):
        action.index = index
    return actions


def _collect(nodes: Sequence[Node], actions: list[Action]) -> None:
    for node in nodes:
        if isinstance(node, Leaf):
            actions.append(node.action)
            continue
        actions.append(node.start)
        _collect(first_body(node), actions)
        for branch in branches(node):
            actions.append(branch.start)
            _collect(branch.body, actions)
        actions.append(node.end)
