"""Dictionaries: making them, reading and setting values."""

from typing import Any

from workflowllm.runtime.call import Call
from workflowllm.runtime.coercions import coerce, parse_dictionary
from workflowllm.runtime.dictionary_paths import with_value
from workflowllm.runtime.items import Dictionary, Thing, Value
from workflowllm.runtime.rule import ActionRule


def dictionary(call: Call) -> Value | Dictionary:
    value = call.value("WFItems")
    return value if value.items else Dictionary({})


def detect_dictionary(call: Call) -> list[Any]:
    """Fact 81: JSON, pairs such as a=b, property lists. A JSON array gives a list."""
    results: list[Any] = []
    for item in call.input.items:
        if type(item) is Dictionary:
            results.append(item)
            continue
        text = item.get("text") if type(item) is Thing and item.type in ("file", "rich_text") else call.text_of(item)
        parsed = parse_dictionary(text, call.world) if isinstance(text, str) else None
        parsed = coerce(item, "dictionary", call.world) if parsed is None else parsed
        results += parsed if type(parsed) is tuple else [] if parsed is None else [parsed]
    if not results and call.input.items:
        sentence = f"Get Dictionary from Input found none in {call.run.text_of(call.input)[:60]!r}"
        return [call.missing(sentence, "dictionary")]
    return results


def get_value(call: Call) -> list[Any] | None:
    """Facts 75 to 80."""
    kind = call.choice("WFGetDictionaryValueType", "Value")
    dictionaries = _dictionaries(call, "WFInput")
    if kind == "All Keys":
        call.lean("json-order")
        return [key for entry in dictionaries for key in entry.entries]
    if kind == "All Values":
        call.lean("json-order")
        return [value for entry in dictionaries for value in entry.entries.values()]
    key = call.text("WFDictionaryKey")
    return [_read(call, entry, key) for entry in dictionaries]


def _read(call: Call, entry: Dictionary, key: str) -> Any:
    value = call.run.read_path(entry, key)
    if value is None and key in entry.entries:
        call.lean("f18")
    return value


def _dictionaries(call: Call, key: str) -> list[Dictionary]:
    found = []
    for item in call.value(key).items:
        entry = coerce(item, "dictionary", call.world)
        if entry is None:
            if call.text_of(item).strip():
                sentence = f"Get Dictionary Value couldn't make a dictionary of {call.text_of(item)[:60]!r}"
                found.append(call.missing(sentence, "dictionary"))
            continue
        found.append(entry)
    return found


def set_value(call: Call) -> Dictionary:
    """Facts 6, 73, 78 and 82: a new dictionary with the key set."""
    entry = call.dictionary("WFDictionary") or Dictionary({})
    items = call.content("WFDictionaryValue").items
    value = items[0] if len(items) == 1 else items if items else ""
    return with_value(entry, call.text("WFDictionaryKey"), value)


ACTIONS: dict[str, ActionRule] = {
    "dictionary": ActionRule(dictionary, gives="dictionary"),
    "detect.dictionary": ActionRule(detect_dictionary, input="WFInput", gives="dictionary"),
    "getvalueforkey": ActionRule(get_value, input="WFInput", gives="any"),
    "setvalueforkey": ActionRule(set_value, input="WFDictionary", gives="dictionary"),
}
