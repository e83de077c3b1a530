"""Finding definition files below a folder, and the application that each belongs to.

An application's bundle has an Info.plist with its CFBundleIdentifier above (iOS) or beside (macOS: Contents/) the
file. A file outside a bundle belongs to the bundle identifier that is its name or the name of a folder above it.
"""

import plistlib
import re
from collections.abc import Iterator
from pathlib import Path

_BUNDLE = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9_-]+)+")
_NOT_BUNDLES = (".app", ".appex", ".framework", ".bundle", ".lproj", ".appintents", ".extension", ".plugin")


def find_files(folder: Path, ending: str) -> Iterator[Path]:
    """Every file below `folder` with this ending, in alphabetical order."""
    yield from sorted(path for path in folder.rglob("*" + ending) if path.is_file())


def bundle_identifier(file: Path, folder: Path) -> str | None:
    """The bundle identifier of the application that a definition file belongs to; None where nothing up to `folder`
    says it."""
    above = [parent for parent in file.parents if parent == folder or folder in parent.parents]
    for parent in above:
        for info in (parent / "Info.plist", parent / "Resources" / "Info.plist"):
            identifier = _info_identifier(info)
            if identifier:
                return identifier
    for name in [file.stem, *(parent.name for parent in above)]:
        if _BUNDLE.fullmatch(name) and not name.endswith(_NOT_BUNDLES):
            return name
    return None


def _info_identifier(info: Path) -> str | None:
    if not info.is_file():
        return None
    try:
        identifier = plistlib.loads(info.read_bytes()).get("CFBundleIdentifier")
    except Exception:  # without a readable Info.plist, the folders' names decide
        return None
    return identifier if isinstance(identifier, str) and _BUNDLE.fullmatch(identifier) else None
