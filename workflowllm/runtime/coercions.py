"""Which type of item becomes which, and how: one table, each line with its grade.

`coerce(item, kind, setting)` gives the item as another kind, or None where there is no way. The setting is what of
the world counts: zone, locale, and the time.
"""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import parse_qsl

from workflowllm.runtime import date_texts
from workflowllm.runtime.date_texts import Setting
from workflowllm.runtime.items import (
    Date,
    Dictionary,
    Item,
    Quantity,
    Thing,
    bounded,
    flat,
    kind_of,
    number_text,
)
from workflowllm.runtime.json_text import NotJson, json_text, parse_json
from workflowllm.runtime.property_lists import parse_property_list

# The names of CoercionItemClass, as kinds.
CLASSES = {
    "WFStringContentItem": "text",
    "WFNumberContentItem": "number",
    "WFDecimalNumberContentItem": "number",
    "WFBooleanContentItem": "boolean",
    "WFDictionaryContentItem": "dictionary",
    "WFDateContentItem": "date",
    "WFURLContentItem": "url",
    "WFGenericFileContentItem": "file",
    "WFImageContentItem": "image",
    "WFRichTextContentItem": "rich_text",
    "WFContactContentItem": "contact",
    "WFLocationContentItem": "location",
    "WFPhoneNumberContentItem": "phone",
    "WFEmailAddressContentItem": "email",
    "WFPDFContentItem": "pdf",
    "WFPhotoMediaContentItem": "image",
    "WFAVAssetContentItem": "media",
    "WFArticleContentItem": "article",
    "WFSafariWebPageContentItem": "web_page",
    "WFTimeIntervalContentItem": "quantity",
    "WFMeasurementContentItem": "quantity",
    "WFCalendarEventContentItem": "event",
    "WFReminderContentItem": "reminder",
    "WFHKSampleContentItem": "health",
    "WFWorkflowContentItem": "shortcut",
    "WFAppContentItem": "app",
    "WFWeatherDataContentItem": "weather",
    "WFMPMediaContentItem": "song",
    "WFNoteContentItem": "note",
    "WFContentItem": "any",
}
# The field of a thing that is its text.
TEXT_FIELDS = {
    "url": ("url",),
    "email": ("address",),
    "phone": ("number",),
    "match": ("text",),
    "rich_text": ("text", "html", "markdown"),
    "event": ("title", "name"),
    "reminder": ("title", "name"),
    "song": ("title", "name"),
    "location": ("address", "name", "street", "city"),
    "article": ("title", "name"),
    "feed_item": ("title", "name"),
    "web_page": ("url", "name"),
    "file": ("text", "name"),
}
_NUMBER = re.compile(r"[-+−]?(?:\d[\d,]*(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?")


def coerce(item: Item, kind: str, setting: Setting) -> Item | None:
    """An item as another kind; None where it can't be one."""
    own = kind_of(item)
    if own == kind or kind == "any":
        return item
    row = COERCIONS.get((own, kind)) or COERCIONS.get(("thing" if type(item) is Thing else "any", kind))
    return row[0](item, setting) if row else None


def to_text(item: Item, setting: Setting) -> str:
    """Any item as text."""
    kind = type(item)
    if kind is str:
        return item
    if kind is Decimal:
        return number_text(item)
    if kind is bool:
        return "1" if item else "0"
    if kind is tuple:
        return "\n".join(to_text(part, setting) for part in flat(item))
    if kind is Dictionary:
        return json_text(item, lambda part: to_text(part, setting))
    if kind is Date:
        return date_texts.date_text(item, setting)
    return quantity_text(item) if kind is Quantity else thing_text(item, setting)


def quantity_text(item: Quantity) -> str:
    return f"{number_text(item.magnitude)} {item.unit}".rstrip()


