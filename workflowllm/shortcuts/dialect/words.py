"""The words of the dialect: one table for both directions. `docs/dialect.md` explains them with longer examples.

Everything else that lists words is derived from the table, or keyed by its words (the functions that compile them).
"""

from collections.abc import Container
from typing import Literal, NamedTuple

from workflowllm.shortcuts.model.action_table import BUILT_IN

Kind = Literal[
    "source",  # a reference that is a call without arguments
    "coercion",  # a reference as another type
    "reference",  # any other call that gives a reference
    "value",  # a call that gives a value of the property list
    "part",  # stands only inside another word
    "test",  # wraps what stands behind if
    "block",  # opens a block or stands in its head
    "statement",  # a line that makes no action of its own
    "action",  # a short form of an action
    "method",  # behind a dot
    "python",  # a function of Python that Shortcuts has an action for
    "python method",
    "refused",  # a function of Python that Shortcuts lacks
    "refused method",
]


class Word(NamedTuple):
    """One meaning of a word."""

    word: str
    kind: Kind
    stands_for: str  # a token type, content class, serialization type or identifier; what to write instead of a refused
    meaning: str
    example: str
    reserved: bool = True  # whether no variable may be called so
    taught: bool = False  # whether the prompt for generation teaches it


def _refused(word: str, instead: str, reserved: bool = False) -> Word:
    return Word(word, "refused", instead, "Not in Shortcuts.", f"{word}(x)", reserved)


def _refused_method(word: str, instead: str) -> Word:
    return Word(word, "refused method", instead, "Not in Shortcuts.", f"x.{word}()", reserved=False)


def _python(word: str, action: str, meaning: str, example: str) -> Word:
    return Word(word, "python", BUILT_IN + action, meaning, example, reserved=False)


def _python_method(word: str, action: str, meaning: str, example: str) -> Word:
    return Word(word, "python method", BUILT_IN + action, meaning, example, reserved=False)


def _literal(word: str, stands_for: str, meaning: str, example: str) -> Word:
    """A value that has no literal of Python; variables may be called so all the same."""
    return Word(word, "value", stands_for, meaning, example, reserved=False)


def _method(word: str, stands_for: str, meaning: str, example: str) -> Word:
    return Word(word, "method", stands_for, meaning, example, reserved=False, taught=True)


def _block(word: str, stands_for: str, meaning: str, example: str) -> Word:
    """A keyword of Python: no variable can be called so anyway."""
    return Word(word, "block", stands_for, meaning, example, reserved=False, taught=True)


