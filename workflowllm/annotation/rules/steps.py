"""A program as steps in words: what each line does, and how the blocks nest. Comments and plans are built from them."""

import ast
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from workflowllm.annotation.comment_lines import statement_heads
from workflowllm.annotation.rules.english import (
    SOURCE_WORDS,
    condition,
    keyword_arguments,
    plain_text,
    shortened,
    split_name,
    words,
)
from workflowllm.annotation.rules.phrases import Phrase, action_phrase
from workflowllm.shortcuts.dialect.bindings import called, classify, is_append
from workflowllm.shortcuts.from_python.program import Program
from workflowllm.shortcuts.model.identifiers import identifier_of

_LONG_DATA = 400  # characters of a text without spaces that is data, not words


@dataclass(slots=True)
class PlanStep:
    """One line of code in words.

    Its kind is action, note, set, result, pass or loop, or if or menu, whose children are branches.
    """

    line: int
    text: str  # an imperative sentence without its full stop; of a branch, its condition or title
    weight: int = 1
    kind: str = "action"
    children: list["PlanStep"] = field(default_factory=list)
    output: str = ""  # the name that the line assigns
    stores: str = ""  # of `output = name`, that name

    def walk(self) -> Iterator["PlanStep"]:
        """This step and all steps inside it."""
        yield self
        for child in self.children:
            yield from child.walk()


def steps_of(program: Program, code: str) -> list[PlanStep]:
    """The steps of a program in order."""
    return _Reader(statement_heads(code), code.split("\n")).block(program.tree.body)


class _Reader:
    def __init__(self, heads: Sequence[int], lines: Sequence[str]):
        self.heads = heads
        self.lines = lines

    def block(self, statements: Sequence[ast.stmt]) -> list[PlanStep]:
        steps: list[PlanStep] = []
        before: ast.stmt | None = None
        for statement in statements:
            steps.append(self.step(statement, before))
            before = statement
        return steps

    def step(self, node: ast.stmt, before: ast.stmt | None) -> PlanStep:
        if isinstance(node, ast.If):
            return self.branches(node)
        if isinstance(node, ast.For):
            return PlanStep(node.lineno, loop_text(node), 3, "loop", self.block(node.body))
        if isinstance(node, ast.Match):
            return self.menu(node)
        return simple_step(node, before)

    def branches(self, node: ast.If) -> PlanStep:
        choice = PlanStep(node.lineno, condition(node.test), 3, "if")
        kind = "if"
        while True:
            choice.children.append(PlanStep(node.lineno, condition(node.test), 3, kind, self.block(node.body)))
            rest = node.orelse
            if not rest:
                return choice
            if isinstance(rest[0], ast.If) and len(rest) == 1 and rest[0].col_offset == node.col_offset:
                node, kind = rest[0], "elif"
                continue
            choice.children.append(PlanStep(self.else_line(rest[0]), "", 3, "else", self.block(rest)))
            return choice

    def else_line(self, first: ast.stmt) -> int:
        """The line of the `else` whose block a statement begins, which may be the statement's own line."""
        before = self.lines[first.lineno - 1].encode("utf-8", "surrogatepass")[: first.col_offset]
        return first.lineno if before.strip() else self.head_before(first.lineno)

    def head_before(self, line: int) -> int:
        """The last line of code before a line."""
        return self.heads[max(bisect_left(self.heads, line) - 1, 0)]

    def menu(self, node: ast.Match) -> PlanStep:
        prompt = node.subject.args[0] if called(node.subject) and node.subject.args else None
        text = (plain_text(prompt) or "") if prompt is not None else ""
        if called(node.subject) != "menu":
            text = words(node.subject)
        menu = PlanStep(node.lineno, shortened(text, 80), 3, "menu")
        for case in node.cases:
            title = case_title(case)
            line = self.head_before(case.pattern.lineno + 1)
            menu.children.append(PlanStep(line, title, 3, "case", self.block(case.body)))
        return menu


def case_title(case: ast.match_case) -> str:
    """The title of a menu's case; "" for the actions before the first case."""
    if called(case.guard) == "shown_as" and case.guard.args:
        return shortened(plain_text(case.guard.args[0]) or words(case.guard.args[0]), 50)
    pattern = case.pattern
    if isinstance(pattern, ast.MatchValue):
        text = plain_text(pattern.value)
        return shortened(text if text is not None else words(pattern.value), 50) or "an empty item"
    return ""


def loop_text(node: ast.For) -> str:
    """A loop's head in words."""
    source = node.iter
    if called(source) == "enumerate" and source.args:
        source = source.args[0]
    if called(source) == "range" and source.args:
        last = source.args[-1]
        if len(source.args) == 2 and isinstance(last, ast.BinOp):
            last = last.left
        if isinstance(last, ast.Constant) and isinstance(last.value, int):
            count = last.value - (len(source.args) == 2)
            return f"Repeat {count} times" if count != 1 else "Do this once"
        number = plain_text(last)
        return f"Repeat {number} times" if number and number.isdigit() else f"Repeat as often as {words(last)} says"
    if called(source) in ("is_workflow_actions_repeat_count", "is_workflow_actions_repeat_each"):
        arguments = keyword_arguments(source)
        subject = arguments.get("WFInput") or arguments.get("WFRepeatCount")
        return f"Go through {words(subject)}" if subject is not None else "Repeat the steps"
    return f"Go through each item of {words(source)}"


