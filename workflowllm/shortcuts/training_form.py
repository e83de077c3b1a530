"""The form of a program for reading and training: without what the compiler can restore, or nobody can derive.

`code` comes back as the file it was made from, to the last bit; the training form says what it does. It is compiled,
run and checked like any other program:

* identifiers that only one device knows go where a name stands beside them, so do developers' team identifiers,
  descriptors of intents, the identifiers of variables, and what an editor or a file provider keeps for itself;
* bytes, and texts in Base64, become `placeholder("png, 2 kB")`, or name their size;
* 5.0 becomes 5; operands that a test does not read, old spellings of its operator, annotations that repeat their name,
  titles of cases that repeat the plain one, file names beside an equal shown name, and marks of old clients go;
* `previous()` becomes the name above it, and dictionaries, lists, numbers, Count, Show Result, Split and Combine Text
  get their short form.

Comments and layout stay as they are: only the expressions that change are printed anew.
"""

import ast
import base64
import binascii
import re
from collections.abc import Iterator, Sequence

from workflowllm.shortcuts.dialect.bindings import called
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.model.identifiers import name_from
from workflowllm.shortcuts.model.plist_types import FIELD_KEYS
from workflowllm.shortcuts.to_python.literals import f_string, text_literal

_UUID = re.compile(r"(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_BASE64 = re.compile(r"[A-Za-z0-9+/\n]{200,}={0,2}")  # shorter runs may be what people typed
_LEAST_CHARACTERS = 20  # different ones in a run of Base64: rows of zeros and lines of dashes have fewer
_EXACT = 2**53  # whole floats below are whole numbers exactly
_TEAM = "TeamIdentifier"
_DESCRIPTOR = "AppIntentDescriptor"
_DERIVED_EXTRAS = {"VariableUUID", "WFCondition", "WFConditionalActionString", "WFNumberValue"}
_OLD_MARKS = {"WFMenuLegacyCancelBehavior"}
_BOOKKEEPING = {"fileProviderDomainID", "crossDeviceItemID"}
_MAGIC = {
    b"\x89PNG": "png", b"\xff\xd8\xff": "jpeg", b"GIF8": "gif", b"%PDF": "pdf", b"PK\x03\x04": "zip",
    b"bplist": "property list", b"book": "bookmark", b"BEGIN:VCARD": "contact", b"<?xml": "xml",
}  # fmt: skip

# call -> its short form (a function, or the literal alone), the parameter that says all
_SHORT_FORMS = {
    "is_workflow_actions_dictionary": ("literal", "WFItems"),
    "is_workflow_actions_list": ("literal", "WFItems"),
    "is_workflow_actions_number": ("literal", "WFNumberActionNumber"),
    "is_workflow_actions_count": ("len", "Input"),
    "is_workflow_actions_showresult": ("print", "Text"),
}

_SPLIT, _JOIN = "is_workflow_actions_text_split", "is_workflow_actions_text_combine"
_SEPARATED = (_SPLIT, _JOIN)

Edit = tuple[int, int, str]  # start, end (bytes of the source), new text


def training_form(code: str) -> str:
    """The program in its training form. Code that is no Python, or no dialect, comes back as it is."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return code
    source = code.encode("utf-8", "surrogatepass")
    offsets = _line_offsets(source)
    changes = _Changes(source, offsets)
    changes.body(tree.body)
    pieces, position = [], 0
    for start, end, text in sorted(changes.edits):
        pieces += [source[position:start], text.encode("utf-8", "surrogatepass")]
        position = end
    return b"".join([*pieces, source[position:]]).decode("utf-8", "surrogatepass")


def _line_offsets(source: bytes) -> list[int]:
    offsets = [0]
    for line in source.split(b"\n"):
        offsets.append(offsets[-1] + len(line) + 1)
    return offsets


class _Changes:
    """Collects what to change in the text, statement by statement."""

    def __init__(self, source: bytes, offsets: Sequence[int]):
        self.source = source
        self.offsets = offsets
        self.edits: list[Edit] = []

    def start(self, node: ast.AST) -> int:
        return self.offsets[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined]

    def end(self, node: ast.AST) -> int:
        return self.offsets[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined]

    def body(self, statements: Sequence[ast.stmt], is_case: bool = False) -> None:
        name_above = None
        for statement in statements:
            if is_case and statement is statements[0] and _is_old_mark(statement):
                self.edits.append((self.start(statement), self.end(statement), "pass"))
                continue
            self.statement(statement, name_above)
            if not _is_comment(statement):
                name_above = _assigned_name(statement)

    def statement(self, node: ast.stmt, name_above: str | None) -> None:
        if isinstance(node, ast.AnnAssign) and node.value is not None and _repeats_its_name(node):
            self.edits.append((self.end(node.target), self.start(node.value), " = "))
        for expression in _expressions(node):
            self.expression(expression, node, name_above)
        if isinstance(node, ast.Match):
            for case in node.cases:
                self.case(case)
        for field in ("body", "orelse"):
            inner = getattr(node, field, None)
            if isinstance(inner, list):
                self.body(inner)

    def case(self, case: ast.match_case) -> None:
        """A case whose shown title is its plain one says it once."""
        guard = case.guard
        if called(guard) == "shown_as" and isinstance(case.pattern, ast.MatchValue):
            shown = guard.args[0] if len(guard.args) == 1 else None
            if isinstance(shown, ast.Constant) and shown.value == getattr(case.pattern.value, "value", None):
                self.edits.append((self.end(case.pattern), self.end(guard), ""))
        self.body(case.body, is_case=True)

    def expression(self, node: ast.expr, statement: ast.stmt, name_above: str | None) -> None:
        short = _Shortened(name_above)
        is_action = isinstance(node, (ast.Dict, ast.List))  # a Dictionary or List of the user's own
        new = short.texts_only(node) if is_action else short.visit(node)
        if isinstance(statement, (ast.Assign, ast.AnnAssign, ast.Expr)) and (plain := _short_form(new, statement)):
            new, short.is_changed = plain, True
        if short.is_changed:
            self.edits.append((self.start(node), self.end(node), expression_text(new)))


def _expressions(node: ast.stmt) -> Iterator[ast.expr]:
    """The expressions in a statement's own lines, without those of the statements in it."""
    for field in ("value", "test", "iter", "subject"):
        expression = getattr(node, field, None)
        if isinstance(expression, ast.expr):
            yield expression


def _is_comment(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _assigned_name(node: ast.stmt) -> str | None:
    """The name that a statement gives to what it makes."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return targets[0].id if len(targets) == 1 and isinstance(targets[0], ast.Name) else None


def _is_old_mark(node: ast.stmt) -> bool:
    """A line that says nothing but how an old client's menu was cancelled."""
    call = node.value if isinstance(node, ast.Expr) else None
    is_mark = called(call) in ("branch", "block_result") and not call.args and call.keywords
    return bool(is_mark) and all(keyword.arg in _OLD_MARKS for keyword in call.keywords)


def _repeats_its_name(node: ast.AnnAssign) -> bool:
    """Whether an annotation says only what the name says, apart from a number that keeps two names apart."""
    shown = node.annotation.value if isinstance(node.annotation, ast.Constant) else None
    if not isinstance(shown, str) or not isinstance(node.target, ast.Name):
        return False
    plain = re.sub(r"_\d+\Z", "", node.target.id).rstrip("_")
    return plain in (shown, name_from(shown, "output").rstrip("_"))


def _short_form(node: ast.expr, statement: ast.stmt) -> ast.expr | None:
    """A whole action as Python writes it, where it says nothing more than that."""
    word = called(node)
    if word in _SEPARATED and not node.args:
        return _split_or_joined(word, {keyword.arg: keyword.value for keyword in node.keywords})
    short, *keys = _SHORT_FORMS.get(word or "", ("",))
    if not short or node.args or {keyword.arg for keyword in node.keywords} - {*keys, "WFCountType"}:
        return None
    values = {keyword.arg: keyword.value for keyword in node.keywords}
    value, kind = values.get(keys[0]), values.get("WFCountType")
    if value is None or called(value) == "previous" or (kind is not None and getattr(kind, "value", None) != "Items"):
        return None
    if short == "literal":
        entries = value.keys if isinstance(value, ast.Dict) else getattr(value, "elts", [value])
        is_literal = isinstance(value, (ast.Dict, ast.List, ast.Constant)) and not isinstance(value, ast.JoinedStr)
        is_number = not isinstance(value, ast.Constant) or isinstance(value.value, (int, float))
        return value if entries and is_literal and is_number and not isinstance(statement, ast.Expr) else None
    return ast.Call(ast.Name(short, ast.Load()), [value], [])


def _split_or_joined(word: str, values: dict[str | None, ast.expr]) -> ast.expr | None:
    """Split Text and Combine Text by a separator that is written out: `x.split(",")`, `", ".join(x)`."""
    text, kind = values.pop("text", None), values.pop("WFTextSeparator", ast.Constant("New Lines"))
    custom = values.pop("WFTextCustomSeparator", None)
    if values or not isinstance(text, ast.Name) or not isinstance(kind, ast.Constant):
        return None
    is_custom = kind.value == "Custom" and isinstance(custom, ast.Constant) and custom.value
    separator = custom.value if is_custom else "\n" if kind.value == "New Lines" and custom is None else None
    if not isinstance(separator, str):
        return None
    if word == _JOIN:
        return ast.Call(ast.Attribute(ast.Constant(separator), "join", ast.Load()), [text], [])
    method = "split" if is_custom else "splitlines"
    return ast.Call(ast.Attribute(text, method, ast.Load()), [ast.Constant(separator)] if is_custom else [], [])


class _Shortened(ast.NodeTransformer):
    """Takes out of an expression what the training form leaves out."""

    def __init__(self, name_above: str | None):
        self.name_above = name_above
        self.is_changed = False

    def visit_Call(self, node: ast.Call) -> ast.expr:
        word = called(node)
        if word == "data" and (described := _described(node)):
            self.is_changed = True
            return described
        if word == "missing" and node.args:
            self.is_changed = True
            return ast.Call(node.func, [], [])
        keywords = [keyword for keyword in node.keywords if not self.is_left_out(word, keyword)]
        if _says_twice(keywords):
            keywords = [keyword for keyword in keywords if keyword.arg != "WFWorkflowName"]
        self.is_changed |= len(keywords) < len(node.keywords)
        if word == "extra" and len(node.args) == 1 and not keywords:
            self.is_changed = True
            return self.visit(_plain_test(node.args[0]))
        arguments = [self.visit(argument) for argument in node.args]
        keywords = [self.keyword(keyword) for keyword in keywords]
        keywords = [keyword for keyword in keywords if keyword.arg or getattr(keyword.value, "keys", True)]
        return ast.Call(self.visit(node.func), arguments, keywords)

    def is_left_out(self, word: str | None, keyword: ast.keyword) -> bool:
        if word == "extra":
            return keyword.arg in _DERIVED_EXTRAS
        return keyword.arg == _DESCRIPTOR or (word in ("menu", "branch", "block_result") and keyword.arg in _OLD_MARKS)

    def keyword(self, keyword: ast.keyword) -> ast.keyword:
        if called(keyword.value) == "previous" and self.name_above and keyword.arg:
            self.is_changed = True
            return ast.keyword(keyword.arg, ast.Name(self.name_above, ast.Load()))
        is_typed = keyword.arg in FIELD_KEYS  # a dictionary of the user's own, whose texts are meant
        return ast.keyword(keyword.arg, self.texts_only(keyword.value) if is_typed else self.visit(keyword.value))

    def texts_only(self, node: ast.expr) -> ast.expr:
        """A dictionary or list of typed fields: its entries stay."""
        if isinstance(node, ast.Dict):
            return ast.Dict(node.keys, [self.texts_only(value) for value in node.values])
        if isinstance(node, ast.List):
            return ast.List([self.texts_only(value) for value in node.elts], ast.Load())
        is_number = isinstance(node, ast.Constant) and not isinstance(node.value, str)
        return node if is_number else self.visit(node)

    def visit_Dict(self, node: ast.Dict) -> ast.expr:
        is_named = any(_names(key, value) for key, value in zip(node.keys, node.values))
        entries = [
            (key, value)
            for key, value in zip(node.keys, node.values)
            if not (is_named and _is_identifier(key, value)) and not _is_bookkeeping(key, value)
        ]
        shown = next((value for key, value in entries if getattr(key, "value", None) == "displayName"), None)
        if shown is not None:
            entries = [
                (key, value)
                for key, value in entries
                if getattr(key, "value", None) != "filename" or ast.dump(value) != ast.dump(shown)
            ]
        self.is_changed |= len(entries) < len(node.keys)
        return ast.Dict([key for key, _ in entries], [self.visit(value) for _, value in entries])

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if isinstance(node.value, float) and node.value.is_integer() and abs(node.value) < _EXACT:
            self.is_changed = True
            return ast.Constant(int(node.value))
        if not isinstance(node.value, str) or len(node.value) < 200:
            return node
        text = _BASE64.sub(_sized, node.value)
        self.is_changed |= text != node.value
        return ast.Constant(text)


def _plain_test(node: ast.expr) -> ast.expr:
    """What stands in extra(): `x is not None` is `x` where nothing more is said of it."""
    is_value_test = isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.IsNot)
    return node.left if is_value_test else node


def _names(key: ast.expr | None, value: ast.expr) -> bool:
    """Whether an entry says in words what its dictionary is, so that an identifier beside it is not needed."""
    if _is_identifier(key, value):
        return False
    return isinstance(value, ast.Dict) or (isinstance(value, ast.Constant) and isinstance(value.value, str))


def _is_identifier(key: ast.expr | None, value: ast.expr) -> bool:
    """An entry whose text holds a UUID, or a developer's team."""
    if not (isinstance(key, ast.Constant) and isinstance(value, ast.Constant) and isinstance(value.value, str)):
        return False
    return key.value == _TEAM or _UUID.search(value.value) is not None


def _is_bookkeeping(key: ast.expr | None, value: ast.expr) -> bool:
    """An entry that says which fields the editor shows, who provides a file, or that a shortcut is not itself."""
    if not isinstance(key, ast.Constant) or not isinstance(value, ast.Constant):
        return False
    if key.value == "isSelf":
        return value.value is False
    return key.value in _BOOKKEEPING or (isinstance(key.value, str) and key.value.startswith("Show-"))


def _says_twice(keywords: Sequence[ast.keyword]) -> bool:
    """Whether Run Shortcut names its shortcut as old and as new clients do."""
    values = {keyword.arg: keyword.value for keyword in keywords}
    new, old = values.get("WFWorkflow"), values.get("WFWorkflowName")
    if isinstance(new, ast.Dict):
        names = {getattr(key, "value", None): value for key, value in zip(new.keys, new.values)}
        new = names.get("workflowName")
    return new is not None and old is not None and ast.dump(new) == ast.dump(old)


def _described(call: ast.Call) -> ast.Call | None:
    """placeholder("png, 2 kB") for data("...")."""
    try:
        data = base64.b64decode(call.args[0].value, validate=True)  # type: ignore[attr-defined]
    except (AttributeError, IndexError, TypeError, ValueError, binascii.Error):
        return None
    kind = next((name for magic, name in _MAGIC.items() if data.startswith(magic)), "data")
    return ast.Call(ast.Name("placeholder", ast.Load()), [ast.Constant(f"{kind}, {_size(len(data))}")], [])


def _sized(match: re.Match[str]) -> str:
    run = match[0]
    return run if len(set(run)) < _LEAST_CHARACTERS else f"(Base64, {_size(len(run))})"


def _size(count: int) -> str:
    return f"{count} bytes" if count < 1000 else f"{round(count / 1000)} kB"


# Printing


def expression_text(node: ast.expr) -> str:
    """An expression as the converter prints it: strings as it writes them, everything else as `ast.unparse` does."""
    texts = _Texts()
    text = ast.unparse(ast.fix_missing_locations(texts.visit(node)))
    return texts.restored(text)


class _Texts(ast.NodeTransformer):
    """Puts a name in place of each string, so that what is around it can be unparsed, and strings printed by us."""

    _NAME = re.compile(r"string_(\d+)_stands_here")

    def __init__(self) -> None:
        self.literals: list[str] = []

    def stand_in(self, literal: str) -> ast.Name:
        self.literals.append(literal)
        return ast.Name(f"string_{len(self.literals) - 1}_stands_here", ast.Load())

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return self.stand_in(text_literal(node.value)) if isinstance(node.value, str) else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        pieces, expressions = [""], []
        for part in node.values:
            if isinstance(part, ast.Constant):
                pieces[-1] += str(part.value)
                continue
            expressions.append(expression_text(part.value))  # type: ignore[attr-defined]
            pieces.append("")
        literal = f_string(pieces, expressions)
        if literal is None:
            raise ShortcutError("an expression of an f-string holds every kind of quote")
        return self.stand_in(literal)

    def restored(self, text: str) -> str:
        return self._NAME.sub(lambda match: self.literals[int(match[1])], text)