TABLE: tuple[Word, ...] = (
    # References to what a shortcut has without an action
    Word("shortcut_input", "source", "ExtensionInput", "What the shortcut was given.", "shortcut_input()", taught=True),
    Word("clipboard", "source", "Clipboard", "What the clipboard holds.", "clipboard()", taught=True),
    Word("current_date", "source", "CurrentDate", "The moment the action runs.", "current_date()", taught=True),
    Word("device_details", "source", "DeviceDetails", "The device.", "device_details().Name", taught=True),
    Word("action_input", "source", "Input", "What an action of Automator or a folder hands over.", "action_input()"),
    Word("input", "source", "Ask", "Ask Each Time: asked where the value is needed.", "input()", taught=True),
    # References as another type
    Word("str", "coercion", "WFStringContentItem", "As text.", "str(x)", taught=True),
    Word("dict", "coercion", "WFDictionaryContentItem", "As a dictionary.", "dict(x)", taught=True),
    Word("float", "coercion", "WFNumberContentItem", "As a number.", "float(x)", taught=True),
    Word("bool", "coercion", "WFBooleanContentItem", "As a boolean.", "bool(x)"),
    Word("coerce", "reference", "WFCoercionVariableAggrandizement", "As any type.", 'coerce(x, "URL")', taught=True),
    Word("getattr", "reference", "WFPropertyVariableAggrandizement", "A property.", 'getattr(x, "File Size")'),
    Word("format_date", "reference", "WFDateFormatVariableAggrandizement", "A date as text.",
         'format_date(x, style="Custom", format="yyyy")', taught=True),
    Word("modified", "reference", "Aggrandizements", "A conversion as it is stored.", 'modified(x, {"Type": "T"})'),
    Word("extra", "reference", "", "A reference or test that stores more.", 'extra(x, VariableUUID="1")'),
    Word("token", "reference", "", "A reference as it is stored.", 'token({"Type": "T"})'),
    Word("previous", "reference", "", "What the action before gives.", "previous()"),
    # Values
    Word("text_of", "value", "WFTextTokenString", "A text with references.", 'text_of("a", x)'),
    Word("date", "value", "date", "A date, in UTC.", 'date("2024-05-01T12:00:00")'),
    Word("data", "value", "data", "Bytes, in base64.", 'data("AP8=")'),
    Word("placeholder", "value", "placeholder: ", "Bytes that are left out, and what they are.",
         'placeholder("png, 2 kB")'),
    Word("uid", "value", "UID", "A key of an archive.", "uid(3)"),
    Word("bare", "value", "", "A reference or text without its wrapping.", "bare(x)"),
    Word("serialized", "value", "WFSerializationType", "A value of a type that is no name.", 'serialized("T", 1)'),
    Word("plain", "value", "", "A dictionary as it stands, without typed fields.", 'plain({"a": 1})'),
    Word("fields", "value", "WFDictionaryFieldValue", "A dictionary of typed fields.", 'fields({"a": 1})'),
    Word("all_of", "value", "WFContentPredicateTableTemplate", "A filter: all conditions hold.",
         'all_of(where("Name", "==", String="a"))', taught=True),
    Word("any_of", "value", "WFContentPredicateTableTemplate", "A filter: any condition holds.",
         'any_of(where("Name", "==", String="a"))', taught=True),
    _literal("quantity", "WFQuantityFieldValue", "A number with a unit.", 'quantity("5 km")'),
    _literal("app", "BundleIdentifier", "An app, by name or identifier.", 'app("Safari")'),
    _literal("shortcut", "workflowName", "A shortcut, by name.", 'shortcut("Log")'),
    _literal("location", "placemark", "A place on the map.", 'location("Kyiv", 50.45, 30.52)'),
    _literal("contact", "WFContactFieldValue", "A contact.", 'contact("Ada", email="ada@example.org")'),
    _literal("color", "WFColorRepresentationType", "A colour.", 'color("#ff8000")'),
    _literal("folder", "fileLocation", "A folder of the Files app.", 'folder("iCloud Drive/Notes")'),
    Word("where", "part", "", "One condition of a filter.", 'where("Name", "contains", String="a")',
         taught=True),
    Word("item", "part", "WFItemType", "An entry of a type.", 'item(0, "a")'),
    # Tests
    Word("all", "test", "1", "A list of one condition, joined by and.", 'all([x == "a"])'),
    Word("any", "test", "0", "A list of one condition, joined by or.", 'any([x == "a"])'),
    Word("listed", "test", "-1", "A list of one condition, joined by nothing.", 'listed(x == "a")'),
    Word("legacy", "test", "WFConditionalLegacyComparisonBehavior", "Compares as before iOS 15.", 'legacy(x == "a")'),
    Word("number", "part", "WFNumberValue", "Any other text where a number stands.", 'x > number("05")'),
    # Blocks
    _block("if", BUILT_IN + "conditional", "If.", "if x:"),
    _block("elif", BUILT_IN + "conditional", "Otherwise, with an If in it.", "elif x:"),
    _block("else", BUILT_IN + "conditional", "Otherwise.", "else:"),
    _block("and", "1", "All conditions hold.", "if x and y:"),
    _block("or", "0", "Any condition holds.", "if x or y:"),
    _block("for", BUILT_IN + "repeat.each", "Repeat with Each, or Repeat over a range.", "for item in items:"),
    _block("in", "99", "Contains; what a loop goes over.", 'if "a" in x:'),
    _block("match", BUILT_IN + "choosefrommenu", "Choose from Menu.", 'match menu("Which?"):'),
    _block("case", BUILT_IN + "choosefrommenu", "One item of a menu.", 'case "This":'),
    Word("menu", "block", BUILT_IN + "choosefrommenu", "A menu with its prompt.", 'match menu("Which?"):', taught=True),
    Word("items", "block", BUILT_IN + "getvalueforkey", "Repeat with Each over a dictionary's keys, with their values.",
         "for key, value in d.items():", reserved=False),
    Word("shown_as", "part", "WFMenuItemAttributedTitle", "A title with references.", 'case "a" if shown_as(f"{x}"):'),
    Word("untitled", "part", "", "A case without a title.", "case _ if untitled():"),
    Word("range", "block", BUILT_IN + "repeat.count", "Repeat.", "for _ in range(3):", taught=True),
    Word("enumerate", "block", "Repeat Index", "Repeat with Each and its index.", "enumerate(x, start=1)", taught=True),
    # Lines that make no action of their own
    Word("block_result", "statement", "", "Names what the block above gives.", "result = block_result()"),
    Word("branch", "statement", "", "What a branch's first action stores.", 'branch(Key="value")'),
    Word("missing", "statement", "", "An output that no action makes.", 'gone = missing("0B6A")'),
    Word("receives", "statement", "WFWorkflowInputContentItemClasses", "What the shortcut takes, and where from.",
         'receives("URL", "Text", share_sheet=True, otherwise="clipboard")', reserved=False),
    Word("import_question", "statement", "WFWorkflowImportQuestions", "Asked on import, to fill a parameter.",
         'import_question(ParameterKey="WFText")', taught=True),
    # Short forms of actions
    Word("action", "action", "", "An identifier that no name leads back to.", 'action("odd", Key=1)'),
    Word("input", "action", BUILT_IN + "ask", "Ask for Input.", 'answer = input("Who?")', taught=True),
    Word("print", "action", BUILT_IN + "showresult", "Show Result.", "print(x)", taught=True),
    Word("len", "action", BUILT_IN + "count", "Count.", "n = len(x)", taught=True),
    Word("exit", "action", BUILT_IN + "exit", "Stop This Shortcut.", "exit()", reserved=False),
    # Methods
    _method("append", BUILT_IN + "appendvariable", "Add to Variable.", "x.append(y)"),
    _method("keys", "All Keys", "Get Dictionary Value: all keys.", "d.keys()"),
    _method("values", "All Values", "Get Dictionary Value: all values.", "d.values()"),
    _method("startswith", "8", "Begins with.", 'if x.startswith("a"):'),
    _method("endswith", "9", "Ends with.", 'if x.endswith("a"):'),
    # Python that people write and the converter does not
    _python("sum", "statistics", "Calculate Statistics: the sum.", "sum(items)"),
    _python("max", "statistics", "Calculate Statistics: the greatest, of a list or of several values.", "max(items)"),
    _python("min", "statistics", "Calculate Statistics: the least.", "min(items)"),
    _python("abs", "math", "Calculate: without its sign.", "abs(x)"),
    _python("int", "round", "Round Number, always down; int(input(prompt)) asks for a number.", "int(x)"),
    _python("round", "round", "Round Number, to whole numbers or to 1 to 6 decimals.", "round(x, 2)"),
    _python("sorted", "filter.files", "Filter Files: by name; reverse=True for Z to A.", "sorted(items)"),
    _python_method("upper", "text.changecase", "Change Case.", "x.upper()"),
    _python_method("lower", "text.changecase", "Change Case.", "x.lower()"),
    _python_method("title", "text.changecase", "Change Case: every word.", "x.title()"),
    _python_method("capitalize", "text.changecase", "Change Case: as in a sentence.", "x.capitalize()"),
    _python_method("strip", "text.replace", "Replace Text: no blanks around.", "x.strip()"),
    _python_method("lstrip", "text.replace", "Replace Text: no blanks before.", "x.lstrip()"),
    _python_method("rstrip", "text.replace", "Replace Text: no blanks after.", "x.rstrip()"),
    _python_method("replace", "text.replace", "Replace Text.", 'x.replace("a", "b")'),
    _python_method("split", "text.split", "Split Text; split() splits at spaces.", 'x.split(",")'),
    _python_method("splitlines", "text.split", "Split Text at new lines.", "x.splitlines()"),
    _python_method("join", "text.combine", "Combine Text.", '", ".join(items)'),
    _python_method("strftime", "format.date", "Format Date.", 'x.strftime("%Y-%m-%d")'),
    _python_method("get", "getvalueforkey", "Get Dictionary Value; a default needs an If.", 'd.get("key", "none")'),
    _python_method("randint", "number.random", "Random Number.", "random.randint(1, 6)"),
    _python_method("choice", "getitemfromlist", "Get Item from List: a random one.", "random.choice(items)"),
    _python_method("floor", "round", "Round Number, down.", "math.floor(x)"),
    _python_method("ceil", "round", "Round Number, up.", "math.ceil(x)"),
    _python_method("sqrt", "math", "Calculate: the square root.", "math.sqrt(x)"),
    _python_method("sleep", "delay", "Wait, for seconds.", "time.sleep(3)"),
    _python_method("loads", "detect.dictionary", "Get Dictionary from Input.", "json.loads(x)"),
    _python_method("now", "date", "Date: the moment.", "datetime.now()"),
    # Python that Shortcuts lacks, and what to write instead
    _refused("open", "is_workflow_actions_documentpicker_open"),
    _refused("list", "[...]", reserved=True),
    _refused_method("format", "an f-string"),
    _refused_method("items", "it in a for loop, as `for key, value in`"),
)  # fmt: skip


