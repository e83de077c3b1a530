"""Files of the world: reading, saving, appending."""

from workflowllm.runtime.call import Call
from workflowllm.runtime.coercions import file_of
from workflowllm.runtime.rule import ActionRule
from workflowllm.runtime.values import Item, Thing


def append(call: Call) -> Thing:
    """Fact 130: makes the file where there is none."""
    path = call.world.full_path(call.text("WFFilePath"))
    added = call.run.text_of(call.value("WFInput"))
    before = call.world.files.get(path)
    old = before if isinstance(before, str) else before.get("text") or "" if before is not None else None
    joint = "\n" if call.boolean("WFAppendOnNewLine", True) and old else ""
    prepends = call.choice("WFAppendFileWriteMode", "Append") == "Prepend"
    whole = added if old is None else added + joint + old if prepends else old + joint + added
    call.world.files[path] = whole
    call.effect("file", path=path, change="append", value=added, whole=whole)
    return call.world.file_at(path)


def open_file(call: Call) -> Item | None:
    """Fact 129: a missing file breaks the run unless that is switched off."""
    path = call.text("WFGetFilePath")
    found = call.world.file_at(path)
    if found is None and call.boolean("WFFileErrorIfNotFound", True):
        call.fail(f"there is no file {call.world.full_path(path)!r}")
    return found


def save(call: Call) -> list[Item]:
    """Fact 131: does not overwrite unless told to."""
    saved = []
    for item in call.input.items:
        file = file_of(item, call.world)
        path = call.world.full_path(call.text("WFFileDestinationPath") or file.name)
        text = file.get("text")
        call.world.files[path] = text if isinstance(text, str) else file
        call.effect("file", path=path, change="write", value=text if isinstance(text, str) else file)
        saved.append(call.world.file_at(path))
    return saved


ACTIONS: dict[str, ActionRule] = {
    "file.append": ActionRule(append, input="WFInput", gives="file"),
    "documentpicker.open": ActionRule(open_file, gives="file"),
    "documentpicker.save": ActionRule(save, input="WFInput", gives="file"),
}
