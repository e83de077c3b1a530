"""Texts as names: a few telling words in lower case, joined by underscores."""

import re
import unicodedata

from workflowllm.annotation.words import split_name
from workflowllm.shortcuts.identifiers import is_name

_LONGEST, _WORDS = 40, 4
_STOP = frozenset({
    "a", "an", "the", "of", "to", "for", "in", "on", "at", "is", "are", "was", "be", "by", "with", "and", "or",
    "your", "you", "my", "me", "i", "it", "this", "that", "these", "those", "what", "which", "who", "how", "do",
    "does", "did", "please", "enter", "input", "choose", "select", "want", "would", "like", "can", "s", "t", "don",
    "as", "from", "if", "not", "no", "will", "has", "have"
})  # fmt: skip


def slug(text: str, most: int = _WORDS) -> str:
    """A few telling words of a text as a name; "" where there are none in Latin letters."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    found = [word.lower() for word in re.findall(r"[A-Za-z]+|\d+", split_name(plain)) if len(word) < 20]
    telling = [word for word in found if word not in _STOP] or found
    while telling and telling[-1].isdigit():
        telling.pop()
    name = "_".join(telling[:most])[:_LONGEST].strip("_")
    if name and name[0].isdigit():
        name = "number_" + name
    return name if is_name(name) else ""


def singular(name: str) -> str:
    """One of several: `prices` is `price`."""
    if name.endswith("ies") and len(name) > 4:
        return name[:-3] + "y"
    if name.endswith(("ches", "shes", "xes", "sses")):
        return name[:-2]
    return name[:-1] if name.endswith("s") and not name.endswith(("ss", "us", "is")) and len(name) > 3 else name


def host(link: str) -> str:
    """The site of a link as a name."""
    match = re.match(r"\s*https?://(?:www\.)?([^/?#:\s]+)", link)
    parts = [part for part in (match[1].split(".") if match else []) if part.isascii() and "[" not in part]
    return slug(" ".join(parts[:-1] or parts), 3)


def joined(base: str, ending: str) -> str:
    """`base_ending`, without saying a word twice and without growing at every step."""
    parts = base.split("_") if base else []
    parts = [part for part in parts[-3:] if part not in (ending, "text", "result", "value")]
    return "_".join([*parts, ending])


_RESULTS = {
    "find": "found", "filter": "filtered", "create": "new", "make": "", "get": "", "select": "selected",
    "choose": "chosen", "add": "added", "generate": "generated", "search": "found", "edit": "edited",
}  # fmt: skip


def named_by(title: str) -> str:
    """An action's title as the name of what it gives: `find_reminders` is `found_reminders`."""
    verb, _, rest = title.partition("_")
    result = _RESULTS.get(verb) if rest else None
    return title if result is None else f"{result}_{rest}".strip("_")
