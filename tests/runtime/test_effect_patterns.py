"""Patterns of worlds and tasks: what fits and, above all, what does not."""

from datetime import datetime, timedelta, timezone

import pytest

from workflowllm.runtime.endings import WorldError
from workflowllm.runtime.patterns import Patterns, check_pattern

PATTERNS = Patterns(timezone(timedelta(hours=1)))
PHOTO = {"type": "image", "name": "IMG_1", "width": 10, "from": {"type": "image", "name": "original.png"}}


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        ("x", " x \n"),
        (5, 5.0),
        (5, "5"),
        (5, " 5.0 "),
        ("5", 5),
        (True, True),
        (None, None),
        ("2026-03-14T09:00:00+01:00", "2026-03-14T08:00:00+00:00"),
        (datetime(2026, 3, 14, 9, tzinfo=timezone.utc), "2026-03-14T10:00:00+01:00"),
        ("2026-03-14T09:00:00", "2026-03-14T08:00:00Z"),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": None}, {"b": 2}),
        ([1, "a"], [1, "a"]),
        ({"contains": "ell"}, "hello"),
        ({"contains": "b"}, ["a", "b"]),
        ({"contains": "b"}, ["abc"]),
        ({"contains": {"name": "x"}}, [{"name": "x", "y": 1}]),
        ({"contains": "IMG"}, PHOTO),
        ({"contains": "original"}, PHOTO),
        ({"contains": 7}, "has 7"),
        ({"matches": "^h.*o$"}, "hello"),
        ({"matches": "^42$"}, 42),
        ({"matches": "a"}, ["x", "a"]),
        ({"about": 3.2, "within": 0.1}, 3.25),
        ({"about": 3}, "3"),
        ({"one_of": [1, 2]}, 2),
        ({"any": True}, 0),
        ({"any": False}, None),
        ({"has": ["a", {"contains": "b"}]}, ["xbx", "a", "c"]),
        ({"somewhere": "deep"}, {"a": [{"b": "deep"}]}),
        ({"not": "x"}, "y"),
        ({"not": {"any": True}}, None),
        ("https://a.b", {"type": "url", "url": "https://a.b"}),
    ],
)
def test_fits(pattern, value):
    assert PATTERNS.fits(pattern, value)


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        ("x", "X"),
        ("x", ""),
        (5, "five"),
        (5, "5 apples"),
        (5, True),
        (1, True),
        (True, "true"),
        (None, ""),
        (None, 0),
        ("2026-03-14T09:00:00+01:00", "2026-03-14T09:00:00+00:00"),
        ({"a": 1}, {"b": 1}),
        ({"a": 1}, [{"a": 1}]),
        ([1], [1, 1]),
        ([1, 2], [2, 1]),
        ([], None),
        ({"contains": "x"}, None),
        ({"contains": "a\nb"}, ["a", "b"]),
        ({"contains": "10"}, PHOTO),
        ({"matches": "^x$"}, "xx"),
        ({"matches": "x"}, None),
        ({"about": 3.2, "within": 0.01}, 3.25),
        ({"about": 3}, None),
        ({"about": 3}, "three"),
        ({"one_of": []}, 1),
        ({"any": True}, None),
        ({"has": ["a", "b"]}, ["a"]),
        ({"has": ["a"]}, None),
        ({"somewhere": "deep"}, {"a": "dee"}),
        ({"not": "x"}, " x "),
        ("IMG_1", PHOTO),
    ],
)
def test_does_not_fit(pattern, value):
    assert not PATTERNS.fits(pattern, value)


def test_a_kind_may_be_a_group_or_a_pattern():
    show, get = {"kind": "show", "text": "x"}, {"kind": "http", "method": "GET"}
    assert PATTERNS.fits_effect({"kind": "told"}, show)
    assert PATTERNS.fits_effect({"kind": {"one_of": ["show", "notify"]}}, show)
    assert PATTERNS.fits_effect({"text": "x"}, show)
    assert not PATTERNS.fits_effect({"kind": "lasting"}, show)
    assert not PATTERNS.fits_effect({"kind": "lasting"}, get)
    assert PATTERNS.fits_effect({"kind": "lasting"}, {"kind": "http", "method": "POST"})
    assert not PATTERNS.fits_effect({"kind": "lasting"}, {"kind": "app", "reads": True})


@pytest.mark.parametrize("pattern", [{"one_of": "x"}, {"has": 3}, {"matches": "("}, {"a": [{"not": {"matches": "["}}]}])
def test_a_pattern_that_cannot_be_is_one_sentence(pattern):
    with pytest.raises(WorldError) as error:
        check_pattern(pattern)
    assert "\n" not in str(error.value)
