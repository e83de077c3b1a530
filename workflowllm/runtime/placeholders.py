"""Placeholders: a value of the documented type where the outside would have given one. Always marked as made up."""

from decimal import Decimal
from typing import Protocol

from workflowllm.runtime.items import Date, Dictionary, Item, Quantity, Thing
from workflowllm.runtime.world_state import WorldState


class Caller(Protocol):
    """The call of an action, as far as a placeholder needs it (`call.Call`)."""

    @property
    def identifier(self) -> str: ...

    @property
    def world(self) -> WorldState: ...

    def made_up(self) -> None: ...


def placeholder(call: Caller, kind: str) -> Item:
    """An item of a kind that says that it is made up."""
    call.made_up()
    name = call.identifier.rpartition(".")[2]
    things: dict[str, dict] = {
        "image": {"name": f"{name}.png", "width": 1024, "height": 768},
        "media": {"name": f"{name}.mov", "duration": 10},
        "file": {"name": f"{name}.txt", "text": f"({name})"},
        "pdf": {"name": f"{name}.pdf", "pages": 1},
        "url": {"url": "https://example.com/"},
        "rich_text": {"text": f"({name})"},
        "location": {"name": "Berlin", "city": "Berlin", "latitude": Decimal("52.52"), "longitude": Decimal("13.405")},
        "contact": {"name": "Ada Lovelace", "phone": "+49 30 123456", "email": "ada@example.com"},
        "event": {"title": f"({name})", "start": Date(call.world.now())},
        "reminder": {"title": f"({name})"},
        "song": {"title": f"({name})", "artist": "Nobody"},
    }
    if kind in things:
        return Thing(kind, things[kind])
    plain = {
        "number": Decimal(1),
        "boolean": True,
        "date": Date(call.world.now()),
        "dictionary": Dictionary({}),
        "quantity": Quantity(Decimal(1), ""),
    }
    return plain.get(kind, f"({name})")
