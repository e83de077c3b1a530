"""Files, folders and archives of a world."""

import pytest
from worlds import effects_of, error_of, outcome_of, shown

A = "is_workflow_actions_"
OPEN = f'result = {A}documentpicker_open(WFGetFilePath="%s", WFShowFilePicker=False)'


def file_effects(code: str, **world):
    return [effect for effect in effects_of(code, **world) if effect["kind"] == "file"]


def test_a_file_is_opened_by_its_path_below_shortcuts():
    files = {"Shortcuts/a/b.txt": "text", "Shortcuts/c.json": {"n": 1}}
    assert shown(OPEN % "a/b.txt", files=files)["text"] == "text"
    assert shown(OPEN % "/a/b.txt", files=files)["path"] == "Shortcuts/a/b.txt"
    assert shown(OPEN % "Shortcuts/a//./b.txt", files=files)["name"] == "b.txt"
    assert shown(OPEN % "x/../a/b.txt", files=files)["name"] == "b.txt"
    code = OPEN % "c.json" + f"\nresult = {A}detect_dictionary(WFInput=result)"
    assert shown(code, files=files) == {"n": 1}


def test_f129_a_missing_file_breaks_the_run_unless_that_is_switched_off():
    assert "no file 'Shortcuts/none.txt'" in error_of(OPEN % "none.txt")
    code = f'result = {A}documentpicker_open(WFGetFilePath="none.txt", WFFileErrorIfNotFound=False)'
    assert shown(code) is None


def test_a_folder_of_the_editor_and_its_contents():
    folder = '{"fileLocation": {"WFFileLocationType": "iCloud", "relativeSubpath": "Docs"}, "filename": "Docs"}'
    files = {"iCloud Drive/Docs/a.txt": "a", "iCloud Drive/Docs/in/b.txt": "b"}
    code = f'result = {A}documentpicker_open(WFFile={folder}, WFGetFilePath="a.txt")'
    assert shown(code, files=files)["text"] == "a"
    code = f"folder = {A}folder(WFFolder={folder})\nresult = {A}file_getfoldercontents(WFFolder=folder%s)"
    assert [item["name"] for item in shown(code % "", files=files)] == ["a.txt", "in"]
    assert [item["name"] for item in shown(code % ", Recursive=True", files=files)] == ["a.txt", "in", "b.txt"]


def test_the_person_picks_files_by_name():
    files = {"Shortcuts/a.txt": "A", "Shortcuts/b.txt": "B", "Shortcuts/c.txt": "C"}
    assert shown(f"result = {A}file_select()", files=files, answers=["b.txt"])["text"] == "B"
    many = shown(f"result = {A}file_select(SelectMultiple=True)", files=files, answers=[["c.txt", "a.txt"]])
    assert [file["text"] for file in many] == ["C", "A"]
    assert "takes one" in error_of(f"{A}file_select()", files=files, answers=[["c.txt", "a.txt"]])
    assert "nobody answers" in error_of(f"{A}documentpicker_open()", files=files)
    assert outcome_of(f"{A}file_select()", files=files, answers=[{"cancel": True}]).how == "cancelled"


def save(path: str, more: str = "") -> str:
    where = f'WFAskWhereToSave=False, WFFileDestinationPath="{path}"'
    return f"{A}documentpicker_save(WFInput=shortcut_input(), {where}{more})"


@pytest.mark.parametrize(
    ("path", "item", "wanted"),
    [
        ("a.txt", "hi", "Shortcuts/a.txt"),
        ("/x/a.txt", "hi", "Shortcuts/x/a.txt"),
        ("notes", "hi", "Shortcuts/notes.txt"),
        ("", {"type": "file", "name": "b.csv", "text": "hi"}, "Shortcuts/b.csv"),
        ("x/", {"type": "file", "name": "b.csv", "text": "hi"}, "Shortcuts/x/b.csv"),
        ("iCloud Drive/a.txt", "hi", "iCloud Drive/a.txt"),
        ("../../a.txt", "hi", "Shortcuts/a.txt"),  # not out of the folder
    ],
)
def test_files_are_saved_at_their_path(path, item, wanted):
    (effect,) = file_effects(save(path), input=item)
    assert (effect["path"], effect["change"], effect["value"]) == (wanted, "write", "hi")


