"""A world: everything that a run can see of a phone, as data (docs/runtime.md). Checked when it is read."""

from datetime import date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workflowllm.runs.yaml_text import load_yaml
from workflowllm.runtime.endings import WorldError
from workflowllm.runtime.locales import load_locale

Number = int | float
Plain = Any  # whatever YAML holds: items and things as docs/runtime.md writes them
MAX_BYTES = 16 << 20
DEFAULT_NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=timezone(timedelta(hours=1)))


class _Part(BaseModel):
    """A part of a world: unknown keys are errors, and nothing changes it."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Device(_Part):
    name: str = "iPhone"
    model: str = "iPhone"
    system: str = "27.0"
    battery: Number = 80
    charging: bool = False
    wifi: str | None = "Home"
    ip: str = "192.0.2.7"
    volume: Number = 0.5
    brightness: Number = 0.5
    low_power: bool = False
    focus: str | None = None
    appearance: Literal["light", "dark"] = "light"


class Travel(_Part):
    to: Plain = None
    mode: str | None = None
    minutes: Number


class Event(_Part):
    title: str
    start: Plain
    end: Plain = None
    calendar: str = "Calendar"
    location: Plain = None
    notes: str | None = None
    all_day: bool = False
    url: str | None = None
    attendees: list[Plain] = []


class Reminder(_Part):
    title: str
    list: str = "Reminders"
    due: Plain = None
    completed: bool = False
    notes: str | None = None
    priority: Plain = None
    flagged: bool = False
    url: str | None = None
    tags: Plain = None


class Note(_Part):
    name: str
    body: str = ""
    folder: str = "Notes"
    created: Plain = None
    modified: Plain = None
    tags: Plain = None


class Photo(_Part):
    name: str
    taken: Plain = None
    width: int = 4032
    height: int = 3024
    album: str | None = None
    screenshot: bool = False
    kind: str = "image"
    favourite: bool = False
    file: str | None = None
    location: Plain = None
    duration: Number | None = None


class Sample(_Part):
    type: str
    value: Plain
    unit: str | None = None
    at: Plain = None
    end: Plain = None
    source: str | None = None


class Weather(_Part):
    current: dict[str, Plain] = {}
    days: list[dict[str, Plain]] = []
    hours: list[dict[str, Plain]] = []


class Music(_Part):
    playlists: dict[str, list[dict[str, Plain]]] = {}
    current: dict[str, Plain] | None = None


class Page(_Part):
    url: str
    method: str | None = None
    status: int = 200
    headers: dict[str, str] = {}
    json_: Plain = Field(default=None, alias="json")
    body: str | None = None
    file: Plain = None


class AppEntry(_Part):
    when: dict[str, Plain] = {}
    gives: Plain = None


class World(_Part):
    """The whole description. Every key is optional."""

    name: str | None = None
    now: datetime | date = DEFAULT_NOW
    zone: str | None = None
    locale: str = "en_US"
    seed: int = 1
    seeds: list[int] = []
    runs: int = Field(default=1, ge=1, le=1000)
    input: Plain = None
    clipboard: Plain = None
    answers: list[Plain] = []
    import_answers: dict[str, Plain] = {}
    device: Device = Device()
    location: dict[str, Plain] | None = None
    travel: list[Travel] = []
    contacts: list[dict[str, Plain]] = []
    events: list[Event] = []
    reminders: list[Reminder] = []
    notes: list[Note] = []
    photos: list[Photo] = []
    files: dict[str, Plain] = {}
    health: list[Sample] = []
    weather: Weather = Weather()
    music: Music = Music()
    web: list[Page] = []
    rates: dict[str, Number] = {}
    shortcuts: dict[str, str] = {}
    apps: dict[str, list[AppEntry]] = {}

    def zone_info(self) -> tzinfo:
        """The device's zone: that of `zone`, else the offset of `now`."""
        if self.zone:
            return named_zone(self.zone)
        offset = self.now.utcoffset() if isinstance(self.now, datetime) else None
        return timezone(offset or timedelta())

    def start(self) -> datetime:
        """`now` with its zone."""
        now = self.now if isinstance(self.now, datetime) else datetime(self.now.year, self.now.month, self.now.day)
        zone = self.zone_info()
        return now.replace(tzinfo=zone) if now.tzinfo is None else now.astimezone(zone)


@lru_cache(maxsize=1024)
def named_zone(name: str) -> ZoneInfo:
    """A zone by its name. Reads files the first time, so a world asks for its own before the run."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise WorldError(f"there is no time zone {name!r}; write one such as Europe/Berlin.") from None


def read_yaml(path: Path) -> Any:
    """The data of a YAML or JSON file."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise WorldError(f"cannot read {path}: {error.strerror}.") from None
    if len(data) > MAX_BYTES:
        raise WorldError(f"{path} is over {MAX_BYTES >> 20} MiB.")
    try:
        return load_yaml(data.decode("utf-8-sig"))
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError) as error:
        reason = " ".join(str(error).split())[:300]
        raise WorldError(f"{path} is neither YAML nor JSON: {reason}.") from None


def parse_world(data: Any, where: str = "the world") -> World:
    """A world from its data; whatever is wrong with it is one sentence."""
    if data is None:
        data = {}
    if not isinstance(data, dict):
        raise WorldError(f"{where} is a {type(data).__name__}, not a dictionary of keys such as now, input, answers.")
    try:
        world = World.model_validate(data)
    except ValidationError as error:
        raise WorldError(f"{where}: {_sentence(error)}") from None
    except RecursionError:
        raise WorldError(f"{where} is nested too deeply.") from None
    _check_locale(world.locale, where)
    world.zone_info()
    return world


def _sentence(error: ValidationError) -> str:
    """The first thing that is wrong, in words."""
    first = error.errors(include_url=False)[0]
    path = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"{path} is not a key that a world has."
    value = repr(first.get("input"))[:60]
    return f"{path} is {value}, but {first['msg'][:1].lower()}{first['msg'][1:]}."


def _check_locale(name: str, where: str) -> None:
    if load_locale(name) is None:
        raise WorldError(f"{where}: there is no locale {name!r}; write one such as en_US.")
