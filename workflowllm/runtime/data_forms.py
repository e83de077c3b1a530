"""Items as worlds write them and as effects show them: plain data of YAML and JSON."""

import base64
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from workflowllm.runtime.coercions import quantity_text
from workflowllm.runtime.date_texts import Setting, iso_text, parse_date
from workflowllm.runtime.items import Date, Dictionary, Item, Quantity, Thing, Value, as_value, bounded
from workflowllm.runtime.json_text import plain_number

THING_TYPES = frozenset(
    [
        "image",
        "file",
        "url",
        "rich_text",
        "contact",
        "location",
        "pdf",
        "email",
        "phone",
        "media",
        "event",
        "reminder",
        "note",
        "photo",
        "health",
        "weather",
        "song",
        "app",
        "shortcut",
        "article",
        "web_page",
        "feed_item",
        "match",
        "folder",
        "album",
        "playlist",
        "podcast",
        "episode",
        "product",
        "person",
        "video",
        "audio",
        "color",
        "quantity",
        "date",
        "place",
        "street_address",
        "calendar",
    ]
)
DATE_FIELDS = frozenset(
    ["start", "end", "due", "taken", "at", "created", "modified", "date", "published", "sunrise", "sunset"]
)


def from_world(data: Any, setting: Setting) -> Item | None:
    """Data of a world as an item; mappings with a known `type` are things, others dictionaries."""
    if data is None or isinstance(data, (str, bool)):
        return data
    if isinstance(data, (int, float)):
        return bounded(Decimal(str(data)))
    if isinstance(data, datetime):
        return Date(data if data.tzinfo else data.replace(tzinfo=setting.zone))
    if isinstance(data, date):
        return Date(datetime.combine(data, time(), setting.zone), has_time=False)
    if isinstance(data, (list, tuple)):
        return tuple(from_world(item, setting) for item in data)
    if not isinstance(data, Mapping):
        return str(data)
    kind = data.get("type")
    if isinstance(kind, str) and kind in THING_TYPES:
        return _thing(data, setting)
    return Dictionary({str(key): from_world(item, setting) for key, item in data.items()})


def _thing(data: Mapping[str, Any], setting: Setting) -> Item | None:
    fields = {str(key): value for key, value in data.items() if key not in ("type", "from")}
    if data["type"] == "date":
        return date_field(fields.get("date", fields.get("value")), setting)
    if data["type"] == "quantity":
        magnitude = from_world(fields.get("value", 0), setting)
        return Quantity(magnitude if type(magnitude) is Decimal else Decimal(), str(fields.get("unit") or ""))
    return Thing(data["type"], thing_fields(fields, setting), from_world(data.get("from"), setting))


def thing_fields(data: Mapping[str, Any], setting: Setting) -> dict[str, Any]:
    """A thing's fields: dates as Dates, numbers as Decimals, the rest as items."""
    return {
        key: date_field(value, setting) if key in DATE_FIELDS else from_world(value, setting)
        for key, value in data.items()
    }


def date_field(value: Any, setting: Setting) -> Date | None:
    """A date of a world, written as a YAML time or as text."""
    item = from_world(value, setting)
    return parse_date(item, setting) if isinstance(item, str) else item if type(item) is Date else None


def world_value(data: Any, setting: Setting) -> Value:
    """Data of a world as a value: a list has several items, None is nothing."""
    return as_value(from_world(data, setting))


def to_json(item: Any, setting: Setting) -> Any:
    """An item as effects show it: numbers as numbers, dates in ISO 8601, things with their type and origin."""
    kind = type(item)
    if item is None or kind is str or kind is bool or kind is int or kind is float:
        return item
    if kind is Decimal:
        return plain_number(item)
    if kind is Date:
        return iso_text(item, setting)
    if kind is Value:
        return value_json(item, setting)
    if kind is tuple or kind is list:
        return [to_json(part, setting) for part in item]
    if kind is bytes:
        return base64.b64encode(item).decode("ascii")
    if kind is Quantity:
        return {
            "type": "quantity",
            "value": plain_number(item.magnitude),
            "unit": item.unit,
            "text": quantity_text(item),
        }
    if kind is Dictionary:
        return {key: to_json(value, setting) for key, value in item.entries.items()}
    if kind is Thing:
        return thing_json(item, setting)
    if isinstance(item, Mapping):
        return {str(key): to_json(value, setting) for key, value in item.items()}
    return item.isoformat() if isinstance(item, (datetime, date)) else str(item)


def thing_json(item: Thing, setting: Setting) -> dict[str, Any]:
    shown = {"type": item.type}
    shown.update((key, to_json(value, setting)) for key, value in item.fields.items() if value is not None)
    if item.made_from is not None:
        shown["from"] = to_json(item.made_from, setting)
    return shown


def value_json(value: Value, setting: Setting) -> Any:
    """A value: null for nothing, the item where there is one, else the list."""
    items = [to_json(item, setting) for item in value.items]
    return None if not items else items[0] if len(items) == 1 else items
