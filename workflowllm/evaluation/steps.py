"""What a workflow does, as steps: each is an action's identifier, or a block with its branches.

Code that compiles is read exactly, from its actions. Of any other code `rough_steps.py` reads what can be made out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from workflowllm.evaluation.rough_steps import rough_steps
from workflowllm.evaluation.step_kinds import COMMENT, Block, Step
from workflowllm.shortcuts.errors import ShortcutError
from workflowllm.shortcuts.from_python import compile_program, parse_program
from workflowllm.shortcuts.tree import Leaf, Node, branches, build_tree, first_body, read_actions
from workflowllm.shortcuts.workflow import build_workflow, to_bytes

MOST_CHARACTERS = 4_000_000  # of code that is read at all: dense code takes 3 µs a character


@dataclass(frozen=True)
class Workflow:
    """A workflow as steps, and how far its code could be read."""

    steps: list[Step] = field(default_factory=list)
    parses: bool = False  # as Python
    compiles: bool = False  # to a shortcut file

    @cached_property
    def calls(self) -> list[str]:
        """Identifiers of the actions in order; a block counts once, comments, which do nothing, not at all."""
        return [identifier for identifier in _identifiers(self.steps) if identifier != COMMENT]


def read_workflow(code: str) -> Workflow:
    """The workflow that a text holds; none of it where the text is longer than `MOST_CHARACTERS`."""
    if len(code) > MOST_CHARACTERS:
        return Workflow()
    try:
        program = parse_program(code)
    except ShortcutError:
        return Workflow(rough_steps(code))
    try:
        compiled = compile_program(program)
        workflow = build_workflow(compiled)
        steps = _steps(build_tree(read_actions(workflow)))
        to_bytes(workflow)
    except (ShortcutError, RecursionError, MemoryError):
        return Workflow(rough_steps(code), parses=True)
    return Workflow(steps, parses=True, compiles=True)


def _steps(nodes: Sequence[Node]) -> list[Step]:
    return [_step(node) for node in nodes]


def _step(node: Node) -> Step:
    if isinstance(node, Leaf):
        return node.action.identifier
    bodies = [_steps(body) for body in (first_body(node), *(branch.body for branch in branches(node)))]
    is_menu_without_rest = len(bodies) > 1 and not bodies[0] and node.start.identifier.endswith("choosefrommenu")
    return Block(node.start.identifier, bodies[1:] if is_menu_without_rest else bodies)


def _identifiers(steps: Sequence[Step]) -> Iterator[str]:
    for step in steps:
        if isinstance(step, str):
            yield step
        else:
            yield step.identifier
            for branch in step.branches:
                yield from _identifiers(branch)
