"""What a workflow does, as steps: a step is an action's identifier, or a block with its branches.

The steps of code that compiles come from its actions and are exact. Other code is read line by line (`rough_steps`).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from workflowllm.metrics.call_uses import NO_USES, CallUses, call_uses
from workflowllm.shortcuts.dialect.comments import STRING_OR_COMMENT, strip_comments
from workflowllm.shortcuts.dialect.words import RESERVED
from workflowllm.shortcuts.from_python.program import compile_program, parse_program
from workflowllm.shortcuts.model.identifiers import identifier_of
from workflowllm.shortcuts.model.tree import (
    CONDITIONAL,
    LOOPS,
    MAX_DEPTH,
    MENU,
    REPEAT_COUNT,
    REPEAT_EACH,
    Leaf,
    Node,
    branches,
    build_tree,
    first_body,
    read_actions,
)
from workflowllm.shortcuts.model.workflow import Compiled, build_workflow, to_bytes

BUILT_IN = "is.workflow.actions."
COMMENT = BUILT_IN + "comment"
BRANCHING = frozenset({CONDITIONAL, MENU})
LOOPING = frozenset(LOOPS)


@dataclass(slots=True)
class Block:
    """An if, a loop or a menu: its identifier, and the steps of each branch."""

    identifier: str
    branches: list[list["WorkflowStep"]] = field(default_factory=list)


WorkflowStep = str | Block


MOST_CHARACTERS = 4_000_000  # of code that is read at all: dense code takes 3 µs a character


@dataclass(frozen=True)
class Workflow:
    """A workflow as steps, and how far its code could be read."""

    steps: list[WorkflowStep] = field(default_factory=list)
    parses: bool = False  # as Python
    compiles: bool = False  # to a shortcut file
    uses: CallUses = NO_USES  # of code that compiles
    actions: int = 0  # as the paper counts: each mark of a block, and each comment, is an action

    @cached_property
    def calls(self) -> list[str]:
        """Identifiers of the actions in order; a block counts once, comments, which do nothing, not at all."""
        return [identifier for identifier in _identifiers(self.steps) if identifier != COMMENT]


def read_workflow(code: str) -> Workflow:
    """The workflow that a text holds; none of it where the text is longer than `MOST_CHARACTERS`."""
    if len(code) > MOST_CHARACTERS:
        return Workflow()
    program = None
    try:
        program = parse_program(code)
        return _read_compiled(compile_program(program))
    except Exception:  # whatever an answer provokes in the compiler, it does not compile
        return _read_roughly(code, parses=program is not None)


def _read_compiled(compiled: Compiled) -> Workflow:
    workflow = build_workflow(compiled)
    steps = _steps(build_tree(read_actions(workflow)))
    to_bytes(workflow)
    uses = call_uses(compiled.actions)
    return Workflow(steps, parses=True, compiles=True, uses=uses, actions=len(compiled.actions))


def _read_roughly(code: str, parses: bool) -> Workflow:
    steps = rough_steps(code)
    return Workflow(steps, parses, actions=_flat_length(steps))


def _flat_length(steps: Sequence[WorkflowStep]) -> int:
    """The length of the flat list of actions that has these steps."""
    return sum(1 if isinstance(step, str) else _marks(step) + sum(map(_flat_length, step.branches)) for step in steps)


def _marks(block: Block) -> int:
    """The actions that open, divide and close a block. A menu also has a mark for its first item."""
    return len(block.branches) + 1 + (block.identifier == MENU)


def _steps(nodes: Sequence[Node]) -> list[WorkflowStep]:
    return [_step(node) for node in nodes]


def _step(node: Node) -> WorkflowStep:
    if isinstance(node, Leaf):
        return node.action.identifier
    bodies = [_steps(body) for body in (first_body(node), *(branch.body for branch in branches(node)))]
    is_menu_without_rest = len(bodies) > 1 and not bodies[0] and node.start.identifier.endswith("choosefrommenu")
    return Block(node.start.identifier, bodies[1:] if is_menu_without_rest else bodies)


def _identifiers(steps: Sequence[WorkflowStep]) -> Iterator[str]:
    for step in steps:
        if isinstance(step, str):
            yield step
        else:
            yield step.identifier
            for branch in step.branches:
                yield from _identifiers(branch)


_HEAD = re.compile(r"(if|elif|else|for|while|try|except|finally|with|def|class|async|(?:match|case)(?![ \t]*[=.:]))\b")
_BRACKET = re.compile(r"(?:(?<!\w)([^\W\d]\w*)[ \t]{0,9})?\(|[\[{]|[)\]}]")
_ASSIGNED = re.compile(r"[^\W\d]\w*[ \t]*(?::[^=]*)?=(?!=)[ \t]*")
_NAMED_ID = re.compile(r"""\(\s*["']([^"'\s]+)["']""")
_VALUE_OF_KEY = re.compile(r"[^\W\d][\w. ]*(?:\([^()]*\))?(?:\[.*\]|\.(?:keys|values)[ \t]*\([ \t]*\))\s*$", re.DOTALL)
# What an assigned value makes, by the first pattern that fits; "" for nothing.
_VALUES = (
    (re.compile(r"(?:None|\[\s*\])\s*$"), ""),
    (re.compile(r"(?:[rbuf]|rb|br|fr|rf)?[\"']|text_of\b", re.IGNORECASE), "gettext"),
    (re.compile(r"-?\.?\d|(?:True|False)\s*$"), "number"),
    (re.compile(r"\{"), "dictionary"),
    (re.compile(r"\["), "list"),
    (_VALUE_OF_KEY, "getvalueforkey"),
    (re.compile(r"(?:str|dict|float|bool|coerce|coerce_variable|getattr|format_date|modified|extra|token|previous|bare"
                r"|clipboard|current_date|device_details|shortcut_input|action_input)[ \t]*\("), "setvariable"),
    (re.compile(r"[^\W\d][\w. ]*$"), "setvariable"),
)  # fmt: skip
_APPEND = re.compile(r"[^\W\d]\w*[ \t]*\.append[ \t]*\(")
_SHORT_FORMS = {"input": "ask", "print": "showresult", "len": "count"}
_WORDS = RESERVED | {"coerce_variable"}  # the latter is the published converter's
_CONTINUES = {"elif": ("if",), "else": ("if", "for", "while", "try"), "except": ("try",), "finally": ("try",)}


@dataclass(slots=True)
class _Statement:
    indent: int
    text: str  # with strings blanked
    original: str


@dataclass(slots=True)
class _Frame:
    """An open block; `block` is None for one that makes no step, such as try."""

    indent: int
    word: str
    body: list[WorkflowStep]
    block: Block | None
    depth: int  # of blocks, this one included


def rough_steps(code: str) -> list[WorkflowStep]:
    """The steps that the lines of a text show."""
    reading = _Reading()
    for statement in _statements(code):
        reading.take(statement)
    return reading.top


def _statements(code: str) -> Iterator[_Statement]:
    code = strip_comments(code).expandtabs(4)
    blanked = STRING_OR_COMMENT.sub(lambda match: _blank(match.group()), code)
    start, indent, depth, offset = 0, 0, 0, 0
    for line in blanked.split("\n"):
        content = line.lstrip(" ")
        line_indent = len(line) - len(content)
        goes_on = depth > 0 and (line_indent > indent or content[:1] in (")", "]", "}"))
        if content and not goes_on:
            yield from _statement(code, blanked, start, offset, indent)
            start, indent, depth = offset, line_indent, 0
        depth = max(0, depth + sum(map(content.count, "([{")) - sum(map(content.count, ")]}")))
        offset += len(line) + 1
    yield from _statement(code, blanked, start, len(blanked), indent)


def _statement(code: str, blanked: str, start: int, end: int, indent: int) -> Iterator[_Statement]:
    if blanked[start:end].strip():
        yield _Statement(indent, blanked[start + indent : end].rstrip(), code[start + indent : end])


def _blank(text: str) -> str:
    """A string without its content, as long as it was and on one line."""
    return text[0] + "~" * (len(text) - 2) + text[-1]


class _Reading:
    """The steps so far, and the blocks that are open."""

    def __init__(self) -> None:
        self.top: list[WorkflowStep] = []
        self.frames: list[_Frame] = []

    def take(self, statement: _Statement) -> None:
        head = _HEAD.match(statement.text)
        end = _head_end(statement.text) if head else 0
        closed = self.leave(statement.indent)
        if not head or end == len(statement.text):
            self.body.extend(_plain_steps(statement))
            return
        shown = _Statement(statement.indent, statement.text[:end], statement.original[:end])
        self.body.extend(_calls(shown))
        self.open(head[1], shown, closed)
        if statement.text[end + 1 :].strip():  # `if x: y = 1`
            inner = _Statement(statement.indent + 1, statement.text[end + 1 :], statement.original[end + 1 :])
            self.body.extend(_plain_steps(inner))

    @property
    def body(self) -> list[WorkflowStep]:
        return self.frames[-1].body if self.frames else self.top

    def leave(self, indent: int) -> _Frame | None:
        """Close the blocks that end before a statement with this indent; return the last one closed."""
        closed = None
        while self.frames and self.frames[-1].indent >= indent:
            closed = self.frames.pop()
        return closed

    def open(self, word: str, head: _Statement, closed: _Frame | None) -> None:
        body, block = self.body, None
        depth = (closed.depth if word == "elif" and closed else self.frames[-1].depth if self.frames else 0) + 1
        if depth > MAX_DEPTH:  # deeper than any shortcut: what follows counts, its nesting does not
            pass
        elif word in _CONTINUES and closed and closed.word in _CONTINUES[word]:
            body, block = _next_branch(word, closed, body)
            word = "if" if word == "elif" else closed.word
        elif word == "case" and self.frames and self.frames[-1].word == "match" and self.frames[-1].block:
            body = []
            self.frames[-1].block.branches.append(body)
        elif identifier := _block_identifier(word, head.text):
            branches: list[list[WorkflowStep]] = [] if word == "match" else [[]]
            block = Block(identifier, branches)
            body.append(block)
            body = branches[0] if branches else []
        self.frames.append(_Frame(head.indent, word, body, block, depth))


def _next_branch(word: str, closed: _Frame, around: list[WorkflowStep]) -> tuple[list[WorkflowStep], Block | None]:
    """The body that takes the statements after elif, else and the like."""
    if closed.word != "if" or closed.block is None:
        return around, None
    body: list[WorkflowStep] = []
    closed.block.branches.append(body)
    if word == "else":
        return body, None
    inner = Block(CONDITIONAL, [[]])
    body.append(inner)
    return inner.branches[0], inner


def _block_identifier(word: str, head: str) -> str | None:
    if word == "for":
        return REPEAT_COUNT if re.search(r"\brange[ \t]*\(|_repeat_count\b", head) else REPEAT_EACH
    return {"if": CONDITIONAL, "elif": CONDITIONAL, "while": REPEAT_COUNT, "match": MENU}.get(word)


def _head_end(text: str) -> int:
    """The offset of the colon that ends a block's head; the text's length if there is none."""
    depth = 0
    for offset, char in enumerate(text):
        depth += (char in "([{") - (char in ")]}")
        if char == ":" and depth <= 0:
            return offset
    return len(text)


def _plain_steps(statement: _Statement) -> list[WorkflowStep]:
    """The steps of a statement that opens no block."""
    steps = _calls(statement)
    assigned = _ASSIGNED.match(statement.text)
    if assigned and not steps:
        value = statement.text[assigned.end() :]
        made = next((name for pattern, name in _VALUES if pattern.match(value)), "")
        return [BUILT_IN + made] if made else []
    if _APPEND.match(statement.text):
        return [*steps, BUILT_IN + "appendvariable"]
    if not steps and _VALUE_OF_KEY.match(statement.text):
        return [BUILT_IN + "getvalueforkey"]
    return [COMMENT] if statement.text[0] in "\"'" else steps


def _calls(statement: _Statement) -> list[WorkflowStep]:
    """The actions that a statement calls, an inner call before the one it is in."""
    calls: list[WorkflowStep] = []
    open_calls: list[str] = []
    for match in _BRACKET.finditer(statement.text):
        bracket = match.group()[-1]
        if bracket in "([{":
            open_calls.append(_called(match, statement))
        elif open_calls:
            calls.append(open_calls.pop())
    calls += reversed(open_calls)
    return [identifier for identifier in calls if identifier]


def _called(match: re.Match[str], statement: _Statement) -> str:
    """The identifier of the action that a name before a bracket calls, or nothing."""
    name = match[1]
    if not name or statement.text[: match.start()].endswith("."):
        return ""
    if name == "action":
        named = _NAMED_ID.match(statement.original, match.end() - 1)
        return named[1] if named else ""
    if name in _SHORT_FORMS:
        is_reference = name == "input" and statement.text[match.end() :].lstrip().startswith(")")
        return "" if is_reference or statement.text.startswith("match") else BUILT_IN + _SHORT_FORMS[name]
    identifier = identifier_of(name) if "_" in name.strip("_") and name not in _WORDS else ""
    return "" if identifier in BRANCHING | LOOPING else identifier  # `if is_workflow_actions_conditional(...):`
