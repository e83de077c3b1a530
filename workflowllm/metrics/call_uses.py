"""Which arguments each call of a compiled workflow sets, and whose outputs it uses."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from workflowllm.apis.catalogue import Catalogue
from workflowllm.apis.model import COMMON_PARAMETERS, published_key

_ACTIONS = "is.workflow.actions."
# They only pass a value on: what uses the variable uses the value's maker.
_PASSING_ON = frozenset({_ACTIONS + "setvariable", _ACTIONS + "appendvariable", _ACTIONS + "getvariable"})
_NO_VALUES: tuple[Any, ...] = (None, "", [], {})
_COMMENT = _ACTIONS + "comment"
_CLOSE = 2  # WFControlFlowMode of a block's end

Argument = tuple[str, str, bool]  # API, key, and whether the value uses an output or a variable
Edge = tuple[str, str]  # what makes a value (an API, or a kind of value such as ExtensionInput), and the API it goes to


@dataclass(frozen=True, slots=True)
class CallUse:
    """One call: its API as released files key it, its arguments that have a value, and the makers of those values."""

    api: str
    arguments: Mapping[str, bool]  # key -> whether the value uses an output or a variable
    makers: frozenset[str]


@dataclass(frozen=True)
class CallUses:
    """All calls of a workflow, in order."""

    calls: Sequence[CallUse]

    @cached_property
    def arguments(self) -> Counter[Argument]:
        """The arguments that are set, as often as they are."""
        return Counter((call.api, *argument) for call in self.calls for argument in call.arguments.items())

    @cached_property
    def edges(self) -> Counter[Edge]:
        """The ways that values go, as often as they do."""
        return Counter((maker, call.api) for call in self.calls for maker in call.makers)

    @cached_property
    def bare(self) -> frozenset[str]:
        """The APIs that some call gives no argument at all."""
        return frozenset(call.api for call in self.calls if not call.arguments)


NO_USES = CallUses(())


def call_uses(actions: Iterable[Mapping[str, Any]]) -> CallUses:
    """The calls of a shortcut's flat list of actions."""
    outputs: dict[str, frozenset[str]] = {}  # by UUID
    variables: dict[str, frozenset[str]] = {}
    calls: list[CallUse] = []
    for action in actions:
        identifier, parameters = action["WFWorkflowActionIdentifier"], action["WFWorkflowActionParameters"]
        makers = frozenset(_makers(parameters, outputs, variables))
        uuid = parameters.get("UUID")
        if identifier in _PASSING_ON:
            if isinstance(name := parameters.get("WFVariableName"), str):
                variables[name] = variables.get(name, frozenset()) | makers
            made = makers
        else:
            api = published_key(identifier)
            if parameters.get("WFControlFlowMode") != _CLOSE and identifier != _COMMENT:
                calls.append(CallUse(api, _arguments(parameters, outputs, variables), makers))
            made = frozenset({api})
        if isinstance(uuid, str):
            outputs[uuid] = made
    return CallUses(calls)


def _arguments(
    parameters: Mapping[str, Any], outputs: Mapping[str, frozenset[str]], variables: Mapping[str, frozenset[str]]
) -> dict[str, bool]:
    return {
        key: any(True for _ in _makers(value, outputs, variables))
        for key, value in parameters.items()
        if key not in COMMON_PARAMETERS and not _is_empty(value)
    }


def _is_empty(value: Any) -> bool:
    if isinstance(value, dict) and "Value" in value and "WFSerializationType" in value:
        value = value["Value"]
    if isinstance(value, dict) and "string" in value and not value.get("attachmentsByRange"):
        value = value["string"]
    return any(value == empty and type(value) is type(empty) for empty in _NO_VALUES)


def _makers(
    value: Any, outputs: Mapping[str, frozenset[str]], variables: Mapping[str, frozenset[str]]
) -> Iterator[str]:
    """The makers of every value that a parameter refers to."""
    if isinstance(value, dict):
        if isinstance(uuid := value.get("OutputUUID"), str):
            yield from outputs.get(uuid, ())
        elif isinstance(name := value.get("VariableName"), str):
            yield from variables.get(name, (name,))
        elif isinstance(kind := value.get("Type"), str):
            yield kind
        for item in value.values():
            yield from _makers(item, outputs, variables)
    elif isinstance(value, list):
        for item in value:
            yield from _makers(item, outputs, variables)


def share_of(reference: Counter[Any], answer: Counter[Any]) -> float:
    """The share of the reference's items that the answer has, counted as often as they occur; 1 if there are none."""
    total = reference.total()
    return (reference & answer).total() / total if total else 1.0


def missing_arguments(reference: CallUses, answer: CallUses, apis: Catalogue) -> list[str]:
    """The APIs that the answer calls without any argument although they need one, sorted.

    An API needs an argument if every call of it in the reference sets one, or if the reference does not call it and
    its definition has a required parameter.
    """
    called = {call.api for call in reference.calls}
    bare = answer.bare - reference.bare
    required = {call.api for call in answer.calls if call.api not in called and _is_required(call.api, apis)}
    return sorted(bare & (called | required))


def _is_required(api: str, apis: Catalogue) -> bool:
    definition = apis.by_key(api)
    return definition is not None and any(parameter.required for parameter in definition.parameters)
