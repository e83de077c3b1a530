"""The dictionaries of a shortcut's property list as types, and the constant names that stand in them.

Files hold more than these types say: every reader of a property list takes unknown keys and odd values as they come.
"""

from typing import Any, TypedDict

Parameters = dict[str, Any]  # parameter key -> value of a property list


class Aggrandizement(TypedDict, total=False):
    """One conversion of a reference; which keys there are depends on `Type`."""

    Type: str
    CoercionItemClass: str
    PropertyName: str
    PropertyUserInfo: Any
    DictionaryKey: str


class Token(TypedDict, total=False):
    """One reference: an action's output, a variable, or a source such as the clipboard."""

    Type: str
    OutputUUID: str
    OutputName: str
    VariableName: str
    Aggrandizements: list[Aggrandizement]


class TokenText(TypedDict):
    """A text with references. Each stands as U+FFFC; the ranges `{start, length}` count UTF-16 units."""

    string: str
    attachmentsByRange: dict[str, Token]


class Wrapped(TypedDict):
    """A serialized value and its type."""

    Value: Any
    WFSerializationType: str


class _Identified(TypedDict):
    WFWorkflowActionIdentifier: str


class ActionDict(_Identified, total=False):
    """One action of the flat list."""

    WFWorkflowActionParameters: Parameters


class QuestionDict(TypedDict, total=False):
    """An import question: what Shortcuts asks when a shortcut is added, to fill one parameter of one action."""

    ActionIndex: int
    Category: str
    ParameterKey: str
    Text: str
    DefaultValue: Any


class Workflow(TypedDict):
    """The root of a shortcut's property list; all keys but the actions are metadata."""

    WFWorkflowActions: list[ActionDict]


# Types of an aggrandizement.
COERCION, PROPERTY, DICTIONARY_VALUE, DATE = (
    f"WF{kind}VariableAggrandizement" for kind in ("Coercion", "Property", "DictionaryValue", "DateFormat")
)

# Types of the items of a dictionary or list, by `WFItemType`.
ITEM_TEXT, ITEM_DICTIONARY, ITEM_ARRAY, ITEM_NUMBER, ITEM_BOOLEAN = range(5)

# Parameters that hold a dictionary of typed fields or a list of typed items.
FIELD_KEYS = frozenset({"WFItems", "WFMenuItems", "WFHTTPHeaders", "WFFormValues", "WFJSONValues"})

# Parameters that mark a block's actions.
CONTROL_KEYS = frozenset({"UUID", "GroupingIdentifier", "WFControlFlowMode"})