def test_f131_a_file_is_not_overwritten_unless_that_is_said():
    files = {"Shortcuts/a.txt": "old"}
    code = f"{save('a.txt')}\n{OPEN % 'a.txt'}"
    assert shown(code, input="new", files=files)["text"] == "old"
    (effect,) = file_effects(save("a.txt"), input="new", files=files)
    assert effect["path"] == "Shortcuts/a 2.txt"
    code = f"{save('a.txt', ', WFSaveFileOverwrite=True')}\n{OPEN % 'a.txt'}"
    assert shown(code, input="new", files=files)["text"] == "new"


def test_the_person_says_where_to_save():
    code = f"{A}documentpicker_save(WFInput=shortcut_input())"
    thing = {"type": "file", "name": "b.csv", "text": "1"}
    assert file_effects(code, input=thing, answers=["iCloud Drive/Docs"])[0]["path"] == "iCloud Drive/Docs/b.csv"
    assert outcome_of(code, input=thing, answers=[{"cancel": True}]).how == "cancelled"


def test_an_image_is_saved_as_the_thing_that_it_is():
    image = {"type": "image", "name": "a.png", "width": 4, "height": 3}
    (effect,) = file_effects(save("pics/a.png"), input=image)
    assert effect["value"] == image
    code = f"{save('pics/a.png')}\n{OPEN % 'pics/a.png'}"
    assert shown(code, input=image)["width"] == 4


def append(text: str, more: str = "") -> str:
    return f'{A}file_append(WFFilePath="log.txt", WFInput="{text}"{more})'


def test_f130_appending_makes_the_file_and_adds_lines():
    first, second = file_effects(append("one") + "\n" + append("two"))
    assert (first["value"], first["whole"]) == ("one", "one")
    assert (second["value"], second["whole"]) == ("two", "one\ntwo")


def test_appending_without_a_line_and_in_front():
    files = {"Shortcuts/log.txt": "old"}
    (effect,) = file_effects(append("new", ", WFAppendOnNewLine=False"), files=files)
    assert effect["whole"] == "oldnew"
    (effect,) = file_effects(append("new", ', WFAppendFileWriteMode="Prepend"'), files=files)
    assert effect["whole"] == "new\nold"
    assert "is a folder" in error_of(append("x"), files={"Shortcuts/log.txt/a": "1"})


def test_a_file_that_doubles_is_stopped():
    code = f"""
text = "{"x" * 1000}"
for repeat_index in range(60):
    file = {A}file_append(WFFilePath="log.txt", WFInput=f"{{text}}")
    text = f"{{file}}"
"""
    assert "MiB" in error_of(code)


def test_folders_are_made_once():
    code = f'{A}file_createfolder(WFFilePath="a/b/")\n{A}file_createfolder(WFFilePath="a/b")'
    (effect,) = file_effects(code)
    assert (effect["path"], effect["change"]) == ("Shortcuts/a/b", "folder")
    assert "is a file" in error_of(f'{A}file_createfolder(WFFilePath="a")', files={"Shortcuts/a": "1"})


def opened(name: str) -> str:
    return f'file = {A}documentpicker_open(WFGetFilePath="{name}")\n'


def test_f105_renaming_changes_the_stored_file_and_keeps_its_ending():
    files = {"Shortcuts/a.txt": "A"}
    code = opened("a.txt") + f'result = {A}file_rename(WFFile=file, WFNewFilename="b")'
    assert shown(code, files=files)["name"] == "b.txt"
    (effect,) = file_effects(code, files=files)
    assert (effect["path"], effect["to"], effect["change"]) == ("Shortcuts/a.txt", "Shortcuts/b.txt", "rename")
    assert "no file" in error_of(code + "\n" + OPEN % "a.txt", files=files)


