"""Agreement and kappa, against nltk's and by hand."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nltk.metrics.agreement import AnnotationTask

from workflowllm.evaluation.judge import majority
from workflowllm.metrics.agreement import agreement, confusion, kappa

CLASSES = st.sampled_from(["pass", "fail", "unreadable"])


@given(st.lists(st.tuples(CLASSES, CLASSES), min_size=1, max_size=40))
def test_nltk_agrees(pairs: list[tuple[str, str]]) -> None:
    counts = confusion(pairs)
    task = AnnotationTask(
        [(coder, str(index), pair[side]) for index, pair in enumerate(pairs) for side, coder in enumerate("ab")]
    )
    assert agreement(counts) == pytest.approx(task.avg_Ao())
    if kappa(counts) is None:
        assert len(set(pairs)) == 1
    else:
        assert kappa(counts) == pytest.approx(task.kappa())


def test_by_hand() -> None:
    """Cohen's own example form: 20 + 15 of 50 agree; chance is (25*30 + 25*20) / 2500 = 0.5, so kappa is 0.4."""
    counts = Counter({("pass", "pass"): 20, ("pass", "fail"): 5, ("fail", "pass"): 10, ("fail", "fail"): 15})
    assert agreement(counts) == pytest.approx(0.7) and kappa(counts) == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([True], True), ([False], False), ([None], None), ([None, None, None], None), ([True, None, None], True),
        ([True, False, None], False), ([True, True, False], True), ([], None),
    ],
)  # fmt: skip
def test_majority(verdicts: list[bool | None], expected: bool | None) -> None:
    assert majority(verdicts) is expected
