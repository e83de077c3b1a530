"""Find, filter and get details: over what the world holds, or over the input."""

from collections.abc import Callable

from workflowllm.runtime.call import Call
from workflowllm.runtime.item_filters import filtered
from workflowllm.runtime.items import Item, Thing
from workflowllm.runtime.properties import property_of
from workflowllm.runtime.rule import ActionRule

_LIBRARY = "Library"  # what the input's parameter says when everything is searched


def find(library: Callable[[Call], list[Thing]] | None) -> Callable[[Call], list[Item]]:
    """Find or filter over the input where one is stored, else over the library; without one, over the last output."""

    def run(call: Call) -> list[Item]:
        stored = call.has("WFContentItemInputParameter") and call.raw("WFContentItemInputParameter") != _LIBRARY
        if stored:
            items = list(call.value("WFContentItemInputParameter").items)
        else:
            items = list(library(call)) if library else list(call.run.marked(call.run.last).items)
        return filtered(call, items)

    return run


def details(call: Call) -> list[Item]:
    """The property of each item of the input; items without it give nothing."""
    name = call.text("WFContentItemPropertyName", "Name")
    return [property_of(item, name, call.world) for item in call.input.items]


def _songs(call: Call) -> list[Thing]:
    songs: list[Thing] = []
    for playlist in call.world.playlists.values():
        songs += [song for song in playlist if song not in songs]
    return songs


def _shortcuts(call: Call) -> list[Thing]:
    return [Thing("shortcut", {"name": name}) for name in sorted(call.world.description.shortcuts)]


# What Find looks through; filters without a library work on their input alone.
_LIBRARIES: dict[str, tuple[Callable[[Call], list[Thing]] | None, str]] = {
    "filter.photos": (lambda call: call.world.photos, "image"),
    "filter.reminders": (lambda call: call.world.reminders, "reminder"),
    "filter.calendarevents": (lambda call: call.world.events, "event"),
    "filter.notes": (lambda call: call.world.notes, "note"),
    "filter.contacts": (lambda call: call.world.contacts, "contact"),
    "filter.music": (_songs, "song"),
    "filter.myworkflows": (_shortcuts, "shortcut"),
    "filter.images": (None, "image"),
    "filter.files": (None, "file"),
    "filter.articles": (None, "article"),
    "filter.locations": (None, "location"),
    "filter.weather": (None, "weather"),
    "filter.eventattendees": (None, "contact"),
    "filter.apps": (None, "app"),
}
_DETAILS = (
    "images", "files", "reminders", "calendarevents", "contacts", "locations", "music", "articles", "safariwebpage",
    "weather.conditions", "appstore", "itunesstore", "itunesartist", "podcast", "podcastshow", "eventattendees",
    "trello", "workflow", "apps", "text", "ride", "parkedcar", "shazam", "notes", "pdf",
)  # fmt: skip
ACTIONS: dict[str, ActionRule] = {
    **{
        name: ActionRule(find(library), input="WFContentItemInputParameter", gives=gives)
        for name, (library, gives) in _LIBRARIES.items()
    },
    **{f"properties.{name}": ActionRule(details, input="WFInput", gives="any") for name in _DETAILS},
}
