"""The tree of a shortcut, printed as Python by pre-order traversal.

`docs/dialect.md` lists each construct beside its Python; `from_python/` compiles the text back.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.model.mending import mended_tree
from workflowllm.shortcuts.model.plist_types import QuestionDict, Workflow
from workflowllm.shortcuts.model.questions import Questions, place_questions
from workflowllm.shortcuts.model.tree import (
    Action,
    Branch,
    If,
    Leaf,
    Loop,
    Menu,
    NestingError,
    Node,
    build_tree,
    flatten,
    read_actions,
)
from workflowllm.shortcuts.model.workflow import QUESTIONS
from workflowllm.shortcuts.to_python import blocks
from workflowllm.shortcuts.to_python.scope import Scope
from workflowllm.shortcuts.to_python.statements import statement
from workflowllm.shortcuts.to_python.values import ValuePrinter

MAX_INDENT = 98  # CPython reads at most 100 levels


@dataclass(slots=True)
class Conversion:
    """A shortcut as Python."""

    code: str
    apis: list[str]  # identifiers in order of first use
    metadata: dict[str, Any]  # the property list's other top-level keys, as far as the code does not say them
    repairs: list[str]  # what was changed so that the blocks nest


def to_python(workflow: Workflow, repair: bool = False) -> Conversion:
    """Convert a workflow's property list. Raises ShortcutError where it cannot be said in Python."""
    try:
        return _converted(workflow, repair)
    except RecursionError:
        raise ShortcutError("The shortcut has a value that is nested too deeply to be said in Python.") from None


def _converted(workflow: Workflow, repair: bool) -> Conversion:
    actions = read_actions(workflow)
    tree, changes = mended_tree(actions) if repair else (build_tree(actions), [])
    if changes:
        actions = flatten(tree)
    metadata = {key: value for key, value in workflow.items() if key != "WFWorkflowActions"}
    questions = place_questions(tree, metadata.get(QUESTIONS))
    if questions.placed or questions.last:
        del metadata[QUESTIONS]
    lines = Printer(actions, questions).program(tree)
    apis = list(dict.fromkeys(action.identifier for action in actions))
    return Conversion("\n".join(lines) + "\n" if lines else "", apis, metadata, changes)


class Printer:
    """Prints statements line by line, with their indentation."""

    def __init__(self, actions: Sequence[Action], questions: Questions):
        self.scope = Scope(actions)
        self.values = ValuePrinter(self.scope)
        self.questions = questions
        self.lines: list[str] = []
        self.indent = ""
        self.loops = 0  # around the current statement

    def program(self, tree: Sequence[Node]) -> list[str]:
        """The lines of a whole shortcut."""
        self.block(tree)
        last = [self.question(entry) for entry in self.questions.last]
        return self.scope.declarations() + self.lines + last

    def add(self, text: str) -> None:
        self.lines.append(self.indent + text)

    def question(self, entry: QuestionDict) -> str:
        return f"import_question({self.values.arguments(entry)})"

    def block(self, nodes: Sequence[Node]) -> None:
        if not nodes:
            self.add("pass")
        for node in nodes:
            action = node.action if type(node) is Leaf else node.start
            self.scope.index = action.index
            for entry in self.questions.placed.get(action.index, ()):
                self.add(self.question(entry))
            self.scope.is_first = not self.lines
            _STATEMENTS[type(node)](self, node)

    def body(self, nodes: Sequence[Node], first: str | None = None) -> None:
        """A block one level deeper; `first` is a line that stands before its statements."""
        outer, self.indent = self.indent, self.indent + "    "
        if len(self.indent) > 4 * MAX_INDENT:
            raise NestingError(
                f"action {self.scope.index}: the Python would be indented more than {MAX_INDENT} levels, and CPython "
                "reads at most 100; split the shortcut."
            )
        if first:
            self.add(first)
        if nodes or not first:
            self.block(nodes)
        self.indent = outer

    def leaf(self, node: Leaf) -> None:
        self.add(statement(self.values, node.action))

    def conditional(self, node: If, word: str = "if") -> None:
        self.add(f"{word} {blocks.walrus(self.values, node.start, blocks.test(self.values, node.start))}:")
        branch = self.scope.branch(lambda: self.body(node.body))
        for inner in node.elifs:
            branch += self.otherwise_if(inner)
        if node.orelse is not None:
            branch += self.scope.branch(lambda: self.orelse(node.orelse))
        self.scope.join(branch)
        self.end(node.end)

    def otherwise_if(self, branch: Branch) -> list[str]:
        """OS 27's Otherwise If: elif with branch() at its top, which tells it from an If within Otherwise."""
        self.scope.index = branch.start.index
        self.add(f"elif {blocks.test(self.values, branch.start)}:")
        first = blocks.otherwise_if_line(self.values, branch)
        return self.scope.branch(lambda: self.body(branch.body, first))

    def orelse(self, branch: Branch) -> None:
        """elif for a lone If that needs no line of its own after it; else for anything else."""
        inner = branch.body[0] if len(branch.body) == 1 else None
        first = self.branch_line(branch)
        if type(inner) is If and not first and self.can_be_elif(inner):
            self.scope.index = inner.start.index
            return self.conditional(inner, "elif")
        self.add("else:")
        return self.body(branch.body, first)

    def can_be_elif(self, node: If) -> bool:
        return node.start.index not in self.questions.placed and not blocks.needs_end(self.values, node.end)

    def loop(self, node: Loop) -> None:
        variables, source = blocks.loop_head(self.values, node, self.loops)
        self.add(f"for {variables} in {source}:")
        self.scope.enter_loop(range(node.start.index + 1, node.end.index))
        self.loops += 1
        self.body(node.body)
        self.loops -= 1
        self.end(node.end)

    def menu(self, node: Menu) -> None:
        self.add(f"match {blocks.walrus(self.values, node.start, blocks.menu_source(self.values, node))}:")
        outer, self.indent = self.indent, self.indent + "    "
        assigned: list[str] = []
        if node.before or not node.cases:
            self.add("case None:")
            self.body(node.before)
        for case in node.cases:
            self.scope.index = case.start.index
            pattern, first = blocks.case_pattern(self.values, case), self.branch_line(case)
            self.add(f"case {pattern}:")
            assigned += self.scope.branch(lambda case=case, first=first: self.body(case.body, first))
        self.scope.join(assigned)
        self.indent = outer
        self.end(node.end)

    def branch_line(self, branch: Branch) -> str | None:
        self.scope.index = branch.start.index
        return blocks.branch_line(self.values, branch)

    def end(self, end: Action) -> None:
        self.scope.index = end.index
        line = blocks.end_line(self.values, end)
        if line:
            self.add(line)


_STATEMENTS: dict[type, Callable[[Printer, Any], None]] = {
    Leaf: Printer.leaf,
    If: Printer.conditional,
    Loop: Printer.loop,
    Menu: Printer.menu,
}
