"""Types of flags: what they let through, and the sentence for what they do not."""

import argparse

import pytest

from workflowllm.runs.flags import not_negative, positive, positive_int, share, share_or_none


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (positive_int, ["1", "007"], ["0", "-1", "1.5", "", "one", "²"]),
        (positive, ["0.001", "1e9"], ["0", "-1", "nan", "inf", "", "1,5"]),
        (not_negative, ["0", "0.5"], ["-0.1", "nan", "inf", "x"]),
        (share, ["0.01", "1"], ["0", "1.01", "nan"]),
        (share_or_none, ["0", "0.5", "1"], ["-0.1", "1.01", "nan"]),
    ],
)
def test_numbers_within_their_bounds(kind, good: list[str], bad: list[str]) -> None:
    assert [kind(text) for text in good] == [float(text) for text in good]
    for text in bad:
        with pytest.raises(argparse.ArgumentTypeError, match=r"is not a (whole )?number"):
            kind(text)
