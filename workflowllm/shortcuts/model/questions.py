"""Import questions: what Shortcuts asks when a shortcut is added, to fill a parameter of an action."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from workflowllm.shortcuts.model.identifiers import is_name
from workflowllm.shortcuts.model.plist_types import CONTROL_KEYS, Parameters, QuestionDict
from workflowllm.shortcuts.model.tree import Action, Leaf, Node, branches, first_body

CATEGORY = "Parameter"  # of every import question seen
_NEVER_FILLED = CONTROL_KEYS | {"CustomOutputName"}  # keys that the compiler makes or moves


@dataclass(slots=True)
class Questions:
    """Arguments of import_question() calls: by the index of the action that follows them, and those that come last."""

    placed: dict[int, list[QuestionDict]] = field(default_factory=dict)
    last: list[QuestionDict] = field(default_factory=list)


def place_questions(tree: Sequence[Node], questions: Any) -> Questions:
    """Put each question before the statement of its action, as long as that keeps their order.

    Those out of order come last. They name the index of their action, and so do those about a parameter that their
    action lacks. Malformed questions are not placed at all: they stay in the metadata.
    """
    result = Questions()
    if not isinstance(questions, list) or not all(map(_is_regular, questions)) or not questions:
        return result
    starts = {action.index: action.parameters for action in _statement_starts(tree)}
    before = -1
    for question in questions:
        index = question["ActionIndex"]
        arguments = {key: value for key, value in question.items() if key not in ("ActionIndex", "Category")}
        key = question.get("ParameterKey")
        is_in_order = index in starts and index >= before and not result.last
        if not (is_in_order and isinstance(key, str) and is_filled(key, starts[index])):
            arguments = {"ActionIndex": index, **arguments}
        if is_in_order:
            result.placed.setdefault(index, []).append(arguments)
            before = index
        else:
            result.last.append(arguments)
    return result


def is_filled(key: str, parameters: Parameters) -> bool:
    """Whether a question can fill a parameter of an action: one that the action has, and not of the compiler's making.

    Null, which only JSON has, is no parameter.
    """
    return key not in _NEVER_FILLED and parameters.get(key) is not None


def _is_regular(question: Any) -> bool:
    return (
        isinstance(question, dict)
        and type(question.get("ActionIndex")) is int
        and question.get("Category") == CATEGORY
        and len(question) > 2
        and all(map(is_name, question))
        and not _refers(question)
    )


def _refers(question: dict[str, Any]) -> bool:
    """Whether a question's default holds a reference: before the action, no name can be trusted to mean the same."""
    waiting: list[Any] = [question]
    for value in waiting:  # grows while it is walked: no recursion, however deep the value
        if isinstance(value, dict) and isinstance(value.get("Type"), str):
            return True
        if isinstance(value, (dict, list)):
            waiting.extend(value.values() if isinstance(value, dict) else value)
    return False


def _statement_starts(nodes: Sequence[Node]) -> Iterator[Action]:
    """All actions that begin a statement."""
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, Leaf):
            yield node.action
            continue
        yield node.start
        waiting += first_body(node)
        for branch in branches(node):
            waiting += branch.body
