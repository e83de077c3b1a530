"""Properties of items: one table, (type, property) -> (function, grade).

A property name is what Shortcuts shows, such as "File Extension". What no line serves is looked up among a thing's
own fields and a dictionary's keys.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from workflowllm.runtime.coercions import kind_of, to_text
from workflowllm.runtime.date_texts import Setting
from workflowllm.runtime.items import Date, Dictionary, Item, Thing, from_plain

PropertyRule = tuple[Callable[[Any, Setting], Any], str]


def property_of(item: Item, name: str, setting: Setting) -> Any:
    """An item's property as items; None where it has none."""
    rule = PROPERTIES.get((kind_of(item), name)) or PROPERTIES.get(("any", name))
    if rule:
        return rule[0](item, setting)
    if type(item) is Dictionary:
        return item.get(name)
    if type(item) is Thing:
        return from_plain(item.get(field_name(name), item.get(name)))
    return None


def field_name(property_name: str) -> str:
    """`Due Date` as the field `due_date`."""
    return property_name.strip().lower().replace(" ", "_").replace("'", "")


def name_of(item: Item, setting: Setting) -> str:
    """The name of an item as lists show it, with a file's ending."""
    if type(item) is Thing:
        name = item.get("name") or item.get("title")
        return str(name) if name else to_text(item, setting)
    return "Dictionary" if type(item) is Dictionary else to_text(item, setting)


def name_without_ending(item: Item, setting: Setting) -> str:
    """The property Name, and what Get Name gives: of a file without its ending, which File Extension holds.

    Real files put the two together again: `{file.Name}.{file.File_Extension}`.
    """
    name = name_of(item, setting)
    return _ENDING.sub("", name) if type(item) is Thing and item.type in FILE_TYPES else name


FILE_TYPES = frozenset({"file", "image", "media", "pdf", "audio", "video"})
_ENDING = re.compile(r"(?<=.)\.[A-Za-z][A-Za-z0-9]{0,8}$|(?<=.)\.(?:7z|3gp|mp[34])$")


def _file_extension(item: Item, setting: Setting) -> str | None:
    if type(item) is not Thing:
        return None
    name = item.name
    return name.rpartition(".")[2] if "." in name else item.get("extension")


def _file_size(item: Item, setting: Setting) -> Decimal | None:
    """In bytes, of what the file holds; None where only its name is known."""
    if type(item) is not Thing:
        return Decimal(len(to_text(item, setting).encode("utf-8", "replace")))
    size, text, data = item.get("size"), item.get("text"), item.get("data")
    if size is not None:
        return from_plain(size)
    if isinstance(text, str):
        return Decimal(len(text.encode("utf-8", "replace")))
    return Decimal(len(data)) if isinstance(data, bytes) else None


def _field(name: str) -> Callable[[Thing, Setting], Any]:
    return lambda item, setting: from_plain(item.get(name)) if type(item) is Thing else None


def _albums(item: Thing, setting: Setting) -> tuple[str, ...] | None:
    """The albums that a photo of the library is in; the system's own have all of their kind."""
    if "album" not in item.fields:
        return None
    system = {"Recents": True, "Screenshots": item.get("screenshot"), "Favorites": item.get("favourite")}
    own = item.get("album")
    return (*([own] if own else []), *(name for name, holds in system.items() if holds))


def _name_part(field: str, index: int) -> Callable[[Thing, Setting], str | None]:
    """A person's first or last name: as the world has it, else a word of the name."""

    def read(item: Thing, setting: Setting) -> str | None:
        words = item.name.split()
        return item.get(field) or (words[index] if len(words) > 1 or (words and index == 0) else None)

    return read


def _hour(item: Date, setting: Setting) -> Decimal:
    return Decimal(item.moment.astimezone(setting.zone).hour)


def _page_url(item: Thing, setting: Setting) -> str | None:
    """Of a page's contents: the address that they were made of."""
    origin = item.made_from
    return origin.get("url") if type(origin) is Thing else None


PROPERTIES: dict[tuple[str, str], PropertyRule] = {
    ("any", "Name"): (name_without_ending, "S"),
    ("any", "File Extension"): (_file_extension, "A"),
    ("any", "File Size"): (_file_size, "A"),
    ("dictionary", "Keys"): (lambda item, setting: tuple(item.entries), "T"),
    ("dictionary", "Values"): (lambda item, setting: tuple(item.entries.values()), "T"),
    ("event", "Title"): (_field("title"), "A"),
    ("event", "Start Date"): (_field("start"), "A"),
    ("event", "End Date"): (_field("end"), "A"),
    ("reminder", "Title"): (_field("title"), "A"),
    ("reminder", "Due Date"): (_field("due"), "A"),
    ("reminder", "Is Completed"): (_field("completed"), "A"),
    ("health", "Value"): (_field("value"), "A"),
    ("health", "Type"): (_field("type"), "A"),
    ("health", "Unit"): (_field("unit"), "A"),
    ("health", "Start Date"): (_field("at"), "A"),
    ("health", "End Date"): (_field("end"), "A"),
    ("image", "Date Taken"): (_field("taken"), "A"),
    ("image", "Creation Date"): (_field("taken"), "?"),
    ("media", "Date Taken"): (_field("taken"), "A"),
    ("media", "Creation Date"): (_field("taken"), "?"),
    ("image", "Is a Screenshot"): (_field("screenshot"), "A"),
    ("image", "Album"): (_albums, "?"),
    ("media", "Album"): (_albums, "?"),
    ("contact", "First Name"): (_name_part("first_name", 0), "?"),
    ("contact", "Last Name"): (_name_part("last_name", -1), "?"),
    ("person", "First Name"): (_name_part("first_name", 0), "?"),
    ("contact", "Phone Number"): (_field("phone"), "A"),
    ("contact", "Email Address"): (_field("email"), "A"),
    ("song", "Title"): (_field("title"), "A"),
    ("article", "Published Date"): (_field("published"), "A"),
    ("article", "Main Image URL"): (_field("image"), "A"),
    ("article", "Number of Words"): (_field("words"), "A"),
    ("rich_text", "Page URL"): (_page_url, "?"),
    ("rich_text", "Page Contents"): (_field("text"), "?"),
    ("web_page", "Page URL"): (_field("url"), "A"),
    ("web_page", "Page Contents"): (_field("text"), "A"),
    ("web_page", "Page Selection"): (_field("selection"), "A"),
    ("url", "Page URL"): (_field("url"), "?"),
    ("file", "File Path"): (_field("path"), "?"),
    ("file", "Creation Date"): (_field("created"), "?"),
    ("file", "Last Modified Date"): (_field("modified"), "?"),
    ("date", "Hour"): (_hour, "?"),
}
