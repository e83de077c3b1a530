"""The walk over a program's steps: one evaluator for each kind of node, state handed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from workflowllm.runtime.answering import Prompt, chosen
from workflowllm.runtime.call import Call
from workflowllm.runtime.endings import Broken, Cancelled, RunEnds, Stopped
from workflowllm.runtime.if_conditions import Condition
from workflowllm.runtime.items import (
    NOTHING,
    Dictionary,
    Item,
    Value,
    as_value,
    item_value,
)
from workflowllm.runtime.limits import MAX_ACTIONS, check_size
from workflowllm.runtime.parameters import Parameter, compile_parameter, emptied
from workflowllm.runtime.rule import NONE, OUTPUT, PASSES, SILENT, ActionRule
from workflowllm.runtime.run_state import Run, Step
from workflowllm.runtime.session import Runnable, Session
from workflowllm.shortcuts.model.action_table import BUILT_IN, in_order, parameter_kind

MISTAKE = "the runtime has a mistake here"


@dataclass(slots=True)
class LeafStep:
    """An action that is no part of a block."""

    index: int
    identifier: str
    raw: dict[str, Any]
    rule: ActionRule
    uuid: str | None
    owned: bool  # has an output that a reference may mean
    parameters: dict[str, Parameter] | None = None  # compiled when it first runs: broken ones break only then

    def compiled(self) -> dict[str, Parameter]:
        if self.parameters is None:
            keys = in_order(self.identifier, tuple(self.raw))  # what is asked is asked in the order of the definition
            self.parameters = {key: self.compiled_parameter(key, self.raw[key]) for key in keys}
        return self.parameters

    def compiled_parameter(self, key: str, raw: Any) -> Parameter:
        """Fact 25: a bare reference in a built-in action's field of typed text reads as empty."""
        parameter = compile_parameter(raw)
        if parameter.form != "reference" or parameter_kind(self.identifier, key) != "text":
            return parameter
        return emptied(parameter) if self.identifier.startswith(BUILT_IN) else parameter

    def execute(self, run: Run) -> None:
        session, rule = run.session, self.rule
        session.actions += 1
        if session.actions > MAX_ACTIONS:
            session.too_many()
        run.action, run.made_up = self.index, False
        if self.parameters is None:
            self.compiled()
        call = Call(run, self)
        before = len(session.effects)
        value = as_value(rule.function(call), run.made_up)
        if rule.flow is PASSES:
            value = call.input
        self.finish(run, value, call)
        counts = session.implemented if rule.is_implemented else session.unimplemented
        counts[self.identifier] = counts.get(self.identifier, 0) + 1
        if session.tracer:
            session.tracer.action(run, self, call, value, session.effects[before:])

    def finish(self, run: Run, value: Value, call: Call) -> None:
        """Store the output and hand it on.

        A silent action leaves what the next one takes as it was; a block that ends in it gives its input, so that
        a loop that adds to a variable gives each item once and not the growing variable each time.
        """
        flow = self.rule.flow
        if self.uuid and flow is not NONE:
            run.session.hold(run.outputs, self.uuid, value)
        if flow is OUTPUT:
            run.last = run.result = value
        elif flow is SILENT:
            run.result = call.input if self.rule.input else run.result
        elif flow is PASSES:
            run.result = value
            if self.owned:
                run.last = value
        else:
            run.last = run.result = NOTHING


@dataclass(slots=True)
class Arm:
    """One branch of an If: its conditions (None: otherwise), how they are joined, and its steps."""

    index: int
    conditions: list[Condition] | None
    all_of: bool
    steps: list[Step]

    def holds(self, run: Run, implicit: Value) -> bool:
        if self.conditions is None:
            return True
        tests = (condition.test(run, implicit) for condition in self.conditions)
        return all(tests) if self.all_of else any(tests)


@dataclass(slots=True)
class IfStep:
    index: int
    arms: list[Any]  # Arm, or the raw parameters of one until it is first reached
    end_uuid: str | None
    compile_arm: Any

    def arm(self, position: int) -> Arm:
        arm = self.arms[position]
        if type(arm) is not Arm:
            arm = self.arms[position] = self.compile_arm(arm)
        return arm

    def execute(self, run: Run) -> None:
        run.enter()
        implicit = run.last
        value = NOTHING
        for position in range(len(self.arms)):
            run.session.count_action()
            run.made_up = False
            run.action = self.index
            arm = self.arm(position)
            run.action = arm.index
            if not arm.holds(run, implicit):
                self.trace(run, arm, implicit, False)
                continue
            self.trace(run, arm, implicit, True)
            value = run.block(arm.steps, implicit)  # fact 41
            break
        run.leave(self.end_uuid, value)

    @staticmethod
    def trace(run: Run, arm: Arm, implicit: Value, holds: bool) -> None:
        if run.session.tracer:
            run.session.tracer.branch(run, arm, implicit, holds)


