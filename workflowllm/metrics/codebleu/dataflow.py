"""A program's data-flow, read from its tree in source order; each difference from the package is behind a switch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import Any

from workflowllm.metrics.codebleu.flow_state import (
    COMES_FROM,
    COMPUTED_FROM,
    Branches,
    Definitions,
    Flow,
    FlowItems,
    flow_tokens,
)
from workflowllm.metrics.codebleu.options import Options
from workflowllm.metrics.codebleu.trees import FlatTree, Grammar

# Python's stack of 1,000 frames lets the package see trees of this depth, from a function called by a script.
PACKAGE_DEPTH = 991


Visit = tuple[Callable[[Any], None], Any]


class Unreadable(ValueError):
    """The package's extraction raises at this statement."""


class FlowGrammar:
    """What the reader looks up in the grammar, looked up once."""

    def __init__(self, grammar: Grammar, options: Options) -> None:
        self.grammar, self.options = grammar, options
        self.for_in = grammar.kinds("for_in_clause")
        self.for_statement = grammar.kinds("for_statement")
        self.block = grammar.kinds("block")
        self.clauses = grammar.kinds("elif_clause", "else_clause")
        self.sequences = grammar.kinds(
            "pattern_list", "tuple_pattern", "list_pattern", "expression_list", "tuple", "list"
        )
        self.commas = frozenset(kind for kind, name in grammar.names.items() if name == ",")
        self.elses = frozenset(kind for kind, name in grammar.names.items() if "else" in name)
        self.left, self.right = grammar.field("left"), grammar.field("right")
        self.name, self.value = grammar.field("name"), grammar.field("value")
        self.handlers: dict[int, Callable[[FlowReader, int], None]] = {}
        for names, handler in (HANDLERS | binding_handlers(options)).items():
            self.handlers.update(dict.fromkeys(grammar.kinds(*names.split()), handler))

    def data_flow(self, tree: FlatTree) -> Flow:
        """The items of a tree, in source order."""
        if tree.depth > PACKAGE_DEPTH and not self.options.any_depth:
            return Flow([], frozenset())
        reader = FlowReader(tree, self)
        try:
            reader.run()
        except Unreadable:
            return Flow([], frozenset())
        return reader.items.result()