def words_of(*kinds: Kind) -> dict[str, str]:
    """word -> what it stands for, of some kinds."""
    return {row.word: row.stands_for for row in TABLE if row.kind in kinds}


def _inverted(words: dict[str, str], without: Container[str] = ()) -> dict[str, str]:
    return {stands_for: word for word, stands_for in words.items() if word not in without}


# The bytes that a placeholder compiles to begin so; the rest is its text.
PLACEHOLDER = words_of("value")["placeholder"].encode()
# What no variable may be called.
RESERVED = frozenset({"_", *(row.word for row in TABLE if row.reserved)})
# Token type -> word, content class -> word.
SOURCES = _inverted(words_of("source"))
COERCIONS = _inverted(words_of("coercion"))
SET_VARIABLE_CALL = "is_workflow_actions_setvariable"
# Calls that give a reference, so that assigning one sets a variable; a lone input() assigned is the action.
REFERENCE_CALLS = frozenset({SET_VARIABLE_CALL, *words_of("source", "coercion", "reference")} - {"input"})
_BEHIND_A_DOT = frozenset({"method", "python method", "refused method"})
# Words that are called and are no action, so that no identifier is spelt as one of them.
NO_ACTIONS = frozenset(row.word for row in TABLE if row.kind not in _BEHIND_A_DOT | {"action"})

CLASS_PREFIX, CLASS_SUFFIX = "WF", "ContentItem"  # around the type in coerce(x, "URL")

# `PropertyUserInfo` that Shortcuts stores for a property: `x.Name` stands for both, anything else is spelt out.
PROPERTY_INFO = {
    "Name": "WFItemName",
    "File Extension": "WFFileExtensionProperty",
    "File Size": "WFFileSizeProperty",
    "Last Modified Date": "WFFileModificationDate",
    "Creation Date": "WFFileCreationDate",
}

# Keywords of format_date(), and the key of the aggrandizement that each stands for.
DATE_FORMAT = {
    "style": "WFDateFormatStyle",
    "time": "WFTimeFormatStyle",
    "format": "WFDateFormat",
    "relative": "WFRelativeDateFormatStyle",
    "include_time": "WFISO8601IncludeTime",
}
