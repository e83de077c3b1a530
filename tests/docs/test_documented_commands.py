"""Every command of README.md and docs/ names a script and flags that exist; the cheap ones run as they are written."""

import functools
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STORE_FIELDS = ("title", "description", "category")  # what a shortcut's file lacks and a store knows
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md"), ROOT / "data/README.md"])
FENCE = re.compile(r"^[ \t]*```(\w+)\n(.*?)^[ \t]*```", re.M | re.S)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
FLAG = re.compile(r"(?<![\w-])--[a-zA-Z]\w*(?:[-_]\w+)*")
# Shell scripts that hand their flags on to a Python script.
FORWARDING = {
    "scripts/train.sh": "train.py",
    "scripts/train_OOD.sh": "train.py",
    "scripts/infer.sh": "infer.py",
    "scripts/infer_OOD.sh": "infer.py",
    "scripts/reproduce_table.sh": "eval/reproduce_table.py",
}
# Pages whose commands need neither a model, a network nor files of the reader's own; placeholders exclude a command.
PLACEHOLDER = re.compile(r"\b(?:DIR|FILE|FILES|RECORDS|CHECKPOINT|PAIRS|SCORES|ANNOTATOR|SHORTCUTS_DIR)\b|[{\[]|\.\.\.")
NEEDS_MORE = re.compile(
    r"output/demo|gpt-4o|links\.txt|data_samples\.json|fetch_small_model|\.sh\b|benchmark_|--max_cost"
)
RUN_AS_WRITTEN = ("README.md", "docs/conversion.md")


def fenced(page: Path, *languages: str) -> list[str]:
    return [body for language, body in FENCE.findall(page.read_text("utf-8")) if language in languages]


def commands(page: Path) -> list[str]:
    """The commands of a page's shell blocks: continued lines joined, comments dropped."""
    text = "\n".join(fenced(page, "sh", "bash")).replace("\\\n", " ")
    lines = (re.sub(r"\s+#.*", "", line).strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def script_of(command: str) -> str:
    """The script that a command runs; variables that are set before it and the interpreter are passed over."""
    words = [word for word in shlex.split(command) if not re.match(r"\w+=", word)]
    return words[1].removeprefix("./") if words[0] in ("python", "sh", "bash") else words[0]


ALL = [(page, command) for page in PAGES for command in commands(page)]


def test_pages_have_commands() -> None:
    """Guards the reading itself: a page whose blocks were missed would pass every test below."""
    assert {page.name for page, _ in ALL} >= {"README.md", "conversion.md", "dataset.md", "training.md", "scores.md"}
    assert len(ALL) > 60


@functools.cache
def flags_of(script: str) -> frozenset[str]:
    command = [sys.executable, str(ROOT / script), "--help"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == 0, done.stderr
    return frozenset(FLAG.findall(done.stdout))


def flags_by_script() -> dict[str, set[str]]:
    flags: dict[str, set[str]] = defaultdict(set)
    for _, command in ALL:
        script = script_of(command)
        target = FORWARDING.get(script, script)
        if target.endswith(".py"):
            flags[target].update(FLAG.findall(command))
    return flags


@pytest.mark.parametrize(
    ("script", "flags"), sorted((name, sorted(flags)) for name, flags in flags_by_script().items())
)
def test_flags_exist(script: str, flags: list[str]) -> None:
    if flags:
        assert set(flags) <= flags_of(script)


def test_scripts_exist() -> None:
    missing = {
        command
        for _, command in ALL
        if (name := script_of(command)).endswith((".py", ".sh")) and not (ROOT / name).is_file()
    }
    assert missing == set()


def test_only_known_programs_are_called() -> None:
    """Whatever is not a script of ours is one of the few programs that a reader has."""
    programs = {script_of(command) for _, command in ALL if not script_of(command).endswith((".py", ".sh"))}
    assert programs <= {".", "cp", "git", "cd", "pip"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    targets = [target for target in LINK.findall(page.read_text("utf-8")) if "://" not in target]
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_no_paragraph_of_the_readme_begins_with_a_small_letter() -> None:
    text = FENCE.sub("", (ROOT / "README.md").read_text("utf-8"))
    paragraphs = [
        paragraph for paragraph in text.split("\n\n") if paragraph.strip() and paragraph.lstrip()[0] not in "|*#"
    ]
    assert [paragraph for paragraph in paragraphs if paragraph.lstrip()[0] in "abcdefghijklmnopqrstuvwxyz"] == []


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) < 200


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with this checkout's files, in which commands may write to output/."""
    folder = tmp_path_factory.mktemp("checkout")
    for path in ROOT.iterdir():
        if path.name not in ("output", ".git", ".venv") and not path.name.startswith("."):
            (folder / path.name).symlink_to(path)
    return folder


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable if word == "python" else word for word in shlex.split(command)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=240)


def cheap_commands(page: Path) -> list[str]:
    return [line for line in commands(page) if not PLACEHOLDER.search(line) and not NEEDS_MORE.search(line)]


@pytest.mark.parametrize("name", RUN_AS_WRITTEN)
def test_cheap_commands_run_as_written(name: str, checkout: Path) -> None:
    lines = cheap_commands(ROOT / name)
    assert len(lines) >= 4
    shutil.rmtree(checkout / "output", ignore_errors=True)
    for line in lines:
        done = shell(line, checkout)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr


def test_the_readmes_shortcut_and_its_record(tmp_path: Path, checkout: Path) -> None:
    """The Python on the first screen compiles and comes back as it is; the record is what annotating it gives."""
    (code,) = fenced(ROOT / "README.md", "python")
    record = json.loads(fenced(ROOT / "README.md", "json")[0])
    source, shortcut, store = tmp_path / "battery.py", tmp_path / "plain/battery.shortcut", tmp_path / "store.json"
    source.write_text(code, "utf-8")
    store.write_text(json.dumps([{"file": shortcut.name, **{name: record[name] for name in STORE_FIELDS}}]), "utf-8")
    assert len(code.splitlines()) == 6
    lines = [
        f"python preprocess/Convert_Python_to_ShortCut.py {source} -o {shortcut}",
        f"python preprocess/Convert_ShortCut_to_Python.py --folder_path {shortcut.parent} --output {tmp_path}/r.jsonl",
        f"python preprocess/annotate_workflows.py --input {tmp_path}/r.jsonl --output {tmp_path}/a.jsonl"
        f" --backend offline --metadata {store}",
    ]
    for line in lines:
        done = shell(line, checkout)
        assert done.returncode == 0, done.stderr
    annotated = json.loads((tmp_path / "a.jsonl").read_text("utf-8"))
    assert annotated["code"] == code
    assert {name: annotated[name] for name in record} == record
    assert set(annotated) - set(record) == {"source", "metadata", "code", "annotation"}
