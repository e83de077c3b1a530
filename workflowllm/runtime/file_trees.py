"""The world's files as folders and paths: what lies where, and which path a stored file or folder means."""

from collections.abc import Mapping
from typing import Any

from workflowllm.runtime.call import Call
from workflowllm.runtime.coercions import to_text
from workflowllm.runtime.items import Item, Thing, size_of
from workflowllm.runtime.world_state import SHORTCUTS_FOLDER, WorldState

# WFFileLocationType -> the folder as Files shows it
_ROOTS = {
    "Shortcuts": "Shortcuts", "iCloud": "iCloud Drive", "LocalStorage": "On My iPhone", "Home": "Home",
    "Desktop": "Desktop", "Documents": "Documents", "Downloads": "Downloads",
}  # fmt: skip
SHORTCUTS = SHORTCUTS_FOLDER.rstrip("/")
_FULL = tuple(root + "/" for root in _ROOTS.values())


def clean(path: str) -> str:
    """A path without empty parts; `..` goes up, but not out."""
    parts: list[str] = []
    for part in path.strip().split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def joined(base: str, path: str) -> str:
    """A path below a folder. One that begins with a folder that Files shows is whole already."""
    tidy = clean(path)
    return tidy if tidy.startswith(_FULL) or tidy in _ROOTS.values() else clean(f"{base}/{tidy}")


def name_in(path: str) -> str:
    return path.rpartition("/")[2]


def parent_of(path: str) -> str:
    return path.rpartition("/")[0]


def is_folder(world: WorldState, path: str) -> bool:
    return path in world.folders or path in _ROOTS.values() or any(name.startswith(path + "/") for name in world.files)


def folder_thing(path: str) -> Thing:
    return Thing("folder", {"name": name_in(path), "path": path})


def thing_at(world: WorldState, path: str) -> Thing | None:
    """The file or folder at a full path; None where there is neither."""
    content = world.files.get(path)
    if content is None:
        return folder_thing(path) if is_folder(world, path) else None
    if type(content) is Thing:
        return content.changed(name=name_in(path), path=path)
    return Thing("file", {"name": name_in(path), "text": to_text(content, world), "path": path})


def children(world: WorldState, folder: str, recursive: bool = False) -> list[Thing]:
    """What lies in a folder, by name; with all below it where wanted."""
    start = folder + "/" if folder else ""
    paths: set[str] = set()
    for path in (*world.files, *world.folders):
        if path.startswith(start):
            parts = path[len(start) :].split("/")
            depth = len(parts) if recursive else 1
            paths |= {start + "/".join(parts[: end + 1]) for end in range(depth)}
    things = (thing_at(world, path) for path in sorted(paths) if path != start)
    return [thing for thing in things if thing is not None]


def picked(call: Call, key: str) -> list[Thing]:
    """The files and folders that a picker's field means: a stored location, or things of a variable."""
    raw = call.raw(key)
    location = raw.get("fileLocation") if isinstance(raw, Mapping) else None
    if isinstance(location, Mapping):
        path = _stored_path(location)
        return [thing_at(call.world, path) or Thing("file", {"name": name_in(path), "path": path})]
    return [item for item in call.content(key).items if type(item) is Thing]


def _stored_path(location: Mapping[str, Any]) -> str:
    root = _ROOTS.get(str(location.get("WFFileLocationType")), SHORTCUTS)
    below = clean(str(location.get("relativeSubpath") or "")).removeprefix("com~apple~CloudDocs/")
    return below if below.startswith(_FULL) else clean(f"{root}/{below}")


def base_folder(call: Call, key: str) -> str:
    """The folder that a relative path starts from: the picked one, else Shortcuts."""
    for thing in picked(call, key) if call.has(key) else ():
        path = path_of(thing)
        if path is not None:
            return path
    return SHORTCUTS


def path_of(item: Item) -> str | None:
    """The path of a file or folder of the world; None for anything else."""
    path = item.get("path") if type(item) is Thing else None
    return path if isinstance(path, str) else None


def put(call: Call, path: str, content: Item) -> Thing:
    """Store a file's text, or the thing that it is, and give the stored file."""
    call.session.grow(size_of(content))
    call.world.files[path] = content
    stored = thing_at(call.world, path)
    assert stored is not None
    return stored


def content_of(file: Thing) -> Item:
    """What the world holds of a file: its text, else the thing without its path."""
    text = file.get("text")
    if isinstance(text, str) and file.type == "file":
        return text
    return Thing(file.type, {key: value for key, value in file.fields.items() if key != "path"}, file.made_from)


def free_path(world: WorldState, path: str) -> str:
    """The path, or the first with a number that nothing has: `a.txt`, `a 2.txt`."""
    if path not in world.files:
        return path
    stem, dot, ending = name_in(path).rpartition(".")
    stem, ending = (stem, dot + ending) if stem else (ending, "")
    base = parent_of(path)
    number = next(
        number for number in range(2, len(world.files) + 3) if f"{base}/{stem} {number}{ending}" not in world.files
    )
    return f"{base}/{stem} {number}{ending}"
