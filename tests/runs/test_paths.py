"""Nothing written destroys what is read: under another name, through links, by case; and what is no file is told."""

import os
import unicodedata
from pathlib import Path

import pytest

from workflowllm.runs.command import CommandError
from workflowllm.runs.paths import check_output_file, check_paths, collision_key, inside, regular_files


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.jsonl"
    path.write_text("{}\n")
    return path


def test_an_input_is_not_an_output_under_any_name(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link.jsonl").symlink_to(source)
    os.link(source, tmp_path / "hard.jsonl")
    (tmp_path / "folder").symlink_to(tmp_path)
    monkeypatch.chdir(tmp_path)
    for name in ("in.jsonl", "./in.jsonl", "x/../in.jsonl", str(source), "link.jsonl", "hard.jsonl", "folder/in.jsonl"):
        with pytest.raises(CommandError, match="is an input"):
            check_paths([None, source], [tmp_path / "other.jsonl", Path(name)])
    assert source.read_text() == "{}\n"
    check_paths([source, None], [tmp_path / "other.jsonl", None])


@pytest.mark.parametrize("ending", [".errors.jsonl", ".run.json"])
def test_files_beside_the_output_count(ending: str, tmp_path: Path) -> None:
    source = tmp_path / f"out.jsonl{ending}"
    source.write_text("")
    with pytest.raises(CommandError, match="is an input"):
        check_paths([source], [tmp_path / "out.jsonl"])


def test_an_output_in_the_input_folder(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (tmp_path / "other").symlink_to(folder)
    for output in (folder / "out.jsonl", folder / "new" / "deep" / "out.jsonl", tmp_path / "other" / "x", folder):
        with pytest.raises(CommandError, match="input"):
            check_paths([folder], [output])
    check_paths([folder], [tmp_path / "in.jsonl"])


def test_two_outputs_of_one_name(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="twice"):
        check_paths([], [tmp_path / "a", tmp_path / "b" / ".." / "a"])
    with pytest.raises(CommandError, match="twice"):
        check_paths([], [tmp_path / "a.run.json", tmp_path / "a"])


@pytest.mark.parametrize("name", ["", ".", "/", "..", "a/.."])
def test_an_output_has_a_name(name: str) -> None:
    with pytest.raises(CommandError, match="name"):
        check_paths([], [Path(name)])


def test_devices_and_folders_are_no_output_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    for path, words in ((tmp_path, "a folder"), (tmp_path / "fifo", "no regular file"), (Path("/dev/null"), "regular")):
        with pytest.raises(CommandError, match=words):
            check_output_file(path)
    check_output_file(tmp_path / "new")


def test_regular_files_only(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "file").write_text("")
    (tmp_path / "a").symlink_to(tmp_path / "b" / "file")
    (tmp_path / "broken").symlink_to(tmp_path / "nothing")
    (tmp_path / "circle").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "b" / "pipe")
    found = {str(path.relative_to(tmp_path)): reason for path, reason in regular_files(tmp_path)}
    assert found == {
        "a": "",
        "b/file": "",
        "b/pipe": "it is a FIFO, not a regular file.",
        "broken": "it is a broken link.",
        "circle": "it is a link to a folder, which is not followed.",
    }


def test_names_that_some_file_system_takes_for_one() -> None:
    composed, decomposed = (unicodedata.normalize(form, "Café.shortcut") for form in ("NFC", "NFD"))
    assert composed != decomposed and collision_key(composed) == collision_key(decomposed)
    assert collision_key("A.shortcut") == collision_key(Path("a.shortcut"))
    assert collision_key("STRASSE") == collision_key("straße")
    assert len({collision_key(name) for name in ("a", "b", "ä", "a/b", "cafe")}) == 5


def test_names_that_lead_out_of_a_folder(tmp_path: Path) -> None:
    folder, outside = tmp_path / "out", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (folder / "planted").symlink_to(outside)
    for name in ("../x", "a/../../x", "/etc/x", "planted/x", "planted/new/x"):
        with pytest.raises(ValueError, match="leads out"):
            inside(folder, name)
    for name in ("x", "a/b/x", "..x"):
        assert inside(folder, name) == folder / name
