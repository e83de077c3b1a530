"""The tree of a shortcut, printed as Python by pre-order traversal.

`data/dialect.md` lists each construct beside its Python; `from_python.py` compiles the text back.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from workflowllm.shortcuts.dialect import words as dialect
from workflowllm.shortcuts.dialect.literals import line_literal
from workflowllm.shortcuts.model.links import Links, find_links
from workflowllm.shortcuts.model.questions import place_questions
from workflowllm.shortcuts.model.tree import (
    OPEN,
    REPEAT_EACH,
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
    mode_of,
    read_actions,
)
from workflowllm.shortcuts.to_python import blocks as heads
from workflowllm.shortcuts.to_python import statements
from workflowllm.shortcuts.to_python.flow import Flow
from workflowllm.shortcuts.to_python.names import Names, choose_names
from workflowllm.shortcuts.to_python.values import ValuePrinter

MAX_INDENT = 98  # CPython reads at most 100 levels


@dataclass(slots=True)
class Conversion:
    """A shortcut as Python."""

    code: str
    apis: list[str]  # identifiers in order of first use
    metadata: dict[str, Any]  # the property list's other top-level keys, as far as the code does not say them


def to_python(workflow: dict[str, Any], repair: bool = False) -> Conversion:
    """Convert a workflow's property list. Raises ShortcutError where it cannot be said in Python."""
    actions = read_actions(workflow)
    tree = build_tree(actions, repair)
    if repair:
        actions = flatten(tree)
    metadata = {key: value for key, value in workflow.items() if key != "WFWorkflowActions"}
    printer = Printer(actions)
    questions = place_questions(tree, metadata.get("WFWorkflowImportQuestions"))
    if questions.placed or questions.last:
        del metadata["WFWorkflowImportQuestions"]
    printer.questions = {at: [printer.question(entry) for entry in entries] for at, entries in questions.placed.items()}
    printer.block(tree)
    printer.lines += [printer.question(entry) for entry in questions.last]
    lines = printer.declarations() + printer.lines
    del printer.values  # it holds the printer: without this cycle, memory is free before anything collects garbage
    apis = list(dict.fromkeys(action.identifier for action in actions))
    return Conversion("\n".join(lines) + "\n" if lines else "", apis, metadata)


def own_groups(actions: Sequence[Action]) -> set[str]:
    """Group identifiers that stand for one block only, so that any new identifier can stand for them."""
    owners = (action for action in actions if mode_of(action) in (None, OPEN))
    groups = Counter(owner.parameters.get("GroupingIdentifier") for owner in owners if _has_group(owner))
    return {group for group, count in groups.items() if count == 1}


def _has_group(action: Action) -> bool:
    return isinstance(action.parameters.get("GroupingIdentifier"), str)


