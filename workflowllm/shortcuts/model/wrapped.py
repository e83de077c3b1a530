"""Serialized values `{Value, WFSerializationType}`, and the texts and references in them: made and taken apart."""

from typing import Any

from workflowllm.shortcuts.model.plist_types import Token, TokenText, Wrapped

# Serialization types.
TEXT, ATTACHMENT, FIELDS = "WFTextTokenString", "WFTextTokenAttachment", "WFDictionaryFieldValue"
FILTER, ARRAY, NUMBER_STATE = "WFContentPredicateTableTemplate", "WFArrayParameterState", "WFNumberSubstitutableState"

MARK = "\ufffc"  # stands in a text for a reference
_LONGEST_RANGE = 40  # characters; int() refuses thousands of digits

Ranged = list[tuple[tuple[int, int], Token]]  # ((start, length) in UTF-16 units, reference), in order of position


def wrap(serialization: str, value: Any) -> Wrapped:
    """`{Value, WFSerializationType}`."""
    return {"Value": value, "WFSerializationType": serialization}


def unwrap(value: Any) -> tuple[str, Any] | None:
    """(serialization type, value) of a serialized value; None for anything else, more keys included."""
    if type(value) is dict and len(value) == 2 and "Value" in value:
        serialization = value.get("WFSerializationType")
        if isinstance(serialization, str):
            return serialization, value["Value"]
    return None


def unwrap_as(serialization: str, value: Any) -> Any:
    """The value inside a serialized value of one type; None for anything else."""
    if type(value) is dict and len(value) == 2 and value.get("WFSerializationType") == serialization:
        return value.get("Value")
    return None


# References


def attachment(token: Token) -> Wrapped:
    """A parameter that is one reference."""
    return wrap(ATTACHMENT, token)


def attached_token(value: Any) -> Token | None:
    """The reference that a parameter is; None for anything else."""
    token = unwrap_as(ATTACHMENT, value)
    return token if isinstance(token, dict) else None


def subject(token: Token) -> dict[str, Any]:
    """`{Type: Variable, Variable: attachment}`, as an If stores the reference that it tests."""
    return {"Type": "Variable", "Variable": attachment(token)}


def subject_token(value: Any) -> Token | None:
    """The reference that an If tests; None for anything else."""
    if isinstance(value, dict) and len(value) == 2 and value.get("Type") == "Variable":
        return attached_token(value.get("Variable"))
    return None


def is_token(value: dict[str, Any]) -> bool:
    """Whether a dictionary is a reference to an output or a variable, without its wrapping."""
    kind = value.get("Type")
    return (kind == "ActionOutput" and "OutputUUID" in value) or (kind == "Variable" and "VariableName" in value)


def is_special(value: dict[str, Any]) -> bool:
    """Whether a dictionary is a serialized value, a text with references, or a reference."""
    return "WFSerializationType" in value or "attachmentsByRange" in value or is_token(value)


# Texts


def text_token(text: TokenText) -> Wrapped:
    """A parameter that is a text with references."""
    return wrap(TEXT, text)


def lone_reference(token: Token) -> TokenText:
    """A text that is one reference and nothing else."""
    return {"string": MARK, "attachmentsByRange": {"{0, 1}": token}}


def plain_text(value: Any) -> str | None:
    """A text that holds no reference, however it is stored; None for anything else."""
    if isinstance(value, dict):
        inner = unwrap_as(TEXT, value)
        value = inner.get("string") if isinstance(inner, dict) and not inner.get("attachmentsByRange") else inner
    return value if isinstance(value, str) else None


def utf16_length(text: str) -> int:
    """The number of UTF-16 units of a text, lone surrogates included."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_ranges(attachments: Any) -> Ranged | None:
    """`attachmentsByRange` as [((start, length), reference), ...] in order of position.

    None where a key or a reference is malformed, and where there is none.
    """
    ranged = []
    for key, token in attachments.items() if isinstance(attachments, dict) else ():
        parts = key.strip("{} ").split(",")
        is_range = len(parts) == 2 and len(key) <= _LONGEST_RANGE and all(part.strip().isdecimal() for part in parts)
        if not is_range or not isinstance(token, dict):
            return None
        ranged.append(((int(parts[0]), int(parts[1])), token))
    ranged.sort(key=lambda pair: pair[0])
    return ranged or None


def slice_utf16(string: str, ranges: list[tuple[int, int]]) -> list[str]:
    """The pieces of a text around ranges (start, length), which count UTF-16 units: one piece more than ranges."""
    if max(string, default="") <= "\uffff":
        ends = [start + length for start, length in ranges]
        return [string[at:start] for at, (start, _) in zip([0, *ends], ranges)] + [string[ends[-1] :]]
    raw = string.encode("utf-16-le", "surrogatepass")
    pieces, at = [], 0
    for start, length in ranges:
        pieces.append(raw[2 * at : 2 * start].decode("utf-16-le", "surrogatepass"))
        at = start + length
    return [*pieces, raw[2 * at :].decode("utf-16-le", "surrogatepass")]
