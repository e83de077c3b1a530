"""Identifiers of actions as Python names, and back."""

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflowllm.shortcuts.model.identifiers import function_name, identifier_of, is_name, name_from

IDENTIFIERS = st.text("ab.Z_-1é", min_size=1, max_size=14) | st.from_regex(
    r"[a-z_.-]*__?(dash|underscore)_*[a-z._-]*", fullmatch=True
)


@pytest.mark.parametrize(
    ("identifier", "name"),
    [
        ("is.workflow.actions.url", "is_workflow_actions_url"),
        ("com.my-app.do_it", "com_my__dash__app_do__underscore__it"),
        ("AsheKube.app.a-Shell-mini.GetFileIntent", "AsheKube_app_a__dash__Shell__dash__mini_GetFileIntent"),
        ("net.app.7zip", "net_app_7zip"),
        ("noDot", None),
        ("", None),
        ("a..b", "a__b"),
        ("1.a", None),
        ("a.b c", None),
        ("is.not", "is_not"),
        ("a.__dash__", "a___underscore____underscore__dash__underscore____underscore__"),
        ("\ufb01.x", None),  # Python would fold the ligature to "fi"
    ],
)
def test_names_of_identifiers(identifier, name):
    assert function_name(identifier) == name
    if name:
        assert identifier_of(name) == identifier


@given(IDENTIFIERS)
def test_a_name_leads_back_to_its_identifier_or_there_is_none(identifier):
    name = function_name(identifier)
    if name is not None:
        assert name.isidentifier() and "_" in name and not keyword.iskeyword(name)
        assert identifier_of(name) == identifier


@given(IDENTIFIERS, IDENTIFIERS)
def test_no_two_identifiers_share_a_name(one, other):
    if one != other:
        assert function_name(one) is None or function_name(one) != function_name(other)


@pytest.mark.parametrize("text", ["class", "None", "__debug__", "2a", "a b", "", "\ufb01", "e\u0301", "a\n"])
def test_what_is_no_name(text):
    assert not is_name(text)


@pytest.mark.parametrize("text", ["x", "_", "match", "日程", "Größe", "é"])
def test_what_is_a_name(text):
    assert is_name(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Shopping list", "Shopping_list"),
        ("  two  spaces ", "two_spaces"),
        ("2nd", "_2nd"),
        ("class", "class_"),
        ("🏆", "fallback"),
        ("🏆 won", "won"),
        ("日程 1", "日程_1"),
        ("\ufb01t", "fit"),
        ("e\u0301", "é"),
        ("__x__", "x"),
        ("a-b/c", "a_b_c"),
        ("", "fallback"),
    ],
)
def test_names_from_words(text, name):
    assert name_from(text, "fallback") == name


@given(st.text(max_size=80))
def test_names_from_any_text_are_names(text):
    name = name_from(text, "fallback")
    assert is_name(name) and len(name) <= 70
