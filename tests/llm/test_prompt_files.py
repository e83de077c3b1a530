"""Prompts as files."""

import hashlib
from pathlib import Path

import pytest

from workflowllm.prompts.prompt_files import PROMPTS, load_prompt
from workflowllm.runs.command import CommandError

GOOD = "[system]\nYou say $what for $$5.\n[user]\nSay it: ${what}!\n"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.txt"
    path.write_text(text, "utf-8")
    return path


def test_fields_are_filled_in_and_dollars_stay(tmp_path: Path) -> None:
    prompt = load_prompt(written(tmp_path, GOOD), frozenset({"what"}))
    assert prompt.messages(what="$hello {x}") == [
        {"role": "system", "content": "You say $hello {x} for $5."},
        {"role": "user", "content": "Say it: $hello {x}!"},
    ]
    assert prompt.sha256 == hashlib.sha256(GOOD.encode()).hexdigest()


def test_windows_line_ends_read_the_same(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_bytes(GOOD.replace("\n", "\r\n").encode())
    assert load_prompt(path).messages(what="a")[1]["content"] == "Say it: a!"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no sections at all", "a line [system]"),
        ("[user]\nfirst\n[system]\nsecond\n", "a line [system]"),
        ("[system]\na\n[user]\nonly $ here\n", "a lone $"),
        ("[system]\na\n[user]\n$other\n", "does not fill: other"),
    ],
)
def test_a_prompt_that_cannot_serve_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(CommandError, match=said.replace("[", r"\[").replace("$", r"\$")) as caught:
        load_prompt(written(tmp_path, text), frozenset({"what"}))
    assert "mine.txt" in str(caught.value)


def test_a_missing_prompt_is_named() -> None:
    with pytest.raises(CommandError, match="no_such_prompt"):
        load_prompt("no_such_prompt")


def test_a_field_that_is_not_given_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        load_prompt(written(tmp_path, GOOD)).messages()


@pytest.mark.parametrize("path", sorted(PROMPTS.glob("*.txt")), ids=lambda path: path.stem)
def test_every_prompt_of_the_project_loads(path: Path) -> None:
    prompt = load_prompt(path.stem)
    filled = prompt.messages(**dict.fromkeys(prompt.fields, "FILLED"))
    assert all(message["content"] for message in filled)
    assert ("FILLED" in filled[0]["content"] + filled[1]["content"]) == bool(prompt.fields)
