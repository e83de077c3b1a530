"""Natural Python, compiled and run as a shortcut, says what Python itself says."""

import contextlib
from pathlib import Path

import pytest
from runtime_helpers import run

CLIPBOARD = "  Apple,pear;Fig\nkiwi\n"
TEXT = (Path(__file__).parent / "natural_programs.txt").read_text("utf-8")
PROGRAMS = dict(part.split("\n", 1) for part in TEXT.split("## ")[1:])


class _Exit(Exception):
    pass


def python_says(code: str) -> list[str]:
    """What Python prints for one of the programs above."""
    said: list[str] = []

    def stop() -> None:
        raise _Exit

    def say(*parts: object) -> None:
        said.append(" ".join(map(str, parts)))

    names = {"print": say, "clipboard": lambda: CLIPBOARD, "exit": stop}
    with contextlib.suppress(_Exit):
        exec(code, names)
    return said


def alike(shortcut: str, python: str) -> bool:
    try:
        return float(shortcut) == float(python)
    except ValueError:
        return shortcut == python


def test_there_are_programs() -> None:
    assert len(PROGRAMS) > 25


@pytest.mark.parametrize("code", PROGRAMS.values(), ids=PROGRAMS)
def test_a_shortcut_says_what_python_says(code: str) -> None:
    result = run(code, clipboard=CLIPBOARD)
    expected = python_says(code)
    assert result.error == ""
    assert len(result.shown) == len(expected) > 0
    assert [pair for pair in zip(result.shown, expected) if not alike(*pair)] == []
