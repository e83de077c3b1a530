"""Arrays read item by item give what reading them at once gives."""

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflowllm.runs.json_lines import NoArray, array_items

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=100)
@given(st.lists(VALUES, max_size=6), st.integers(1, 40), st.sampled_from([None, 1]), st.booleans())
def test_any_array_at_any_chunk(items: list[Any], chunk: int, indent: int | None, is_ascii: bool) -> None:
    text = json.dumps(items, indent=indent, ensure_ascii=is_ascii)
    assert list(array_items(io.StringIO(f" \n{text}\n"), chunk)) == items


@pytest.mark.parametrize("chunk", [1, 3, 1000])
@pytest.mark.parametrize(
    ("text", "before"),
    [("[1, 2", [1, 2]), ("[1 2]", [1]), ("[1,]", [1]), ("[,]", []), ('["a', []), ("[1] x", [1]), ("[1, nul]", [1]),
     ("[" * 100_000, [])],
)  # fmt: skip
def test_a_broken_array_gives_what_is_whole_and_says_so(text: str, before: list[Any], chunk: int) -> None:
    found = []
    with pytest.raises(ValueError, match=r"item|array"):
        for item in array_items(io.StringIO(text), chunk):
            found.append(item)
    assert found == before


@pytest.mark.parametrize("text", ["", "{}", "3", "x", "\ufeff[]"])
def test_no_array(text: str) -> None:
    with pytest.raises(NoArray):
        list(array_items(io.StringIO(text)))


def test_a_long_array_is_never_in_memory_as_a_whole() -> None:
    taken = 0

    class Counting(io.StringIO):
        def read(self, size: int | None = -1) -> str:
            nonlocal taken
            text = super().read(size)
            taken += len(text)
            return text

    handle = Counting(json.dumps(["x" * 100] * 1000))
    assert next(array_items(handle, 1000)) == "x" * 100
    assert taken <= 2000