def test_moving_and_deleting_a_folder_takes_what_is_in_it():
    files = {"Shortcuts/a/1.txt": "1", "Shortcuts/a/b/2.txt": "2", "Shortcuts/ab/3.txt": "3"}
    folder = f'target = {A}file_createfolder(WFFilePath="new")\n' + opened("a")
    code = folder + f"{A}file_move(WFFile=file, WFFolder=target)\n" + OPEN % "new/a/b/2.txt"
    assert shown(code, files=files)["text"] == "2"
    delete = opened("a") + f"{A}file_delete(WFInput=file, WFDeleteFileConfirmDeletion=False)\n"
    assert "no file" in error_of(delete + OPEN % "a/b/2.txt", files=files)
    assert shown(delete + OPEN % "ab/3.txt", files=files)["text"] == "3"


def test_moving_onto_a_file_keeps_both_unless_it_is_to_be_replaced():
    files = {"Shortcuts/a.txt": "A", "Shortcuts/new/a.txt": "old"}
    start = opened("a.txt") + f'target = {A}documentpicker_open(WFGetFilePath="new")\n'
    (effect,) = file_effects(start + f"{A}file_move(WFFile=file, WFFolder=target)", files=files)
    assert effect["to"] == "Shortcuts/new/a 2.txt"
    code = start + f"{A}file_move(WFFile=file, WFFolder=target, WFReplaceExisting=True)\n" + OPEN % "new/a.txt"
    assert shown(code, files=files)["text"] == "A"


def test_the_person_may_refuse_to_delete():
    code = opened("a.txt") + f"{A}file_delete(WFInput=file)"
    refuses = outcome_of(code, files={"Shortcuts/a.txt": "A"}, answers=[{"cancel": True}])
    assert refuses.how == "cancelled" and not [e for e in refuses.effects if e["kind"] == "file"]
    assert file_effects(code, files={"Shortcuts/a.txt": "A"})[0]["change"] == "delete"


@pytest.mark.parametrize(
    "action", ["file_rename(WFFile", "file_move(WFFile", "file_delete(WFInput", "file_reveal(WFFile"]
)
def test_what_is_no_file_of_the_world_is_one_sentence(action):
    thing = {"type": "image", "name": "a.png", "width": 1, "height": 1}
    assert "no file 'a.png'" in error_of(
        f"{A}{action}=shortcut_input(){', WFNewFilename=1' if 'rename' in action else ''})", input=thing
    )


@pytest.mark.parametrize("name", ["File Extension", "Name", "File Size", "File Path"])
def test_details_of_files(name):
    wanted = {"File Extension": "txt", "Name": "a", "File Size": 6, "File Path": "Shortcuts/a.txt"}
    code = opened("a.txt") + f'result = {A}properties_files(WFInput=file, WFContentItemPropertyName="{name}")'
    assert shown(code, files={"Shortcuts/a.txt": "é😀"}) == wanted[name]


# Archives and PDFs


def test_an_archive_holds_files_and_gives_them_back():
    code = f"""
archive = {A}makezip(WFInput=shortcut_input(), WFZIPName="Backup"%s)
result = %s
"""
    things = [
        {"type": "file", "name": "a.txt", "text": "A"},
        {"type": "image", "name": "b.png", "width": 1, "height": 1},
    ]
    assert shown(code % ("", "archive"), input=things)["name"] == "Backup.zip"
    assert shown(code % (', WFArchiveFormat="tar.gz"', "archive"), input=things)["name"] == "Backup.tar.gz"
    files = shown(code % ("", f"{A}unzip(WFArchive=archive)"), input=things)
    assert [file["name"] for file in files] == ["a.txt", "b.png"]
    assert shown(code % ("", f"{A}unzip(WFArchive=archive)"), input="text")["text"] == "text"
    assert shown(code % ("", "archive")) is None


def test_an_archive_that_is_none_is_one_sentence():
    assert "no archive" in error_of(f"{A}unzip(WFArchive=shortcut_input())", input="text")


def test_the_text_of_a_pdf():
    pdf = {"type": "pdf", "name": "a.pdf", "text": "page one\fpage two"}
    code = f"result = {A}gettextfrompdf(WFInput=shortcut_input()%s)"
    assert shown(code % "", input=pdf) == "page one\npage two"
    assert shown(code % ", WFCombinePages=False", input=pdf) == ["page one", "page two"]
