"""Units of quantities: their names, what they measure, and their size in a base unit."""

from datetime import timedelta
from decimal import Context, Decimal

from workflowllm.runtime.items import Quantity

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
        "nmi": "1852",
    },
    "mass": {
        "kg kilogram kilograms": "1",
        "g gram grams": "0.001",
        "mg milligram milligrams": "0.000001",
        "mcg µg microgram micrograms": "0.000000001",
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
        "tsp teaspoon teaspoons": "0.00492892159375",
        "tbsp tablespoon tablespoons": "0.01478676478125",
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
    "energy": {
        "kcal cal calories": "1", "kj": "0.2390057361376673", "j": "0.0002390057361376673", "kwh": "860.4206500956023",
    },
    "speed": {
        "m/s": "1", "km/h kph kmh": "0.27777777777777777777777777777778", "mph mi/h": "0.44704",
        "kn kt knots knot": "0.51444444444444444444444444444444",
    },
    "area": {
        "m²": "1", "km²": "1000000", "cm²": "0.0001", "mm²": "0.000001", "ha hectares": "10000",
        "ft²": "0.09290304", "in²": "0.00064516", "yd²": "0.83612736", "mi²": "2589988.110336",
        "ac acres acre": "4046.8564224",
    },
    "pressure": {
        "pa": "1", "hpa": "100", "kpa": "1000", "mbar": "100", "bar": "100000", "psi": "6894.757293168",
        "mmhg": "133.322387415", "inhg": "3386.389", "atm": "101325",
    },
    "angle": {
        "° deg degrees degree": "1", "rad radians radian": "57.295779513082320876798154814105",
        "grad gradians": "0.9", "rev revolutions": "360",
    },
    "power": {"w watts watt": "1", "kw": "1000", "mw": "1000000", "hp": "745.69987158227022"},
    "frequency": {"hz": "1", "khz": "1000", "mhz": "1000000", "ghz": "1000000000"},
    "temperature": {"k kelvin": "1", "°c c celsius": "1", "°f f fahrenheit": "0.55555555555555555555555555555556"},
}  # fmt: skip
# What zero of a unit is in the base unit: only temperatures have another zero.
_ZEROS = {"°c": "273.15", "c": "273.15", "celsius": "273.15"}
_ZEROS |= dict.fromkeys(("°f", "f", "fahrenheit"), "255.37222222222222222222222222222")
_ROUNDED = Context(prec=15)
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
    return quantity.magnitude * unit[1] + _zero(quantity.unit) if unit else quantity.magnitude


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
    base = quantity.magnitude * own[1] + _zero(quantity.unit)
    return _ROUNDED.plus((base - _zero(unit)) / other[1])


def _zero(unit: str) -> Decimal:
    return Decimal(_ZEROS.get(unit.strip().lower(), "0"))
