"""The stock world: what runs see where nobody has written a world. Its answers are made up, from a seed."""

from functools import lru_cache
from typing import Any

from workflowllm.runtime.world import World, parse_world

DESCRIPTION: dict[str, Any] = {
    "now": "2026-03-14T09:26:53+01:00",
    "zone": "Europe/Berlin",
    "input": "https://example.com/page",
    "clipboard": "hello world",
    "location": {
        "latitude": 52.52, "longitude": 13.405, "street": "Unter den Linden 1", "city": "Berlin",
        "country": "Germany", "name": "Home",
    },
    "travel": [{"minutes": 23}],
    "contacts": [
        {"name": "Ada Lovelace", "phone": "+49 30 1234567", "email": "ada@example.com"},
        {"name": "Grace Hopper", "phone": "+1 202 5550100", "email": "grace@example.com"},
    ],
    "events": [
        {"title": "Stand-up", "start": "2026-03-14T10:00:00+01:00", "end": "2026-03-14T10:15:00+01:00",
         "calendar": "Work"},
        {"title": "Lunch", "start": "2026-03-15T12:00:00+01:00", "end": "2026-03-15T13:00:00+01:00"},
    ],
    "reminders": [{"title": "Milk", "list": "Groceries"}, {"title": "Call Grace", "due": "2026-03-14T17:00:00+01:00"}],
    "notes": [{"name": "Team", "body": "Ada\nGrace"}],
    "photos": [
        {"name": "IMG_1", "taken": "2026-03-13T18:00:00+01:00"},
        {"name": "IMG_2", "taken": "2026-03-14T08:00:00+01:00", "screenshot": True, "width": 1179, "height": 2556},
    ],
    "health": [
        {"type": "Water", "value": 500, "unit": "mL", "at": "2026-03-14T08:00:00+01:00"},
        {"type": "Steps", "value": 4200, "unit": "count", "at": "2026-03-14T08:30:00+01:00"},
        {"type": "Weight", "value": 70, "unit": "kg", "at": "2026-03-13T07:00:00+01:00"},
    ],
    "weather": {
        "current": {"condition": "Cloudy", "temperature": 12, "humidity": 60, "wind_speed": 3},
        "days": [{"date": "2026-03-14", "condition": "Rain", "high": 9, "low": 3, "precipitation_chance": 80}],
        "hours": [{"date": "2026-03-14T10:00:00+01:00", "condition": "Cloudy", "temperature": 12}],
    },
    "music": {"playlists": {"Focus": [{"title": "Clair de lune", "artist": "Claude Debussy"}]}},
    "rates": {"EUR": 1, "USD": 1.08},
}  # fmt: skip


@lru_cache(maxsize=1)
def stock_world() -> World:
    return parse_world(DESCRIPTION, "the stock world")
