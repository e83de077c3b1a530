"""New names for a program's variables, put in without changing anything else.

The names of outputs and loop variables do not occur in the shortcut. The name of a variable does, so a renamed variable
keeps its old name in an annotation: `new: "old" = value`. The new program must compile to an equal shortcut; this is
checked, and a program for which it fails stays as it is.
"""

import ast
import builtins
import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from workflowllm.apis.catalogue import catalogue
from workflowllm.shortcuts.compare import differences
from workflowllm.shortcuts.dialect.bindings import Binding
from workflowllm.shortcuts.dialect.words import RESERVED
from workflowllm.shortcuts.from_python.program import Program, compile_program, parse_program
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.model.identifiers import is_name, name_from
from workflowllm.shortcuts.model.workflow import build_workflow

# Outside strings, every character beyond ASCII belongs to a name: `\\w` lacks the marks that Python allows.
_TOKEN = re.compile(
    r"""(?P<string>(?P<prefix>(?:[rR][fFbB]?|[fFbB][rR]?|[uU])?)(?P<quote>'''|\"\"\"|'|\"))
    |(?P<name>(?:[^\W\d]|[^\x00-\x7f])(?:\w|[^\x00-\x7f])*)
    |(?P<number>\.?\d(?:\w|\.)*)
    |(?P<comment>\#[^\n]*)
    |(?P<space>[ \t\r\n\f\\]+)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_PLAIN_BODY = {
    quote: re.compile(rf"(?:[^{quote[0]}\\]+|\\.|{quote[0]}(?!{quote[1:]}))*" if len(quote) == 3 else body, re.DOTALL)
    for quote, body in {"'": r"(?:[^'\\]+|\\.)*", '"': r'(?:[^"\\]+|\\.)*', "'''": "", '"""': ""}.items()
}
# A piece of an f-string's text. A backslash does not escape a brace, but \N{...} holds two.
_FORMATTED = re.compile(r"\{\{|\}\}|\\N\{[^}]*\}|\\[^{}]|[^{}\\'\"]+|.", re.DOTALL)
# A comment must reach the end of its line, or `# # # ...` could be split in exponentially many ways.
_SPACE_OR_COMMENT = r"(?:[ \t\r\n\f\\]|#[^\n]*(?![^\n]))*"
_KEYWORD = re.compile(_SPACE_OR_COMMENT + r"=(?!=)")
_CALL = re.compile(_SPACE_OR_COMMENT + r"\(")
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")


class CodeName(NamedTuple):
    """An occurrence of a name that can be a variable: not an attribute, a keyword of a call or a called function."""

    start: int
    end: int
    text: str


def code_names(code: str) -> list[CodeName]:
    """The names of a program in the order of the text, with offsets in characters. The code must parse."""
    return list(_Scanner(code).expression(0, inside=False)[0])


class _Scanner:
    def __init__(self, code: str):
        self.code = code

    def expression(self, at: int, inside: bool) -> tuple[list[CodeName], int]:
        """Names from `at` on, and where the text ends; an f-string's field (`inside`) ends at its `}`, `!` or `:`."""
        names: list[CodeName] = []
        depth, before = 0, ""
        while at < len(self.code):
            match = _TOKEN.match(self.code, at)
            kind, text = match.lastgroup, match[0]
            if inside and depth == 0 and kind == "other" and self._ends_field(text, match.end()):
                return names, at
            at = match.end()
            if kind in ("string", "quote"):
                inner, at = self.string(match["prefix"].lower(), match["quote"], at)
                names += inner
            elif kind == "name" and before != "." and not self._is_no_variable(at, depth):
                names.append(CodeName(match.start(), at, text))
            elif kind == "other":
                depth += (text in _OPEN) - (text in _CLOSE)
            if kind not in ("space", "comment"):
                before = text
        return names, at

    def _ends_field(self, text: str, after: int) -> bool:
        return text in "}:" or (text == "!" and not self.code.startswith("=", after))

    def _is_no_variable(self, at: int, depth: int) -> bool:
        return bool((depth and _KEYWORD.match(self.code, at)) or _CALL.match(self.code, at))

    def string(self, prefix: str, quote: str, at: int) -> tuple[list[CodeName], int]:
        """The names in a string that starts before `at`, and the offset behind its closing quote."""
        if "f" not in prefix:
            return [], _PLAIN_BODY[quote].match(self.code, at).end() + len(quote)
        names: list[CodeName] = []
        while not self.code.startswith(quote, at):
            inner, at = self.piece(at, is_raw="r" in prefix)
            names += inner
            if at >= len(self.code):
                break
        return names, at + len(quote)

    def piece(self, at: int, is_raw: bool) -> tuple[list[CodeName], int]:
        """One piece of an f-string: some text, or a field with its format."""
        match = _FORMATTED.match(self.code, at)
        if is_raw and match[0].startswith("\\N{"):
            return [], at + 1
        if match[0] != "{":
            return [], match.end()
        names, at = self.expression(match.end(), inside=True)
        if self.code.startswith("!", at):
            at += 2
        if self.code.startswith(":", at):
            at += 1
            while at < len(self.code) and not self.code.startswith("}", at):
                inner, at = self.piece(at, is_raw)
                names += inner
        return names, at + 1


