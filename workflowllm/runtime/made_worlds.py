"""Worlds made for a program that nobody wrote worlds for, from what the program reads.

What a condition compares with, what a filter asks for, the keys that are read and the files that are opened become
what the worlds hold and what the person answers, in some worlds so that a test holds and in others so that it does
not. The same program, count and seed give the same worlds.
"""

import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workflowllm.runtime.answering import Prompt
from workflowllm.runtime.item_filters import stored_operands
from workflowllm.runtime.runnable import Program
from workflowllm.runtime.world import World, parse_world

MAX_WORDS = 40  # of each kind; the rest of a long program's constants adds nothing
_WORDS = ("apple", "Ada Lovelace", "hello world", "two lines\nof text", "12")
_NUMBERS = (1, 2, 3, 7, 10)
_DATES = ("2026-03-14T18:00:00", "2026-03-20T09:30:00", "2026-12-24")
_URLS = ("https://example.com/a?x=1", "https://example.org/feed")
_FIRST = ("WFConditionalActionString", "WFNumberValue", "WFAnotherNumber", "WFEnumeration")


@dataclass
class Reads:
    """What a program reads of the outside."""

    texts: list[str] = field(default_factory=list)  # compared with in conditions
    numbers: list[float] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)  # of dictionaries
    filters: dict[str, list[tuple[str, Any]]] = field(default_factory=dict)  # identifier -> (property, operand)
    paths: list[str] = field(default_factory=list)
    sources: set[str] = field(default_factory=set)  # ExtensionInput, Clipboard

    def note(self, value: Any) -> None:
        """A constant that something is compared with."""
        if isinstance(value, bool) or value in (None, ""):
            return
        number = _number(value)
        if number is not None and number not in self.numbers:
            self.numbers.append(number)
        if isinstance(value, str) and value not in self.texts:
            self.texts.append(value)


def reads_of(program: Program) -> Reads:
    """Everything that the program's actions compare with, look up, filter by and open."""
    reads = Reads()
    for action in program.actions:
        parameters = action.parameters
        for condition in _conditions(parameters):
            for key in _FIRST:
                reads.note(plain(condition.get(key)))
        key = plain(parameters.get("WFDictionaryKey"))
        if isinstance(key, str) and key:
            reads.keys.append(key)
        path = plain(parameters.get("WFGetFilePath", parameters.get("WFFilePath")))
        if isinstance(path, str) and path:
            reads.paths.append(path)
        if action.identifier.rpartition("actions.")[2].startswith("filter."):
            rows = reads.filters.setdefault(action.identifier, [])
            rows += _filter_rows(parameters.get("WFContentItemFilter"))
        for token in _tokens(parameters):
            reads.sources.add(str(token.get("Type")))
            reads.keys += _keys_of(token)
    reads.keys = list(dict.fromkeys(reads.keys))[:MAX_WORDS]
    return reads


def plain(value: Any) -> Any:
    """A stored value without references as plain data; None for anything else."""
    if isinstance(value, Mapping) and "Value" in value:
        value = value["Value"]
        if isinstance(value, Mapping):
            return None if value.get("attachmentsByRange") else value.get("string")
    return value if isinstance(value, (str, int, float, bool)) else None


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if abs(number) < 1e12 else None


def _conditions(parameters: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The condition of an If, or its several ones."""
    if "WFCondition" in parameters:
        yield parameters
    yield from _templates(parameters.get("WFConditions"))


def _templates(table: Any) -> Iterator[Mapping[str, Any]]:
    inner = table.get("Value") if isinstance(table, Mapping) else None
    rows = inner.get("WFActionParameterFilterTemplates") if isinstance(inner, Mapping) else None
    yield from (row for row in rows or () if isinstance(row, Mapping))


def _filter_rows(table: Any) -> list[tuple[str, Any]]:
    rows = []
    for row in _templates(table):
        operands = [plain(value) for key, value in stored_operands(row).items() if key != "Unit"]
        rows += [(str(row.get("Property", "Name")), operand) for operand in operands if operand is not None][:1]
    return rows


def _tokens(value: Any) -> Iterator[Mapping[str, Any]]:
    """The references inside a parameter's value, however deep."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Mapping):
            if isinstance(item.get("Type"), str):
                yield item
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)


