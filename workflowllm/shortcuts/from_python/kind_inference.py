"""The kinds of a program's expressions, inferred from what makes each name; None where nothing is certain."""

import ast
from collections.abc import Iterable

from workflowllm.shortcuts.dialect.bindings import Binding, called
from workflowllm.shortcuts.dialect.value_kinds import (
    ASKED,
    BOOLEAN,
    COERCED_KIND,
    DATE,
    DICTIONARY,
    LIST,
    NUMBER,
    RAW,
    TEXT,
    is_list,
    item_kind,
    list_of,
    output_kind,
    property_kind,
)
from workflowllm.shortcuts.from_python.literals import is_string, is_text
from workflowllm.shortcuts.model.identifiers import identifier_of

_OPEN = "open"  # the kind of a name while it is being inferred from itself, as in `total += price`
_GIVES = {
    TEXT: "text_of format_date str upper lower title capitalize strip lstrip rstrip replace join strftime",
    NUMBER: "len sum abs int round float randint floor ceil sqrt",
    BOOLEAN: "bool startswith endswith",
    DICTIONARY: "dict loads",
    DATE: "current_date date now",
    LIST: "keys values",  # a converted loop over keys may compare them as it likes
    list_of(TEXT): "split splitlines",
}
_KIND_OF_CALL = {word: kind for kind, words in _GIVES.items() for word in words.split()}
_SAME_AS_ARGUMENT = frozenset({"sorted", "extra"})
_ITEM_OF_ARGUMENT = frozenset({"max", "min", "choice"})


