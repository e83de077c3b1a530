"""The shape of a workflow: how many actions, branches and loops it has, and how deep its blocks stand in each other.

Code that compiles is measured by the actions that it becomes, as the paper measures shortcuts. Any other code, such as
most of the published, is read by a grammar that recovers from errors, and each statement counts as an action.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Literal

from workflowllm.evaluation.trees import ERROR, FlatTree, Grammar
from workflowllm.shortcuts.errors import ShortcutError
from workflowllm.shortcuts.from_python import compile_code
from workflowllm.shortcuts.tree import CLOSE, CONDITIONAL, LOOPS, MENU, OPEN

Actions = Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Shape:
    """Counts of one workflow. An else-if is an if in an else branch, as in Shortcuts; `nesting` is 0 without blocks."""

    actions: int = 0  # of the flat list, so a block counts each of its marks, and a comment counts too
    ifs: int = 0
    menus: int = 0
    loops: int = 0
    nesting: int = 0
    basis: Literal["compiled", "read"] = "compiled"

    @property
    def branches(self) -> int:
        """Places where a workflow goes one way or another: ifs and menus."""
        return self.ifs + self.menus

    def as_json(self) -> dict[str, int | str]:
        """The counts by name, `branches` among them."""
        return asdict(self) | {"branches": self.branches}


def code_shape(code: str) -> Shape:
    """The shape of any code; what cannot be read at all has no actions. Never raises."""
    try:
        return actions_shape(compile_code(code).actions)
    except (ShortcutError, RecursionError, MemoryError):
        return tree_shape(_grammar().parse(code))


def actions_shape(actions: Actions) -> Shape:
    """The shape of a shortcut's flat list of actions."""
    count = ifs = menus = loops = depth = deepest = 0
    for action in actions:
        count += 1
        identifier = action["WFWorkflowActionIdentifier"]
        if identifier not in _BLOCKS:
            continue
        mode = action["WFWorkflowActionParameters"].get("WFControlFlowMode")
        if mode == CLOSE:
            depth -= 1
        elif mode == OPEN:
            depth += 1
            deepest = max(deepest, depth)
            ifs += identifier == CONDITIONAL
            menus += identifier == MENU
            loops += identifier in LOOPS
    return Shape(count, ifs, menus, loops, deepest)


_BLOCKS = frozenset({CONDITIONAL, MENU, *LOOPS})


@lru_cache(maxsize=1)
def _grammar() -> Grammar:
    return Grammar()


@lru_cache(maxsize=1)
def _kinds() -> dict[int, str]:
    """What each kind of node counts as."""
    words = {
        "statement": ("expression_statement",),
        "if": ("if_statement",),
        "elif": ("elif_clause",),
        "mark": ("else_clause", "case_clause"),
        "loop": ("for_statement", "while_statement"),
        "menu": ("match_statement",),
    }
    return {kind: word for word, names in words.items() for kind in _grammar().kinds(*names)} | {ERROR: "error"}


def _lost_statements(tree: FlatTree, node: int) -> int:
    """Assignments in a stretch that the grammar gave up on, of which it keeps loose words."""
    return sum(tree.kinds[child] == _assigns() for child in tree.children(node))


@lru_cache(maxsize=1)
def _assigns() -> int:
    return next(kind for kind, name in _grammar().names.items() if name == "=")


def tree_shape(tree: FlatTree) -> Shape:
    """The shape of code as a grammar reads it, damaged places and all."""
    counts = dict.fromkeys(("statement", "if", "elif", "mark", "loop", "menu"), 0)
    open_until: list[int] = []  # one past the last node of each block around, outermost first
    deepest = 0
    kinds = _kinds()
    for node, kind in enumerate(tree.kinds):
        while open_until and node >= open_until[-1]:
            open_until.pop()
        word = kinds.get(kind)
        if word is None:
            continue
        if word == "error":
            counts["statement"] += _lost_statements(tree, node)
            continue
        counts[word] += 1
        if word in ("if", "loop", "menu"):
            open_until.append(tree.ends[node])
        elif word == "elif" and open_until:  # an if of its own, inside what is left of the one before
            open_until.append(open_until[-1])
        deepest = max(deepest, len(open_until))
    ifs = counts["if"] + counts["elif"]
    marks = 2 * (ifs + counts["loop"] + counts["menu"]) + counts["elif"] + counts["mark"]
    return Shape(counts["statement"] + marks, ifs, counts["menu"], counts["loop"], deepest, "read")
