"""Folders, and what is done to files as a whole: moving, renaming, deleting, showing."""

from workflowllm.runtime.answering import Prompt
from workflowllm.runtime.call import Call
from workflowllm.runtime.endings import Cancelled
from workflowllm.runtime.file_trees import (
    base_folder,
    children,
    clean,
    content_of,
    folder_thing,
    free_path,
    joined,
    name_in,
    parent_of,
    path_of,
    picked,
    thing_at,
)
from workflowllm.runtime.items import Item, Thing
from workflowllm.runtime.rule import NONE, ActionRule


def create_folder(call: Call) -> Thing:
    path = joined(base_folder(call, "WFFolder"), call.text("WFFilePath"))
    if path in call.world.files:
        call.fail(f"{path!r} is a file, so there can be no folder of that name")
    if thing_at(call.world, path) is None:
        call.world.folders.add(path)
        call.effect("file", path=path, change="folder")
    return folder_thing(path)


def get_folder(call: Call) -> list[Item]:
    """Folder: the one that is picked in the editor."""
    folders = picked(call, "WFFolder")
    return [folder if folder.type == "folder" else folder_thing(path_of(folder) or folder.name) for folder in folders]


def folder_contents(call: Call) -> list[Thing]:
    recursive = call.boolean("Recursive")
    folders = [path for thing in picked(call, "WFFolder") if (path := path_of(thing)) is not None]
    return [child for folder in folders for child in children(call.world, folder, recursive)]


def parent_folder(call: Call) -> list[Thing]:
    return [folder_thing(parent_of(path)) for path in _paths(call, "WFInput") if parent_of(path)]


def _paths(call: Call, key: str) -> list[str]:
    """The paths of a field's files. What is no file of the world breaks the run."""
    paths = []
    for thing in picked(call, key):
        path = path_of(thing)
        if path is None or thing_at(call.world, path) is None:
            if thing.get("path") is None and call.session.makes_up:
                continue
            call.fail(f"there is no file {path or thing.name!r}")
        paths.append(path)
    return paths


def delete(call: Call) -> None:
    """Deletes files, and folders with what is in them. The person may refuse."""
    paths = _paths(call, "WFInput")
    prompt = Prompt("alert", ("Delete", *map(name_in, paths)))
    if call.boolean("WFDeleteFileConfirmDeletion", True) and call.session.answers.cancels(prompt):
        raise Cancelled()
    for path in paths:
        for below in [name for name in call.world.files if name == path or name.startswith(path + "/")]:
            del call.world.files[below]
        call.world.folders -= {name for name in call.world.folders if name == path or name.startswith(path + "/")}
        call.effect("file", path=path, change="delete")


def rename(call: Call) -> list[Item]:
    """Fact 105: changes the stored file. Without an ending in the new name the old one stays."""
    name = clean(call.text("WFNewFilename")).replace("/", ":")
    paths = _paths(call, "WFFile")
    if not name:
        call.fail("Rename File has no new name")
    return [
        _moved(call, path, f"{parent_of(path)}/{_with_ending(name, name_in(path))}", "rename", False) for path in paths
    ]


def _with_ending(name: str, old: str) -> str:
    ending = old.rpartition(".")[2] if "." in old else ""
    return f"{name}.{ending}" if ending and "." not in name else name


def move(call: Call) -> list[Item]:
    folder, replaces = base_folder(call, "WFFolder"), call.boolean("WFReplaceExisting")
    return [_moved(call, path, f"{folder}/{name_in(path)}", "move", replaces) for path in _paths(call, "WFFile")]


def _moved(call: Call, old: str, new: str, change: str, replaces: bool) -> Thing | None:
    """Give a file or folder another path, with all that is in it."""
    if old != new:
        if new in call.world.files and not replaces:
            call.lean("save-copy")
            new = free_path(call.world, new)
        for path in [name for name in call.world.files if name == old or name.startswith(old + "/")]:
            call.world.files[new + path[len(old) :]] = call.world.files.pop(path)
        inside = {name for name in call.world.folders if name == old or name.startswith(old + "/")}
        call.world.folders.difference_update(inside)
        call.world.folders.update(new + name[len(old) :] for name in inside)
    file = thing_at(call.world, new)
    call.effect("file", path=old, to=new, change=change, value=content_of(file) if file else None)
    return file


def show(call: Call) -> None:
    """Reveal and label change nothing that a shortcut could read."""
    key = call.step.rule.input
    parameters = {"files": _paths(call, key), "label": call.number("WFLabelColorNumber")}
    call.effect("device", identifier=call.identifier, parameters={k: v for k, v in parameters.items() if v is not None})


ACTIONS: dict[str, ActionRule] = {
    "file.createfolder": ActionRule(create_folder, gives="folder"),
    "folder": ActionRule(get_folder, gives="folder"),
    "file.getfoldercontents": ActionRule(folder_contents, input="WFFolder", gives="file"),
    "getparentdirectory": ActionRule(parent_folder, input="WFInput", gives="folder"),
    "file.delete": ActionRule(delete, input="WFInput", flow=NONE),
    "file.rename": ActionRule(rename, input="WFFile", gives="file"),
    "file.move": ActionRule(move, input="WFFile", gives="file"),
    "file.reveal": ActionRule(show, input="WFFile", flow=NONE),
    "file.label": ActionRule(show, input="WFInput", flow=NONE),
}
