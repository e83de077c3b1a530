"""Places and weather: locations, addresses, maps, travel times, forecasts."""

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import quote_plus

from workflowllm.runtime.actions.outside import from_outside
from workflowllm.runtime.call import Call
from workflowllm.runtime.data_forms import thing_fields
from workflowllm.runtime.items import Item, Quantity, Thing, from_plain
from workflowllm.runtime.placeholders import placeholder
from workflowllm.runtime.rule import ActionRule

EARTH = 6_371_008.8  # metres, mean radius (IUGG)
_PLACEMARK = {
    "City": "city",
    "Country": "country",
    "State": "state",
    "ZIP": "zip_code",
    "Street": "street",
    "Name": "name",
}


def current(call: Call) -> Item:
    """Where the device is; a made-up place where the world does not say."""
    return call.world.location if call.world.location is not None else placeholder(call, "location")


def location(call: Call) -> Item | None:
    return place_of(call, "WFLocation")


def place_of(call: Call, key: str) -> Item | None:
    """The place of a location field: a stored placemark, the current location, or what a reference gives."""
    raw = call.raw(key)
    if isinstance(raw, Mapping) and raw.get("isCurrentLocation"):
        return current(call)
    if isinstance(raw, Mapping) and isinstance(raw.get("placemark"), Mapping):
        return placemark(raw["placemark"])
    if raw == "Current Location":
        return current(call)
    return call.first(key, "location")


def placemark(stored: Mapping[str, Any]) -> Thing:
    """A location out of what Shortcuts stores of a chosen place."""
    address = stored.get("addressDictionary")
    address = address if isinstance(address, Mapping) else {}
    point = stored.get("location")
    point = point if isinstance(point, Mapping) else {}
    fields = {name: address[key] for key, name in _PLACEMARK.items() if isinstance(address.get(key), str)}
    fields |= {
        key: from_plain(point[key]) for key in ("latitude", "longitude") if isinstance(point.get(key), (int, float))
    }
    lines = address.get("FormattedAddressLines")
    if isinstance(lines, list):
        fields["address"] = "\n".join(map(str, lines))
    return Thing("location", fields)


def street_address(call: Call) -> Thing:
    """The parts that are filled in, as one address over several lines."""
    fields = {
        "street": "\n".join(filter(None, (call.text("WFAddressLine1"), call.text("WFAddressLine2")))),
        "city": call.text("WFCity"),
        "state": call.text("WFState"),
        "zip_code": call.text("WFPostalCode"),
        "country": call.text("WFCountry"),
    }
    fields = {key: text for key, text in fields.items() if text}
    town = " ".join(fields[key] for key in ("city", "state", "zip_code") if key in fields)
    lines = [fields.get("street", ""), town, fields.get("country", "")]
    return Thing("location", {**fields, "address": "\n".join(filter(None, lines))})


def search_text(call: Call, item: Item) -> str:
    """A place as Maps is asked for it: its address, its name, or its coordinates."""
    if type(item) is not Thing:
        return call.text_of(item).replace("\n", ", ").strip()
    for field in ("address", "street", "name", "city"):
        if item.get(field):
            return str(item.get(field)).replace("\n", ", ")
    return f"{call.text_of(item.get('latitude', ''))},{call.text_of(item.get('longitude', ''))}"


def open_in_maps(call: Call) -> None:
    for item in _places(call, "WFInput"):
        call.effect("open", app=call.choice("WFSearchMapsActionApp", "Maps"), item=item)


def _places(call: Call, key: str) -> list[Item]:
    place = place_of(call, key) if isinstance(call.raw(key), Mapping) else None
    return [place] if place is not None else list(call.value(key).items)


def maps_link(call: Call) -> list[Thing]:
    return [
        Thing("url", {"url": f"https://maps.apple.com/?q={quote_plus(search_text(call, item))}"})
        for item in _places(call, "WFInput")
    ]


def travel_time(call: Call) -> Any:
    """The world's travel time to a place, as `23 min`; where it names none, one from outside."""
    destination = _destination(call, "WFDestination")
    mode = call.choice("WFGetDirectionsActionMode", "Driving")
    for trip in call.world.description.travel:
        fits_mode = trip.mode is None or trip.mode == mode
        if fits_mode and (trip.to is None or call.session.patterns.fits(trip.to, destination)):
            return Quantity(Decimal(str(trip.minutes)), "min")
    return from_outside(call, "quantity")


