"""The words of the dialect that both directions share. `data/dialect.md` explains them with examples."""

# Types of reference that are written as a call without arguments.
SOURCES = {
    "ExtensionInput": "shortcut_input",
    "Clipboard": "clipboard",
    "CurrentDate": "current_date",
    "DeviceDetails": "device_details",
    "Input": "action_input",
    "Ask": "input",
}

# Coercions with a Python name of their own; any other class is `coerce(x, "Class")`.
COERCIONS = {
    "WFStringContentItem": "str",
    "WFDictionaryContentItem": "dict",
    "WFNumberContentItem": "float",
    "WFBooleanContentItem": "bool",
}
CLASS_PREFIX, CLASS_SUFFIX = "WF", "ContentItem"

# `PropertyUserInfo` that Shortcuts stores for a property: `x.Name` stands for both, anything else is spelt out.
PROPERTY_INFO = {
    "Name": "WFItemName",
    "File Extension": "WFFileExtensionProperty",
    "File Size": "WFFileSizeProperty",
    "Last Modified Date": "WFFileModificationDate",
    "Creation Date": "WFFileCreationDate",
}

# Date formats: argument of format_date(), key of the aggrandizement.
DATE_FORMAT = {
    "style": "WFDateFormatStyle",
    "time": "WFTimeFormatStyle",
    "format": "WFDateFormat",
    "relative": "WFRelativeDateFormatStyle",
    "include_time": "WFISO8601IncludeTime",
}

AGGRANDIZEMENT = "WF{}VariableAggrandizement"
COERCION, PROPERTY, DICTIONARY_VALUE, DATE = (
    AGGRANDIZEMENT.format(kind) for kind in ("Coercion", "Property", "DictionaryValue", "DateFormat")
)

# Serialization types.
TEXT, ATTACHMENT, FIELDS = "WFTextTokenString", "WFTextTokenAttachment", "WFDictionaryFieldValue"
FILTER, ARRAY, NUMBER_STATE = "WFContentPredicateTableTemplate", "WFArrayParameterState", "WFNumberSubstitutableState"

# Parameters whose `{...}` is a dictionary of typed fields and whose `[...]` is a list of typed items.
FIELD_KEYS = frozenset({"WFItems", "WFMenuItems", "WFHTTPHeaders", "WFFormValues", "WFJSONValues"})
ITEM_TEXT, ITEM_DICTIONARY, ITEM_ARRAY, ITEM_NUMBER, ITEM_BOOLEAN = range(5)

# Conditions that Python has an operator or a method for.
COMPARISONS = {0: "<", 1: "<=", 2: ">", 3: ">=", 4: "==", 5: "!="}
METHODS = {8: "startswith", 9: "endswith"}
CONTAINS, CONTAINS_NOT, HAS_VALUE, HAS_NO_VALUE, BETWEEN = 99, 999, 100, 101, 1003
# What old clients stored for the same conditions; what their "" or nothing at all meant is not settled.
OLD_CONDITIONS = {"Equals": 4, "Contains": 99, "Is Greater Than": 2, "Is Less Than": 0}
LEGACY = "WFConditionalLegacyComparisonBehavior"

# Operators of filters: the words of where("Name", "contains", ...).
FILTER_OPERATORS = {
    0: "<",
    1: "<=",
    2: ">",
    3: ">=",
    4: "==",
    5: "!=",
    8: "begins with",
    9: "ends with",
    99: "contains",
    999: "does not contain",
    100: "has a value",
    101: "has no value",
    1000: "in the next",
    1001: "in the last",
    1002: "is today",
    1003: "between",
}

CONTROL_KEYS = frozenset({"UUID", "GroupingIdentifier", "WFControlFlowMode"})

# What no variable may be called.
RESERVED = frozenset(
    {
        "_",
        "action",
        "all",
        "all_of",
        "any",
        "any_of",
        "bare",
        "block_result",
        "bool",
        "branch",
        "coerce",
        "data",
        "date",
        "dict",
        "enumerate",
        "extra",
        "fields",
        "float",
        "format_date",
        "getattr",
        "import_question",
        "item",
        "legacy",
        "listed",
        "len",
        "list",
        "menu",
        "missing",
        "modified",
        "number",
        "plain",
        "previous",
        "print",
        "range",
        "serialized",
        "shown_as",
        "str",
        "text_of",
        "token",
        "uid",
        "untitled",
        "where",
        *SOURCES.values(),
    }
)
