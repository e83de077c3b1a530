"""Workflows as plans of T-Eval, and the messages that ask for one; `records.t_eval_form` describes the form.

A plan cannot express control flow: the calls inside a branch or a loop come in the order of the text.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from workflowllm.apis.catalogue import catalogue
from workflowllm.apis.documents import json_document
from workflowllm.apis.model import COMMON_PARAMETERS, STATEMENTS
from workflowllm.prompts.prompt_files import Message, Prompt
from workflowllm.records.t_eval_form import FINISH, Plan
from workflowllm.shortcuts.from_python.program import compile_code
from workflowllm.shortcuts.to_python.values import parse_ranges, slice_utf16

FIELDS = frozenset({"query", "apis"})
_SHORT = 200  # characters of a text in a plan; longer ones are data, not a plan


def workflow_plan(code: str) -> Plan:
    """The plan of a workflow's Python. Raises DialectError where it does not compile to a shortcut."""
    plan: Plan = []
    makers: dict[str, int] = {}
    for action in compile_code(code).actions:
        identifier, parameters = action["WFWorkflowActionIdentifier"], action["WFWorkflowActionParameters"]
        if identifier in STATEMENTS:
            continue
        arguments = {key: _plain(value, makers) for key, value in parameters.items() if key not in COMMON_PARAMETERS}
        used = sorted({makers[uuid] for uuid in _uuids(parameters) if uuid in makers})
        plan.append({"id": len(plan), "prev": used, "name": identifier, "args": arguments})
        if isinstance(uuid := parameters.get("UUID"), str):
            makers[uuid] = plan[-1]["id"]
    return [*plan, {"id": len(plan), "prev": [len(plan) - 1] if plan else [], "name": FINISH, "args": {}}]


def _uuids(value: Any) -> Iterable[str]:
    """Every output that a value refers to."""
    if isinstance(value, dict):
        if isinstance(value.get("OutputUUID"), str):
            yield value["OutputUUID"]
        for item in value.values():
            yield from _uuids(item)
    elif isinstance(value, list):
        for item in value:
            yield from _uuids(item)


def _plain(value: Any, makers: Mapping[str, int]) -> Any:
    """A parameter as plain data; a reference is `{output of 3}`, `{Name}` of a variable or text, or `{Clipboard}`."""
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, list):
        return [_plain(item, makers) for item in value]
    if not isinstance(value, dict):
        return value[:_SHORT] if isinstance(value, str) else value if isinstance(value, int | float) else str(value)
    if "WFSerializationType" in value and "Value" in value:
        return _plain(value["Value"], makers)
    if isinstance(value.get("string"), str) and "attachmentsByRange" in value:
        return _text(value, makers)
    if "OutputUUID" in value or "VariableName" in value:
        return _reference(value, makers)
    if isinstance(value.get("Type"), str) and value.keys() <= {"Type", "Aggrandizements"}:
        return f"{{{value['Type']}}}"
    return {key: _plain(item, makers) for key, item in value.items()}


def _text(value: Mapping[str, Any], makers: Mapping[str, int]) -> str:
    ranged = parse_ranges(value["attachmentsByRange"])
    if not ranged:
        return value["string"][:_SHORT]
    pieces = slice_utf16(value["string"], [offset for offset, _ in ranged])
    references = [*(_reference(token, makers) for _, token in ranged), ""]
    return "".join(text for pair in zip(pieces, references) for text in pair)[:_SHORT]


def _reference(token: Mapping[str, Any], makers: Mapping[str, int]) -> str:
    if token.get("OutputUUID") in makers:
        return f"{{output of {makers[token['OutputUUID']]}}}"
    return f"{{{token.get('VariableName') or token.get('OutputName') or token.get('Type', 'output')}}}"


def api_description(identifier: str) -> dict[str, Any]:
    """An API as T-Eval describes one: name, description, required and optional parameters, return data."""
    api = catalogue().get(identifier)
    if api is None:
        return {"name": identifier, "description": "", "required_parameters": [], "optional_parameters": [],
                "return_data": []}  # fmt: skip
    document = json_document(api)
    parameters = [
        {
            "name": each["name"],
            "type": each["type"].upper(),
            "description": each.get("description", each.get("title", "")),
        }
        for each in document["parameters"]
    ]
    required = {each["name"] for each in document["parameters"] if each["required"]}
    returns = document["returns"]
    return {
        "name": identifier,
        "description": document["description"],
        "required_parameters": [each for each in parameters if each["name"] in required],
        "optional_parameters": [each for each in parameters if each["name"] not in required],
        "return_data": [{"name": returns.get("name", ""), "description": returns["type"]}] if returns else [],
    }


def plan_messages(query: str, apis: Iterable[str], prompt: Prompt) -> list[Message]:
    """System and user message that ask for a plan."""
    described = [api_description(identifier) for identifier in apis if identifier not in STATEMENTS]
    return prompt.messages(query=query.strip(), apis=json.dumps(described, ensure_ascii=False))