def thing_text(thing: Thing, setting: Setting) -> str:
    """What a thing is in a text: its address, its text, its title, or its name."""
    if thing.type == "note":
        return "\n".join(filter(None, (thing.name, str(thing.get("body") or ""))))
    if thing.type == "health":
        unit = thing.get("unit")
        return f"{to_text(thing.get('value', ''), setting)} {unit or ''}".rstrip()
    for name in TEXT_FIELDS.get(thing.type, ("name", "title", "text")):
        value = thing.get(name)
        if value is not None:
            return to_text(value, setting)
    return thing.name or str(thing.get("title") or "")


def parse_number(text: str, setting: Setting) -> Decimal | None:
    """Facts 13 to 15: the number that a text is, or the first one in it; None for a text without any."""
    if len(text) < 16 and text.isascii() and text.isdigit():
        return Decimal(text)
    text = text.strip()
    try:
        number = Decimal(text) if len(text) < 100 else None
        if number is not None and number.is_finite():
            return bounded(number)
    except InvalidOperation:
        pass
    match = _NUMBER.search(text[:10_000])
    if match is None:
        return None
    digits = match[0].replace("−", "-")
    if setting.locale[:2] in _COMMA_LOCALES:
        digits = digits.replace(",", ".", 1) if digits.count(",") == 1 and "." not in digits else digits
    try:
        return bounded(Decimal(digits.replace(",", "")[:200]))
    except InvalidOperation:
        return None


_COMMA_LOCALES = frozenset(["de", "fr", "it", "es", "pt", "nl", "ru", "pl", "sv", "da", "fi", "nb", "cs", "tr", "uk"])


def is_plain_number(text: str) -> bool:
    """Whether a text is a number and nothing else."""
    return bool(_NUMBER.fullmatch(text.strip()))


def _text_to_boolean(item: str, setting: Setting) -> bool | None:
    word = item.strip().lower()
    if word in ("yes", "true", "1", "on"):
        return True
    return False if word in ("no", "false", "0", "off", "") else None


def parse_dictionary(text: str, setting: Setting | None = None) -> Item | None:
    """Fact 81: JSON, or pairs `a=b&c=d`. A JSON array gives a tuple."""
    text = text.strip()
    if text[:1] in ("{", "["):
        try:
            return parse_json(text)
        except NotJson:
            return None
    if text.startswith(("<?xml", "<plist", "<!DOCTYPE plist")):
        return parse_property_list(text)
    if "=" in text and not re.search(r"\s", text):
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=10_000)
        return Dictionary(dict(pairs)) if pairs else None
    return None


def _text_to_dictionary(item: str, setting: Setting) -> Dictionary | None:
    """Fact 84: the text of an array is no dictionary."""
    parsed = parse_dictionary(item)
    return parsed if type(parsed) is Dictionary else None


def _file_to_dictionary(item: Thing, setting: Setting) -> Dictionary | None:
    text = item.get("text")
    return _text_to_dictionary(text, setting) if isinstance(text, str) else None


def url_of(text: str) -> Thing:
    return Thing("url", {"url": text.strip()})


def file_of(item: Item, setting: Setting, name: str = "") -> Thing:
    """Content as a file: what a thing's file would be called and hold."""
    if type(item) is Thing and item.type in ("file", "image", "pdf", "media"):
        return item
    if type(item) is Dictionary:
        return Thing("file", {"name": name or "Dictionary.json", "text": to_text(item, setting)}, item)
    return Thing("file", {"name": name or "Text.txt", "text": to_text(item, setting)}, item)


def _field(name: str) -> Callable[[Thing, Setting], Any]:
    return lambda thing, setting: thing.get(name)


def _contact_field(name: str, kind: str) -> Callable[[Thing, Setting], Any]:
    key = {"phone": "number", "email": "address"}[kind]

    def read(thing: Thing, setting: Setting) -> Thing | None:
        value = thing.get(name)
        return Thing(kind, {key: value}) if value else None

    return read


def _to_rich_text(item: Item, setting: Setting) -> Thing:
    return Thing("rich_text", {"text": to_text(item, setting)}, item)