class Printer:
    """Prints statements, keeping the indentation and which names are assigned so far."""

    def __init__(self, actions: Sequence[Action]):
        self.links: Links = find_links(actions)
        self.names: Names = choose_names(actions, self.links)
        self.actions = actions
        self.own_groups = own_groups(actions)
        self.at = 0
        self.depth = 0  # loops around the current statement
        self.indent = ""
        self.lines: list[str] = []
        self.flow = Flow(self.links, self.names, actions)
        self.annotated: set[str] = set()
        self.questions: dict[int, list[str]] = {}
        self.values = ValuePrinter(self.output, self.variable)

    # Names

    def output(self, uuid: str, _label: Any) -> str:
        maker = self.links.maker(uuid, self.at)
        return self.flow.use(self.names.missing[uuid] if maker is None else self.names.outputs[maker])

    def variable(self, name: str) -> str:
        return self.flow.use(self.names.variables[name])

    def implicit(self) -> str | None:
        """The name of the implicit input of the current action."""
        maker = self.links.implicit.get(self.at)
        return None if maker is None else self.flow.use(self.names.outputs[maker])

    def target(self, name: str, shown: Any) -> str:
        """`name` on the left of an assignment, annotated with the name that Shortcuts shows where it needs one."""
        return f"{name}: {line_literal(shown)}" if isinstance(shown, str) else name

    def variable_target(self, variable: str) -> str:
        name = self.names.variables[variable]
        self.flow.assign(name)
        if name == variable or name in self.annotated:
            return name
        self.annotated.add(name)
        return self.target(name, variable)

    def output_target(self, action: Action) -> str:
        """`name = `, for an action whose output has a name; call it after the action's own values are printed."""
        name = self.names.outputs.get(action.index)
        if name is None:
            return ""
        self.flow.assign(name)
        return self.target(name, action.parameters.get("CustomOutputName")) + " = "

    def declarations(self) -> list[str]:
        """Names that nothing assigns before they are used: dangling references, and lists that are only added to."""
        shown = {name: variable for variable, name in self.names.variables.items()}
        missing = {name: uuid for uuid, name in self.names.missing.items()}
        lines = []
        for name, is_list in self.flow.undefined.items():
            value = f"missing({line_literal(missing[name])})" if name in missing else "[]" if is_list else "None"
            needs = name in shown and shown[name] != name
            lines.append(f"{self.target(name, shown[name] if needs else None)} = {value}")
        return lines

    def control_keys(self, action: Action) -> frozenset[str]:
        """The keys of a block's mark that go without saying: those of every block, and a group that is its own."""
        group = action.parameters.get("GroupingIdentifier")
        own = isinstance(group, str) and group in self.own_groups
        return dialect.CONTROL_KEYS if own else dialect.CONTROL_KEYS - {"GroupingIdentifier"}

    # Statements

    def add(self, text: str) -> None:
        self.lines.append(self.indent + text)

    def question(self, entry: dict[str, Any]) -> str:
        return f"import_question({self.values.arguments(entry)})"

    def block(self, nodes: Sequence[Node]) -> None:
        if not nodes:
            self.add("pass")
        for node in nodes:
            action = node.action if type(node) is Leaf else node.start
            self.at = action.index
            for line in self.questions.get(self.at, ()):
                self.add(line)
            _STATEMENTS[type(node)](self, node)

    def body(self, nodes: Sequence[Node], first: str | None = None) -> None:
        """A block one level deeper; `first` is a line that stands before its statements."""
        outer, self.indent = self.indent, self.indent + "    "
        if len(self.indent) > 4 * MAX_INDENT:
            raise NestingError(
                f"action {self.at}: the Python would be indented more than {MAX_INDENT} levels, and CPython "
                "reads at most 100; split the shortcut."
            )
        if first:
            self.add(first)
        if nodes or not first:
            self.block(nodes)
        self.indent = outer

    def leaf(self, node: Leaf) -> None:
        self.add(statements.statement(self, node.action))

    def conditional(self, node: If, word: str = "if") -> None:
        self.add(f"{word} {self.named(node.start, heads.test(self, node.start))}:")
        branch = self.flow.branch(lambda: self.body(node.body))
        if node.orelse is not None:
            branch += self.flow.branch(lambda: self.orelse(node.orelse))
        self.flow.join(branch)
        self.end(node.end)

    def orelse(self, branch: Branch) -> None:
        """elif for a lone If that needs no line of its own after it; else for anything else."""
        inner = branch.body[0] if len(branch.body) == 1 else None
        first = self.branch_line(branch)
        if (
            type(inner) is If
            and not first
            and inner.start.index not in self.questions
            and not self.needs_end(inner.end)
        ):
            self.at = inner.start.index
            return self.conditional(inner, "elif")
        self.add("else:")
        return self.body(branch.body, first)

    def loop(self, node: Loop) -> None:
        each = node.start.identifier == REPEAT_EACH
        source = heads.each_source(self, node.start) if each else None
        suffix = f" {self.depth + 1}" if self.depth else ""
        inside = range(node.start.index + 1, node.end.index)
        item = self.loop_variable("Repeat Item" + suffix, inside) if each else None
        index = self.loop_variable("Repeat Index" + suffix, inside)
        if each:
            source = self.named(node.start, source)
            head = f"{index}, {item or '_'} in enumerate({source}, start=1)" if index else f"{item or '_'} in {source}"
        else:
            source = self.named(node.start, heads.count_source(self, node.start, index is not None))
            head = f"{index or '_'} in {source}"
        self.add(f"for {head}:")
        self.flow.enter_loop(inside)
        self.depth += 1
        self.body(node.body)
        self.depth -= 1
        self.end(node.end)

    def loop_variable(self, variable: str, inside: range) -> str | None:
        """The Python name of a loop's variable, where something in the loop reads it."""
        reads = self.links.variables.get(variable, ())
        at = bisect_left(reads, inside.start)
        if at == len(reads) or reads[at] >= inside.stop:
            return None
        name = self.names.variables[variable]
        self.flow.assign(name)
        return name

    def menu(self, node: Menu) -> None:
        self.add(f"match {self.named(node.start, heads.menu_source(self, node))}:")
        outer, self.indent = self.indent, self.indent + "    "
        assigned: list[str] = []
        if node.before or not node.cases:
            self.add("case None:")
            self.body(node.before)
        for case in node.cases:
            self.at = case.start.index
            pattern, first = heads.case_pattern(self, case), self.branch_line(case)
            self.add(f"case {pattern}:")
            assigned += self.flow.branch(lambda case=case, first=first: self.body(case.body, first))
        self.flow.join(assigned)
        self.indent = outer
        self.end(node.end)

    def named(self, start: Action, source: str) -> str:
        """A block's head; in the rare case that something refers to its opening action, with a name for that."""
        name = self.names.outputs.get(start.index)
        if name is None:
            return source
        self.flow.assign(name)
        return f"({name} := {source})"

    def branch_line(self, branch: Branch) -> str | None:
        """What a branch's opening action stores beyond the usual, as a line in the branch."""
        self.at = branch.start.index
        return self.mark_line("branch", branch.start, heads.branch_extra(branch))

    def needs_end(self, end: Action) -> bool:
        return end.index in self.names.outputs or bool(end.other or heads.end_extra(end))

    def end(self, end: Action) -> None:
        """`name = block_result()` after a block whose result is used."""
        self.at = end.index
        line = self.mark_line("block_result", end, heads.end_extra(end))
        if line:
            self.add(line)

    def mark_line(self, word: str, action: Action, extra: dict[str, Any]) -> str | None:
        """`name = word(...)` with what a block's mark stores; None where nothing needs saying."""
        parts = [self.values.value(action.other)] if action.other else []
        if extra:
            parts.append(self.values.arguments(extra))
        target = self.output_target(action)
        return f"{target}{word}({', '.join(parts)})" if parts or target else None


_STATEMENTS: dict[type, Callable[[Printer, Any], None]] = {
    Leaf: Printer.leaf,
    If: Printer.conditional,
    Loop: Printer.loop,
    Menu: Printer.menu,
}
