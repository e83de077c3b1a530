"""One action in words, from its template in `data/phrases.yaml`, or else from its API document."""

import ast
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from workflowllm.annotation.rules.english import plain_text, shortened, split_name, words
from workflowllm.apis.catalogue import catalogue
from workflowllm.apis.model import BUILT_IN_APPLICATION, Api, application_of
from workflowllm.apis.sources.own_catalogue import CatalogueFiles
from workflowllm.runs.shipped import shipped
from workflowllm.runs.yaml_text import load_yaml
from workflowllm.shortcuts.dialect.bindings import called
from workflowllm.shortcuts.model.action_table import BUILT_IN

Arguments = Mapping[str, ast.expr]


def raw(node: ast.expr) -> str:
    """A text without its quotes."""
    text = plain_text(node)
    return shortened(text) if text is not None else words(node)


def separator(arguments: Arguments) -> str:
    """The separator of Split Text and Combine Text, in words."""
    kind = plain_text(arguments["WFTextSeparator"]) if "WFTextSeparator" in arguments else None
    if kind == "Custom":
        return words(arguments["WFTextCustomSeparator"], 30) if "WFTextCustomSeparator" in arguments else "nothing"
    return (kind or "new lines").lower()


def item_words(arguments: Arguments) -> str:
    """The item that Get Item from List takes, in words."""
    kind = plain_text(arguments["WFItemSpecifier"]) if "WFItemSpecifier" in arguments else "First Item"
    if kind == "Item At Index":
        index = arguments.get("WFItemIndex")
        if index is None:
            return "item at an index"
        text = plain_text(index)
        return f"item {text}" if text and text.isdigit() else f"item at position {words(index)}"
    if kind == "Items in Range":
        start, end = (raw(arguments[key]) if key in arguments else "" for key in ("WFItemRangeStart", "WFItemRangeEnd"))
        return f"items {start or 'from the first'} to {end or 'the last'}"
    return (kind or "item").lower()


_OPERATIONS = {
    "+": "Add {1} to {0}", "-": "Subtract {1} from {0}", "×": "Multiply {0} by {1}", "*": "Multiply {0} by {1}",
    "÷": "Divide {0} by {1}", "/": "Divide {0} by {1}", "Modulus": "Get the remainder of {0} divided by {1}",
    "x^2": "Square {0}", "x^y": "Raise {0} to the power of {1}", "√x": "Take the square root of {0}",
}  # fmt: skip


def _math(arguments: Arguments) -> str:
    kind = plain_text(arguments["WFMathOperation"]) if "WFMathOperation" in arguments else "+"
    operand = arguments.get("WFMathOperand")
    if kind == "…":
        scientific = arguments.get("WFScientificMathOperation")
        kind = plain_text(scientific) if scientific is not None else "Modulus"
        operand = arguments.get("WFScientificMathOperand", operand)
    numbers = [raw(node) if node is not None else "a number" for node in (arguments.get("WFInput"), operand)]
    return _OPERATIONS.get(kind or "", "Calculate with {0} and {1}").format(*numbers)


def _adjusted(arguments: Arguments) -> str:
    kind = plain_text(arguments["WFAdjustOperation"]) if "WFAdjustOperation" in arguments else "Add"
    date = words(arguments["WFDate"]) if "WFDate" in arguments else "the date"
    amount = words(arguments["WFDuration"]) if "WFDuration" in arguments else "some time"
    if kind == "Subtract":
        return f"Subtract {amount} from {date}"
    if kind == "Add":
        return f"Add {amount} to {date}"
    return f"Get the {(kind or '').removeprefix('Get ').lower()} of {date}"


def _replaced(arguments: Arguments) -> str:
    old = words(arguments["WFReplaceTextFind"]) if "WFReplaceTextFind" in arguments else "a text"
    text = words(arguments["WFInput"]) if "WFInput" in arguments else "the text"
    new = arguments.get("WFReplaceTextReplace")
    if new is None or plain_text(new) == "":
        return f"Remove {old} from {text}"
    return f"Replace {old} with {words(new)} in {text}"


