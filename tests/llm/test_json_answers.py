"""JSON in what models write: what is tolerated, and what is not."""

import json

import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflowllm.llm.json_answers import UnreadableAnswer, read_json_answer


class Names(pydantic.BaseModel):
    names: dict[str, str]


GOOD = {"names": {"x": "url", "y": "}{ ```"}}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(GOOD),
        f"\n\n  {json.dumps(GOOD)}  \n",
        f"```json\n{json.dumps(GOOD, indent=2)}\n```",
        f"```\n{json.dumps(GOOD)}\n```\nI hope this helps!",
        f"Sure! Here is the answer:\n\n```json\n{json.dumps(GOOD)}\n```",
        f"Sure: {json.dumps(GOOD)} Anything else?",
        f'<think>maybe {{"names": 3}}?</think>{json.dumps(GOOD)}',
        f"Not {{this}} but ```json\n{json.dumps(GOOD)}\n```",
        f'{{"other": 1}}\n```json\n{json.dumps(GOOD)}\n```',
        "{'names': {'x': 'url', 'y': '}{ ```'}}",
        '{"names": {"x": "url", "y": "}{ ```",},}',
        '{"names": {x: "url", "y": "}{ ```"}} // done',
    ],
)
def test_what_is_tolerated(text: str) -> None:
    assert read_json_answer(text, Names).names == GOOD["names"]


@pytest.mark.parametrize(
    "text",
    [
        '{"names": {"a": "first"}} No, wait: {"names": {"a": "last"}}',
        '```json\n{"names": {"a": "first"}}\n```\nCorrected:\n```json\n{"names": {"a": "last"}}\n```',
        '{"names": {"a": "first"}} {"names": {"a": "last"}} {"names": 3} {}',
        'The form is {names}. {"names": {"a": "last"}}',
        '{"names": {"a": "last"}} {"names": {"a": "cut',
        '{"names": {"names": "x", "a": "last",}}',
    ],
)
def test_the_last_object_that_fits_counts(text: str) -> None:
    assert read_json_answer(text, Names).names["a"] == "last"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "no JSON object"),
        ("I cannot do that.", "no JSON object"),
        ("[1, 2]", "no JSON object"),
        ("null", "no JSON object"),
        ('{"names": {"x": 3}}', "names.x: Input should be a valid string"),
        ('{"name": {}}', "names: Field required"),
        ("{" * 100_000, ""),
        ('{"names": ' * 5_000, ""),
        ("\0\ud800", "no JSON object"),
    ],
)
def test_what_is_not(text: str, fault: str) -> None:
    with pytest.raises(UnreadableAnswer) as caught:
        read_json_answer(text, Names)
    assert fault in str(caught.value) and len(str(caught.value)) < 1000


def test_half_characters_do_not_come_through() -> None:
    assert read_json_answer(r'{"names": {"x": "a\ud800b \ud83d\ude00", "\udc00": ""}}', Names).names == {
        "x": "a\ufffdb 😀", "\ufffd": "",
    }  # fmt: skip


def test_faults_are_named_but_not_all() -> None:
    text = json.dumps({"names": {f"n{number}": number for number in range(50)}})
    with pytest.raises(UnreadableAnswer, match="and 47 more"):
        read_json_answer(text, Names)


@given(st.dictionaries(st.text(), st.text()), st.text(alphabet="abc \n.:`"), st.text(alphabet="abc \n.:"))
def test_prose_around_an_answer_changes_nothing(names: dict[str, str], before: str, after: str) -> None:
    text = f"{before}\n```json\n{json.dumps({'names': names})}\n```\n{after}"
    assert read_json_answer(text, Names).names == names


@given(st.text())
def test_no_text_does_anything_but_be_read_or_refused(text: str) -> None:
    try:
        assert isinstance(read_json_answer(text, Names), Names)
    except UnreadableAnswer as fault:
        assert str(fault)
