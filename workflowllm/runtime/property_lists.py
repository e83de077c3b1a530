"""XML property lists as dictionaries."""

from typing import Any

from workflowllm.runtime.items import from_plain
from workflowllm.shortcuts.files import xml
from workflowllm.shortcuts.model.errors import ShortcutError


def parse_property_list(text: str) -> Any:
    """The items of an XML property list; None where the text is none."""
    try:
        return from_plain(xml.loads(text.encode("utf-8", "replace")))
    except ShortcutError:
        return None
