"""A wheel built from the repository works without it: its tables, prompts and pages are inside."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = """
import json, pathlib, sys
import workflowllm
assert pathlib.Path(workflowllm.__file__).is_relative_to(sys.argv[1]), workflowllm.__file__
from workflowllm.prompts.generation import generation_messages
from workflowllm.shortcuts.files.containers import read_file
from workflowllm.shortcuts.files_from_records import compile_record
from workflowllm.shortcuts.to_python.printer import to_python
code = 'battery = is_workflow_actions_getbatterylevel()\\nis_workflow_actions_showresult(Text=f"{battery}")\\n'
path = pathlib.Path("battery.shortcut")
path.write_bytes(compile_record({"code": code}, "code"))
again = to_python(read_file(path).workflow).code
messages = generation_messages("Show the battery's level.", ["is.workflow.actions.showresult"])
from workflowllm.llm.budget import price_of
print(json.dumps({"code": again, "prompt": messages[1]["content"], "price": price_of("gpt-4o-mini") is not None}))
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's content. It is built in a copy, so that no build folder appears in the repository."""
    source, folder = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "setup.py", "README.md"):
        shutil.copy(ROOT / name, source)
    for name in ("workflowllm", "configs", "data"):
        shutil.copytree(
            ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__", "*.shortcut", "*.egg-info")
        )
    command = [sys.executable, "-m", "pip", "wheel", ".", "--no-deps", "--no-build-isolation", "--no-index",
               "--disable-pip-version-check", "--wheel-dir", folder]  # fmt: skip
    built = subprocess.run(command, cwd=source, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


def test_it_converts_and_prompts_from_an_empty_folder(unpacked: Path, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(unpacked)}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, unpacked], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "is_workflow_actions_getbatterylevel()" in done.stdout
    assert "def is_workflow_actions_showresult(" in done.stdout and '"price": true' in done.stdout


def test_every_file_beside_the_modules_is_inside(unpacked: Path) -> None:
    listed = subprocess.run(["git", "ls-files", "workflowllm"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("NOT TESTED: this is no checkout")
    missing = [name for name in listed.stdout.splitlines() if (ROOT / name).exists() and not (unpacked / name).exists()]
    assert missing == []
