"""What actions take and give, as far as both directions of the dialect need it."""

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal, NamedTuple

BUILT_IN = "is.workflow.actions."


class ActionFacts(NamedTuple):
    """One row of actions.tsv."""

    gives: str  # output, number, passes (gives its input on), none, silent (the next action sees past it)
    input_key: str  # the parameter that the previous output fills when it is absent; "" where there is none
    output_name: str  # what Shortcuts calls the output


@lru_cache(maxsize=1)
def action_facts() -> dict[str, ActionFacts]:
    """The facts of each built-in action, by full identifier."""
    return {BUILT_IN + row[0]: ActionFacts(*row[1:]) for row in _rows("actions.tsv")}


def _rows(name: str) -> list[list[str]]:
    lines = files(__package__).joinpath(name).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


def output_name(identifier: str) -> str:
    """What an action's output is called when nobody has named it."""
    facts = action_facts().get(identifier)
    return facts.output_name if facts and facts.output_name else identifier.rsplit(".", 1)[-1] or "output"


ParameterKind = Literal["", "text", "date", "variable"]


class ParameterFacts(NamedTuple):
    """What parameters.tsv says of one parameter."""

    rank: int  # among those of its action, in the order in which they are printed
    kind: ParameterKind


_UNKNOWN: Mapping[str, ParameterFacts] = MappingProxyType({})


@lru_cache(maxsize=1)
def _parameter_facts() -> dict[str, dict[str, ParameterFacts]]:
    table = {}
    for action, keys in _rows("parameters.tsv"):
        words = (word.partition(":") for word in keys.split(" "))
        facts = {key: ParameterFacts(rank, kind) for rank, (key, _, kind) in enumerate(words)}
        table[BUILT_IN + action] = facts
        table.setdefault(action, facts)  # other applications' identifiers stand whole
    return table


def parameter_facts(identifier: str) -> Mapping[str, ParameterFacts]:
    """Facts of an action's parameters by key; empty for an unknown action."""
    return _parameter_facts().get(identifier, _UNKNOWN)


def parameter_kind(identifier: str, key: str) -> ParameterKind:
    """Whether a parameter holds typed text ("text", "date"), references only ("variable"), or either ("")."""
    facts = parameter_facts(identifier).get(key)
    return facts.kind if facts else ""


def holds_text(identifier: str, key: str) -> bool:
    """Whether a parameter holds typed text, so that a reference alone is stored inside a text."""
    return parameter_kind(identifier, key) in ("text", "date")


@lru_cache(maxsize=4096)
def in_order(identifier: str, keys: tuple[str, ...]) -> tuple[str, ...]:
    """Keys in the table's order, those that it lacks behind them by name.

    A property list's dictionaries have no order of their own: it differs from file to file.
    """
    facts = parameter_facts(identifier)
    return tuple(sorted(keys, key=lambda key: (facts[key].rank, "") if key in facts else (len(facts), key)))
