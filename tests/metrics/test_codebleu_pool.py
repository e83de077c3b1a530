"""Worker processes: the order and sum of results, and pairs that exhaust time, memory or patience."""

from typing import Any

import pytest

from workflowllm.metrics.codebleu.options import COMPAT, FIXED
from workflowllm.metrics.codebleu.pool import Limits, Scored, score_pairs
from workflowllm.metrics.codebleu.scorer import FIGURES, TOTAL, CodeBleu

PAIRS = [(f"a = {number % 7}\nb = a", f"a = {number % 5}\nc = a") for number in range(40)]


def run(pairs: list[tuple[str, str]], **options: Any) -> dict[int, Scored]:
    found = list(score_pairs(pairs, options.pop("options", FIXED), **options))
    assert len(found) == len(dict(found)) == len(pairs)
    return dict(found)


@pytest.mark.parametrize("workers", [1, 3])
def test_every_pair_is_scored_once_and_as_without_workers(workers: int) -> None:
    scorer = CodeBleu(FIXED)
    found = run(PAIRS, workers=workers)
    for index, pair in enumerate(PAIRS):
        assert found[index] == Scored(scorer.score(*pair))


def test_no_pairs() -> None:
    assert run([], workers=4) == {}


def test_out_of_time_takes_no_other_with_it() -> None:
    slow = ("x = 1", "\\\n" * 200_000)  # the parser needs a minute
    found = run([PAIRS[0], slow, PAIRS[1]], workers=1, limits=Limits(seconds=1.5))
    assert "over 1.5 s" in found[1].note and "dataflow_match_score" in found[1].note
    assert found[1].scores == dict.fromkeys(FIGURES, 0.0)
    assert found[0].note == found[2].note == "" and found[2].scores[TOTAL] > 0


def test_out_of_memory_is_marked_and_survived() -> None:
    big = ("x = 1\ny = x", "x = f(y, 'abc')\n" * 300_000)
    found = run([PAIRS[0], big, PAIRS[1]], workers=1, limits=Limits(seconds=60, memory_bytes=320 << 20))
    assert "not computed and counted as 0" in found[1].note
    assert found[1].scores["dataflow_match_score"] == 0.0
    assert found[2] == Scored(CodeBleu(FIXED).score(*PAIRS[1]))


def test_deep_code_is_just_scored() -> None:
    deep = "y = 1\nx = " + "(" * 20_000 + "y" + ")" * 20_000
    found = run([(deep, deep), (deep, "y = 1")], options=COMPAT)
    assert found[0].note == found[1].note == ""
    assert found[0].scores["syntax_match_score"] == 1.0
    assert run([(deep, deep)])[0].scores[TOTAL] == pytest.approx(1.0)