class FlowReader:
    """Reads one tree in source order. What is still to be done lies on a stack of (step, its argument)."""

    def __init__(self, tree: FlatTree, grammar: FlowGrammar) -> None:
        self.tree, self.grammar = tree, grammar
        self.tokens = flow_tokens(tree, grammar.grammar, grammar.options)
        # How many nodes before each one need a handler: where none lies inside, the tokens are simply read.
        self.handled = list(accumulate(map(grammar.handlers.__contains__, tree.kinds), initial=0))
        self.defined = Definitions()
        self.items = FlowItems()
        self.rereading = 0
        self.todo: list[Visit] = []

    def run(self) -> None:
        self.todo.append((self.visit, 0))
        while self.todo:
            step, argument = self.todo.pop()
            step(argument)

    def plan(self, *steps: Visit) -> None:
        """Do these next, in this order."""
        self.todo.extend(reversed(steps))

    def visit(self, node: int) -> None:
        if self.handled[self.tree.ends[node]] == self.handled[node]:
            self.read(self.tokens.under(self.tree, node))
            return
        handler = self.grammar.handlers.get(self.tree.kinds[node], FlowReader.visit_children)
        try:
            handler(self, node)
        except Unreadable:
            if not self.grammar.options.keep_partial_flow:
                raise
            self.visit_children(node)

    def visit_children(self, node: int) -> None:
        """In order, but the `for ... in` of a comprehension before the expression that it feeds."""
        children = self.tree.children(node)
        first = [child for child in children if self.tree.kinds[child] in self.grammar.for_in]
        if first:
            children = first + [child for child in children if self.tree.kinds[child] not in self.grammar.for_in]
        self.plan(*((self.visit, child) for child in children))

    def read(self, tokens_read: range) -> None:
        tokens, reaching, items = self.tokens, self.defined.reaching, self.items
        for token in tokens_read:
            name, index = tokens.names[token], tokens.indexes[token]
            definition = reaching.get(name)
            if definition is not None:
                items.add(index, name, COMES_FROM, (name,))
                items.flowing.add(index)
                items.flow(definition)
                continue
            if tokens.identifiers[token]:
                self.read_unknown(name, index)
            items.add(index, name, COMES_FROM, ())

    def read_unknown(self, name: str, index: int) -> None:
        if not self.grammar.options.bindings_define:
            self.defined.define(name, index)

    def assign(self, sides: tuple[int, int]) -> None:
        """The tokens on the left are computed from those on the right."""
        left, right = sides
        self.compute(self.tokens.under(self.tree, left), self.tokens.under(self.tree, right))

    def compute(self, targets: Iterable[int], values: Sequence[int]) -> None:
        tokens, items = self.tokens, self.items
        sources = tuple([tokens.names[token] for token in values])
        origins = [tokens.indexes[token] for token in values]
        for token in targets:
            name, index = tokens.names[token], tokens.indexes[token]
            items.add(index, name, COMPUTED_FROM, sources)
            if origins:
                items.flowing.add(index)
                items.flowing.update(origins)
            self.bind_name(name, index)

    def bind_name(self, name: str, index: int) -> None:
        self.items.variables.add(name)
        self.defined.define(name, index)

    def assignment(self, node: int) -> None:
        right = self.tree.child_by_field(node, self.grammar.right)
        if right is None:  # an annotation without a value
            return
        self.plan(*self.assignment_steps(self.field(node, self.grammar.left), right))

    def assignment_steps(self, left: int, right: int) -> list[Visit]:
        pairs = self.pairs(left, right)
        return [*((self.visit, value) for _, value in pairs), *((self.assign, pair) for pair in pairs)]

    def pairs(self, left: int, right: int) -> list[tuple[int, int]]:
        """Sides with equally many children, commas apart, are paired child by child."""
        lefts, rights = self.parts(left), self.parts(right)
        kinds = {self.tree.kinds[left], self.tree.kinds[right]}
        options = self.grammar.options
        if not lefts or len(lefts) != len(rights) or (options.pair_sequences and kinds - self.grammar.sequences):
            return [(left, right)]
        if kinds & self.grammar.grammar.strings:
            if not options.keep_partial_flow:
                raise Unreadable("the parts of a string are no tokens of their own")
            return [(left, right)]
        return list(zip(lefts, rights))

    def parts(self, node: int) -> list[int]:
        return [child for child in self.tree.children(node) if self.tree.kinds[child] not in self.grammar.commas]

    def field(self, node: int, field: int) -> int:
        child = self.tree.child_by_field(node, field)
        if child is None:
            raise Unreadable("a part is missing")
        return child

    def comprehension(self, node: int) -> None:
        value = self.tree.children(node)[-1]
        self.plan((self.visit, value), (self.assign, (self.field(node, self.grammar.left), value)))

    def default_parameter(self, node: int) -> None:
        name = self.field(node, self.grammar.name)
        value = self.tree.child_by_field(node, self.grammar.value)
        if value is None:
            self.bind(name)
        else:
            self.plan((self.visit, value), (self.take_default, (name, value)))

    def bind(self, node: int) -> None:
        """Its tokens are defined from here on, from nothing."""
        for token in self.tokens.under(self.tree, node):
            self.items.add(self.tokens.indexes[token], self.tokens.names[token], COMES_FROM, ())
            self.bind_name(self.tokens.names[token], self.tokens.indexes[token])

    def take_default(self, sides: tuple[int, int]) -> None:
        """As an assignment, but token by token, and a parameter "comes from" its default."""
        left, right = (self.tokens.under(self.tree, side) for side in sides)
        tokens = self.tokens
        for token in left:
            for source in right:
                self.items.add(tokens.indexes[token], tokens.names[token], COMES_FROM, (tokens.names[source],))
                self.items.flowing.update((tokens.indexes[token], tokens.indexes[source]))
            self.bind_name(tokens.names[token], tokens.indexes[token])

    def if_statement(self, node: int) -> None:
        """Each `elif` and `else` starts from the state before the `if`, its condition not yet read."""
        kinds = self.tree.kinds
        children = self.tree.children(node)
        clauses = [child for child in children if kinds[child] in self.grammar.clauses]
        main = [child for child in children if kinds[child] not in self.grammar.clauses]
        exhaustive = any(kinds[child] in self.grammar.elses for child in children)
        self.branches([[(self.visit, child) for child in main], *([(self.visit, one)] for one in clauses)], exhaustive)

    def branches(self, bodies: list[list[Visit]], exhaustive: bool) -> None:
        """Each body starts from the present state."""
        branches = self.defined.begin()
        ended = [[*body, (self.defined.end_branch, branches)] for body in bodies]
        self.plan(*(step for body in ended for step in body), (self.join, (branches, exhaustive)))

    def join(self, argument: tuple[Branches, bool]) -> None:
        self.defined.join(*argument)

    def loop(self, node: int) -> None:
        body = self.for_steps(node) if self.tree.kinds[node] in self.grammar.for_statement else self.while_steps(node)
        if self.rereading:
            self.plan(*body)
        else:
            self.plan(*body, (self.reread, 1), *body, (self.reread, -1))

    def reread(self, change: int) -> None:
        self.rereading += change

    def while_steps(self, node: int) -> list[Visit]:
        return [(self.visit, child) for child in self.tree.children(node)]

    def for_steps(self, node: int) -> list[Visit]:
        left, right = self.field(node, self.grammar.left), self.field(node, self.grammar.right)
        if self.grammar.options.pair_sequences:
            steps: list[Visit] = [(self.visit, right), (self.assign, (left, right))]
        else:
            steps = self.assignment_steps(left, right)
        return steps + [(self.visit, body) for body in self.for_bodies(node)]

    def for_bodies(self, node: int) -> list[int]:
        """The package reads the last child if that is the body: it is not in a loop with an `else`."""
        children = self.tree.children(node)
        bodies = self.grammar.block | (self.grammar.clauses if self.grammar.options.see_loop_else else frozenset())
        if not self.grammar.options.see_loop_else:
            children = children[-1:]
        return [child for child in children if self.tree.kinds[child] in bodies]