def _waited(arguments: Arguments) -> str:
    time = raw(arguments["WFDelayTime"]) if "WFDelayTime" in arguments else "1"
    return f"Wait {time} second{'s' * (time != '1')}"


COMPUTED: dict[str, Callable[[Arguments], str]] = {
    "math": _math, "adjustdate": _adjusted, "text.replace": _replaced, "delay": _waited,
}  # fmt: skip


TABLE = shipped("data/phrases.yaml")
_PART = re.compile(r"\[([^\[\]]*)\]|\{[^{}]*\}")
_SLOT = re.compile(r"\{(\w+)(?::(\w+))?(?:\|([^{}]*))?\}")
_FLAG = re.compile(r"(\w+)\?")
_EXTRA_VALUES = 2  # parameters that an action without a template shows
_HIDDEN_KEYS = frozenset({"ShowWhenRun", "OpenWhenRun", "IntentAppIdentifier", "WFContentItemInputParameter"})


class Phrase(NamedTuple):
    """An action as an imperative ("Show an alert"), and its weight: 1 moves values, 2 changes them, 3 is visible."""

    text: str
    weight: int


@lru_cache(maxsize=1)
def templates() -> dict[str, tuple[int, str]]:
    """Name of a built-in action, without the common prefix -> (weight, template)."""
    rows = load_yaml(TABLE.read_text("utf-8"))
    return {name: (int(row[0]), row[2:]) for name, row in rows.items()}


def action_phrase(identifier: str, arguments: Arguments) -> Phrase:
    """A call of an API, in words."""
    name = identifier.removeprefix(BUILT_IN)
    if name in COMPUTED and name != identifier:
        return Phrase(COMPUTED[name](arguments), 2)
    if name in templates() and name != identifier:
        weight, template = templates()[name]
        return Phrase(filled(template, arguments), weight)
    if name.startswith(("filter.", "properties.", "setters.")) and name != identifier:
        return _of_items(name, identifier, arguments)
    return _documented(identifier, arguments)


def filled(template: str, arguments: Arguments) -> str:
    """A template with its slots filled, in one pass because a value may itself hold brackets and braces."""

    def part(match: re.Match[str]) -> str:
        return _optional(match[1], arguments) if match[1] is not None else _slot_or_else(match, arguments)

    return _PART.sub(part, template)


def _slot_or_else(match: re.Match[str], arguments: Arguments) -> str:
    slot = _SLOT.match(match[0])
    return (_slot(slot, arguments) or slot[3] or "") if slot else ""


def _optional(part: str, arguments: Arguments) -> str:
    flag = _FLAG.match(part)
    if flag:
        return part[flag.end() :] if _is_true(arguments.get(flag[1])) else ""
    slots = list(_SLOT.finditer(part))
    if not all(_slot(slot, arguments) for slot in slots):
        return ""
    return _SLOT.sub(lambda match: _slot(match, arguments), part)


def _is_true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _slot(match: re.Match[str], arguments: Arguments) -> str:
    key, form = match[1], match[2]
    if form in _OF_ALL_ARGUMENTS:
        return _OF_ALL_ARGUMENTS[form](arguments)
    node = arguments.get(key)
    if node is None or (isinstance(node, ast.Constant) and node.value in ("", None)):
        return ""
    return _FORMS[form](node) if form else words(node)


