"""Action identifiers and the Python names that call them.

`is.workflow.actions.url` is called as `is_workflow_actions_url(...)`. A dot becomes `_`, so a `_` or `-` of the
identifier itself is spelt out: `com.my-app.do_it` <-> `com_my__dash__app_do__underscore__it`.
"""

import keyword
import re
import unicodedata
from functools import lru_cache

_WRITTEN = {"_": "__underscore__", "-": "__dash__"}
_READ = {"underscore": "_", "dash": "-"}


@lru_cache(maxsize=4096)
def is_name(text: str) -> bool:
    """Whether `text` can stand as a Python name and comes back unchanged (Python folds names to NFKC)."""
    return (
        text.isidentifier()
        and not keyword.iskeyword(text)
        and text != "__debug__"  # no keyword, but the one name that Python lets nobody assign
        and (text.isascii() or unicodedata.normalize("NFKC", text) == text)
    )


@lru_cache(maxsize=4096)
def function_name(identifier: str) -> str | None:
    """The Python name that calls an action, or None where no name leads back to the identifier."""
    name = re.sub("[_-]", lambda match: _WRITTEN[match[0]], identifier).replace(".", "_")
    return name if "." in identifier and is_name(name) and identifier_of(name) == identifier else None


@lru_cache(maxsize=4096)
def identifier_of(name: str) -> str:
    """The action identifier that a called name stands for."""
    pieces = re.split("__(underscore|dash)__", name)
    return "".join(_READ[piece] if odd % 2 else piece.replace("_", ".") for odd, piece in enumerate(pieces))


@lru_cache(maxsize=4096)
def name_from(text: str, fallback: str) -> str:
    """A Python name close to a person's words: letters of any script kept, the rest `_`, at most 60 characters."""
    folded = unicodedata.normalize("NFKC", text)
    kept = "".join(char if ("_" + char).isidentifier() else "_" for char in folded[:60])
    name = re.sub("__+", "_", kept).strip("_")
    if not name:
        return fallback
    if not name.isidentifier():
        name = "_" + name
    name = unicodedata.normalize("NFKC", name)
    return name + "_" if keyword.iskeyword(name) else name
