"""Names of outputs that a file system may take for one, and links that somebody has planted in an output folder."""

import json
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from workflowllm.runs.paths import collision_key
from workflowllm.shortcuts.records_from_files import convert_file, python_folder

SAMPLES = Path(__file__).parents[2] / "data" / "shortcuts"
TWINS = ["A.shortcut", "a.shortcut", "a.shortcut.2", unicodedata.normalize("NFC", "é/x"),
         unicodedata.normalize("NFD", "é/x"), "É/X", "ß", "ss", "b"]  # fmt: skip


def test_twins_get_names_of_their_own() -> None:
    python = python_folder(Path("out"), TWINS)
    names = [python.renamed.get(key, key) for key in TWINS]
    assert len({collision_key(name) for name in names}) == len(TWINS)
    assert {"A.shortcut", "a.shortcut.2", "é/x", "ß", "b"}.isdisjoint(python.renamed)  # the first keeps its name
    assert python.renamed["a.shortcut"] == "a.shortcut.3"  # another file has a.shortcut.2
    assert python_folder(Path("out"), ["b", "c"]).renamed == {}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    sample = min(SAMPLES.rglob("*.shortcut"), key=lambda path: path.stat().st_size)
    for name in ("in/sub/x.shortcut", "in/X.shortcut", "in/x.shortcut"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(sample, path)
    return tmp_path / "in"


def test_each_twin_has_its_python(source: Path, tmp_path: Path) -> None:
    keys = ["X.shortcut", "x.shortcut"]
    python = python_folder(tmp_path / "out", keys)
    assert [convert_file(key, source, python, False).error for key in keys] == ["", ""]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["X.shortcut.py", "x.shortcut.2.py"]


def test_no_python_is_written_through_a_planted_link(source: Path, tmp_path: Path) -> None:
    elsewhere, out = tmp_path / "elsewhere", tmp_path / "out"
    elsewhere.mkdir()
    out.mkdir()
    (elsewhere / "x.shortcut.py").write_text("mine")
    (out / "sub").symlink_to(elsewhere)
    (out / "x.shortcut.py").symlink_to(elsewhere / "x.shortcut.py")
    keys = ["sub/x.shortcut", "x.shortcut"]
    python = python_folder(out, keys)
    first, second = (convert_file(key, source, python, False) for key in keys)
    assert ("leads out of the folder" in first.error, second.error) == (True, "")
    assert (elsewhere / "x.shortcut.py").read_text() == "mine"
    assert not (out / "x.shortcut.py").is_symlink()


def test_no_shortcut_is_written_through_a_planted_link_or_over_the_records(tmp_path: Path) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    out.mkdir()
    elsewhere.mkdir()
    (out / "sub").symlink_to(elsewhere)
    records = out / "mine.shortcut"
    lines = [{"key": key, "code": 'x = "1"'} for key in ("sub/a", "mine", "b")]
    records.write_text("".join(json.dumps(line) + "\n" for line in lines))
    before = records.read_bytes()
    script = Path(__file__).parents[2] / "preprocess" / "Convert_Python_to_ShortCut.py"
    words = [sys.executable, str(script), "--input", str(records), "--output_dir", str(out)]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    assert (records.read_bytes(), list(elsewhere.iterdir())) == (before, [])
    errors = (tmp_path / "out.errors.jsonl").read_text()
    assert ("leads out of the folder" in errors, (out / "b.shortcut").is_file()) == (True, True)
    assert "the input, or another record before it, has the name of its file" in errors
