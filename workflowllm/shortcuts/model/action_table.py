"""What the built-in actions take and give, as far as naming outputs and implicit inputs needs it."""

from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

BUILT_IN = "is.workflow.actions."


class ActionFacts(NamedTuple):
    """One row of actions.tsv."""

    gives: str  # output, number, passes (gives its input on), none, silent (the next action sees past it)
    input_key: str  # the parameter that the previous output fills when it is absent; "" where there is none
    output_name: str  # what Shortcuts calls the output


@lru_cache(maxsize=1)
def action_facts() -> dict[str, ActionFacts]:
    """The facts of each built-in action, by full identifier."""
    lines = files(__package__).joinpath("actions.tsv").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return {BUILT_IN + row[0]: ActionFacts(*row[1:]) for row in rows}


def output_name(identifier: str) -> str:
    """What an action's output is called when nobody has named it."""
    facts = action_facts().get(identifier)
    return facts.output_name if facts and facts.output_name else identifier.rsplit(".", 1)[-1] or "output"
