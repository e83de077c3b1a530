"""Effects: what a run did, in order, as typed records.

Every kind has its fields and its group (docs/runtime.md): told, asked, lasting or passing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TOLD, ASKED, LASTING, PASSING = "told", "asked", "lasting", "passing"
GROUPS = (TOLD, ASKED, LASTING, PASSING)
_TELLS = ("text", "items", "title", "full_screen")
_ASKS = ("prompt", "items", "answer")
_PLAYS = ("minutes", "at", "what", "shuffle", "title")
_SEND = ("to", "text", "subject", "items")
_ANY = None  # the fields of a thing: any


@dataclass(frozen=True, slots=True)
class Kind:
    group: str
    fields: frozenset[str] | None  # None: any


def _kinds(group: str, names: str, fields: tuple[str, ...] | None) -> dict[str, Kind]:
    return {name: Kind(group, None if fields is None else frozenset(fields)) for name in names.split()}


KINDS: dict[str, Kind] = {
    **_kinds(TOLD, "show alert notify speak preview", _TELLS),
    **_kinds(TOLD, "output", (*_TELLS, "value")),
    **_kinds(ASKED, "ask menu choose pick", _ASKS),
    **_kinds(LASTING, "clipboard", ("value",)),
    **_kinds(LASTING, "file", ("path", "change", "value", "whole", "to")),
    **_kinds(LASTING, "photo", ("change", "album", "item")),
    **_kinds(LASTING, "message mail call", _SEND),
    **_kinds(LASTING, "reminder event note contact health calendar-list", _ANY),
    **_kinds(LASTING, "http", ("method", "url", "headers", "body")),
    **_kinds(LASTING, "setting", ("what", "value", "until")),
    **_kinds(LASTING, "directions", ("to", "mode", "app")),
    **_kinds(LASTING, "timer alarm play pause", _PLAYS),
    **_kinds(LASTING, "open", ("url", "app", "item")),
    **_kinds(LASTING, "share print", ("items",)),
    **_kinds(ASKED, "shortcut", ("name", "input")),
    **_kinds(LASTING, "app", ("identifier", "parameters", "reads")),
    **_kinds(LASTING, "device", ("identifier", "parameters", "unimplemented")),
    **_kinds(PASSING, "passing", ("identifier", "seconds")),
}


@dataclass(frozen=True, slots=True)
class Effect:
    """One effect. `fields` are JSON data already."""

    n: int
    run: int
    action: int
    kind: str
    fields: Mapping[str, Any]
    shortcut: str | None = None
    made_up: bool = False

    def as_json(self) -> dict[str, Any]:
        shown = {"n": self.n, "run": self.run, "action": self.action, "kind": self.kind, **self.fields}
        if self.shortcut is not None:
            shown["shortcut"] = self.shortcut
        if self.made_up:
            shown["made_up"] = True
        return shown

    def line(self) -> str:
        return json.dumps(self.as_json(), ensure_ascii=False)


def group_of(effect: Mapping[str, Any]) -> str:
    """The group of an effect in its JSON form."""
    kind = effect.get("kind")
    if kind == "http" and effect.get("method") in ("GET", "HEAD"):
        return ASKED
    if kind == "app" and effect.get("reads"):
        return ASKED
    return KINDS[kind].group if kind in KINDS else LASTING


def checked_fields(kind: str, fields: Mapping[str, Any]) -> None:
    """A mistake in an action's function: an effect of a kind, or with a field, that docs/runtime.md does not have."""
    allowed = KINDS[kind].fields
    unknown = set() if allowed is None else set(fields) - allowed
    if unknown:
        raise TypeError(f"an effect of the kind {kind} has no field {', '.join(sorted(unknown))}")
