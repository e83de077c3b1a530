"""Values that Shortcuts stores as more than a text, from the words that a person writes for them.

`stored_text` says what a plain text under a parameter becomes; both directions ask it: the compiler to store the value,
the converter to mark a text of a file that is stored as a text all the same.
"""

import re
from collections.abc import Callable
from typing import Any

from workflowllm.shortcuts.model.wrapped import wrap

QUANTITY, CONTACT = "WFQuantityFieldValue", "WFContactFieldValue"
_QUANTITY = re.compile(r"\s*([+-]?\d+(?:\.\d+)?)\s*([^\d\s](?:.*\S)?)\s*")

# Words for a unit of time, and the one that Shortcuts stores.
_TIMES = {
    "sec": "s sec secs second seconds",
    "min": "m min mins minute minutes",
    "hr": "h hr hrs hour hours",
    "days": "d day days",
    "weeks": "week weeks",
    "months": "month months",
    "years": "year years",
}
_TIME_OF = {word: unit for unit, words in _TIMES.items() for word in words.split()}
# Units as NSUnit has them, by dimension: the symbol that is stored, and the words for it.
_UNITS = {
    "Duration": "s=second=seconds min=minute=minutes hr=h=hour=hours",
    "Length": "m=meter=meters=metre=metres km=kilometer=kilometers=kilometre=kilometres cm=centimeters mm=millimeters "
    "mi=mile=miles ft=foot=feet in=inch=inches yd=yard=yards",
    "Mass": "kg=kilogram=kilograms g=gram=grams lb=pound=pounds oz=ounce=ounces",
    "Temperature": "°C=celsius °F=fahrenheit K=kelvin",
    "Speed": "km/h=kph m/s mph kn=knots",
    "Volume": "L=l=liter=liters=litre=litres mL=ml=milliliters gal=gallon=gallons cup=cups",
    "Energy": "kcal kJ J Cal",
}
_NS_UNIT = {
    word: (spelt.split("=")[0], dimension)
    for dimension, units in _UNITS.items()
    for spelt in units.split()
    for word in spelt.split("=")
}
_FOCUS = {
    "Do Not Disturb": "com.apple.donotdisturb.mode.default",
    "Driving": "com.apple.donotdisturb.mode.driving",
    "Sleep": "com.apple.sleep.sleep-mode",
    "Work": "com.apple.focus.work",
    "Personal": "com.apple.focus.personal-time",
    "Reading": "com.apple.focus.reading",
    "Gaming": "com.apple.focus.gaming",
    "Fitness": "com.apple.focus.fitness",
    "Mindfulness": "com.apple.focus.mindfulness",
}
_APPS = {
    "Calendar": "com.apple.mobilecal", "Camera": "com.apple.camera", "Clock": "com.apple.mobiletimer",
    "Files": "com.apple.DocumentsApp", "Finder": "com.apple.finder", "Mail": "com.apple.mobilemail",
    "Maps": "com.apple.Maps", "Messages": "com.apple.MobileSMS", "Music": "com.apple.Music",
    "Notes": "com.apple.mobilenotes", "Photos": "com.apple.mobileslideshow", "Podcasts": "com.apple.podcasts",
    "Reminders": "com.apple.reminders", "Safari": "com.apple.mobilesafari", "Settings": "com.apple.Preferences",
    "Shortcuts": "com.apple.shortcuts", "Weather": "com.apple.weather",
}  # fmt: skip
_COLORS = {
    "black": "000000", "white": "ffffff", "red": "ff0000", "green": "00ff00", "blue": "0000ff", "yellow": "ffff00",
    "orange": "ff8000", "purple": "800080", "gray": "808080",
}  # fmt: skip
_ICLOUD = "com.apple.CloudDocs.MobileDocumentsFileProvider"
_ROOTS = {  # shown name -> (kind, provider, path, file name)
    "iCloud Drive": ("iCloud", _ICLOUD, "com~apple~CloudDocs", "com~apple~CloudDocs"),
    "Shortcuts": ("Shortcuts", _ICLOUD, "", "Documents"),
    "On My iPhone": ("LocalStorage", "com.apple.FileProvider.LocalStorage", "", "File Provider Storage"),
}


def stored_text(key: str, text: str) -> Any:
    """What a text under a parameter is stored as; None where it stays a text."""
    make = _PARAMETERS.get(key)
    return make(text) if make else None


def quantity(text: str) -> Any:
    """"5 km": a number and a unit."""
    match = _QUANTITY.fullmatch(text)
    return match and amount(match[1], match[2])


def amount(magnitude: Any, unit: str) -> Any:
    return wrap(QUANTITY, {"Magnitude": magnitude, "Unit": _NS_UNIT.get(unit, (unit,))[0]})


def duration(text: str) -> Any:
    """"25 minutes"; None where the unit is none of time."""
    match = _QUANTITY.fullmatch(text)
    return match and lasting(match[1], match[2])


def lasting(magnitude: Any, unit: str) -> Any:
    known = _TIME_OF.get(unit.lower())
    return wrap(QUANTITY, {"Magnitude": magnitude, "Unit": known}) if known else None


def _measurement(text: str) -> Any:
    """"5 km" to make one, "km" to convert to."""
    if text in _NS_UNIT:
        symbol, dimension = _NS_UNIT[text]
        return {"WFNSUnitSymbol": symbol, "WFNSUnitType": dimension}
    match = _QUANTITY.fullmatch(text)
    return quantity(text) if match and match[2] in _NS_UNIT else None


