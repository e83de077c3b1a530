"""OS 27's pseudo-Python ("Shortpy"), which Describe a Shortcut writes, as a program of the dialect.

`com_apple_shortcuts_show_notification(title="Done")` calls a tool by OS 27's name for it, with its keywords; `input` is
what the shortcut was given; `shortcuts_builtin_...` are the other sources; loops count from what Shortcuts counts from;
`return x` stops and gives x. shortpy.tsv has the names. Calls are rewritten before names are looked up.
"""

import ast

from workflowllm.shortcuts.dialect.bindings import called
from workflowllm.shortcuts.dialect.problems import Fault
from workflowllm.shortcuts.dialect.words import NO_ACTIONS
from workflowllm.shortcuts.model.action_table import BUILT_IN
from workflowllm.shortcuts.model.identifiers import function_name
from workflowllm.shortcuts.model.shortpy_table import Tool, tools

_PREFIX = function_name(BUILT_IN + "x").removesuffix("x")  # type: ignore[union-attr]
_BUILT_IN_SOURCES = {
    "shortcuts_builtin_ask": "input",
    "shortcuts_builtin_choose": "input",
    "shortcuts_builtin_clipboard": "clipboard",
    "shortcuts_builtin_current_date": "current_date",
    "shortcuts_builtin_device": "device_details",
}
_MENU_NAMES = ("com_apple_shortcuts_choose_from_menu", "shortcuts_builtin_menu")


def rewrite_shortpy(tree: ast.Module, nodes: list[ast.AST]) -> bool:
    """Rewrite a program in place where it is in OS 27's style, and say whether it is. Raises Fault."""
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    function = _shortcut_function(tree)
    if function is None and not any(_is_shortpy(called(call)) for call in calls):
        return False
    rewriter = _Rewriter()
    rewriter.visit(tree)
    if function is not None:
        function.args.args = []  # what it takes is the shortcut's input, whatever it is called
        function.returns = None
    ast.fix_missing_locations(tree)
    return True


def _shortcut_function(tree: ast.Module) -> ast.FunctionDef | None:
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "shortcut"]
    return functions[0] if len(functions) == 1 and len(functions[0].args.args) <= 1 else None


def _is_shortpy(name: str | None) -> bool:
    if name is None or "_" not in name or name.startswith(_PREFIX) or name in NO_ACTIONS:
        return False
    return name in _BUILT_IN_SOURCES or name in _MENU_NAMES or name in tools()


class _Rewriter(ast.NodeTransformer):
    def __init__(self) -> None:
        self.input_name = "input"

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        if node.name == "shortcut" and node.args.args:
            self.input_name = node.args.args[0].arg
        return self.generic_visit(node)  # type: ignore[return-value]

    def visit_Name(self, node: ast.Name) -> ast.expr:
        is_read = isinstance(node.ctx, ast.Load)
        return _call("shortcut_input", node) if is_read and node.id == self.input_name else node

    def visit_Return(self, node: ast.Return) -> ast.stmt:
        if node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None):
            return ast.copy_location(ast.Expr(_call(_PREFIX + "exit", node)), node)
        call = _call(_PREFIX + "output", node, WFOutput=self.visit(node.value))
        return ast.copy_location(ast.Expr(call), node)

    def visit_For(self, node: ast.For) -> ast.For:
        """`enumerate(xs)` and `range(n)` give what Shortcuts counts, which begins at 1."""
        self.generic_visit(node)
        call = node.iter
        if called(call) == "enumerate" and len(call.args) == 1 and not call.keywords:
            call.keywords = [ast.keyword("start", ast.Constant(1))]
        if called(call) == "range" and len(call.args) == 1:
            stop = call.args[0]
            is_number = isinstance(stop, ast.Constant) and isinstance(stop.value, int)
            end = ast.Constant(stop.value + 1) if is_number else ast.BinOp(stop, ast.Add(), ast.Constant(1))
            call.args = [ast.Constant(1), end]
        return node

    def visit_match_case(self, node: ast.match_case) -> ast.match_case:
        """`case f"{x}":`, which Python parses but does not run, as a title that holds a reference."""
        self.generic_visit(node)
        if isinstance(node.pattern, ast.MatchValue) and isinstance(node.pattern.value, ast.JoinedStr):
            title = node.pattern.value
            node.guard = ast.copy_location(ast.Call(ast.Name("shown_as", ast.Load()), [title], []), title)
            node.pattern = ast.copy_location(ast.MatchAs(), node.pattern)
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        name = called(node)
        if name == "input" and not node.args and not node.keywords:
            return _call("shortcut_input", node)
        if isinstance(node.func, ast.Name):
            node.args = [self.visit(argument) for argument in node.args]
            node.keywords = [self.visit(keyword) for keyword in node.keywords]
        else:
            self.generic_visit(node)
        if name in _BUILT_IN_SOURCES:
            return _call(_BUILT_IN_SOURCES[name], node)
        if name in _MENU_NAMES:
            return _menu(node)
        tool = tools().get(name) if _is_shortpy(name) else None
        return _tool_call(node, name or "", tool) if tool else node


def _call(name: str, node: ast.AST, **keywords: ast.expr) -> ast.Call:
    words = [ast.keyword(word, value) for word, value in keywords.items()]
    return ast.copy_location(ast.Call(ast.Name(name, ast.Load()), [], words), node)


def _menu(node: ast.Call) -> ast.Call:
    """Choose from Menu; its items are the cases."""
    prompts = [keyword.value for keyword in node.keywords if keyword.arg in ("prompt", "title")]
    return ast.copy_location(ast.Call(ast.Name("menu", ast.Load()), [*node.args, *prompts][:1], []), node)


def _tool_call(node: ast.Call, name: str, tool: Tool) -> ast.Call:
    if node.args:
        raise Fault(node, f"{name} takes keyword arguments only.")
    keywords = [_keyword(name, tool, keyword) for keyword in node.keywords]
    function = function_name(tool.identifier)
    if function is not None:
        return ast.copy_location(ast.Call(ast.Name(function, ast.Load()), [], keywords), node)
    return ast.copy_location(ast.Call(ast.Name("action"), [ast.Constant(tool.identifier)], keywords), node)


def _keyword(name: str, tool: Tool, keyword: ast.keyword) -> ast.keyword:
    word = keyword.arg
    if word is None or word in tool.keywords.values():
        return keyword
    # Keywords that nobody has seen are made from the parameter's key, which is longer: ask_action_prompt for prompt.
    endings = [known for known in tool.keywords if known == word or known.endswith("_" + word)]
    exact = [word] if word in tool.keywords else endings
    if len(exact) != 1:
        known = ", ".join(tool.keywords) or "none"
        raise Fault(keyword.value, f"{name} has no parameter {word}; it has {known}.")
    return ast.keyword(tool.keywords[exact[0]], keyword.value)