HANDLERS: dict[str, Callable[[FlowReader, int], None]] = {
    "assignment augmented_assignment": FlowReader.assignment,
    "for_in_clause": FlowReader.comprehension,
    "if_statement": FlowReader.if_statement,
    "for_statement while_statement": FlowReader.loop,
    "default_parameter": FlowReader.default_parameter,
}


Handler = Callable[["FlowReader", int], None]


def binding_handlers(options: Options) -> dict[str, Handler]:
    """Node kinds, separated by blanks, and what reads them, for the switches that are on."""
    handlers: dict[str, Handler] = {}
    if options.bindings_define:
        handlers["function_definition class_definition"] = named_definition
    if options.see_match:
        handlers["match_statement"] = match_statement
    if options.see_with:
        handlers["as_pattern"] = as_pattern
    if options.see_walrus:
        handlers["named_expression"] = named_expression
    if options.see_imports:
        handlers["import_statement import_from_statement future_import_statement"] = import_names
    if options.see_parameters:
        handlers["parameters lambda_parameters"] = parameters
        handlers["typed_default_parameter"] = lambda reader, node: reader.default_parameter(node)
    return handlers


def named_definition(reader: FlowReader, node: int) -> None:
    """`def f` and `class f` define f."""
    name = reader.field(node, reader.grammar.name)
    others = [child for child in reader.tree.children(node) if child != name]
    reader.plan((reader.bind, name), *((reader.visit, child) for child in others))


