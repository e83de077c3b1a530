"""Short ways to write shortcuts down in tests, as a property list holds them."""

import ast
from typing import Any

from workflowllm.shortcuts.compare import differences
from workflowllm.shortcuts.from_python.program import compile_code
from workflowllm.shortcuts.model.workflow import build_workflow, from_json, to_json
from workflowllm.shortcuts.model.wrapped import ATTACHMENT, TEXT
from workflowllm.shortcuts.to_python.printer import Conversion, to_python

BUILT_IN = "is.workflow.actions."
MARK = "\ufffc"  # stands in a text where a reference is


def uuid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012X}"


def action(name: str, **parameters: Any) -> dict[str, Any]:
    """An action; a name without a dot is one of the built-in ones."""
    identifier = name if "." in name else BUILT_IN + name
    return {"WFWorkflowActionIdentifier": identifier, "WFWorkflowActionParameters": parameters}


def dotted(name: str, **parameters: Any) -> dict[str, Any]:
    """A built-in action whose own name holds a dot."""
    return action(BUILT_IN + name, **parameters)


def mark(name: str, mode: int, group: str = "G", **parameters: Any) -> dict[str, Any]:
    """The opening (0), middle (1) or closing (2) action of a block."""
    return dotted(name, GroupingIdentifier=group, WFControlFlowMode=mode, **parameters)


def workflow(*actions: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    return {"WFWorkflowActions": list(actions), **metadata}


def output(number: int, shown: str = "Result", *steps: dict[str, Any]) -> dict[str, Any]:
    return _stepped({"Type": "ActionOutput", "OutputUUID": uuid(number), "OutputName": shown}, steps)


def variable(name: str, *steps: dict[str, Any]) -> dict[str, Any]:
    return _stepped({"Type": "Variable", "VariableName": name}, steps)


def source(kind: str, *steps: dict[str, Any]) -> dict[str, Any]:
    return _stepped({"Type": kind}, steps)


def _stepped(token: dict[str, Any], steps: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    return {**token, "Aggrandizements": list(steps)} if steps else token


def attached(token: dict[str, Any]) -> dict[str, Any]:
    return {"Value": token, "WFSerializationType": ATTACHMENT}


def tested(token: dict[str, Any]) -> dict[str, Any]:
    """A reference as an If stores what it tests."""
    return {"Type": "Variable", "Variable": attached(token)}


def bare_text(*parts: str | dict[str, Any]) -> dict[str, Any]:
    """`{string, attachmentsByRange}`; ranges count UTF-16 units."""
    string, attachments = "", {}
    for part in parts:
        if isinstance(part, dict):
            attachments[f"{{{len(string.encode('utf-16-le')) // 2}, 1}}"] = part
        string += MARK if isinstance(part, dict) else part
    return {"string": string, "attachmentsByRange": attachments}


def text(*parts: str | dict[str, Any]) -> dict[str, Any]:
    return {"Value": bare_text(*parts), "WFSerializationType": TEXT}


def code_of(*actions: dict[str, Any]) -> str:
    return to_python(workflow(*actions)).code


def compiled(code: str) -> list[dict[str, Any]]:
    return compile_code(code).actions


def rebuilt(conversion: Conversion, code: str | None = None) -> dict[str, Any]:
    """The shortcut that a conversion's code, or an edited form of it, and its metadata give."""
    metadata = from_json(to_json(conversion.metadata))
    return build_workflow(compile_code(conversion.code if code is None else code), metadata)


def round_trip(*actions: dict[str, Any]) -> str:
    """The code of some actions, after making sure that it gives them back and is stable."""
    first = workflow(*actions)
    conversion = to_python(first)
    again = rebuilt(conversion)
    assert list(differences(first, again)) == []
    assert to_python(again).code == conversion.code
    return conversion.code


class Renamer(ast.NodeTransformer):
    """Gives each name of a program another, wherever it stands."""

    def __init__(self, names: dict[str, str]):
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.copy_location(ast.Name(self.names.get(node.id, node.id), node.ctx), node)


def output_names(code: str) -> set[str]:
    """The names that stand for outputs: assigned once, from an action, and without a label that says more."""
    from workflowllm.shortcuts.from_python.program import parse_program

    return {name for name, binding in parse_program(code).bindings.items() if binding.kind == "output"}
