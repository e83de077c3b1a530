"""Text as Python literals: what is written reads back as the same text, on every supported Python."""

import ast

from hypothesis import given
from hypothesis import strategies as st

from workflowllm.shortcuts.model.identifiers import function_name, identifier_of, is_name, name_from
from workflowllm.shortcuts.to_python.literals import (
    docstring_literal,
    f_string,
    line_literal,
    number_literal,
    text_literal,
)

AWKWARD = st.text(
    st.sampled_from(['"', "'", "\\", "\n", "\r", "\t", "{", "}", "\x00", "\x85", "\u2028", "\u202e", "\ufffc"])
    | st.characters()
    | st.sampled_from(["\ud83d", "👍", "é", "#", "a"]),
    max_size=30,
)
EXPRESSIONS = st.sampled_from(["x", 'x["a"]', "x['a']", 'x["it\'s"]', 'x["a}"]', 'x["#"]', 'x["!r:{"]', 'x["\\n"]'])


@given(AWKWARD)
def test_every_literal_reads_back(text: str) -> None:
    for literal in (text_literal(text), line_literal(text), docstring_literal(text)):
        assert ast.literal_eval(literal) == text
    assert "\n" not in line_literal(text)


@given(AWKWARD, AWKWARD, EXPRESSIONS)
def test_f_strings_keep_pieces_and_expressions(before: str, after: str, expression: str) -> None:
    literal = f_string([before, after], [expression])
    if literal is None:
        assert "\\" in expression or ('"' in expression and "'" in expression)
        return
    parts = ast.parse(literal, mode="eval").body.values
    assert "".join(part.value for part in parts if isinstance(part, ast.Constant)) == before + after
    (value,) = [part.value for part in parts if isinstance(part, ast.FormattedValue)]
    assert ast.dump(value) == ast.dump(ast.parse(expression, mode="eval").body)


def test_what_cannot_be_seen_is_escaped() -> None:
    assert text_literal("a\u202eb") == '"a\\u202eb"'
    assert text_literal("tab\there") == '"tab\\there"'
    assert text_literal("👨\u200d👩") == '"👨\u200d👩"'  # a joiner is part of one emoji


def test_lines_are_kept_as_lines_from_the_third_on() -> None:
    assert text_literal("a\nb") == '"a\\nb"'
    assert text_literal("a\nb\nc") == '"""a\nb\nc"""'


def test_numbers_without_a_literal() -> None:
    assert number_literal(float("inf")) == 'float("inf")'
    assert number_literal(-2.0) == "-2.0"


@given(st.text(st.sampled_from("ab.-_1") | st.characters(), max_size=20))
def test_identifiers_come_back_from_their_names(identifier: str) -> None:
    name = function_name(identifier)
    if name is not None:
        assert is_name(name) and identifier_of(name) == identifier


def test_names_of_real_identifiers() -> None:
    assert function_name("is.workflow.actions.url") == "is_workflow_actions_url"
    assert function_name("com.my-app.do_it") == "com_my__dash__app_do__underscore__it"
    assert [function_name(odd) for odd in ("nodots", "", "1.a", "a..dash..b", "a b.c")] == [None] * 5


@given(st.text(max_size=80))
def test_a_name_can_be_made_of_anything(text: str) -> None:
    name = name_from(text, "fallback")
    assert is_name(name) and len(name) <= 200


def test_made_names_stay_close_to_the_words() -> None:
    names = {"My List": "My_List", "1st": "_1st", "class": "class_", "📱": "fallback", "词典 2": "词典_2"}
    assert {words: name_from(words, "fallback") for words in names} == names
