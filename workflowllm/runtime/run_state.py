"""One execution of one shortcut: its variables and outputs, what evaluators ask of it, and what it records."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Protocol

from workflowllm.runtime.answering import Prompt
from workflowllm.runtime.coercions import coerce, is_plain_number, to_text
from workflowllm.runtime.data_forms import from_world
from workflowllm.runtime.date_formats import formatted_date
from workflowllm.runtime.devices import device_thing
from workflowllm.runtime.dictionary_paths import read_path
from workflowllm.runtime.effects import Effect
from workflowllm.runtime.endings import Broken, Cancelled, Stopped
from workflowllm.runtime.items import (
    NOTHING,
    Date,
    Dictionary,
    Item,
    Thing,
    Value,
    as_value,
)
from workflowllm.runtime.limits import MAX_DEPTH
from workflowllm.runtime.session import Runnable, Session

SURE_DIGITS = 16  # what the text of a number shows at most


class Step(Protocol):
    """A step of a program."""

    def execute(self, run: "Run") -> None: ...


class Readable(Protocol):
    """A compiled parameter, as far as a run reads it."""

    form: str
    lone: Any

    def evaluate(self, run: "Run") -> Value: ...


class Run:
    """One execution of one shortcut. Mutable; handed to every evaluator."""

    __slots__ = (
        "action", "asked", "asked_in", "input", "last", "loops", "made_up", "name", "outputs", "program", "result",
        "session", "variables", "world",
    )  # fmt: skip

    def __init__(self, session: Session, program: Runnable, input_: Value, name: str | None = None):
        self.session, self.program, self.name, self.input = session, program, name, input_
        self.world = session.world
        self.variables: dict[str, Value] = {}
        self.outputs: dict[str, Value] = {}  # UUID -> value
        self.last = input_  # what an action without its input takes
        self.result = NOTHING  # what the innermost block would give if it ended now
        self.made_up = False  # whether a placeholder took part in the action that is running
        self.asked: dict[int, Value] = {}  # the answers to Ask Each Time within one action
        self.asked_in = -1
        self.loops = 0
        self.action = -1  # the index of the action that is running

    # What evaluators need

    def marked(self, value: Value) -> Value:
        if value.made_up:
            self.made_up = True
        return value

    def text_of(self, value: Value) -> str:
        """A value inside a text: its items' texts, joined by line ends (fact 19)."""
        items = value.items
        if len(items) == 1:
            item = items[0]
            return item if type(item) is str else self.item_text(item)
        if items and type(items[0]) is Thing and items[0].type == "match":
            self.lean("many-matches")
        return "\n".join(map(self.item_text, items))

    def item_text(self, item: Item) -> str:
        kind = type(item)
        if kind is Date:
            self.lean("date-text")
        elif kind is Decimal and len(item.as_tuple().digits) > SURE_DIGITS:
            self.lean("precision")
        elif kind is bool:
            self.lean("boolean-text")
        elif kind is Dictionary and len(item.entries) > 1:
            self.lean("json-order")
        return to_text(item, self.world)

    def number_of(self, value: Value) -> Decimal | None:
        """The first item that is a number, or can be read as one."""
        if len(value.items) > 1:
            self.lean("first-of-many")
        for item in value.items:
            if type(item) is Decimal:
                return item
            number = coerce(item, "number", self.world)
            if number is not None:
                if type(item) is str and not is_plain_number(item):
                    self.lean("f14")
                return number
        return None

    def number_or_text(self, value: Value) -> Item | None:
        """What a number field of a dictionary stores."""
        number = self.number_of(value)
        return number if number is not None else self.text_of(value) or None

    def truth_or_item(self, value: Value) -> Item | None:
        """What a boolean field of a dictionary stores."""
        truth = coerce(value.items[0], "boolean", self.world) if value.items else None
        return truth if truth is not None else (value.items[0] if value.items else None)

    def content_of(self, value: Value, form: str) -> Item | None:
        """What a text field of a dictionary stores: text, or the things that a lone reference means."""
        if form != "reference":
            return self.text_of(value)
        return None if not value.items else value.items[0] if len(value.items) == 1 else value.items

    def row_items(self, parameter: Readable) -> tuple[Item, ...]:
        """Fact 70: a row that is nothing but a variable gives the variable's items."""
        return self.lone_reference(parameter).items

    def lone_reference(self, parameter: Readable) -> Value:
        """A text that is nothing but one reference, as the reference's own value; any other parameter's value."""
        return parameter.lone(self) if parameter.lone else parameter.evaluate(self)

    def lean(self, rule: str) -> None:
        self.session.lean(rule)

    def read_path(self, dictionary: Dictionary, path: str) -> Any:
        """A dictionary's value. In a stock world, what a made-up dictionary lacks is made up too."""
        try:
            return read_path(dictionary, path)
        except Broken:
            if not self.session.makes_up:
                raise
            self.made_up = True
            return f"({path})"

    def device(self) -> Value:
        return as_value(device_thing(self.world))

    def format_dates(self, value: Value, options: Any) -> Value:
        dates = [(item, coerce(item, "date", self.world)) for item in value.items]
        texts = [formatted_date(date, self.world, options) if date else item for item, date in dates]
        return as_value(texts, value.made_up)

    def ask_each_time(self, token: Any) -> Value:
        """Ask Each Time in a parameter."""
        if self.asked_in != self.session.actions:  # an action may read its parameter twice, and asks once
            self.asked, self.asked_in = {}, self.session.actions
        value = self.asked.get(id(token))
        if value is None:
            prompt = token.get("Prompt") if isinstance(token.get("Prompt"), str) else ""
            answer = self.ask(Prompt("ask", (prompt,)), {"prompt": prompt})
            value = self.asked[id(token)] = as_value(from_world(answer, self.world), self.made_up)
        return self.marked(value)

    def ask(self, prompt: Prompt, fields: dict[str, Any]) -> Any:
        """Ask the person and record it."""
        try:
            answer = self.session.ask(prompt)
        except Cancelled:
            self.emit(prompt.kind, {**fields, "answer": None})
            raise
        if self.session.answers.made_up:
            self.made_up = True
        self.emit(prompt.kind, {**fields, "answer": answer})
        return answer

    def emit(self, kind: str, fields: dict[str, Any]) -> None:
        shown = {key: value for key, value in fields.items() if value is not None or key in ("value", "answer")}
        self.session.emit(
            Effect(
                n=len(self.session.effects) + 1,
                run=self.session.run_number,
                action=self.action,
                kind=kind,
                fields=shown,
                shortcut=self.name,
                made_up=self.made_up,
            )
        )

    # Steps

    def steps(self, steps: Sequence[Step]) -> None:
        for step in steps:
            step.execute(self)

    def block(self, steps: Sequence[Step], first: Value) -> Value:
        """A block's body: what its last action gave."""
        self.last, self.result = first, NOTHING
        self.steps(steps)
        return self.result

    def enter(self) -> None:
        self.session.depth += 1
        if self.session.depth > MAX_DEPTH:
            raise Broken(f"blocks and shortcuts run inside each other more than {MAX_DEPTH} levels deep")

    def call_shortcut(self, program: Runnable, input_: Value, name: str) -> Value:
        """Run another shortcut inside this one (fact 62): its output, or what its last action gave."""
        outer = self.session.depth
        inner = Run(self.session, program, input_, name)
        self.enter()
        try:
            inner.steps(program.steps)
            return inner.result
        except Stopped as stopped:
            return stopped.args[0] if stopped.args else NOTHING
        finally:
            self.session.depth = outer

    def leave(self, end_uuid: str | None, value: Value) -> None:
        """End a block: its result is what the next action takes."""
        self.session.depth -= 1
        self.last = self.result = value
        if end_uuid:
            self.session.hold(self.outputs, end_uuid, value)
