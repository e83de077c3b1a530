"""Dictionaries with typed fields, lists with typed items, and content filters, as Python expressions."""

from typing import Any, Protocol

from workflowllm.shortcuts.dialect.comparisons import FILTER_OPERATORS
from workflowllm.shortcuts.model.identifiers import is_name
from workflowllm.shortcuts.model.plist_types import (
    ITEM_ARRAY,
    ITEM_BOOLEAN,
    ITEM_DICTIONARY,
    ITEM_NUMBER,
    ITEM_TEXT,
    TokenText,
)
from workflowllm.shortcuts.model.wrapped import ARRAY, FIELDS, NUMBER_STATE, TEXT, plain_text, unwrap, unwrap_as
from workflowllm.shortcuts.to_python.literals import line_literal, text_literal

_TEMPLATE_KEYS = {"Property", "Operator", "Values", "Removable", "Bounded"}


class Values(Protocol):
    """What fields need of the printer of values, which stands above them."""

    def value(self, value: Any) -> str:
        """Any value."""

    def text(self, value: TokenText) -> str | None:
        """A text with references."""

    def enter(self) -> None:
        """Go one bracket deeper; raises ShortcutError where that is too deep."""

    def leave(self) -> None:
        """Come back from a bracket."""


def field_parameter(values: Values, value: dict | list) -> str:
    """A parameter in FIELD_KEYS: `{...}` for fields, `[...]` for items, plain(...) for anything else."""
    if isinstance(value, list):
        return item_list(values, value)
    text = field_dictionary(values, unwrap_as(FIELDS, value))
    if text:
        return text
    text = values.value(value)
    return f"plain({text})" if text.startswith("{") else text


def field_dictionary(values: Values, value: Any) -> str | None:
    """`{WFDictionaryFieldValueItems: [...]}` as a dictionary display; None where an item is not of the usual form."""
    items = value.get("WFDictionaryFieldValueItems") if isinstance(value, dict) and len(value) == 1 else None
    if not isinstance(items, list):
        return None
    values.enter()
    entries = []
    for field in items:
        key = _key(values, field) if isinstance(field, dict) else None
        if key is None:
            break
        entries.append(f"{key}: {item(values, field['WFItemType'], field['WFValue'])}")
    values.leave()
    return "{" + ", ".join(entries) + "}" if len(entries) == len(items) else None


def _key(values: Values, field: dict) -> str | None:
    if len(field) != 3 or "WFItemType" not in field or "WFValue" not in field:
        return None
    return _text(values, field.get("WFKey"))


def _text(values: Values, value: Any) -> str | None:
    """A str or a WFTextTokenString as a literal or f-string; None for anything else."""
    if isinstance(value, str):
        return text_literal(value)
    text = unwrap_as(TEXT, value)
    return values.text(text) if isinstance(text, dict) else None


def item(values: Values, kind: Any, value: Any) -> str:
    """The value of a field or an item of a type; item(type, value) where the literal would mean another."""
    text = None
    if isinstance(kind, int) and not isinstance(kind, bool):
        if kind == ITEM_TEXT:
            text = _text(values, value)
        elif kind == ITEM_NUMBER:
            text = _number(value)
        else:
            wrapped = unwrap(value)
            text = _nested(values, kind, *wrapped) if wrapped else None
    return text or f"item({values.value(kind)}, {values.value(value)})"


def _number(value: Any) -> str | None:
    """A number field holds text; a literal stands for it when it is written as Python writes numbers."""
    text = plain_text(value)
    return text if text is not None and is_number_text(text) else None


def is_number_text(text: str) -> bool:
    """Whether a Python literal of this text prints as the same text again."""
    if len(text) > 15 or not text or text[0] not in "-0123456789":
        return False
    try:
        return text in (str(int(text)) if text.lstrip("-").isdigit() else "", repr(float(text)))
    except ValueError:
        return False


def _nested(values: Values, kind: int, serialization: str, value: Any) -> str | None:
    if kind == ITEM_DICTIONARY and serialization == FIELDS:
        return field_dictionary(values, unwrap_as(FIELDS, value))
    if kind == ITEM_ARRAY and serialization == ARRAY and isinstance(value, list):
        return item_list(values, value)
    if kind == ITEM_BOOLEAN and serialization == NUMBER_STATE and isinstance(value, bool):
        return str(value)
    return None


def item_list(values: Values, items: list) -> str:
    """Items of a list: texts are stored as plain strings, the rest as `{WFItemType, WFValue}`."""
    values.enter()
    text = "[" + ", ".join(_list_item(values, entry) for entry in items) + "]"
    values.leave()
    return text


def _list_item(values: Values, entry: Any) -> str:
    text = plain_text(entry)
    if text is not None:
        return line_literal(text)
    if isinstance(entry, dict) and entry.keys() == {"WFItemType", "WFValue"}:
        text = item(values, entry["WFItemType"], entry["WFValue"])
        if entry["WFItemType"] != ITEM_TEXT or text.startswith(("f", "text_of(", "item(")):
            return text
        return f"item({ITEM_TEXT}, {text})"
    return f"plain({values.value(entry)})"


def content_filter(values: Values, value: Any) -> str | None:
    """A filter as all_of(where(...), ...) or any_of(...); None where it holds something unusual."""
    if (
        not isinstance(value, dict)
        or value.get("WFContentPredicateBoundedDate", True) is not False
        or type(value.get("WFActionParameterFilterPrefix")) is not int
        or value["WFActionParameterFilterPrefix"] not in (0, 1)
        or len(value) != 3
    ):
        return None
    templates = value.get("WFActionParameterFilterTemplates")
    parts = [_where(values, template) for template in templates] if isinstance(templates, list) else [None]
    if None in parts:
        return None
    return f"{'all_of' if value['WFActionParameterFilterPrefix'] else 'any_of'}({', '.join(parts)})"


def _where(values: Values, template: Any) -> str | None:
    """where("Name", "contains", String="x"): property, operator, and the stored operands."""
    if not isinstance(template, dict) or not template.keys() <= _TEMPLATE_KEYS:
        return None
    operator, operands = template.get("Operator"), template.get("Values")
    words = FILTER_OPERATORS.get(operator) if type(operator) is int else None
    if (
        words is None
        or not isinstance(template.get("Property"), str)
        or not isinstance(operands, dict)
        or not all(is_name(key) and key not in ("Removable", "Bounded") for key in operands)
    ):
        return None
    options = {key: template[key] for key in ("Removable", "Bounded") if key in template}
    if options.get("Removable") is True:
        del options["Removable"]
    elif "Removable" not in options:
        options["Removable"] = None
    keywords = [f"{key}={values.value(item)}" for key, item in (*sorted(operands.items()), *options.items())]
    return f"where({', '.join([line_literal(template['Property']), line_literal(words), *keywords])})"
