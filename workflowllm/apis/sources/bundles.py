"""Finding definition files below a folder, and whose they are.

An application's bundle has an Info.plist with its CFBundleIdentifier above (iOS) or beside (macOS: Contents/) the
file; files that somebody collected usually lie in a folder, or have a name, that is the bundle identifier.
"""

import plistlib
import re
from collections.abc import Iterator
from pathlib import Path

_BUNDLE = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9_-]+)+")
_NOT_BUNDLES = (".app", ".appex", ".framework", ".bundle", ".lproj", ".appintents", ".extension", ".plugin")


def find_files(folder: Path, ending: str) -> Iterator[Path]:
    """Every file below `folder` with this ending, in order."""
    yield from sorted(path for path in folder.rglob("*" + ending) if path.is_file())


def bundle_identifier(file: Path, folder: Path) -> str | None:
    """The bundle identifier of the application that a definition file belongs to, looked for up to `folder`."""
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
    except Exception:  # an unreadable Info.plist says nothing; the folders' names may
        return None
    return identifier if isinstance(identifier, str) and _BUNDLE.fullmatch(identifier) else None
