"""--sign: by macOS's own tool where there is one; elsewhere a sentence."""

from pathlib import Path

import pytest
from helpers_infer import SHOW, run

from workflowllm.inference.signing import ELSEWHERE, sign


def tool(folder: Path, script: str) -> None:
    """A stand-in for macOS's tool."""
    path = folder / "shortcuts"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    (tmp_path / "a.shortcut").write_bytes(b"x")
    return tmp_path


def test_the_tool_signs_a_copy(folder: Path) -> None:
    tool(folder, 'test "$1 $2 $3" = "sign --mode anyone" && cp "$5" "$7"')
    assert sign(folder / "a.shortcut") == f"signed: {folder / 'a_signed.shortcut'}"
    assert (folder / "a.shortcut").read_bytes() == b"x"


@pytest.mark.parametrize("script", ["echo 'no account' >&2; exit 1", "exit 0", "exit 1"])
def test_a_tool_that_fails_is_told(folder: Path, script: str) -> None:
    tool(folder, script)
    sentence = sign(folder / "a.shortcut")
    assert sentence.startswith("It was not signed") and ("no account" in sentence) == ("account" in script)


def test_elsewhere_it_is_said_what_to_do(heart: Path, folder: Path) -> None:
    assert sign(folder / "a.shortcut") == ELSEWHERE
    done = run("--model", heart, "--apis", SHOW, "--query", "Ask for a price", "--sign", "--output",
               folder / "b.shortcut")  # fmt: skip
    assert done.returncode == 0 and ELSEWHERE in done.stdout, done.stderr
    refused = run("--model", heart, "--sign", "--input", folder, "--output", folder / "x.jsonl")
    assert refused.returncode == 2 and "--sign" in refused.stderr
