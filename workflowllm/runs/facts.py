"""What a run stores about itself beside its output: hashes of its inputs, its flags, versions of its libraries."""

import hashlib
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from workflowllm.runs.flags import flags_by_name
from workflowllm.runs.reasons import cannot_read


def file_sha256(path: Path) -> str:
    """SHA-256 of a file of any size, in hexadecimal digits. Raises CommandError where it cannot be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError as error:
        raise cannot_read(path, error) from None
    return digest.hexdigest()


def file_facts(path: Path) -> dict[str, str]:
    """The input's hash as a fact. Raises CommandError where it cannot be read."""
    return {"input_sha256": file_sha256(path)}


def flag_facts(flags: Any) -> dict[str, Any]:
    """A script's flags as a fact, `{"flags": {name: value}}`, from any form that `flags_by_name` takes."""
    return {"flags": storable(flags_by_name(flags))}


def storable(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as JSON may hold them: paths as text, addresses (names that end with `url`) without passwords."""
    return {name: _storable(name, value) for name, value in settings.items()}


def _storable(name: str, value: Any) -> Any:
    if name.endswith("url") and isinstance(value, str):
        return without_password(value)
    if isinstance(value, Path):
        return str(value)
    return [_storable(name, item) for item in value] if isinstance(value, list | tuple) else value


def without_password(url: str) -> str:
    """The address without user, password, query and fragment, any of which may hold a key."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "(no address)"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def versions(packages: Iterable[str]) -> dict[str, str]:
    """The versions of Python and of these packages."""
    return {"python": platform.python_version()} | {name: version(name) for name in packages}
