"""Codes of conditions and filters, the operators that stand for them, and the parameters that hold their operands."""

from workflowllm.shortcuts.dialect.words import words_of

CONTAINS, CONTAINS_NOT, HAS_VALUE, HAS_NO_VALUE, BETWEEN = 99, 999, 100, 101, 1003
EQUAL, NOT_EQUAL = 4, 5
COMPARISONS = {0: "<", 1: "<=", 2: ">", 3: ">=", EQUAL: "==", NOT_EQUAL: "!="}
METHODS = {int(code): word for word, code in words_of("method").items() if code.isdecimal()}
# What old clients stored for the same conditions; what their "" or nothing at all meant is not settled.
OLD_CONDITIONS = {"Equals": EQUAL, "Contains": CONTAINS, "Is Greater Than": 2, "Is Less Than": 0}
LEGACY = "WFConditionalLegacyComparisonBehavior"

# Parameters of an If that hold what it compares with, and of the second value of `between`.
TEXT_KEY, NUMBER_KEY = "WFConditionalActionString", "WFNumberValue"
SECOND_KEY = {NUMBER_KEY: "WFAnotherNumber", "WFDate": "WFAnotherDate"}
# Operands that are written as a call, and the parameter that the call's word leads to.
CALLED_KEY = {"date": "WFDate", "WFQuantityFieldValue": "WFMeasurement", "WFStringSubstitutableState": "WFEnumeration"}

# Operators of filters: the second argument of where("Name", "contains", ...).
FILTER_OPERATORS = {
    **COMPARISONS,
    8: "begins with",
    9: "ends with",
    CONTAINS: "contains",
    CONTAINS_NOT: "does not contain",
    HAS_VALUE: "has a value",
    HAS_NO_VALUE: "has no value",
    1000: "in the next",
    1001: "in the last",
    1002: "is today",
    BETWEEN: "between",
}