def _keys_of(token: Mapping[str, Any]) -> list[str]:
    steps = token.get("Aggrandizements")
    keys = [step.get("DictionaryKey") for step in steps if isinstance(step, Mapping)] if isinstance(steps, list) else []
    return [key for key in keys if isinstance(key, str) and key]


# Worlds


def made_worlds(program: Program, count: int = 3, seed: int = 0) -> list[World]:
    """So many worlds for a program."""
    reads = reads_of(program)
    return [parse_world(_world(reads, random.Random(f"{seed} {rank}"), rank)) for rank in range(count)]


def _world(reads: Reads, rng: random.Random, rank: int) -> dict[str, Any]:
    """A world as data. In every other world the filters find their items, the first one among them."""
    finds = rank % 2 == 0
    world: dict[str, Any] = {
        "now": "2026-03-14T09:26:53+01:00",
        "seed": rank + 1,
        "device": {"battery": rng.choice((12, 55, 90)), "charging": finds, "wifi": rng.choice(("Home", "Office"))},
        "location": {"name": "Berlin", "city": "Berlin", "latitude": 52.52, "longitude": 13.405, "country": "Germany"},
        "contacts": [{"name": "Ada Lovelace", "phone": "+44 20 1", "email": "ada@example.com"}],
        "photos": [{"name": f"IMG_{n}.HEIC", "taken": f"2026-03-1{n}T10:00:00+01:00"} for n in range(1, 4)],
        "files": {path: _file(path, reads, rng) for path in reads.paths[:MAX_WORDS]},
        "music": {"playlists": {"Favourites": [{"title": "Rain", "artist": "A"}, {"title": "Sea", "artist": "B"}]}},
        "weather": {"current": {"condition": "Rain", "temperature": 9, "precipitation_chance": 80}},
        "travel": [{"minutes": rng.choice((12, 23, 41))}],
    }
    if "ExtensionInput" in reads.sources:
        world["input"] = _content(reads, rng)
    if "Clipboard" in reads.sources or rng.random() < 0.5:
        world["clipboard"] = _content(reads, rng)
    for identifier, rows in reads.filters.items():
        _add_items(world, identifier, rows, finds, rng)
    return world


def _content(reads: Reads, rng: random.Random) -> Any:
    """What is handed in: a dictionary with the keys that are read, a constant that is compared with, or any text."""
    if reads.keys and rng.random() < 0.6:
        return _dictionary(reads, rng)
    pool: list[Any] = [*reads.texts[:MAX_WORDS], *reads.numbers[:MAX_WORDS], *_WORDS, _URLS[0]]
    return rng.choice(pool)


def _file(path: str, reads: Reads, rng: random.Random) -> str:
    return json.dumps(_dictionary(reads, rng)) if path.endswith(".json") and reads.keys else rng.choice(_WORDS)


def _dictionary(reads: Reads, rng: random.Random) -> dict[str, Any]:
    """A dictionary that has every key that is read, dotted ones as nested dictionaries."""
    root: dict[str, Any] = {}
    for key in reads.keys:
        inner, parts = root, key.split(".")
        for part in parts[:-1]:
            child = inner.setdefault(part, {})
            if not isinstance(child, dict):
                break
            inner = child
        else:
            inner.setdefault(parts[-1], rng.choice([*reads.texts[:MAX_WORDS], *_WORDS, *_NUMBERS]))
    return root


_LISTS = {name: name for name in ("reminders", "notes", "contacts", "photos")} | {"calendarevents": "events"}
_PLAIN_FIELDS = {
    "reminders": {"Title": "title", "List": "list", "Is Completed": "completed", "Notes": "notes"},
    "events": {"Title": "title", "Calendar": "calendar", "Location": "location"},
    "notes": {"Name": "name", "Body": "body", "Folder": "folder"},
    "contacts": {"Name": "name", "Phone Number": "phone", "Email Address": "email", "Company": "company"},
    "photos": {"Name": "name", "Album": "album", "Is a Screenshot": "screenshot", "Width": "width", "Height": "height"},
}
_FLAGS = frozenset({"completed", "screenshot"})


