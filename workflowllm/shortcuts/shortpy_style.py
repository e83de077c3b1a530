"""The converter's Python in the style of OS 27's pseudo-Python, where every action has a name there.

The body stands in `def shortcut(input):`, actions are called by OS 27's names with its keywords, and a text, a comment
and a question are calls too. `from_python/shortpy.py` compiles it back to the same actions.
"""

import ast

from workflowllm.shortcuts.dialect.bindings import called
from workflowllm.shortcuts.dialect.words import NO_ACTIONS
from workflowllm.shortcuts.model.action_table import BUILT_IN
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.model.identifiers import identifier_of
from workflowllm.shortcuts.model.shortpy_table import python_names, tools
from workflowllm.shortcuts.training_form import expression_text, training_form

_SOURCES = {
    "clipboard": "shortcuts_builtin_clipboard",
    "current_date": "shortcuts_builtin_current_date",
    "device_details": "shortcuts_builtin_device",
    "input": "shortcuts_builtin_ask",
}
# Short forms of actions: identifier and the parameter that their one argument fills.
_SHORT_FORMS = {"input": ("ask", "WFAskActionPrompt"), "print": ("showresult", "Text")}


def in_shortpy_style(code: str) -> str:
    """The program's training form in OS 27's style. Raises ShortcutError where something has no name there."""
    tree = ast.parse(training_form(code))
    body = [_Styled().visit(statement) for statement in tree.body] or [ast.Pass()]
    arguments = ast.arguments([], [ast.arg("input")], None, [], [], None, [])
    function = ast.FunctionDef("shortcut", arguments, body, [])
    return expression_text(ast.fix_missing_locations(ast.Module([function], []))) + "\n"


class _Styled(ast.NodeTransformer):
    def visit_Expr(self, node: ast.Expr) -> ast.stmt:
        """A bare text is a comment."""
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            return ast.Expr(_action("comment", {"WFCommentActionText": node.value}, node))
        return self.generic_visit(node)  # type: ignore[return-value]

    def visit_Assign(self, node: ast.Assign | ast.AnnAssign) -> ast.stmt:
        """A text has an action of its own; lists and dictionaries are literals there too."""
        node.value = self.visit(node.value)
        if isinstance(node.value, (ast.Constant, ast.JoinedStr)) and _is_text(node.value):
            node.value = _action("gettext", {"WFTextActionText": node.value}, node)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        return self.visit_Assign(node)

    def visit_For(self, node: ast.For) -> ast.For:
        self.generic_visit(node)
        call = node.iter
        if called(call) == "enumerate":
            call.keywords = []
        if called(call) == "range" and len(call.args) == 2:
            stop = call.args[1]
            call.args = [ast.Constant(stop.value - 1) if isinstance(stop, ast.Constant) else stop.left]
        return node

    def visit_match_case(self, node: ast.match_case) -> ast.match_case:
        """A title that holds a reference is a pattern there; one beside it is kept."""
        self.generic_visit(node)
        is_alone = not isinstance(node.pattern, ast.MatchValue)
        if is_alone and called(node.guard) == "shown_as" and isinstance(node.guard.args[0], ast.JoinedStr):
            node.pattern, node.guard = ast.MatchValue(node.guard.args[0]), None
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        name = called(node)
        self.generic_visit(node)
        if name == "shortcut_input":
            return ast.Name("input", ast.Load())
        if name in _SOURCES and not node.args and not node.keywords:
            return ast.Call(ast.Name(_SOURCES[name], ast.Load()), [], [])
        if name == "menu":
            return ast.Call(ast.Name("com_apple_shortcuts_choose_from_menu", ast.Load()), [], _prompt(node))
        if name in _SHORT_FORMS:
            action, key = _SHORT_FORMS[name]
            return _action(action, {key: node.args[0]}, node)
        if name is None or "_" not in name or name in NO_ACTIONS:
            return node
        if node.args or any(keyword.arg is None for keyword in node.keywords):
            raise ShortcutError(f"line {node.lineno}: {name} stores what OS 27's style cannot write.")
        return _named(identifier_of(name), {keyword.arg or "": keyword.value for keyword in node.keywords}, node)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or isinstance(getattr(node, "value", None), str)


def _prompt(menu: ast.Call) -> list[ast.keyword]:
    if len(menu.args) > 1 or menu.keywords:
        raise ShortcutError(f"line {menu.lineno}: this menu stores what OS 27's style cannot write.")
    return [ast.keyword("prompt", argument) for argument in menu.args]


def _action(action: str, values: dict[str, ast.expr], node: ast.AST) -> ast.Call:
    return _named(BUILT_IN + action, values, node)


def _named(identifier: str, values: dict[str, ast.expr], node: ast.AST) -> ast.Call:
    line = getattr(node, "lineno", 1)
    name = python_names().get(identifier)
    if name is None:
        raise ShortcutError(f"line {line}: {identifier} has no name in OS 27's style.")
    words = {key: word for word, key in tools()[name].keywords.items()}
    unknown = next((key for key in values if key not in words), None)
    if unknown:
        raise ShortcutError(f"line {line}: {unknown} of {identifier} has no keyword in OS 27's style.")
    keywords = [ast.keyword(words[key], value) for key, value in values.items()]
    return ast.Call(ast.Name(name, ast.Load()), [], keywords)
