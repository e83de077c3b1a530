"""Facts 132 and 136: what a person is asked."""

import pytest
from runtime_helpers import run

ASK = """
got = is_workflow_actions_ask(WFAskActionPrompt="?", WFInputType="{}"{})
is_workflow_actions_setclipboard(WFInput=got)
"""


@pytest.mark.parametrize(
    ("kind", "answer", "expected"),
    [
        ("Text", "7", "7"),
        ("Text", 7, "7"),
        ("Number", 7, 7),
        ("Number", "7.5", 7.5),
        ("URL", "https://example.com", {"type": "url", "url": "https://example.com"}),
        ("Date", "2026-03-20", "2026-03-20"),
        ("Date and Time", "2026-03-20T18:00:00+01:00", "2026-03-20T18:00:00+01:00"),
    ],
)
def test_f132_ask_gives_what_its_type_says(kind, answer, expected):
    result = run(ASK.format(kind, ""), answers=[answer], now="2026-03-14T09:00:00+01:00")
    assert result.how == "ok", result.error
    assert result.of("clipboard")[0]["value"] == expected


def test_f132_text_is_the_default():
    code = 'got = input("?")\nis_workflow_actions_setclipboard(WFInput=got)'
    assert run(code, answers=[42]).of("clipboard")[0]["value"] == "42"


@pytest.mark.parametrize(("kind", "answer"), [("Number", "many"), ("Number", "-"), ("Date", "soonish")])
def test_f132_an_answer_of_another_type_breaks_the_run(kind, answer):
    result = run(ASK.format(kind, ""), answers=[answer])
    assert result.how == "broken" and answer in result.error


def test_f132_the_effect_holds_prompt_and_answer():
    effect = run(ASK.format("Number", ""), answers=[3]).of("ask")[0]
    assert (effect["prompt"], effect["answer"]) == ("?", 3)


def test_f136_the_clipboards_permission_is_no_prompt_of_the_workflow():
    """iOS asks once; no answer of the world is used up by it."""
    code = 'text = "x"\nis_workflow_actions_setclipboard(WFInput=text)\nname = input("?")\nprint(f"{name}")'
    assert run(code, answers=["Ada"]).shown == ["Ada"]