def offsets_of_lines(code: str) -> list[int]:
    """The offset at which each line starts, for code whose line ends are `\\n`."""
    return [0, *(match.end() for match in re.finditer("\n", code))]


def character_offset(lines: list[int], code: str, line: int, column: int) -> int:
    """A position from a syntax tree (line from 1, column in bytes from 0) as an offset in characters."""
    start = lines[line - 1]
    text = code[start : start + column]  # a character has at least one byte
    if text.isascii():
        return start + column
    return start + len(text.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "ignore"))


LONGEST_NAME = 60
_BUILTINS = frozenset(dir(builtins))


@dataclass(frozen=True)
class Renamed:
    """A program under its new names; old name -> new name; how many proposals were refused or mended, by reason."""

    code: str
    names: dict[str, str] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    mended: Counter[str] = field(default_factory=Counter)


def rename(code: str, proposals: Mapping[str, Any]) -> Renamed:
    """Rename variables as proposed, as far as possible. Raises DialectError where the code does not parse."""
    program = parse_program(code)
    occurrences = code_names(code)
    refused: Counter[str] = Counter()
    mended: Counter[str] = Counter()
    wanted = _renamable(program, proposals, refused)
    names = _mended(wanted, _taken(program, wanted), mended)
    if not names:
        return Renamed(code, {}, refused, mended)
    new = _with_names(code, program, occurrences, names)
    if not _is_same_program(program, new, names):
        refused["changes-the-shortcut"] += len(names)
        return Renamed(code, {}, refused, mended)
    return Renamed(new, names, refused, mended)


def _renamable(program: Program, proposals: Mapping[str, Any], refused: Counter[str]) -> dict[str, str]:
    """The proposals that can be used in some form; the others are counted by reason."""
    holders = _annotation_holders(program)
    wanted: dict[str, str] = {}
    for old, new in proposals.items():
        reason = _refusal(program.bindings.get(old), new, old in holders)
        if reason:
            refused[reason] += 1
        elif new != old:
            wanted[old] = new
    return wanted


def _refusal(binding: Binding | None, new: Any, can_be_annotated: bool) -> str | None:
    if binding is None or binding.name == "_":
        return "no-such-variable"
    if not isinstance(new, str) or not name_from(_without_surrogates(new), ""):
        return "no-name"
    if binding.kind == "variable" and binding.sites["loop"]:
        return "loop-and-variable"
    if binding.kind == "variable" and binding.label is None and not can_be_annotated:
        return "no-place-for-its-shown-name"
    return None


def _without_surrogates(text: str) -> str:
    """A text without lone surrogates, which no name can hold."""
    return "".join(char for char in text if not 0xD800 <= ord(char) < 0xE000)


def _annotation_holders(program: Program) -> dict[str, ast.Name]:
    """The first `name = value` of each name, which can carry an annotation."""
    holders: dict[str, ast.Name] = {}
    for node in program.nodes:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            holders.setdefault(node.targets[0].id, node.targets[0])
    return holders


def _taken(program: Program, wanted: Mapping[str, str]) -> set[str]:
    """Names that no variable may get: those that stay, and all others that occur in the program."""
    occurring = {node.id for node in program.nodes if isinstance(node, ast.Name)}
    return (occurring | program.bindings.keys()) - wanted.keys()


