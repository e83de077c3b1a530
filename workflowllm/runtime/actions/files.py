"""Files of the world: opening, picking, saving, appending."""

import re

from workflowllm.runtime.answering import Prompt, chosen
from workflowllm.runtime.call import Call
from workflowllm.runtime.coercions import file_of, to_text
from workflowllm.runtime.file_trees import (
    SHORTCUTS,
    base_folder,
    children,
    content_of,
    free_path,
    is_folder,
    joined,
    name_in,
    path_of,
    picked,
    put,
    thing_at,
)
from workflowllm.runtime.items import Item, Thing
from workflowllm.runtime.limits import check_size
from workflowllm.runtime.placeholders import placeholder
from workflowllm.runtime.rule import ActionRule

_ENDING = re.compile(r"\.[A-Za-z0-9]{1,9}$")


def append(call: Call) -> Thing:
    """Fact 130: makes the file where there is none."""
    files = picked(call, "WFFile") if call.has("WFFile") else []
    path = call.text("WFFilePath")
    whole_path = joined(base_folder(call, "WFFile"), path) if path.strip() or not files else path_of(files[0]) or ""
    whole_path = _named(whole_path, "txt")
    added = call.run.text_of(call.content("WFInput"))
    before = thing_at(call.world, whole_path)
    if before is not None and before.type == "folder":
        call.fail(f"{whole_path!r} is a folder, and text is appended to files")
    old = to_text(before.get("text") or "", call.world) if before is not None else None
    whole = _appended(call, old, added)
    put(call, whole_path, whole)
    call.effect("file", path=whole_path, change="append", value=added, whole=whole)
    return thing_at(call.world, whole_path)


def _appended(call: Call, old: str | None, added: str) -> str:
    if old is None:
        return added
    check_size(len(old) + len(added))
    joint = "\n" if call.boolean("WFAppendOnNewLine", True) and old else ""
    if call.choice("WFAppendFileWriteMode", "Append") == "Prepend":
        return added + joint + old
    return old + joint + added


def open_file(call: Call) -> list[Item] | Item | None:
    """Fact 129: a missing file breaks the run unless that is switched off. Without a path the person picks."""
    path = call.text("WFGetFilePath").strip()
    if call.boolean("WFShowFilePicker") or not (path or call.has("WFFile")):
        return pick_files(call, folders=False)
    if not path:
        files = picked(call, "WFFile")
        missing = [path_of(file) for file in files if not _exists(call, file)]
        return _missing(call, str(missing[0])) if missing else _opened(call, files)
    full = joined(base_folder(call, "WFFile"), path)
    file = thing_at(call.world, full)
    return _missing(call, full) if file is None else _opened(call, [file])


def _exists(call: Call, file: Thing) -> bool:
    path = path_of(file)
    return path is None or thing_at(call.world, path) is not None


def _opened(call: Call, files: list[Thing]) -> list[Item]:
    """The files; of a folder its contents where they are asked for."""
    if not call.boolean("WFGetFolderContents"):
        return list(files)
    return [child for file in files for child in (children(call.world, path_of(file) or "") or [file])]


def _missing(call: Call, path: str) -> Item | None:
    if not call.boolean("WFFileErrorIfNotFound", True):
        return None
    if call.session.makes_up:
        return placeholder(call, "file").changed(name=name_in(path))
    call.fail(f"there is no file {path!r}")


def pick_files(call: Call, folders: bool) -> list[Item]:
    """The person picks files, or a folder, by name."""
    things = [thing_at(call.world, path) for path in _choices(call, folders)]
    choices = tuple(thing.name for thing in things)
    many = call.boolean("SelectMultiple")
    title = "Select Folder" if folders else "Select File"
    if not things and call.session.makes_up:
        return [placeholder(call, "file")]
    prompt = Prompt("pick", (title,), wants="file", choices=choices, many=many)
    ranks = chosen(call.ask(prompt, items=list(choices)), prompt)
    if len(ranks) > 1 and not many:
        call.fail(f"{title} takes one, and several are answered")
    return _opened(call, [things[rank] for rank in ranks])


def _choices(call: Call, folders: bool) -> list[str]:
    paths = sorted(call.world.files)
    if not folders:
        return paths
    return sorted(set(call.world.folders) | {path.rpartition("/")[0] for path in paths if "/" in path})


def select(call: Call) -> list[Item]:
    return pick_files(call, call.choice("WFPickingMode", "Files") == "Folders")


def get_file(call: Call) -> list[Item]:
    """File: the one that is picked in the editor."""
    files = picked(call, "WFFile")
    for file in files:
        if not _exists(call, file):
            return [_missing(call, path_of(file) or file.name)]
    return list(files)


# Saving


def save(call: Call) -> list[Item]:
    """Fact 131: does not overwrite unless told to."""
    overwrites = call.boolean("WFSaveFileOverwrite")
    asks = call.boolean("WFAskWhereToSave", not (call.has("WFFileDestinationPath") or call.has("WFFolder")))
    folder = _asked_folder(call) if asks else base_folder(call, "WFFolder")
    destination = "" if asks else call.text("WFFileDestinationPath")
    items = call.content("WFInput").items
    return [_saved(call, file_of(item, call.world), folder, destination, overwrites) for item in items]


def _asked_folder(call: Call) -> str:
    """The folder that the person says; the stock world's says none, which is Shortcuts."""
    answer = call.ask(Prompt("pick", ("Save File",), wants="folder"))
    if not answer:
        call.lean("pick-folder")
        return SHORTCUTS
    return joined(SHORTCUTS, answer if isinstance(answer, str) else call.text_of(call.item_of(answer) or ""))


def _saved(call: Call, file: Thing, folder: str, destination: str, overwrites: bool) -> Thing:
    path = joined(folder, destination)
    if not destination.strip() or destination.rstrip().endswith("/") or is_folder(call.world, path):
        path = f"{path}/{file.name or 'File'}"
    elif not _ENDING.search(path):
        call.lean("save-ending")
        path = _named(path, file.name.rpartition(".")[2] if _ENDING.search(file.name) else "")
    if path in call.world.files and not overwrites:
        call.lean("save-copy")
        path = free_path(call.world, path)
    content = content_of(file)
    call.effect("file", path=path, change="write", value=content)
    return put(call, path, content)


def _named(path: str, ending: str) -> str:
    return path if _ENDING.search(path) or not ending else f"{path}.{ending}"


ACTIONS: dict[str, ActionRule] = {
    "file.append": ActionRule(append, input="WFInput", gives="file"),
    "documentpicker.open": ActionRule(open_file, gives="file"),
    "documentpicker.save": ActionRule(save, input="WFInput", gives="file"),
    "file": ActionRule(get_file, gives="file"),
    "file.select": ActionRule(select, gives="file"),
}
