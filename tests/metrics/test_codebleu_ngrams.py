"""BLEU and its weighted form, by hand and beside nltk."""

import math
import random
import warnings

import pytest
from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu

from workflowllm.metrics.codebleu.ngrams import bleu, brevity_penalty, count_ngrams, shared_counts, weighted_bleu
from workflowllm.metrics.codebleu.options import Options


def both(reference: str, candidate: str, **options: bool) -> tuple[float, float]:
    ours, theirs = count_ngrams(reference), count_ngrams(candidate)
    shared = shared_counts(ours, theirs)
    short = {"short_orders": options.get("short_orders", False)}
    return bleu(ours, theirs, shared, **short), weighted_bleu(ours, theirs, shared, Options(**options))


def test_clipping_and_precision_by_hand() -> None:
    # 1-grams 3 of 4 (the second `a` is clipped), 2-grams 1 of 3, the rest smoothed: 0.1 of 2, 0.1 of 1
    value, _ = both("a b c x", "a b a c")
    assert value == pytest.approx((3 / 4 * 1 / 3 * 0.1 / 2 * 0.1 / 1) ** 0.25, abs=1e-12)


def test_keywords_weigh_five_times() -> None:
    # reference `if x return y`: weights 1 .2 1 .2; the candidate has the two keywords, and nothing in a row
    _, value = both("if x return y", "if return")
    assert value == pytest.approx((2 / 2.4 * 0.1 / 3 * 0.1 / 2 * 0.1 / 1) ** 0.25, abs=1e-12)


def test_brevity_of_the_weighted_form_is_the_package_s_unless_asked() -> None:
    reference, candidate = "a b c d e f g h", "a b c d"
    recall = (4 / 8 * 3 / 7 * 2 / 6 * 1 / 5) ** 0.25
    assert both(reference, candidate)[1] == pytest.approx(recall, abs=1e-12)
    assert both(reference, candidate, true_brevity=True)[1] == pytest.approx(recall * math.exp(1 - 8 / 4), abs=1e-12)


@pytest.mark.parametrize("text", ["a", "a b", "if x :", "a b c d e", ""])
def test_a_text_equals_itself_only_with_short_orders(text: str) -> None:
    assert both(text, text, short_orders=True, true_brevity=True) == pytest.approx((1.0, 1.0))
    assert (both(text, text)[0] == 1.0) == (len(text.split()) >= 4)


@pytest.mark.parametrize(("reference", "candidate"), [("a b", ""), ("", "a b"), ("a b", "c d")])
def test_nothing_in_common_is_zero(reference: str, candidate: str) -> None:
    assert both(reference, candidate) == (0.0, 0.0)
    assert both(reference, candidate, short_orders=True, true_brevity=True) == (0.0, 0.0)


def test_the_brevity_penalty_is_one_only_above_the_reference_s_length() -> None:
    assert brevity_penalty(5, 6) == 1.0
    assert brevity_penalty(5, 5) == 1.0
    assert brevity_penalty(5, 0) == 0.0
    assert brevity_penalty(10, 5) == pytest.approx(math.exp(-1))


def test_nltk_agrees() -> None:
    rng = random.Random(1)
    smoothing = SmoothingFunction().method1
    for _ in range(200):
        ours, theirs = (" ".join(rng.choices("abcdef", k=rng.randint(4, 30))) for _ in range(2))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = sentence_bleu([ours.split()], theirs.split(), smoothing_function=smoothing)
        assert both(ours, theirs)[0] == pytest.approx(expected, abs=1e-12), (ours, theirs)
