"""A program's tree with short texts and links in the places of the names that hold them: a request speaks of those."""

import ast
import copy

from workflowllm.annotation.words import plain_text
from workflowllm.shortcuts.bindings import called
from workflowllm.shortcuts.from_python import Program

_LONGEST = 70  # characters of a text that is put in a name's place
# Actions whose output is what they were given, and the parameter that it is.
_PASSED_ON = {
    "is_workflow_actions_getvariable": "WFVariable",
    "is_workflow_actions_url": "WFURLActionURL",
    "is_workflow_actions_detect_text": "WFInput",
    "is_workflow_actions_number": "WFNumberActionNumber",
}


def inlined(program: Program) -> tuple[ast.Module, frozenset[str]]:
    """A copy of the tree in which names of short texts, links and values passed on stand for what they hold.

    Also the names that are used and nowhere left.
    """
    held: dict[str, ast.expr] = {}
    tree = copy.deepcopy(program.tree)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            value = _held(node.value)
            if value is not None and isinstance(target, ast.Name) and program.bindings[target.id].kind == "output":
                held[target.id] = value
    read = {node.id for node in program.nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    return _Inliner(held).visit(tree), frozenset(held.keys() & read)


def _held(value: ast.expr) -> ast.expr | None:
    """What an output holds, where that is short enough to be said."""
    function = called(value)
    if function == "is_workflow_actions_getclipboard":
        return ast.Call(ast.Name("clipboard", ast.Load()), [], [])
    if function == "is_workflow_actions_date" and not value.keywords:
        return ast.Call(ast.Name("current_date", ast.Load()), [], [])
    if function in _PASSED_ON:
        given = {keyword.arg: keyword.value for keyword in value.keywords}
        value = given.get(_PASSED_ON[function])
    if value is None:
        return None
    text = plain_text(value)
    if text is not None:
        return value if 0 < len(text) <= _LONGEST and "\n" not in text else None
    return value if function in _PASSED_ON and isinstance(value, (ast.Name, ast.Subscript, ast.Constant)) else None


class _Inliner(ast.NodeTransformer):
    def __init__(self, held: dict[str, ast.expr]):
        self.held = held
        self.inside: list[str] = []

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id not in self.held or node.id in self.inside or len(self.inside) > 2:
            return node
        if not isinstance(node.ctx, ast.Load):
            return node
        self.inside.append(node.id)
        value = self.visit(copy.deepcopy(self.held[node.id]))
        self.inside.pop()
        return value
