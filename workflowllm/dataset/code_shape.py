"""How large and how deep a workflow's code is, compiled or not."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Literal

from workflowllm.metrics.codebleu.trees import ERROR, FlatTree, Grammar
from workflowllm.shortcuts.from_python.program import compile_code
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.model.tree import CLOSE, CONDITIONAL, LOOPS, MENU, OPEN

Actions = Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Shape:
    """Counts of one workflow. An else-if is an if in an else branch, as in Shortcuts; `nesting` is 0 without blocks."""

    actions: int = 0  # of the flat list, as `records.action_buckets` counts them
    ifs: int = 0
    menus: int = 0
    loops: int = 0
    nesting: int = 0
    basis: Literal["compiled", "read"] = "compiled"

    @property
    def branches(self) -> int:
        """Ifs and menus, at which a workflow takes one of several ways."""
        return self.ifs + self.menus

    def as_json(self) -> dict[str, int | str]:
        """The counts by name, `branches` among them."""
        return asdict(self) | {"branches": self.branches}


def code_shape(code: str) -> Shape:
    """The shape of any code. Code that does not compile is read by the grammar. Never raises."""
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
    """The construct that each kind of node counts as."""
    constructs = {
        "statement": ("expression_statement",),
        "if": ("if_statement",),
        "elif": ("elif_clause",),
        "mark": ("else_clause", "case_clause"),
        "loop": ("for_statement", "while_statement"),
        "menu": ("match_statement",),
    }
    kinds = {kind: construct for construct, names in constructs.items() for kind in _grammar().kinds(*names)}
    return kinds | {ERROR: "error"}


def _lost_statements(tree: FlatTree, node: int) -> int:
    """Assignments in code that the grammar could not parse, of which it keeps single tokens."""
    return sum(tree.kinds[child] == _assigns() for child in tree.children(node))


@lru_cache(maxsize=1)
def _assigns() -> int:
    return next(kind for kind, name in _grammar().names.items() if name == "=")


def tree_shape(tree: FlatTree) -> Shape:
    """The shape of code as a grammar reads it, damaged parts included."""
    counts = dict.fromkeys(("statement", "if", "elif", "mark", "loop", "menu"), 0)
    open_until: list[int] = []  # one past the last node of each enclosing block, outermost first
    deepest = 0
    kinds = _kinds()
    for node, kind in enumerate(tree.kinds):
        while open_until and node >= open_until[-1]:
            open_until.pop()
        construct = kinds.get(kind)
        if construct is None:
            continue
        if construct == "error":
            counts["statement"] += _lost_statements(tree, node)
            continue
        counts[construct] += 1
        if construct in ("if", "loop", "menu"):
            open_until.append(tree.ends[node])
        elif construct == "elif" and open_until:  # an if inside the else branch of the if before
            open_until.append(open_until[-1])
        deepest = max(deepest, len(open_until))
    ifs = counts["if"] + counts["elif"]
    marks = 2 * (ifs + counts["loop"] + counts["menu"]) + counts["elif"] + counts["mark"]
    return Shape(counts["statement"] + marks, ifs, counts["menu"], counts["loop"], deepest, "read")
