"""What kind of value an expression has, where that is certain, and how a condition must read it.

Both directions share this: the compiler adds the conversion that a condition needs, and the converter marks a
condition of a file that lacks it, so that it comes back as it was.
"""

from workflowllm.shortcuts.dialect.comparisons import BETWEEN, EQUAL, NOT_EQUAL
from workflowllm.shortcuts.model.action_table import BUILT_IN, action_facts

TEXT, NUMBER, DATE, BOOLEAN, DICTIONARY, LIST = "text", "number", "date", "boolean", "dictionary", "list"
ASKED = "asked"  # the text of Ask for Input without a type: people calculate with it as with a number
RAW = "raw"  # the value of a dictionary's key: an If offers it nothing but "has any value" until it is converted
_LIST_OF = "list of "

_OUTPUTS = {
    TEXT: "gettext text.changecase text.replace text.combine detect.text format.date format.number format.filesize "
    "urlencode base64encode hash gethtmlfromrichtext getmarkdownfromrichtext text.translate dictatetext",
    DATE: "date adjustdate detect.date",
    LIST: "list text.split text.match detect.images",
    DICTIONARY: "dictionary detect.dictionary setvalueforkey",
}
_KIND_OF_OUTPUT = {BUILT_IN + name: kind for kind, names in _OUTPUTS.items() for name in names.split()}
_ASKED = {"Number": NUMBER, "Date": DATE, "Date and Time": DATE, "Time": DATE, "Text": TEXT}
COERCED_KIND = {
    "WFStringContentItem": TEXT,
    "WFNumberContentItem": NUMBER,
    "WFDateContentItem": DATE,
    "WFBooleanContentItem": BOOLEAN,
    "WFDictionaryContentItem": DICTIONARY,
}
_DATE_PROPERTIES = frozenset(
    f"{word} Date" for word in ("Creation", "Last Modified", "Start", "End", "Due", "Completion", "Release")
) | {"Date Taken"}


def list_of(kind: str | None) -> str:
    return _LIST_OF + kind if kind in (TEXT, NUMBER) else LIST


def item_kind(kind: str | None) -> str | None:
    """The kind of a list's items."""
    return kind.removeprefix(_LIST_OF) if kind and kind.startswith(_LIST_OF) else None


def is_list(kind: str | None) -> bool:
    return kind is not None and kind.startswith(LIST)


def output_kind(identifier: str, asked: object = None, part: object = None) -> str | None:
    """The kind of an action's output. `asked` is the input type of Ask, `part` what Get Dictionary Value gives."""
    if identifier == BUILT_IN + "ask":
        return ASKED if asked is None else _ASKED.get(str(asked))
    if identifier == BUILT_IN + "getvalueforkey":
        return RAW if part in (None, "Value") else LIST
    facts = action_facts().get(identifier)
    return NUMBER if facts and facts.gives == "number" else _KIND_OF_OUTPUT.get(identifier)


def property_kind(name: str) -> str | None:
    return DATE if name in _DATE_PROPERTIES else None


def needed_class(kind: str | None, condition: int, is_number: bool) -> str | None:
    """The class that a value of a kind must be converted to before a condition compares it; None where it fits.

    `is_number` says that == and != compare with a number. 164 of 164 such conditions in new files convert.
    """
    wants_number = condition in (0, 1, 2, 3, BETWEEN) or (condition in (EQUAL, NOT_EQUAL) and is_number)
    if kind in (TEXT, ASKED, RAW) and wants_number:
        return "WFNumberContentItem"
    return "WFStringContentItem" if kind == RAW else None