def _add_items(
    world: dict[str, Any], identifier: str, rows: Sequence[tuple[str, Any]], finds: bool, rng: random.Random
) -> None:
    """Items that a filter finds (two, in worlds where it finds any) and one that it misses."""
    library = _LISTS.get(identifier.rpartition("filter.")[2])
    if library is None:
        return
    fields = {_PLAIN_FIELDS[library][name]: operand for name, operand in rows if name in _PLAIN_FIELDS[library]}
    items = world.setdefault(library, [])
    if finds:
        items += [_item(library, {**fields}, n, rng) for n in (1, 2)]
    items.append(_item(library, {}, 3, rng))


def _item(library: str, fields: Mapping[str, Any], n: int, rng: random.Random) -> dict[str, Any]:
    title = rng.choice(("Milk", "Call Ada", "Report", "Stand-up", "Ideas")) + f" {n}"
    day = f"2026-03-{14 + n % 3}T1{n}:00:00+01:00"
    base: dict[str, dict[str, Any]] = {
        "reminders": {"title": title, "list": "Groceries", "due": day},
        "events": {"title": title, "start": day, "end": day.replace(":00:00", ":45:00"), "calendar": "Work"},
        "notes": {"name": title, "body": "one\ntwo"},
        "contacts": {"name": f"Grace {n}", "phone": f"+1 {n}", "email": f"g{n}@example.com"},
        "photos": {"name": f"P{n}.png", "taken": day, "width": 800, "height": 600},
    }
    item = base[library]
    for key, operand in fields.items():
        item[key] = bool(operand) if key in _FLAGS else operand if key in ("width", "height") else str(operand)
    return item


# Answers


class SeededAnswers:
    """A person whose n-th answer of a type is the same whatever is asked in between, so that two programs that ask
    for the same in other words, or in another order of types, get the same answers."""

    made_up = False

    def __init__(self, reads: Reads, seed: int):
        self.seed = seed
        self.pools: dict[str, list[Any]] = {
            "number": [*_near(reads.numbers[:MAX_WORDS]), *_NUMBERS],
            "date": list(_DATES),
            "url": list(_URLS),
            "text": _mixed([*reads.texts[:MAX_WORDS], *map(_plain_text, reads.numbers[:MAX_WORDS])], _WORDS),
        }
        self.counts: dict[str, int] = {}

    def answer(self, prompt: Prompt) -> Any:
        kind = "choice" if prompt.kind in ("menu", "choose", "pick") else prompt.wants
        rank = self.counts[kind] = self.counts.get(kind, 0) + 1
        # One after the other from world to world, so that few worlds reach both sides of a condition. The titles of a
        # menu are sorted: the order in which it lists its items is free.
        pool = sorted(prompt.choices) if kind == "choice" else self.pools.get(kind, self.pools["text"])
        if not pool:
            return []
        picked = pool[(self.seed + rank - 2) % len(pool)]
        return {"index": prompt.choices.index(picked) + 1} if kind == "choice" else picked

    def cancels(self, prompt: Prompt) -> bool:
        return False


def _near(numbers: Iterable[float]) -> list[float]:
    """Numbers on both sides of those that are compared with, and themselves."""
    near = [number + step for number in numbers for step in (1, 0, -1)]
    return [int(number) if number == int(number) else number for number in near]


def _mixed(compared: Sequence[Any], words: Sequence[Any]) -> list[Any]:
    """What is compared with, and other words in turn."""
    turns = [value for pair in zip(compared, words) for value in pair]
    return [*turns, *compared[len(words) :], *words[len(compared) :]]


def _plain_text(number: float) -> str:
    return str(int(number)) if number == int(number) else str(number)