class Kinds:
    """Infers kinds from a program's bindings.

    A variable has a kind only where one of its values is Python that the converter never writes, such as `total = 0`:
    what a converted file sets its variables to must come back as it was.
    """

    def __init__(self, bindings: dict[str, Binding]):
        self._bindings = bindings
        self._known: dict[str, str | None] = {}

    def of(self, node: ast.AST | None) -> str | None:
        """The kind of an expression."""
        kind = self._of(node)
        return None if kind == _OPEN else kind

    def note(self, name: str, kind: str | None) -> None:
        """The kind of a name that the program does not bind."""
        self._known[name] = kind

    def forget(self, name: str) -> None:
        """End what `note` began: the name means what the program binds it to."""
        self._known.pop(name, None)

    def _of(self, node: ast.AST | None) -> str | None:
        infer = _INFER.get(type(node))
        return infer(self, node) if infer else None

    def _joined(self, nodes: Iterable[ast.AST | None]) -> str | None:
        kinds = {self._of(node) for node in nodes if not _is_none(node)} - {_OPEN}
        if kinds == {TEXT, ASKED}:
            return TEXT
        if len(kinds) > 1 and all(is_list(kind) for kind in kinds):
            return LIST
        return kinds.pop() if len(kinds) == 1 else None

    def _name(self, node: ast.Name) -> str | None:
        if node.id not in self._known:
            self._known[node.id] = _OPEN
            self._known[node.id] = self._binding(self._bindings.get(node.id))
        return self._known[node.id]

    def _binding(self, binding: Binding | None) -> str | None:
        if binding is None or binding.kind == "missing":
            return None
        if binding.sites["append"] and not binding.sites["action"] and not binding.sites["reference"]:
            return LIST
        if binding.kind == "variable" and not binding.sites["action"] and not _is_converted(binding):
            return None
        return self._joined(binding.values)

    def _loop(self, node: ast.For) -> str | None:
        """The kind of a loop's last variable."""
        function = node.iter.func if isinstance(node.iter, ast.Call) else None
        if isinstance(function, ast.Attribute) and function.attr == "items":
            return RAW
        return NUMBER if called(node.iter) == "range" else item_kind(self._of(_goes_over(node.iter)))

    def _constant(self, node: ast.Constant) -> str | None:
        if isinstance(node.value, bool):
            return BOOLEAN
        return NUMBER if isinstance(node.value, (int, float)) else TEXT if isinstance(node.value, str) else None

    def _list(self, node: ast.List | ast.Tuple) -> str | None:
        return list_of(self._joined(node.elts))

    def _unary(self, node: ast.UnaryOp) -> str:
        return BOOLEAN if isinstance(node.op, ast.Not) else NUMBER

    def _sum(self, node: ast.BinOp) -> str | None:
        """Only + and * have other kinds than numbers."""
        if is_text(node):
            return TEXT
        if not isinstance(node.op, (ast.Add, ast.Mult)):
            return NUMBER
        left, right = self._of(node.left), self._of(node.right)
        if _OPEN in (left, right) and {left, right} <= {_OPEN, None}:
            return _OPEN
        if isinstance(node.op, ast.Mult) and TEXT in (left, right):
            return TEXT  # repeated
        is_text_sum = isinstance(node.op, ast.Add) and NUMBER not in (left, right)
        if (TEXT in (left, right) and is_text_sum) or (left == right == ASKED and is_text_sum):
            return TEXT
        return LIST if is_list(left) or is_list(right) else NUMBER

    def _choice(self, node: ast.IfExp) -> str | None:
        return self._joined([node.body, node.orelse])

    def _either(self, node: ast.BoolOp) -> str | None:
        """A test where one of the values is one; else `x or default`, a value."""
        return BOOLEAN if BOOLEAN in map(self._of, node.values) else self._joined(node.values)

    def _subscript(self, node: ast.Subscript) -> str | None:
        container = self._of(node.value)
        if isinstance(node.slice, ast.Slice):
            return TEXT if container == ASKED else container
        if is_string(node.slice) or container in (DICTIONARY, RAW):
            return RAW
        if container in (TEXT, ASKED):
            return TEXT if self._of(node.slice) == NUMBER else RAW
        return RAW if self._of(node.slice) == TEXT else item_kind(container)

    def _attribute(self, node: ast.Attribute) -> str | None:
        return property_kind(node.attr.replace("_", " "))

    def _call(self, node: ast.Call) -> str | None:
        word = called(node)
        name = word or (node.func.attr if isinstance(node.func, ast.Attribute) else "")
        first = node.args[0] if node.args else None
        if name in _SAME_AS_ARGUMENT:
            return self._of(first)
        if name in _ITEM_OF_ARGUMENT:
            return (NUMBER if name != "choice" else item_kind(self._of(first))) if first is not None else None
        if name == "input":
            return ASKED if first is not None else None
        if name == "coerce" and len(node.args) == 2 and is_string(node.args[1]):
            return COERCED_KIND.get(f"WF{node.args[1].value}ContentItem")
        if name == "get" and word is None:
            return RAW if len(node.args) == 1 else None
        if word is not None and "_" in word and word not in _KIND_OF_CALL:
            return self._api(node, word)
        return _KIND_OF_CALL.get(name)

    def _api(self, node: ast.Call, word: str) -> str | None:
        plain = {
            keyword.arg: keyword.value.value for keyword in node.keywords if isinstance(keyword.value, ast.Constant)
        }
        return output_kind(identifier_of(word), plain.get("WFInputType"), plain.get("WFGetDictionaryValueType"))


_INFER = {
    ast.Name: Kinds._name,
    ast.For: Kinds._loop,
    ast.Constant: Kinds._constant,
    ast.JoinedStr: lambda _, node: TEXT,
    ast.List: Kinds._list,
    ast.ListComp: lambda kinds, node: list_of(kinds._of(node.elt)),
    ast.Dict: lambda _, node: DICTIONARY,
    ast.UnaryOp: Kinds._unary,
    ast.Compare: lambda _, node: BOOLEAN,
    ast.BinOp: Kinds._sum,
    ast.IfExp: Kinds._choice,
    ast.BoolOp: Kinds._either,
    ast.Subscript: Kinds._subscript,
    ast.Attribute: Kinds._attribute,
    ast.Call: Kinds._call,
    ast.NamedExpr: lambda kinds, node: kinds._of(node.value),
}


def _is_none(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_converted(binding: Binding) -> bool:
    """`flag = bool(x)`: the converter writes Set Variable of a boolean as a call, so that this is a person's."""
    return bool(binding.values) and all(called(value) == "bool" for value in binding.values)


def _goes_over(node: ast.expr) -> ast.expr:
    return node.args[0] if called(node) == "enumerate" and node.args else node
