"""What is documented about actions that no function here runs: what they take and give."""

from functools import lru_cache
from typing import NamedTuple

from workflowllm.runtime.rule import NONE, OUTPUT, PASSES, SILENT
from workflowllm.shortcuts.model.action_table import action_facts

_FLOWS = {"output": OUTPUT, "number": OUTPUT, "passes": PASSES, "none": NONE, "silent": SILENT}
_READS = (  # beginnings of the names of actions that only give a value
    *("Get", "Find", "Search", "List", "Show", "Read", "Fetch", "Check", "Is", "Has", "Query", "Lookup", "Count"),
    *("Calculate", "Convert", "Format", "Parse", "Extract", "Transform", "Encode", "Decode", "Filter", "Sort"),
    *("Detect", "Random", "Combine", "Split", "Choose", "Select", "Pick"),
)


class Documented(NamedTuple):
    input_key: str
    flow: str
    gives: str  # a type of placeholder: text, number, ...
    reads: bool  # whether it only gives a value


@lru_cache(maxsize=4096)
def documented(identifier: str) -> Documented:
    """The facts of an action; of an application's that is not known, what its name says."""
    facts = action_facts().get(identifier)
    if facts:
        return Documented(
            facts.input_key, _FLOWS.get(facts.gives, OUTPUT), _type_of(facts.output_name, facts.gives), False
        )
    name = identifier.rpartition(".")[2]
    return Documented("", OUTPUT, "text", name.startswith(_READS))


def _type_of(output_name: str, gives: str) -> str:
    """The type of a placeholder, from what Shortcuts calls the output."""
    if gives == "number":
        return "number"
    words = output_name.lower()
    return next((kind for word, kind in _WORDS.items() if word in words), "text")


_WORDS = {
    "image": "image", "photo": "image", "screenshot": "image", "gif": "image", "video": "media", "media": "media",
    "audio": "media", "pdf": "pdf", "rich text": "rich_text", "url": "url", "date": "date", "location": "location",
    "contact": "contact", "dictionary": "dictionary", "file": "file", "folder": "file", "event": "event",
    "reminder": "reminder", "song": "song", "music": "song", "count": "number", "distance": "number",
}  # fmt: skip