def _destination(call: Call, key: str) -> str:
    places = _places(call, key)
    return search_text(call, places[0]) if places else ""


def directions(call: Call) -> None:
    call.effect(
        "directions",
        to=_destination(call, "WFDestination"),
        mode=call.choice("WFGetDirectionsActionMode", "Driving"),
        app=call.choice("WFGetDirectionsActionApp", "Maps"),
    )


def distance(call: Call) -> Any:
    """As the crow flies, from here or from a place; along roads it lies outside."""
    start_key = "WFGetDirectionsCustomLocation"
    start = place_of(call, start_key) if call.has(start_key) else None
    start, end = start or current(call), place_of(call, "WFGetDistanceDestination")
    points = [_point(start), _point(end)]
    if call.choice("WFGetDirectionsActionMode", "Direct") != "Direct" or None in points:
        return from_outside(call, "number")
    metres = _great_circle(*points[0], *points[1])
    unit = call.choice("WFDistanceUnit", "Kilometers" if not call.world.locale.endswith("US") else "Miles")
    return Decimal(str(round(metres / (1609.344 if unit == "Miles" else 1000), 6)))


def _point(place: Any) -> tuple[float, float] | None:
    latitude, longitude = (place.get(key) if type(place) is Thing else None for key in ("latitude", "longitude"))
    return (float(latitude), float(longitude)) if type(latitude) is Decimal and type(longitude) is Decimal else None


def _great_circle(north: float, east: float, other_north: float, other_east: float) -> float:
    """The haversine formula, in metres."""
    north, east, other_north, other_east = map(math.radians, (north, east, other_north, other_east))
    half = math.sin((other_north - north) / 2) ** 2
    half += math.cos(north) * math.cos(other_north) * math.sin((other_east - east) / 2) ** 2
    return 2 * EARTH * math.asin(min(math.sqrt(half), 1.0))


def halfway(call: Call) -> Any:
    """The middle of two points, for places that are not a hemisphere apart."""
    first, second = (_point(place_of(call, f"WFGetHalfwayPoint{rank}Location")) for rank in ("First", "Second"))
    if first is None or second is None:
        return from_outside(call, "location")
    middle = [Decimal(str(round((one + other) / 2, 6))) for one, other in zip(first, second)]
    return Thing("location", {"latitude": middle[0], "longitude": middle[1]})


# Weather


def weather_now(call: Call) -> Item:
    current_weather = call.world.description.weather.current
    return _weather(call, current_weather) if current_weather else _made_up_weather(call)


def forecast(call: Call) -> list[Item]:
    hourly = call.choice("WFWeatherForecastType", "Daily") == "Hourly"
    weather = call.world.description.weather
    entries = weather.hours if hourly else weather.days
    return [_weather(call, entry) for entry in entries] or [_made_up_weather(call)]


def _weather(call: Call, entry: Mapping[str, Any]) -> Thing:
    return Thing("weather", {"name": entry.get("condition") or "Weather", **thing_fields(entry, call.world)})


def _made_up_weather(call: Call) -> Thing:
    """A mild day, for a world without weather."""
    call.made_up()
    fields = {
        "name": "Sunny",
        "condition": "Sunny",
        "temperature": 20,
        "high": 24,
        "low": 12,
        "precipitation_chance": 10,
    }
    return Thing("weather", {key: from_plain(value) for key, value in fields.items()})


ACTIONS: dict[str, ActionRule] = {
    "getcurrentlocation": ActionRule(current, gives="location"),
    "location": ActionRule(location, gives="location"),
    "address": ActionRule(street_address, gives="location"),
    "searchmaps": ActionRule(open_in_maps, input="WFInput", flow="passes"),
    "getmapslink": ActionRule(maps_link, input="WFInput", gives="url"),
    "gettraveltime": ActionRule(travel_time, input="WFDestination", gives="quantity"),
    "getdirections": ActionRule(directions, input="WFDestination", flow="passes"),
    "getdistance": ActionRule(distance, input="WFGetDistanceDestination", gives="number"),
    "gethalfwaypoint": ActionRule(halfway, gives="location"),
    "weather.currentconditions": ActionRule(weather_now, gives="weather"),
    "weather.forecast": ActionRule(forecast, gives="weather"),
}