@dataclass(slots=True)
class LoopStep:
    """Repeat with Each, or Repeat."""

    index: int
    each: bool
    source: Any  # the stored input or count; None where it is implicit
    steps: list[Step]
    end_uuid: str | None
    over_keys: bool = False  # the source is a dictionary for sure, and no list of one
    parameter: Parameter | None = None

    def execute(self, run: Run) -> None:
        run.session.count_action()
        run.action, run.made_up = self.index, False
        run.enter()
        if self.source is not None and self.parameter is None:
            self.parameter = compile_parameter(self.source)
        given = self.parameter.evaluate(run) if self.parameter else run.marked(run.last)
        rounds = self.items(run, given, self.over_keys) if self.each else self.rounds(run, given)
        run.loops += 1
        suffix = "" if run.loops == 1 else f" {run.loops}"
        results: list[Item] = []
        size, made_up, first = 0, given.made_up, run.last
        if run.session.tracer:
            run.session.tracer.loop(run, self, rounds)
        for number, item in enumerate(rounds, 1):
            run.variables["Repeat Index" + suffix] = as_value(Decimal(number))
            value = item_value(item, given.made_up) if self.each else first
            if self.each:
                run.session.hold(run.variables, "Repeat Item" + suffix, value)
            run.session.count_action()
            one = run.block(self.steps, value)
            results.extend(one.items)
            size += one.bytes
            check_size(size)
            made_up = made_up or one.made_up
        run.loops -= 1
        if self.end_uuid:
            self.lean_on_results(run, rounds)
        run.leave(self.end_uuid, Value(tuple(results), made_up, size))

    def lean_on_results(self, run: Run, rounds: Sequence[Any]) -> None:
        """The results may be used: what they lean on."""
        if not rounds:
            run.lean("empty-loop")
        last = self.steps[-1] if self.steps else None
        if type(last) is LeafStep and last.identifier.endswith(".appendvariable"):
            run.lean("append-result")

    @staticmethod
    def items(run: Run, value: Value, over_keys: bool) -> Sequence[Item]:
        items = value.items
        if over_keys and len(items) == 1 and type(items[0]) is Dictionary:
            run.lean("f86")
            return tuple(items[0].entries)
        if len(items) == 1 and type(items[0]) is str and "\n" in items[0].strip():
            lines = items[0].strip().count("\n") + 1
            run.session.hints[run.action] = f"Repeat with Each got one text of {lines} lines; split it first"
        return items

    @staticmethod
    def rounds(run: Run, value: Value) -> range:
        count = run.number_of(value)
        if count is None or count < 0:
            return range(0)
        return range(int(min(count, Decimal(10**9))))


@dataclass(slots=True)
class MenuStep:
    index: int
    prompt: Any
    items: Any
    titles: list[Any]  # of the cases: what is stored as the title, references and all
    before: list[Step]
    cases: list[list[Step]]
    end_uuid: str | None
    compiled: tuple[Parameter, Parameter | None, list[Parameter]] | None = None

    def execute(self, run: Run) -> None:
        run.session.count_action()
        run.action, run.made_up = self.index, False
        run.enter()
        if self.compiled is None:
            items = compile_parameter(self.items) if self.items is not None else None
            self.compiled = compile_parameter(self.prompt), items, [compile_parameter(title) for title in self.titles]
        prompt, items, titles = self.compiled
        first = run.last
        cases = [run.text_of(title.evaluate(run)) for title in titles]
        shown = [run.item_text(item) for item in items.evaluate(run).items] if items else cases
        text = run.text_of(prompt.evaluate(run)) if prompt.form != "reference" else ""
        asked = Prompt("menu", (text,), choices=tuple(shown or cases))
        answer = run.ask(asked, {"prompt": text, "items": list(asked.choices)})
        positions = chosen(answer, asked)
        if len(positions) != 1:
            raise Broken(f"a menu takes one item, and the answer is {answer!r}")
        position = positions[0]
        steps = self.case_of(run, asked.choices[position], position, cases)
        if run.session.tracer:
            run.session.tracer.menu(run, self, asked.choices[position])
        if self.end_uuid:
            run.lean("f56")
        run.leave(self.end_uuid, run.block(steps, first))

    def case_of(self, run: Run, title: str, position: int, cases: list[str]) -> list[Step]:
        """Fact 55: the case with the chosen title; titles that say the same are told apart by their rank."""
        if position < len(cases) and cases[position] == title:
            return self.cases[position]
        if title in cases:
            return self.cases[cases.index(title)]
        run.lean("menu-no-case")
        return []


@dataclass(frozen=True, slots=True)
class Ending:
    """How one run ended: ok, stopped, cancelled or broken, and what it gave."""

    how: str
    output: Value = NOTHING
    error: str = ""
    action: int = -1
    identifier: str = ""


def execute(session: Session, program: Runnable, input_: Value) -> Ending:
    """Run a program once over a session's world. Whatever happens in it, it ends."""
    run = Run(session, program, input_)
    session.depth = 0
    try:
        run.steps(program.steps)
        return Ending("ok", run.result)
    except Stopped as stopped:
        return Ending("stopped", stopped.args[0] if stopped.args else NOTHING)
    except Cancelled:
        return Ending("cancelled", NOTHING, "", run.action)
    except RunEnds as broken:
        return _broken(run, str(broken))
    except RecursionError:
        return _broken(run, "blocks, values or shortcuts are nested too deeply")
    except MemoryError:
        return _broken(run, "the values of the run need more memory than there is")
    except Exception as error:  # one mistake of ours must not end what runs thousands of workflows
        return _broken(run, f"{MISTAKE} ({type(error).__name__}: {error})")


def _broken(run: Run, reason: str) -> Ending:
    return Ending("broken", NOTHING, reason, run.action, run.program.identifier_at(run.action))
