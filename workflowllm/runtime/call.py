"""What an action's function is given: its parameters, its input, the world, and ways to act on it."""

from decimal import Decimal
from typing import Any, NoReturn, Protocol

from workflowllm.runtime.answering import Prompt
from workflowllm.runtime.coercions import coerce, coerce_all
from workflowllm.runtime.data_forms import from_world, to_json, value_json
from workflowllm.runtime.endings import Broken
from workflowllm.runtime.items import NOTHING, Date, Dictionary, Item, Quantity, Value, flat
from workflowllm.runtime.placeholders import placeholder
from workflowllm.runtime.run_state import Run
from workflowllm.runtime.session import Runnable, Session
from workflowllm.runtime.world_state import WorldState


class ActionStep(Protocol):
    """The step of an action, as far as its call reads it."""

    index: int
    identifier: str
    raw: dict[str, Any]
    parameters: dict[str, Any]
    rule: Any  # rule.ActionRule, whose function takes a Call


class Call:
    """One execution of one action. `value`, `items`, `text`, ... read its parameters by their keys."""

    __slots__ = ("_input", "parameters", "run", "step")

    def __init__(self, run: Run, step: ActionStep):
        self.run, self.step, self.parameters = run, step, step.parameters
        self._input: Value | None = None

    # Parameters

    @property
    def world(self) -> WorldState:
        return self.run.world

    @property
    def session(self) -> Session:
        return self.run.session

    @property
    def identifier(self) -> str:
        return self.step.identifier

    @property
    def input(self) -> Value:
        """The input: the rule's input parameter, or what the action before gave where that is not stored."""
        if self._input is None:
            parameter = self.parameters.get(self.step.rule.input)
            self._input = parameter.evaluate(self.run) if parameter else self.run.marked(self.run.last)
        return self._input

    def has(self, key: str) -> bool:
        """Whether a parameter is stored."""
        return key in self.parameters

    def raw(self, key: str) -> Any:
        """A parameter as the file stores it, for those that are no values (filters, pickers)."""
        return self.step.raw.get(key)

    def value(self, key: str) -> Value:
        """A parameter's value; nothing where it is not stored. The input's key gives the input."""
        if key == self.step.rule.input:
            return self.input
        parameter = self.parameters.get(key)
        return parameter.evaluate(self.run) if parameter else NOTHING

    def content(self, key: str) -> Value:
        """Like `value`, but a text that is nothing but one reference gives what that refers to, not its text."""
        parameter = self.parameters.get(key)
        return self.run.lone_reference(parameter) if parameter else self.value(key)

    def items(self, key: str, kind: str = "any") -> tuple[Item, ...]:
        """A parameter's items, as another kind where one is named (`coercions.py`); the others are left out."""
        return coerce_all(self.value(key).items, kind, self.run.world)

    def first(self, key: str, kind: str = "any") -> Item | None:
        """The first item of that kind. A text that is nothing but one reference to a thing of it gives the thing."""
        value = self.value(key) if kind in ("any", "text") else self.content(key)
        for item in value.items:
            changed = item if kind == "any" else coerce(item, kind, self.run.world)
            if changed is not None:
                return changed
        return None

    def text(self, key: str, default: str = "") -> str:
        """A parameter as one text: several items are joined by line ends. The default is for one not stored."""
        parameter = self.parameters.get(key)
        if parameter is None:
            return default if key != self.step.rule.input else self.run.text_of(self.input)
        return parameter.text if parameter.text is not None else self.run.text_of(self.value(key))

    def texts(self, key: str) -> list[str]:
        """The text of each item."""
        return [item if type(item) is str else self.run.item_text(item) for item in flat(self.value(key).items)]

    def content_texts(self, key: str) -> list[str]:
        """The text of each item, where a text that is nothing but one reference stands for the reference's items.

        Fact 22: such a text is empty where the reference gives nothing.
        """
        texts = [self.text_of(item) for item in flat(self.content(key).items)]
        parameter = self.parameters.get(key)
        return texts or ([""] if parameter is not None and parameter.lone else [])

    def text_of(self, item: Item) -> str:
        return item if type(item) is str else self.run.item_text(item)

    def number(self, key: str, default: Decimal | int | None = None) -> Decimal | None:
        """A parameter as a number; the default where it is not stored or no number."""
        number = self.run.number_of(self.value(key))
        if number is not None:
            return number
        return Decimal(default) if default is not None else None

    def integer(self, key: str, default: int) -> int:
        number = self.number(key)
        return default if number is None or abs(number) > 10**15 else int(number)

    def boolean(self, key: str, default: bool = False) -> bool:
        items = self.value(key).items
        truth = coerce(items[0], "boolean", self.run.world) if items else None
        return default if truth is None else truth

    def choice(self, key: str, default: str) -> str:
        """A parameter that is chosen from a list of words; the default where it is not stored or empty."""
        return self.text(key, default) or default

    def dictionary(self, key: str) -> Dictionary | None:
        return self.first(key, "dictionary")

    def date(self, key: str) -> Date | None:
        return self.first(key, "date")

    def quantity(self, key: str) -> Quantity | None:
        return self.first(key, "quantity")

    # Acting

    def effect(self, kind: str, **fields: Any) -> None:
        """Record an effect. Values, items and lists of them become JSON; fields that are None are left out."""
        world = self.run.world
        shown = {key: self._shown(value, world) for key, value in fields.items()}
        self.run.emit(kind, shown)

    @staticmethod
    def _shown(value: Any, world: WorldState) -> Any:
        if type(value) is Value:
            return value_json(value, world)
        return to_json(value, world)

    def shown_items(self, value: Value) -> list[Any]:
        """A value's items as JSON, always as a list."""
        return [to_json(item, self.run.world) for item in value.items]

    def ask(self, prompt: Prompt, **fields: Any) -> Any:
        """Ask the person: records the effect of the prompt's kind and gives the answer as the world has it."""
        return self.run.ask(prompt, {"prompt": prompt.shown(), **fields})

    def item_of(self, data: Any) -> Item | None:
        """Data of the world, such as an answer, as an item."""
        return from_world(data, self.run.world)

    def made_up(self) -> None:
        """Say that a placeholder takes part: marks the effects that follow and the output."""
        self.run.made_up = True

    def lean(self, rule: str) -> None:
        """Say that the action leans on a rule of grade U or ? (`rules.py`)."""
        self.run.session.lean(rule)

    def fail(self, sentence: str) -> NoReturn:
        """Break the run as the action would on a phone."""
        raise Broken(sentence)

    def missing(self, sentence: str, kind: str) -> Item:
        """What the world should have held: breaks the run, but in a stock world gives a placeholder of this kind."""
        if not self.session.makes_up:
            self.fail(sentence)
        return placeholder(self, kind)

    def set_variable(self, name: str, value: Value) -> None:
        self.run.session.hold(self.run.variables, name, value)

    def run_shortcut(self, program: Runnable, input_: Value, name: str) -> Value:
        """Run another shortcut now and give its result."""
        return self.run.call_shortcut(program, input_, name)