def _as_type(kind: str) -> Callable[[Item, Setting], Thing | None]:
    def change(item: Item, setting: Setting) -> Thing | None:
        return Thing(kind, dict(item.fields), item) if type(item) is Thing else None

    return change


Coercion = tuple[Callable[[Any, Setting], Item | None], str]
# (from, to): (function, grade). "any" and "thing" serve kinds without a line of their own.
COERCIONS: dict[tuple[str, str], Coercion] = {
    ("any", "text"): (to_text, "A"),
    ("thing", "text"): (to_text, "A"),
    ("text", "number"): (parse_number, "T"),
    ("boolean", "number"): (lambda item, setting: Decimal(int(item)), "T"),
    ("quantity", "number"): (lambda item, setting: item.magnitude, "?"),
    ("list", "number"): (lambda item, setting: coerce(item[0], "number", setting) if item else None, "?"),
    ("thing", "number"): (lambda item, setting: parse_number(to_text(item, setting), setting), "?"),
    ("health", "number"): (lambda item, setting: coerce(item.get("value", ""), "number", setting), "?"),
    ("text", "boolean"): (_text_to_boolean, "?"),
    ("number", "boolean"): (lambda item, setting: item != 0, "T"),
    ("text", "dictionary"): (_text_to_dictionary, "A"),
    ("file", "dictionary"): (_file_to_dictionary, "A"),
    ("rich_text", "dictionary"): (_file_to_dictionary, "A"),
    ("contact", "dictionary"): (lambda item, setting: Dictionary(dict(item.fields)), "?"),
    ("text", "date"): (date_texts.parse_date, "A"),
    ("event", "date"): (_field("start"), "?"),
    ("reminder", "date"): (_field("due"), "?"),
    ("image", "date"): (_field("taken"), "?"),
    ("health", "date"): (_field("at"), "?"),
    ("thing", "date"): (lambda item, setting: date_texts.parse_date(to_text(item, setting), setting), "?"),
    ("text", "url"): (lambda item, setting: url_of(item), "A"),
    ("thing", "url"): (lambda item, setting: url_of(item.get("url")) if item.get("url") else None, "A"),
    ("any", "file"): (file_of, "A"),
    ("thing", "file"): (file_of, "A"),
    ("any", "rich_text"): (_to_rich_text, "A"),
    ("thing", "rich_text"): (_to_rich_text, "A"),
    ("contact", "phone"): (_contact_field("phone", "phone"), "A"),
    ("contact", "email"): (_contact_field("email", "email"), "A"),
    ("text", "phone"): (lambda item, setting: Thing("phone", {"number": item.strip()}), "A"),
    ("text", "email"): (lambda item, setting: Thing("email", {"address": item.strip()}), "A"),
    ("text", "contact"): (lambda item, setting: Thing("contact", {"name": item.strip()}), "?"),
    ("phone", "contact"): (lambda item, setting: Thing("contact", {"phone": item.get("number")}, item), "?"),
    ("email", "contact"): (lambda item, setting: Thing("contact", {"email": item.get("address")}, item), "?"),
    ("text", "location"): (lambda item, setting: Thing("location", {"address": item.strip()}), "A"),
    ("file", "image"): (_as_type("image"), "?"),
    ("media", "image"): (_as_type("image"), "?"),
    ("file", "media"): (_as_type("media"), "?"),
    ("file", "pdf"): (_as_type("pdf"), "?"),
    ("text", "web_page"): (lambda item, setting: Thing("web_page", {"url": item.strip()}), "?"),
    ("url", "web_page"): (_as_type("web_page"), "?"),
    ("number", "quantity"): (lambda item, setting: Quantity(item, ""), "?"),
}


def coerce_all(items: tuple[Item, ...], kind: str, setting: Setting) -> tuple[Item, ...]:
    """The items as another kind; those that can't be are left out, and what gives a list is opened."""
    if kind == "any":
        return items
    changed = (coerce(item, kind, setting) for item in items)
    return tuple(item for item in changed if item is not None)