def _mended(wanted: Mapping[str, str], taken: set[str], mended: Counter[str]) -> dict[str, str]:
    """The wanted names, changed where Python or the dialect does not allow one or another variable has it."""
    names: dict[str, str] = {}
    for old, new in wanted.items():
        name = new if is_name(new) and len(new) <= LONGEST_NAME else name_from(_without_surrogates(new), "")
        mended["no-identifier"] += name != new
        if _is_reserved(name):
            mended["reserved"] += 1
            name += "_value"
        chosen, count = name, 1
        while chosen in taken:
            count += 1
            chosen = f"{name}_{count}"
        mended["clash"] += chosen != name
        taken.add(chosen)
        if chosen != old:
            names[old] = chosen
    return names


@lru_cache(maxsize=8192)
def _is_reserved(name: str) -> bool:
    """Whether a name belongs to the dialect, to Python or to an API."""
    return name in RESERVED or name in _BUILTINS or catalogue().by_function(name) is not None


def _with_names(code: str, program: Program, occurrences: list[CodeName], names: Mapping[str, str]) -> str:
    """The code with the new names, and with annotations that keep the old names of variables."""
    lines, annotations = offsets_of_lines(code), {}
    for old, target in _annotation_holders(program).items():
        binding = program.bindings[old]
        if old in names and binding.kind == "variable" and binding.label is None:
            annotations[character_offset(lines, code, target.lineno, target.col_offset)] = f": {_quoted(old)}"
    keywords = _soft_keywords(code, program, occurrences, lines)
    pieces, end = [], 0
    for name in occurrences:
        new = names.get(unicodedata.normalize("NFKC", name.text))
        if new is not None and name.start not in keywords:
            pieces += [code[end : name.start], new, annotations.get(name.start, "")]
            end = name.end
    return "".join([*pieces, code[end:]])


def _soft_keywords(code: str, program: Program, occurrences: list[CodeName], lines: list[int]) -> set[int]:
    """The offsets at which `match` and `case` are keywords; elsewhere they may be variables."""
    keywords = set()
    cases = [name.start for name in occurrences if name.text == "case"]
    for node in program.nodes:
        if isinstance(node, ast.Match):
            keywords.add(character_offset(lines, code, node.lineno, node.col_offset))
        elif isinstance(node, ast.match_case) and cases:
            pattern = character_offset(lines, code, node.pattern.lineno, node.pattern.col_offset)
            keywords.update(cases[max(bisect_left(cases, pattern) - 1, 0) : bisect_left(cases, pattern)])
    return keywords


def _quoted(name: str) -> str:
    return f'"{name}"'  # a Python name holds neither quotes nor backslashes


def _is_same_program(program: Program, new: str, names: Mapping[str, str]) -> bool:
    """Whether the new text has the same tree except for names, and compiles to an equal shortcut."""
    try:
        renamed = parse_program(new)
    except ShortcutError:
        return False
    if _shape(program.tree, names) != _shape(renamed.tree, {}):
        return False
    return is_equal_shortcut(program, renamed)


def _shape(tree: ast.Module, names: Mapping[str, str]) -> str:
    """A tree under other names, as text; an annotated assignment counts as a plain one."""
    return ast.dump(_Plain(names).visit(ast.Module(tree.body, [])))


class _Plain(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, str]):
        self.names = names

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Return a copy, because the program's own tree is still needed."""
        fields = {name: self._copied(value) for name, value in ast.iter_fields(node)}
        return type(node)(**fields)

    def _copied(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._copied(item) for item in value]
        return self.visit(value) if isinstance(value, ast.AST) else value

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self.names.get(node.id, node.id), node.ctx)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is None or not isinstance(node.target, ast.Name):
            return self.generic_visit(node)
        return ast.Assign([self.visit(node.target)], self.visit(node.value))


def is_equal_shortcut(first: Program, second: Program) -> bool:
    """Whether two programs compile to equal shortcuts; two that do not compile are equal too."""
    left, right = _workflow(first), _workflow(second)
    if left is None or right is None:
        return left is right
    return next(differences(left, right), None) is None and next(differences(right, left), None) is None


def _workflow(program: Program) -> dict[str, Any] | None:
    try:
        return build_workflow(compile_program(program), None)
    except ShortcutError:
        return None