def simple_step(node: ast.stmt, before: ast.stmt | None) -> PlanStep:
    """A statement that holds no block."""
    if isinstance(node, ast.Pass):
        return PlanStep(node.lineno, "Do nothing", 0, "pass")
    if isinstance(node, ast.Expr):
        return expression_step(node)
    if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        return assignment_step(node, target, node.value, before)
    if isinstance(node, ast.AugAssign):
        return PlanStep(node.lineno, f"Change {words(node.target)} by {words(node.value)}", 2, "set")
    return PlanStep(node.lineno, "Go on", 1)


def expression_step(node: ast.Expr) -> PlanStep:
    value = node.value
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return PlanStep(node.lineno, f"Note: {shortened(value.value, 500) or 'an empty comment'}", 0, "note")
    if is_append(value):
        added = words(value.args[0]) if value.args else "the result"
        return PlanStep(node.lineno, f"Add {added} to the list {split_name(value.func.value.id)}", 1, "set")
    name = called(value)
    if name in ("block_result", "branch"):
        return PlanStep(node.lineno, "Keep the settings of this block", 0, "result")
    if name == "import_question":
        arguments = keyword_arguments(value)
        question = words(arguments["Text"]) if "Text" in arguments else "for a value"
        return PlanStep(node.lineno, f"Ask on installation {question}", 2)
    if name == "is_workflow_actions_comment":
        return PlanStep(node.lineno, action_of(value).text, 0, "note")
    return PlanStep(node.lineno, *action_of(value))


def assignment_step(node: ast.stmt, target: ast.expr, value: ast.expr, before: ast.stmt | None) -> PlanStep:
    """`name = value`, in words that depend on the kind of value."""
    if called(value) == "block_result":
        return PlanStep(node.lineno, f"Keep {_block_words(before)}", 0, "result")
    if isinstance(target, ast.Subscript):
        text = f"Set {words(target.slice)} of {words(target.value)} to {words(value)}"
        return PlanStep(node.lineno, text, 1, "set")
    name, kind = split_name(target.id) if isinstance(target, ast.Name) else "value", classify(value)
    if kind == "declare":
        start = "an empty list" if isinstance(value, ast.List) else "no value"
        return PlanStep(node.lineno, f"Start {name} with {start}", 0, "set")
    if kind == "missing":
        return PlanStep(node.lineno, f"Refer to {name}, which no action of this shortcut makes", 0, "set")
    if kind == "reference":
        source = value.id if isinstance(value, ast.Name) else ""
        return PlanStep(node.lineno, f"Store {words(value)} as {name}", 1, "set", output=name, stores=source)
    return PlanStep(node.lineno, *action_of(value), output=target.id if isinstance(target, ast.Name) else "")


def _block_words(before: ast.stmt | None) -> str:
    if isinstance(before, ast.For):
        return "the results of all rounds"
    return "the result of the menu" if isinstance(before, ast.Match) else "the result of the condition"


def action_of(value: ast.expr) -> Phrase:
    """The action that an expression compiles to, in words."""
    text = plain_text(value)
    if text is not None:
        return Phrase(text_phrase(text, value), 1)
    if isinstance(value, ast.Subscript):
        return Phrase(f"Get {words(value)}", 1)
    if isinstance(value, ast.Call):
        return _call_phrase(value)
    if isinstance(value, ast.Dict):
        return Phrase(f"Make {words(value)}", 1)
    return Phrase(f"Work out {words(value)}" if not isinstance(value, ast.List) else f"Make {words(value)}", 1)


def text_phrase(text: str, value: ast.expr) -> str:
    """A Text action in words: the kind of text and its beginning."""
    stripped = text.strip()
    if len(stripped) > _LONG_DATA and " " not in stripped[:_LONG_DATA]:
        return f"Hold {len(stripped):,} characters of encoded data as text"
    start = stripped.lower()
    kind = "text"
    if start.startswith(("<!doctype", "<html", "<body", "<style", "<script", "<div")):
        kind = "HTML"
    elif start.startswith(("{", "[{")) and start.endswith(("}", "]")) and ":" in start:
        kind = "JSON"
    verb = "Build" if isinstance(value, ast.JoinedStr) else "Write"
    shown = words(value, 60)
    if isinstance(value, ast.JoinedStr) and not shown.startswith('"'):
        return f"Take {shown} as text"
    return f"{verb} the {kind} {shown}" if shown.startswith('"') else f"Write {shown}"


def _call_phrase(call: ast.Call) -> Phrase:
    name = called(call)
    if isinstance(call.func, ast.Attribute):
        return Phrase(f"Get {words(call)}", 1)
    if name == "input":
        return Phrase(f"Ask the user {words(call.args[0])}" if call.args else "Ask the user for a value", 3)
    if name == "print":
        return Phrase(f"Show {words(call.args[0]) if call.args else 'the result'}", 3)
    if name == "len":
        return Phrase(f"Count the items of {words(call.args[0]) if call.args else 'the input'}", 1)
    if name == "action" and call.args:
        return action_phrase(plain_text(call.args[0]) or "", keyword_arguments(call))
    if name and "_" in name and name not in SOURCE_WORDS:
        return action_phrase(identifier_of(name), keyword_arguments(call))
    return Phrase(f"Take {words(call)}", 1)


def comment_of(step: PlanStep) -> str:
    """The comment above a step's line."""
    if step.kind == "if":
        return f"Check whether {step.text}"
    if step.kind == "elif":
        return f"Otherwise, check whether {step.text}"
    if step.kind == "else":
        return "Otherwise, take this path"
    if step.kind == "menu":
        return f'Let the user choose from a menu: "{step.text}"' if step.text else "Let the user choose from a menu"
    if step.kind == "case":
        return f'When the user chooses "{step.text}"' if step.text else "Before any choice"
    return f"Note: {shortened(step.text.removeprefix('Note: '), 100)}" if step.kind == "note" else step.text