def _switch(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return "off" if node.value in (False, 0, "0") else "on"
    return f"on or off, as {words(node)} says"


def _percent(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and 0 <= node.value <= 1:
        return f"{node.value:.0%}"
    return raw(node)


def _app(arguments: Arguments) -> str:
    """The application that an action opens: its name as stored with it, else by its bundle identifier."""
    selected = arguments.get("WFSelectedApp")
    if isinstance(selected, ast.Dict):
        stored = {plain_text(key): value for key, value in zip(selected.keys, selected.values) if key is not None}
        if "Name" in stored and plain_text(stored["Name"]):
            return raw(stored["Name"])
    node = arguments.get("WFAppIdentifier", arguments.get("AppBundleIdentifier"))
    if node is None:
        return ""
    text = plain_text(node)
    if text is None:
        return words(node)
    return application_name(text) or split_name(text.rpartition(".")[2]).title()


_FORMS: dict[str, Callable[[ast.expr], str]] = {
    "raw": raw,
    "lower": lambda node: raw(node).lower() if raw(node).istitle() else raw(node),
    "switch": _switch,
    "percent": _percent,
    "date": lambda node: f"the date {words(node)}",
}


_OF_ALL_ARGUMENTS: dict[str, Callable[[Arguments], str]] = {"separator": separator, "item": item_words, "app": _app}


def _of_items(name: str, identifier: str, arguments: Arguments) -> Phrase:
    """Find Photos and the like, Get Details of Images, Edit Reminder."""
    api = catalogue().get(identifier)
    title = (api.name if api else "") or split_name(name)
    kind, subject = name.partition(".")[0], arguments.get("WFInput") or arguments.get("WFContentItemInputParameter")
    detail = plain_text(arguments["WFContentItemPropertyName"]) if "WFContentItemPropertyName" in arguments else None
    if kind == "properties":
        of = words(subject) if subject is not None else "the input"
        return Phrase(f"Get the {(detail or 'details').lower()} of {of}", 2)
    if kind == "setters":
        return Phrase(f"Change the {(detail or 'details').lower()} of {words(subject) if subject else 'the input'}", 3)
    parts = [sentence_case(title)]
    if isinstance(subject, (ast.Name, ast.Attribute, ast.Subscript, ast.Call)):
        parts.append(f"in {words(subject)}")
    condition = arguments.get("WFContentItemFilter")
    if called(condition) in ("all_of", "any_of") and words(condition):
        parts.append(f"where {words(condition)}")
    if "WFContentItemSortProperty" in arguments:
        parts.append(f"sorted by {raw(arguments['WFContentItemSortProperty']).lower()}")
    if "WFContentItemLimitNumber" in arguments and not _is_false(arguments.get("WFContentItemLimitEnabled")):
        parts.append(f"(at most {words(arguments['WFContentItemLimitNumber'])})")
    return Phrase(" ".join(parts), 3)


def _is_false(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def sentence_case(name: str) -> str:
    """A title in sentence case, `Get current weather` for `Get Current Weather`; proper names keep their capitals."""
    first, *rest = name.split() or [""]
    return " ".join([first, *(word if not word.istitle() or word in _PROPER_NAMES else word.lower() for word in rest)])


_PROPER_NAMES = frozenset({
    "Siri", "Wi-Fi", "Bluetooth", "Safari", "Music", "Apple", "Photos", "Evernote", "Trello", "Data", "Jar", "Home",
    "Screen", "Shortcuts", "Focus", "Spotify", "Instapaper", "Giphy", "Tumblr", "Facebook", "Markdown", "Todoist",
    "Things", "Drafts", "Bear", "Scriptable", "Toolbox", "Dropbox", "Finder"
})  # fmt: skip


def application_name(application: str) -> str:
    """The name of an application, "" where no source has it."""
    for source in catalogue().sources:
        if isinstance(source, CatalogueFiles) and application in source.files:
            return source.application_name(application)
    return _APPLE.get(application, "")


_APPLE = {
    "com.apple.mobilesafari": "Safari", "com.apple.Music": "Music", "com.apple.mobilenotes": "Notes",
    "com.apple.mobileslideshow": "Photos", "com.apple.Preferences": "Settings", "com.apple.shortcuts": "Shortcuts",
    "com.apple.reminders": "Reminders", "com.apple.MobileSMS": "Messages", "com.apple.mobilemail": "Mail",
    "com.apple.mobilecal": "Calendar", "com.apple.DocumentsApp": "Files", "com.apple.podcasts": "Podcasts",
    "com.atebits.Tweetie2": "Twitter", "com.spotify.client": "Spotify", "com.burbn.instagram": "Instagram",
    "com.google.ios.youtube": "YouTube", "com.google.chrome.ios": "Chrome", "com.apple.AppStore": "the App Store",
    "com.apple.camera": "Camera", "com.apple.mobilephone": "Phone", "com.apple.iBooks": "Books",
    "is.workflow.my.app": "Shortcuts", "com.tencent.xin": "WeChat", "net.whatsapp.WhatsApp": "WhatsApp",
}  # fmt: skip


def _documented(identifier: str, arguments: Arguments) -> Phrase:
    """An action by its title, with the application unless it is built in, and its most informative parameters."""
    api = catalogue().get(identifier)
    application = application_of(identifier)
    app = ""
    if application != BUILT_IN_APPLICATION:
        app = application_name(application) or split_name(application.rpartition(".")[2])
        app = app.title() if app.islower() else app
    title = sentence_case(api.name) if api and api.name else _title_of(identifier)
    text = f"{title} in {app}" if app else title
    if title.partition(" ")[0] not in verbs():
        imperative = _imperative(api.description) if api else ""
        if imperative:
            text = imperative + (f" in {app}" if app and app not in imperative else "")
        else:
            text = f'Use "{title}"' + (f" of {app}" if app else "")
    return Phrase(text + _details(api, arguments), 3)


@lru_cache(maxsize=1)
def verbs() -> frozenset[str]:
    """Verbs that begin an imperative: the first words of Apple's action titles, and a few more."""
    titles = (api.name for api in catalogue().of_application(BUILT_IN_APPLICATION).values() if " " in api.name)
    return frozenset(title.partition(" ")[0] for title in titles) - _NO_VERBS | _MORE_VERBS


_NO_VERBS = frozenset({"Current", "Do", "Low", "RSS", "URL", "URLs", "Quick", "Base64", "Rich", "Text", "X-Callback"})
_MORE_VERBS = frozenset(
    {"Post", "Log", "Export", "Import", "Insert", "Upload", "Download", "Execute", "Fetch", "Generate", "Build",
     "Complete", "Write", "Read", "Load", "Update", "Append", "Check", "Choose", "Pick", "Reply", "Toggle", "Transform"}
)  # fmt: skip


def _imperative(description: str) -> str:
    """The first clause of "Reads the value at a path, or ..." as "Read the value at a path"; "" without such a verb."""
    clause = re.split(r"[.;:(]|, | so that | and then | and returns | and lets ", description, maxsplit=1)[0].strip()
    first, _, rest = clause.partition(" ")
    if not rest or len(clause) > 110 or not re.fullmatch(r"[A-Z][a-z]+s", first) or first in ("This", "Is", "Has"):
        return ""
    if first.endswith(("ches", "shes", "sses", "xes", "oes", "zzes")):
        verb = first[:-2]
    elif first.endswith("ies"):
        verb = first[:-3] + "y"
    else:
        verb = first[:-1]
    return f"{verb} {rest}"


def _title_of(identifier: str) -> str:
    name = split_name(identifier.rpartition(".")[2])
    name = name.removesuffix(" intent") or name
    return name[:1].upper() + name[1:]


_UNINFORMATIVE_TYPES = frozenset({"enum", "number", "integer", "boolean", "color", "quantity"})


def _details(api: Api | None, arguments: Arguments) -> str:
    shown = []
    for key, node in arguments.items():
        parameter = api.by_key.get(key) if api else None
        if key in _HIDDEN_KEYS or len(shown) == _EXTRA_VALUES or (parameter and parameter.type in _UNINFORMATIVE_TYPES):
            continue
        text = plain_text(node)
        is_informative = bool(re.search(r"[^\W\d]{2}", text)) if text else isinstance(node, (ast.Name, ast.Subscript))
        if is_informative:
            label = (parameter.title if parameter else "") or split_name(re.sub("^WF", "", key))
            shown.append(f"the {label.lower()} {words(node).removeprefix('the ')}")
    return f" with {' and '.join(shown)}" if shown else ""