def _focus(text: str) -> Any:
    identifier = next((known for name, known in _FOCUS.items() if name.lower() == text.lower()), None)
    name = next((name for name in _FOCUS if name.lower() == text.lower()), text)
    return {"DisplayString": name, **({"Identifier": identifier} if identifier else {})} if text else None


def app(text: str) -> Any:
    """An app by the name of one of Apple's, or by its bundle identifier."""
    if text in _APPS:
        return {"BundleIdentifier": _APPS[text], "Name": text, "TeamIdentifier": "0000000000"}
    return {"BundleIdentifier": text} if re.fullmatch(r"[\w-]+(\.[\w-]+)+", text) else None


def shortcut(text: str) -> Any:
    return {"workflowName": text, "isSelf": False} if text else None


def _list(text: str) -> Any:
    return {"Title": text, "IsAllCalendar": False} if text else None


def _group(text: str) -> Any:
    return {"DisplayString": text} if text else None


def _note(text: str) -> Any:
    return {"title": {"key": text}, "displayString": text} if text else None


def _place(text: str) -> Any:
    return {"isCurrentLocation": True} if text == "Current Location" else None


def location(name: str, latitude: float, longitude: float) -> Any:
    """A place on the map, with what real files never lack."""
    moving = {"altitude": 0.0, "course": -1.0, "speed": -1.0, "horizontalAccuracy": 0.0, "verticalAccuracy": -1.0}
    spot = {"latitude": float(latitude), "longitude": float(longitude)}
    return {"placemark": {"location": {**spot, **moving}, "addressDictionary": {"Name": name}}}


def color(text: str) -> Any:
    """"red" or "#ff8000"."""
    digits = _COLORS.get(text.lower(), text.removeprefix("#"))
    if not re.fullmatch(r"[0-9a-fA-F]{6}", digits):
        return None
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    names = ("redComponent", "greenComponent", "blueComponent")
    return {"WFColorRepresentationType": "WFColorRepresentationTypeCGColor", **dict(zip(names, parts)),
            "alphaComponent": 1.0}  # fmt: skip


def folder(text: str) -> Any:
    """"iCloud Drive/Notes", "Shortcuts/Backup", "On My iPhone"."""
    root, _, rest = text.strip("/").partition("/")
    if root not in _ROOTS:
        return None
    kind, domain, base, filename = _ROOTS[root]
    path = "/".join(filter(None, (base, rest)))
    container = {"appContainerBundleIdentifier": "com.apple.shortcuts"} if kind == "Shortcuts" else {}
    where = {"WFFileLocationType": kind, "fileProviderDomainID": domain, "relativeSubpath": path, **container}
    name = rest.rsplit("/", 1)[-1]
    return {"displayName": name or root, "filename": name or filename, "fileLocation": where}


def _recipient(text: str) -> Any:
    """A telephone number or an address of mail."""
    if re.fullmatch(r"[^@\s]+@[^@\s]+\.\w+", text):
        entry = {"EntryType": 2, "SerializedEntry": {"link.contentkit.emailaddress": text}}
    elif re.fullmatch(r"\+?[\d ()./-]{3,}", text):
        entry = {"EntryType": 1, "SerializedEntry": {"link.contentkit.phonenumber": text}}
    else:
        return None
    return wrap(CONTACT, {"WFContactFieldValues": [entry]})


def contact(name: str, phone: str | None, email: str | None) -> Any:
    """A contact as a vCard."""
    *given, family = map(_escaped, name.split() or [""])
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"N:{family};{' '.join(given)};;;", f"FN:{_escaped(name)}"]
    lines += [f"EMAIL;type=INTERNET:{_escaped(email)}"] if email else []
    lines += [f"TEL:{_escaped(phone)}"] if phone else []
    card = "\r\n".join([*lines, "END:VCARD", ""]).encode("utf-8", "replace")
    return wrap(CONTACT, {"WFContactFieldValues": [{"WFContactData": card}]})


def _escaped(text: str) -> str:
    return re.sub(r"([\\,;])", r"\\\1", " ".join(text.split()))


_KEYS: dict[Callable[[str], Any], str] = {
    duration: "WFDuration WFTimeInterval",
    quantity: "WFSearchRadius WFMeasurement WFQuantitySampleQuantity WFQuantitySampleAdditionalQuantity",
    _measurement: "WFMeasurementUnit",
    _focus: "FocusModes",
    app: "WFSelectedApp",
    shortcut: "WFWorkflow",
    _list: "WFCalendarDescriptor WFList WFGetUpcomingItemCalendar",
    _group: "WFNoteGroup Folder",
    _note: "WFNote",
    _place: "WFLocation WFDestination WFGetDirectionsCustomLocation WFGetDistanceDestination",
    color: "WFTextColor WFTextStrokeColor",
    folder: "WFFolder",
    _recipient: "WFContact WFCallContact WFSendMessageActionRecipients WFSendEmailActionToRecipients "
    "WFSendEmailActionCcRecipients WFSendEmailActionBccRecipients",
}
_PARAMETERS = {key: make for make, keys in _KEYS.items() for key in keys.split()}
TIME_KEYS = frozenset(_KEYS[duration].split())
MEASURED_KEYS = TIME_KEYS | frozenset(_KEYS[quantity].split()) | {"WFMeasurementUnit"}
