"""The state of a world while a workflow runs: what its actions change and what is still to be answered."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from workflowllm.runtime.data_forms import from_world, thing_fields, world_value
from workflowllm.runtime.items import Date, Item, Thing, Value
from workflowllm.runtime.world import Page, World

SHORTCUTS_FOLDER = "Shortcuts/"


class WorldState:
    """Mutable. Texts of files stand as `str`; everything else as things. One state serves all runs of a world."""

    def __init__(self, world: World, seed: int | None = None):
        self.description = world
        self.zone, self.locale = world.zone_info(), world.locale
        self.clock: datetime = world.start()
        self.rng = random.Random(world.seed if seed is None else seed)
        self.input: Value = world_value(world.input, self)
        self.clipboard: Value = world_value(world.clipboard, self)
        self.files: dict[str, Item] = {}
        for path, content in world.files.items():
            self.files[path.strip("/")] = from_world(content, self)
        self.folders: set[str] = set()
        self.settings: dict[str, Any] = world.device.model_dump()
        self.contacts = [Thing("contact", thing_fields(entry, self)) for entry in world.contacts]
        self.events = self._things("event", world.events)
        self.reminders = self._things("reminder", world.reminders)
        self.notes = self._things("note", world.notes)
        self.photos = [self._photo(entry.model_dump()) for entry in world.photos]
        self.health = self._things("health", world.health)
        self.playlists = {
            name: [Thing("song", thing_fields(song, self)) for song in songs]
            for name, songs in world.music.playlists.items()
        }
        self.location = Thing("location", thing_fields(world.location, self)) if world.location else None
        self.app_entries = {identifier: list(entries) for identifier, entries in world.apps.items()}

    def _things(self, kind: str, entries: list[Any]) -> list[Thing]:
        return [Thing(kind, thing_fields(entry.model_dump(), self)) for entry in entries]

    def _photo(self, entry: dict[str, Any]) -> Thing:
        kind = entry.pop("kind")
        return Thing("media" if kind in ("video", "media") else "image", thing_fields({**entry, "kind": kind}, self))

    def now(self) -> datetime:
        return self.clock

    def current_date(self) -> Date:
        return Date(self.clock)

    def wait(self, seconds: float) -> None:
        """Move the clock on. A wait past the end of the calendar stays where it is."""
        try:
            self.clock += timedelta(seconds=seconds)
        except (OverflowError, ValueError):
            return

    # Files

    def full_path(self, path: str) -> str:
        """A path as Files shows it: relative ones lie below Shortcuts/."""
        clean = "/".join(part for part in path.strip().split("/") if part not in ("", "."))
        rooted = path.startswith("/") or clean.startswith(("Shortcuts/", "iCloud Drive/", "On My iPhone/"))
        return clean if rooted else SHORTCUTS_FOLDER + clean

    # Web

    def page_for(self, method: str, fits: Callable[[Page], bool]) -> Page | None:
        """The first entry that serves a request."""
        for page in self.description.web:
            if (page.method is None or page.method.upper() == method) and fits(page):
                return page
        return None
