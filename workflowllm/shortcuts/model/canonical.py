"""Values of a property list in a form in which only what means the same compares equal.

An output is the index of the action that makes it, whatever its UUID and the name shown; a text without references is
a plain string, however it is stored; 1 equals 1.0 but not True.
"""

from typing import Any

from workflowllm.shortcuts.model.links import Links
from workflowllm.shortcuts.model.wrapped import TEXT, parse_ranges, plain_text, slice_utf16

_NOT_COMPARED = ("OutputUUID", "OutputName", "Type")  # of an output's reference


def canonical(value: Any, links: Links, index: int) -> Any:
    """The canonical form of a value that stands in the action of an index."""
    if isinstance(value, bool):
        return ("boolean", value)
    if isinstance(value, (int, float)):
        return ("number", value if value == value else "nan")
    if isinstance(value, dict):
        return _mapping(value, links, index)
    if isinstance(value, list):
        return ("list", [canonical(item, links, index) for item in value])
    return (type(value).__name__, value)


def _mapping(value: dict[str, Any], links: Links, index: int) -> Any:
    if "attachmentsByRange" in value and isinstance(value.get("string"), str):
        return _text(value, links, index)
    if value.get("WFSerializationType") == TEXT:
        text = plain_text(value)
        if text is not None:
            return ("str", text)
    uuid = value.get("OutputUUID")
    if value.get("Type") == "ActionOutput" and isinstance(uuid, str):
        maker = links.maker(uuid.upper(), index)
        rest = {key: item for key, item in value.items() if key not in _NOT_COMPARED}
        return ("output", uuid.upper() if maker is None else maker, _mapping(rest, links, index))
    return ("dictionary", {key: canonical(item, links, index) for key, item in value.items()})


def _text(value: dict[str, Any], links: Links, index: int) -> Any:
    if not value["attachmentsByRange"]:
        return ("str", value["string"])
    ranged = parse_ranges(value["attachmentsByRange"])
    if ranged is None:
        return ("malformed text", value["string"], canonical(value["attachmentsByRange"], links, index))
    pieces = slice_utf16(value["string"], [position for position, _ in ranged])
    return ("text", pieces, [canonical(token, links, index) for _, token in ranged])
