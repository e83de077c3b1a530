"""What binds a name in Python and the package does not see, each kind behind its switch."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from workflowllm.evaluation.options import Options

if TYPE_CHECKING:
    from workflowllm.evaluation.dataflow import FlowReader, Step

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
    values = [place for subject in subjects for place in reader.tokens.under(tree, subject)]
    case_clause = grammar.kinds("case_clause")
    cases = [child for child in tree.children(body) if tree.kinds[child] in case_clause]
    others = [child for child in tree.children(body) if tree.kinds[child] not in case_clause]
    reader.plan(*((reader.visit, child) for child in [*subjects, *others]), (start_cases, (reader, cases, values)))


def start_cases(argument: tuple[FlowReader, list[int], list[int]]) -> None:
    reader, cases, values = argument
    case_pattern = reader.grammar.grammar.kinds("case_pattern")
    bodies: list[list[Step]] = []
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
        place
        for pattern in patterns
        for node in range(pattern, reader.tree.ends[pattern])
        if is_capture(reader, node)
        for place in reader.tokens.under(reader.tree, node)
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
    steps: list[Step] = []
    for child in tree.children(node):
        if tree.kinds[child] in with_default:
            steps.append((reader.visit, child))
        else:
            steps.append((reader.bind, child + 1 if tree.kinds[child] in typed else child))
    reader.plan(*steps)
