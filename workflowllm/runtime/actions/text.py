"""Texts: making, combining, splitting, replacing, matching and changing them."""

from workflowllm.runtime.call import Call
from workflowllm.runtime.items import Thing
from workflowllm.runtime.limits import check_size
from workflowllm.runtime.regexes import RegexError, compile_pattern, find_all, replace_all
from workflowllm.runtime.rule import ActionRule

_SEPARATORS = {"New Lines": "\n", "Spaces": " ", "Every Character": ""}


def get_text(call: Call) -> str:
    return call.text("WFTextActionText")


def combine(call: Call) -> str:
    """Fact 88: without a stored separator, new lines."""
    kind = call.choice("WFTextSeparator", "New Lines")
    if not call.has("WFTextSeparator"):
        call.lean("f88")
    separator = call.text("WFTextCustomSeparator") if kind == "Custom" else _SEPARATORS.get(kind, "\n")
    texts = call.content_texts("text")
    check_size(sum(map(len, texts)) + len(separator) * len(texts))
    return separator.join(texts)


def split(call: Call) -> list[str]:
    """Facts 87, 89 and 99."""
    kind = call.choice("WFTextSeparator", "New Lines")
    separator = call.text("WFTextCustomSeparator") if kind == "Custom" else _SEPARATORS.get(kind, "\n")
    pieces: list[str] = []
    for text in call.content_texts("text"):
        pieces += _pieces(call, text, kind, separator)
    return pieces


def _pieces(call: Call, text: str, kind: str, separator: str) -> list[str]:
    if kind == "Every Character":
        return graphemes(text)
    if not separator:
        call.lean("empty-separator")
        return [text]
    if kind == "New Lines":
        return text.replace("\r\n", "\n").split("\n")
    pieces = text.split(separator)
    if "" in pieces:
        call.lean("empty-pieces")
    return pieces


def graphemes(text: str) -> list[str]:
    """The characters as a person counts them: an emoji with its modifiers is one."""
    return find_all(compile_pattern(r"\X"), text)


def replace(call: Call) -> list[str]:
    """Facts 90 to 93."""
    find, new = call.text("WFReplaceTextFind"), call.text("WFReplaceTextReplace")
    is_regex = call.boolean("WFReplaceTextRegularExpression")
    sensitive = call.boolean("WFReplaceTextCaseSensitive", True)
    if not find:
        return call.content_texts("WFInput")
    try:
        return [replace_all(find, new, text, is_regex, sensitive) for text in call.content_texts("WFInput")]
    except RegexError as error:
        call.fail(f"Replace Text: {error}")


def match(call: Call) -> list[Thing]:
    """Facts 94 and 96: a list of matches, each with its groups."""
    pattern = call.text("WFMatchTextPattern", "[0-9a-zA-Z]")
    sensitive = call.boolean("WFMatchTextCaseSensitive", True)
    try:
        compiled = compile_pattern(pattern, sensitive)
        return [
            Thing("match", {"text": found[0], "groups": found[1:]})
            for text in call.content_texts("text")
            for found in find_all(compiled, text, groups=True)
        ]
    except RegexError as error:
        call.fail(f"Match Text: {error}")


def get_group(call: Call) -> list[str]:
    """Fact 97: the group at an index, from 1, or all groups."""
    matches = [item for item in call.items("matches") if type(item) is Thing and item.type == "match"]
    if call.choice("WFGetGroupType", "Group At Index") == "All Groups":
        return [group for item in matches for group in item.get("groups") if group is not None]
    index = call.integer("WFGroupIndex", 1)
    groups = []
    for item in matches:
        found = (item.get("text"), *item.get("groups"))
        if 0 <= index < len(found) and found[index] is not None:
            groups.append(found[index])
    return groups


def change_case(call: Call) -> list[str]:
    """Fact 98."""
    kind = call.choice("WFCaseType", "UPPERCASE")
    return [in_case(text, kind) for text in call.content_texts("text")]


def in_case(text: str, kind: str) -> str:
    lowered = kind.lower()
    if lowered == "uppercase":
        return text.upper()
    if lowered == "lowercase":
        return text.lower()
    if "every word" in lowered:
        return _each_word(text, str.capitalize)
    if "title" in lowered:
        return _title(text)
    if "sentence" in lowered:
        return _sentences(text)
    return "".join(c.lower() if i % 2 == 0 else c.upper() for i, c in enumerate(text))


def _each_word(text: str, change) -> str:
    return "".join(change(word) if word.strip() else word for word in find_all(compile_pattern(r"\s+|\S+"), text))


_SMALL = frozenset(
    ["a", "an", "the", "and", "but", "or", "nor", "for", "of", "in", "on", "at", "to", "by", "as", "if", "from", "with"]
)


def _title(text: str) -> str:
    words = find_all(compile_pattern(r"\s+|\S+"), text.lower())
    ends = [position for position, word in enumerate(words) if word.strip()]
    outer = {ends[0], ends[-1]} if ends else set()
    return "".join(w if w in _SMALL and i not in outer else w[:1].upper() + w[1:] for i, w in enumerate(words))


def _sentences(text: str) -> str:
    pieces = find_all(compile_pattern(r"[^.!?\n]*[.!?\n]*\s*"), text.lower())
    return "".join(piece[:1].upper() + piece[1:] for piece in pieces)


def detect_text(call: Call) -> list[str]:
    return call.content_texts("WFInput")


ACTIONS: dict[str, ActionRule] = {
    "gettext": ActionRule(get_text, gives="text"),
    "text.combine": ActionRule(combine, input="text", gives="text"),
    "text.split": ActionRule(split, input="text", gives="text"),
    "text.replace": ActionRule(replace, input="WFInput", gives="text"),
    "text.match": ActionRule(match, input="text", gives="match"),
    "text.match.getgroup": ActionRule(get_group, input="matches", gives="text"),
    "text.changecase": ActionRule(change_case, input="text", gives="text"),
    "detect.text": ActionRule(detect_text, input="WFInput", gives="text"),
}