def match_statement(reader: FlowReader, node: int) -> None:
    """The cases are branches; what a pattern captures is computed from the subject."""
    tree, grammar = reader.tree, reader.grammar.grammar
    body = reader.field(node, grammar.field("body"))
    subjects = [child for child in tree.children(node) if tree.fields[child] == grammar.field("subject")]
    values = [token for subject in subjects for token in reader.tokens.under(tree, subject)]
    case_clause = grammar.kinds("case_clause")
    cases = [child for child in tree.children(body) if tree.kinds[child] in case_clause]
    others = [child for child in tree.children(body) if tree.kinds[child] not in case_clause]
    reader.plan(*((reader.visit, child) for child in [*subjects, *others]), (start_cases, (reader, cases, values)))


def start_cases(argument: tuple[FlowReader, list[int], list[int]]) -> None:
    reader, cases, values = argument
    case_pattern = reader.grammar.grammar.kinds("case_pattern")
    bodies: list[list[Visit]] = []
    exhaustive = False
    for case in cases:
        children = reader.tree.children(case)
        patterns = [child for child in children if reader.tree.kinds[child] in case_pattern]
        exhaustive = exhaustive or any(is_wildcard(reader, pattern) for pattern in patterns)
        others = [child for child in children if child not in patterns]
        bodies.append([(capture, (reader, patterns, values)), *((reader.visit, child) for child in others)])
    reader.branches(bodies, exhaustive)


def is_wildcard(reader: FlowReader, pattern: int) -> bool:
    children = reader.tree.children(pattern)
    return len(children) == 1 and reader.grammar.grammar.names[reader.tree.kinds[children[0]]] == "_"


def capture(argument: tuple[FlowReader, list[int], list[int]]) -> None:
    reader, patterns, values = argument
    targets = [
        token
        for pattern in patterns
        for node in range(pattern, reader.tree.ends[pattern])
        if is_capture(reader, node)
        for token in reader.tokens.under(reader.tree, node)
    ]
    reader.compute(targets, values)


def is_capture(reader: FlowReader, node: int) -> bool:
    """A name alone, or after `*`, `**` or `as`; not a class, a dotted value or the keyword of a class pattern."""
    tree, grammar = reader.tree, reader.grammar.grammar
    kind, before = grammar.names[tree.kinds[node]], grammar.names[tree.kinds[node - 1]]
    if kind == "identifier":
        return before in ("*", "**", "as")
    return kind == "dotted_name" and before != "class_pattern" and tree.ends[node] == node + 2


def as_pattern(reader: FlowReader, node: int) -> None:
    """`with value as target`, `except value as target`."""
    target = reader.field(node, reader.grammar.grammar.field("alias"))
    value = node + 1
    reader.plan((reader.visit, value), (reader.assign, (target, value)))


def named_expression(reader: FlowReader, node: int) -> None:
    name, value = (reader.field(node, field) for field in (reader.grammar.name, reader.grammar.value))
    reader.plan((reader.visit, value), (reader.assign, (name, value)))


def import_names(reader: FlowReader, node: int) -> None:
    """`import a.b` binds a, `from a import b` binds b, `as c` binds c instead."""
    tree, grammar = reader.tree, reader.grammar.grammar
    aliased_import, alias = grammar.kinds("aliased_import"), grammar.field("alias")
    for child in tree.children(node):
        if tree.fields[child] == reader.grammar.name:
            bound = reader.field(child, alias) if tree.kinds[child] in aliased_import else child + 1
            reader.bind(bound)


def parameters(reader: FlowReader, node: int) -> None:
    tree, grammar = reader.tree, reader.grammar.grammar
    with_default = grammar.kinds("default_parameter", "typed_default_parameter")
    typed = grammar.kinds("typed_parameter")
    steps: list[Visit] = []
    for child in tree.children(node):
        if tree.kinds[child] in with_default:
            steps.append((reader.visit, child))
        else:
            steps.append((reader.bind, child + 1 if tree.kinds[child] in typed else child))
    reader.plan(*steps)
