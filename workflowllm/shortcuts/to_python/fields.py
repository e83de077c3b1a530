"""Dictionaries with typed fields, lists with typed items, and content filters, as Python expressions."""

from typing import TYPE_CHECKING, Any

from workflowllm.shortcuts.dialect import words as dialect
from workflowllm.shortcuts.dialect.literals import line_literal, text_literal
from workflowllm.shortcuts.model.identifiers import is_name

if TYPE_CHECKING:
    from workflowllm.shortcuts.to_python.values import ValuePrinter


def field_parameter(printer: "ValuePrinter", value: dict | list) -> str:
    """A parameter in FIELD_KEYS: `{...}` for fields, `[...]` for items, plain(...) for anything else."""
    if isinstance(value, list):
        return item_list(printer, value)
    if value.get("WFSerializationType") == dialect.FIELDS and len(value) == 2:
        text = field_dictionary(printer, value.get("Value"))
        if text:
            return text
    text = printer.value(value)
    return f"plain({text})" if text.startswith("{") else text


def field_dictionary(printer: "ValuePrinter", value: Any) -> str | None:
    """`{WFDictionaryFieldValueItems: [...]}` as a dictionary display; None where an item is not of the usual form."""
    items = value.get("WFDictionaryFieldValueItems") if isinstance(value, dict) and len(value) == 1 else None
    if not isinstance(items, list):
        return None
    printer.enter()
    entries = []
    for field in items:
        key = _key(printer, field) if isinstance(field, dict) else None
        if key is None:
            break
        entries.append(f"{key}: {item(printer, field['WFItemType'], field['WFValue'])}")
    printer.depth -= 1
    return "{" + ", ".join(entries) + "}" if len(entries) == len(items) else None


def _key(printer: "ValuePrinter", field: dict) -> str | None:
    if len(field) != 3 or "WFItemType" not in field or "WFValue" not in field:
        return None
    return _text(printer, field.get("WFKey"))


def _text(printer: "ValuePrinter", value: Any) -> str | None:
    """A str or a WFTextTokenString as a literal or f-string; None for anything else."""
    if isinstance(value, str):
        return text_literal(value)
    if isinstance(value, dict) and value.get("WFSerializationType") == dialect.TEXT and len(value) == 2:
        return printer.text(value["Value"]) if isinstance(value.get("Value"), dict) else None
    return None


def item(printer: "ValuePrinter", kind: Any, value: Any) -> str:
    """The value of a field or an item of a type; item(type, value) where the literal would mean another."""
    text = None
    if isinstance(kind, int) and not isinstance(kind, bool):
        if kind == dialect.ITEM_TEXT:
            text = _text(printer, value)
        elif kind == dialect.ITEM_NUMBER:
            text = _number(value)
        elif isinstance(value, dict) and len(value) == 2:
            text = _nested(printer, kind, value.get("WFSerializationType"), value.get("Value"))
    return text or f"item({printer.value(kind)}, {printer.value(value)})"


def _number(value: Any) -> str | None:
    """A number field holds text; a literal stands for it when it is written as Python writes numbers."""
    if isinstance(value, dict) and value.get("WFSerializationType") == dialect.TEXT and len(value) == 2:
        inner = value.get("Value")
        value = inner.get("string") if isinstance(inner, dict) and not inner.get("attachmentsByRange") else None
    return value if isinstance(value, str) and is_number_text(value) else None


def is_number_text(text: str) -> bool:
    """Whether a Python literal of this text prints as the same text again."""
    if len(text) > 15 or not text or text[0] not in "-0123456789":
        return False
    try:
        return text in (str(int(text)) if text.lstrip("-").isdigit() else "", repr(float(text)))
    except ValueError:
        return False


def _nested(printer: "ValuePrinter", kind: int, serialization: Any, value: Any) -> str | None:
    if (
        kind == dialect.ITEM_DICTIONARY
        and serialization == dialect.FIELDS
        and isinstance(value, dict)
        and value.get("WFSerializationType") == dialect.FIELDS
        and len(value) == 2
    ):
        return field_dictionary(printer, value.get("Value"))
    if kind == dialect.ITEM_ARRAY and serialization == dialect.ARRAY and isinstance(value, list):
        return item_list(printer, value)
    if kind == dialect.ITEM_BOOLEAN and serialization == dialect.NUMBER_STATE and isinstance(value, bool):
        return str(value)
    return None


def item_list(printer: "ValuePrinter", items: list) -> str:
    """Items of a list: texts are stored as plain strings, the rest as `{WFItemType, WFValue}`."""
    printer.enter()
    text = "[" + ", ".join(_list_item(printer, entry) for entry in items) + "]"
    printer.depth -= 1
    return text


def plain_text(value: Any) -> str | None:
    """A text that holds no reference, however it is stored; None for anything else."""
    if isinstance(value, dict) and value.get("WFSerializationType") == dialect.TEXT and len(value) == 2:
        inner = value.get("Value")
        value = inner.get("string") if isinstance(inner, dict) and not inner.get("attachmentsByRange") else inner
    return value if isinstance(value, str) else None


def _list_item(printer: "ValuePrinter", entry: Any) -> str:
    text = plain_text(entry)
    if text is not None:
        return line_literal(text)
    if isinstance(entry, dict) and entry.keys() == {"WFItemType", "WFValue"}:
        text = item(printer, entry["WFItemType"], entry["WFValue"])
        if entry["WFItemType"] != dialect.ITEM_TEXT or text.startswith(("f", "text_of(", "item(")):
            return text
        return f"item({dialect.ITEM_TEXT}, {text})"
    return f"plain({printer.value(entry)})"


def content_filter(printer: "ValuePrinter", value: Any) -> str | None:
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
    parts = [_where(printer, template) for template in templates] if isinstance(templates, list) else [None]
    if None in parts:
        return None
    return f"{'all_of' if value['WFActionParameterFilterPrefix'] else 'any_of'}({', '.join(parts)})"


def _where(printer: "ValuePrinter", template: Any) -> str | None:
    """where("Name", "contains", String="x"): property, operator, and the stored operands."""
    if not isinstance(template, dict) or not template.keys() <= {
        "Property",
        "Operator",
        "Values",
        "Removable",
        "Bounded",
    }:
        return None
    operator, values = template.get("Operator"), template.get("Values")
    words = dialect.FILTER_OPERATORS.get(operator) if type(operator) is int else None
    if (
        words is None
        or not isinstance(template.get("Property"), str)
        or not isinstance(values, dict)
        or not all(is_name(key) and key not in ("Removable", "Bounded") for key in values)
    ):
        return None
    options = {key: template[key] for key in ("Removable", "Bounded") if key in template}
    if options.get("Removable") is True:
        del options["Removable"]
    elif "Removable" not in options:
        options["Removable"] = None
    given = ", ".join(f"{key}={printer.value(item)}" for key, item in {**values, **options}.items())
    return f"where({line_literal(template['Property'])}, {line_literal(words)}{', ' + given if given else ''})"


def is_token(value: dict) -> bool:
    """Whether a dictionary is a reference without the wrapping of a WFTextTokenAttachment."""
    return (value.get("Type") == "ActionOutput" and "OutputUUID" in value) or (
        value.get("Type") == "Variable" and "VariableName" in value
    )


def is_special(value: dict) -> bool:
    """Whether a dictionary is printed in a form of its own, so that it cannot be spread into keyword arguments."""
    return "WFSerializationType" in value or "attachmentsByRange" in value or is_token(value)
