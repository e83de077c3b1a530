"""Import questions: what Shortcuts asks when a shortcut is added, to fill a parameter of an action."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from workflowllm.shortcuts.model.identifiers import is_name
from workflowllm.shortcuts.model.tree import Leaf, Node, branches, first_body

CATEGORY = "Parameter"  # of every import question seen


@dataclass(slots=True)
class Questions:
    """Arguments of import_question() calls: by the action they stand before, and those that come last."""

    placed: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    last: list[dict[str, Any]] = field(default_factory=list)


def place_questions(tree: Sequence[Node], questions: Any) -> Questions:
    """Put each question before the statement it fills, as long as that keeps their order; the rest name their action.

    Malformed questions are not placed at all: they stay in the metadata.
    """
    result = Questions()
    if not isinstance(questions, list) or not all(map(_is_regular, questions)) or not questions:
        return result
    starts = _statement_starts(tree)
    before = -1
    for question in questions:
        arguments = {key: value for key, value in question.items() if key not in ("ActionIndex", "Category")}
        index = question["ActionIndex"]
        if index in starts and index >= before and not result.last:
            result.placed.setdefault(index, []).append(arguments)
            before = index
        else:
            result.last.append({"ActionIndex": index, **arguments})
    return result


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
    """Whether a question's default holds a reference: where it stands, no name can be trusted to mean the same."""
    waiting: list[Any] = [question]
    for value in waiting:  # grows while it is walked: no recursion, however deep the value
        if isinstance(value, dict) and isinstance(value.get("Type"), str):
            return True
        if isinstance(value, (dict, list)):
            waiting.extend(value.values() if isinstance(value, dict) else value)
    return False


def _statement_starts(nodes: Sequence[Node]) -> set[int]:
    """The indexes of all actions that begin a statement."""
    starts, waiting = set(), list(nodes)
    while waiting:
        node = waiting.pop()
        starts.add(node.action.index if isinstance(node, Leaf) else node.start.index)
        if not isinstance(node, Leaf):
            waiting += first_body(node)
            for branch in branches(node):
                waiting += branch.body
    return starts
