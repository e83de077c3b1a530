"""Units of quantities: their names, what they measure, and their size in a base unit."""

from datetime import timedelta
from decimal import Decimal

from workflowllm.runtime.values import Quantity

# dimension -> {unit: size in the first unit}; names in lower case, as files and people write them
_TABLE = {
    "time": {
        "s sec secs second seconds": "1",
        "ms millisecond milliseconds": "0.001",
        "min mins minute minutes": "60",
        "h hr hrs hour hours": "3600",
        "d day days": "86400",
        "wk week weeks": "604800",
        "mo month months": "2629800",
        "yr year years": "31557600",
    },
    "length": {
        "m meter meters metre metres": "1",
        "km kilometer kilometers kilometre kilometres": "1000",
        "cm centimeter centimeters centimetre centimetres": "0.01",
        "mm millimeter millimeters": "0.001",
        "mi mile miles": "1609.344",
        "yd yard yards": "0.9144",
        "ft foot feet": "0.3048",
        "in inch inches": "0.0254",
    },
    "mass": {
        "kg kilogram kilograms": "1",
        "g gram grams": "0.001",
        "mg milligram milligrams": "0.000001",
        "lb lbs pound pounds": "0.45359237",
        "oz ounce ounces": "0.028349523125",
        "st stone": "6.35029318",
    },
    "volume": {
        "l liter liters litre litres": "1",
        "ml milliliter milliliters millilitre millilitres": "0.001",
        "cl": "0.01",
        "dl": "0.1",
        "fl_oz_us fl_oz fl oz floz": "0.0295735295625",
        "cup_us cup cups": "0.24",
        "gal gallon gallons": "3.785411784",
        "pt pint pints": "0.473176473",
    },
    "size": {
        "b byte bytes": "1",
        "kb": "1000",
        "mb": "1000000",
        "gb": "1000000000",
        "tb": "1000000000000",
    },
    "energy": {"kcal cal calories": "1", "kj": "0.2390057361376673", "j": "0.0002390057361376673"},
}
_UNITS: dict[str, tuple[str, Decimal]] = {
    name: (dimension, Decimal(size))
    for dimension, rows in _TABLE.items()
    for names, size in rows.items()
    for name in names.split()
}


def unit_of(name: str) -> tuple[str, Decimal] | None:
    """What a unit measures and its size in the base unit."""
    return _UNITS.get(name.strip().lower())


def in_base(quantity: Quantity) -> Decimal:
    """A quantity's magnitude in its base unit; as it stands for a unit that is not known."""
    unit = unit_of(quantity.unit)
    return quantity.magnitude * unit[1] if unit else quantity.magnitude


def as_duration(quantity: Quantity) -> timedelta | None:
    """A quantity of a unit of time as a span; None for any other."""
    unit = unit_of(quantity.unit)
    if unit is None or unit[0] != "time":
        return None
    try:
        return timedelta(seconds=float(quantity.magnitude * unit[1]))
    except (OverflowError, ValueError):
        return None


def converted(quantity: Quantity, unit: str) -> Decimal | None:
    """The magnitude in another unit of the same dimension."""
    own, other = unit_of(quantity.unit), unit_of(unit)
    if quantity.unit == unit:
        return quantity.magnitude
    if own is None or other is None or own[0] != other[0]:
        return None
    return quantity.magnitude * own[1] / other[1]
