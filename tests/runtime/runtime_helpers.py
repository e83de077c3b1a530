"""Running a program of the dialect in a world given as keyword arguments."""

from dataclasses import dataclass
from typing import Any

from workflowllm.runtime.data_forms import value_json
from workflowllm.runtime.effects import TOLD, group_of
from workflowllm.runtime.runnable import Program, program_of_code
from workflowllm.runtime.running import Outcome, run_prepared
from workflowllm.runtime.world import parse_world


@dataclass(frozen=True)
class Result:
    """The last run of a program, and the effects of all of them."""

    outcome: Outcome

    @property
    def effects(self) -> list[dict[str, Any]]:
        return self.outcome.effects

    @property
    def how(self) -> str:
        return self.outcome.endings[-1].how

    @property
    def error(self) -> str:
        return self.outcome.endings[-1].error

    @property
    def output(self) -> Any:
        return value_json(self.outcome.endings[-1].output, self.outcome.session.world)

    @property
    def shown(self) -> list[str]:
        """The texts that a person was told."""
        return [effect["text"] for effect in self.effects if group_of(effect) == TOLD]

    @property
    def unsettled(self) -> list[str]:
        return self.outcome.unsettled

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The effects of one kind."""
        return [effect for effect in self.effects if effect["kind"] == kind]


def run(code: str, shortcuts: dict[str, str] | None = None, makes_up: bool = False, **world: Any) -> Result:
    """Run a program. `shortcuts`: Python of other shortcuts by their names."""
    others = {name: program_of_code(text, name) for name, text in (shortcuts or {}).items()}
    described = parse_world(world)
    program = program_of_code(code, "test", described.import_answers)
    return Result(run_prepared(program, described, others, makes_up=makes_up))


def run_actions(actions: list[tuple[str, dict[str, Any]]], **world: Any) -> Result:
    """Run a flat list of (identifier after is.workflow.actions., parameters), as a file has them."""
    listed = [
        {
            "WFWorkflowActionIdentifier": "is.workflow.actions." + name,
            "WFWorkflowActionParameters": parameters,
        }
        for name, parameters in actions
    ]
    return Result(run_prepared(Program({"WFWorkflowActions": listed}, "test"), parse_world(world), {}))
