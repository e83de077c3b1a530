"""What the registry holds for each action."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from workflowllm.runtime.call import Call

OUTPUT, PASSES, NONE, SILENT = "output", "passes", "none", "silent"


@dataclass(frozen=True, slots=True)
class ActionRule:
    """How an action runs.

    `function` takes the call and returns the output: None, an item, a list of items, or a Value. `input` is the
    parameter that the previous output fills when it is not stored. `flow`: `output` gives what the function returns;
    `passes` hands its input on; `none` gives nothing; `silent` leaves what the next action takes as it was.
    `gives` names the type of the output, for documents. `grade` says how sure the rule is (docs/runtime.md).
    """

    function: Callable[[Call], Any]
    input: str = ""
    gives: str = ""
    grade: str = "A"
    flow: str = OUTPUT
    is_implemented: bool = True
