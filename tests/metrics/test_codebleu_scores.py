"""The combination: the package's scores on 322 pairs, and what mode fixed must and must not reward."""

import gzip
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import mean

import pytest

from eval.support.metric_damage import drop_lines, rename_variables
from workflowllm.metrics.codebleu import scorer as codebleu
from workflowllm.metrics.codebleu.options import COMPAT, FIXED, SWITCHES
from workflowllm.metrics.codebleu.scorer import FIGURES, PARTS, TOTAL, CodeBleu
from workflowllm.shortcuts.dialect.comments import strip_comments

SHARED = Path(os.environ.get("WORKFLOWLLM_SHARED", Path(__file__).parents[2].parent / "shared"))
PAIRS, EXPECTED = SHARED / "codebleu" / "pairs.jsonl.gz", SHARED / "codebleu" / "expected.jsonl"
SAMPLES = SHARED / "reference" / "data_samples.json"

CODE = """\
import helpers as h
city = input('Where?')
for day in range(int(3)):
    weather = is_workflow_actions_weather( Place=f'{city}', Day=day)
    if weather == 'rain':
        text = is_workflow_actions_text( Text=f'{weather} in {city}')
        is_workflow_actions_notification( Body=text)
    else:
        notes = h.add(weather, day)
        is_workflow_actions_showresult( Text=f'{notes}')
"""
OTHER = """\
photos = is_workflow_actions_selectphoto( Many=True)
album = is_workflow_actions_makealbum( Images=photos)
match input('Share?'):
    case 'Yes':
        is_workflow_actions_share( Input=album)
    case 'No':
        pass
"""


@pytest.fixture(scope="module")
def pairs() -> list[dict]:
    if not PAIRS.exists():
        pytest.skip(f"{PAIRS} is not there: the package's scores cannot be compared")
    with gzip.open(PAIRS, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def samples() -> list[str]:
    if not SAMPLES.exists():
        pytest.skip(f"{SAMPLES} is not there: mode fixed cannot be tried on real workflows")
    return [strip_comments(record["annotated_code"]).strip() for record in json.loads(SAMPLES.read_text("utf-8"))]


def assert_package_scores(pairs: list[dict], expected: list[dict]) -> None:
    """Compat gives the package's figures; where those depend on the hash seed, figures in or near their range."""
    scorer = CodeBleu(COMPAT)
    outside = []
    for pair, figures in zip(pairs, expected, strict=True):
        scores = scorer.score(pair["reference"], pair["candidate"])
        for figure in FIGURES:
            wanted = figures[figure]
            if isinstance(wanted, list):
                outside.append(max(wanted[0] - scores[figure], scores[figure] - wanted[1], 0))
            else:
                assert scores[figure] == pytest.approx(wanted, abs=1e-9), (pair["id"], figure)
    assert max(outside) <= 0.1 and mean(outside) <= 0.005, (max(outside), mean(outside))


def test_the_package_s_figures_on_our_own_pairs() -> None:
    lines = (Path(__file__).parent / "package_scores.jsonl").read_text("utf-8").splitlines()
    pairs = [json.loads(line) for line in lines]
    assert len(pairs) >= 100 and len({pair["kind"] for pair in pairs}) > 20
    assert_package_scores(pairs, [pair["scores"] for pair in pairs])


def test_the_package_s_figures_on_published_samples(pairs: list[dict]) -> None:
    assert_package_scores(pairs, [json.loads(line) for line in EXPECTED.read_text("utf-8").splitlines()])


def test_by_hand() -> None:
    # n-grams: 2 of 3 unigrams, 1 of 2 bigrams, none of 1, none at all; no keywords
    # syntax: the reference has module, expression_statement and assignment; only the last holds an integer
    # data-flow: x <- y and y against x <- 1 and 1: numbered they are equal
    scores = CodeBleu(COMPAT).score("x = y", "x = 1")
    ngram = (2 / 3 * 1 / 2 * 0.1 / 1 * 0.1 / 1) ** 0.25
    weighted = (0.4 / 1 * 1 / 2 * 0.1 * 0.1) ** 0.25
    assert scores == {
        "ngram_match_score": pytest.approx(ngram),
        "weighted_ngram_match_score": pytest.approx(weighted),
        "syntax_match_score": 0.0,
        "dataflow_match_score": 1.0,
        TOTAL: pytest.approx(0.1 * ngram + 0.1 * weighted + 0.4),
    }


def test_the_empty_answer() -> None:
    assert CodeBleu(COMPAT).score(CODE, "")[TOTAL] == 0.4
    assert CodeBleu(FIXED).score(CODE, "")[TOTAL] == 0.0
    assert CodeBleu(FIXED).score("print(1)", "")[TOTAL] == 0.0  # no data-flow to be found in either


@pytest.mark.parametrize("code", [CODE, OTHER, "pass", "print(1)", "x", "", "if (", "'''", "é = '😀'", "\0", "\ud800"])
def test_the_reference_scores_one(code: str) -> None:
    assert CodeBleu(FIXED).score(code, code) == pytest.approx(dict.fromkeys(FIGURES, 1.0))


def test_fixed_ranks() -> None:
    scorer = CodeBleu(FIXED)

    def total(candidate: str) -> float:
        return scorer.score(CODE, candidate)[TOTAL]

    assert total("first = 7\n" + CODE) > 0.85
    assert total(CODE + OTHER * 20) < 0.3 < total(CODE + OTHER * 5) < 0.6 < total(CODE + OTHER)
    assert total(OTHER) < 0.3
    assert total(CODE) > total(drop_lines(CODE, 0.1, random.Random(0))) > total(drop_lines(CODE, 0.5, random.Random(0)))


def test_renaming_leaves_structure_and_data_flow() -> None:
    scorer = CodeBleu(FIXED)
    renamed = rename_variables(CODE)
    assert "city" not in renamed and renamed.count("v_0") == CODE.count("city")
    scores = scorer.score(CODE, renamed)
    assert scores["syntax_match_score"] == scores["dataflow_match_score"] == 1.0
    swapped = CODE.replace("weather", "_").replace("city", "weather").replace("_ ", "city ")
    assert scorer.score(CODE, swapped)["dataflow_match_score"] < 1.0  # a swap that is not consistent


def test_exchanged_names_are_seen_through() -> None:
    exchanged = CODE.replace("city", "#").replace("weather ", "city ").replace("{weather}", "{city}")
    exchanged = exchanged.replace("(weather", "(city").replace("#", "weather")
    assert CodeBleu(FIXED).score(CODE, exchanged)["dataflow_match_score"] > 0.9


def test_demands_on_real_workflows(samples: list[str]) -> None:
    """Every fifth sample, for speed; eval/check_codebleu.py has all."""
    scorer = CodeBleu(FIXED)
    rng = random.Random(0)
    chosen = range(0, len(samples), 5)

    def total(make: Callable[[int], str]) -> float:
        return mean(scorer.score(samples[number], make(number))[TOTAL] for number in chosen)

    assert total(lambda number: "") < 0.01
    assert total(lambda number: samples[number - 1]) < 0.25
    assert total(lambda number: "\n".join(samples[other] for other in range(21) if other != number)) < 0.15
    assert total(lambda number: "zz_unrelated = zz(1)\n" + samples[number]) > 0.9
    assert total(lambda number: rename_variables(samples[number])) > 0.7
    little, more, half = (
        total(lambda number, share=share: drop_lines(samples[number], share, rng)) for share in (0.1, 0.3, 0.5)
    )
    assert little > 0.7 and little > more > half


SWITCHED = {  # a pair whose total each switch alone changes
    "plain_total": (CODE, ""),
    "short_orders": ("a b", "a b"),
    "weighted_precision": (CODE, CODE + OTHER),
    "true_brevity": (CODE, CODE[:60]),
    "normal_text": ("x = 'a'\ny = x", "x = 'a'\ry = x"),
    "see_operators": ("if a == b:\n c = 1", "if a != b:\n c = 1"),
    "tolerant_comments": ("x = (1  # one", "x = (1"),
    "true_offsets": ("é = 1; value = é", "e = 1; value = e"),
    "any_depth": ("y = 1\nx = y" + " + y" * 1_200, "y = 1"),
    "syntax_precision": (CODE, CODE + OTHER),
    "keep_partial_flow": ("x = 1\ny = x\na.b = 's'", "x = 1"),
    "bindings_define": ("f(1)\nf(2)\nx = 1", "f(1)\nx = 1"),
    "pair_sequences": ("a, b = f(c, d)", "a, b = c, d"),
    "see_loop_else": ("for i in r:\n x = i\nelse:\n pass", "for i in r:\n x = r\nelse:\n pass"),
    "see_fstrings": ("x = f'{a}'\ny = f'{x}'", "x = f'{b}'\ny = f'{a}'"),
    "see_match": ("match s:\n case [a]:\n  b = a", "match s:\n case [a]:\n  b = s"),
    "see_with": ("with f() as g:\n x = g", "with f() as g:\n x = f"),
    "see_walrus": ("(n := f(a))\nx = n", "(n := f(a))\nx = a"),
    "see_imports": ("from b import a\nx = a", "from a import b\nx = a"),
    "see_parameters": ("def f(int: a):\n x = int", "def f(a: int):\n x = int"),
    "align_variables": (CODE, "zz = 1\n" + CODE),
    "flow_edges": ("x = f(a, a)", "x = f(a, b)"),
    "flow_precision": (CODE, CODE + OTHER),
}


@pytest.mark.parametrize("switch", SWITCHES)
def test_every_switch_matters(switch: str) -> None:
    pair = SWITCHED[switch]
    assert CodeBleu(replace(COMPAT, **{switch: True})).score(*pair)[TOTAL] != CodeBleu(COMPAT).score(*pair)[TOTAL]


@pytest.mark.parametrize(("old", "new"), [("==", "!="), ("weather == 'rain'", "not weather == 'rain'")])
def test_swapped_operators_and_negated_conditions_cost(old: str, new: str) -> None:
    assert CodeBleu(FIXED).score(CODE, CODE.replace(old, new))["syntax_match_score"] < 0.95


def test_more_code_costs_the_weighted_n_grams() -> None:
    longer, longest = (CodeBleu(FIXED).part(PARTS[1], CODE, CODE + OTHER * times) for times in (1, 5))
    assert 1 > longer > longest
    assert CodeBleu(COMPAT).part(PARTS[1], CODE, CODE + OTHER) == pytest.approx(1)


@pytest.mark.parametrize(
    "code", [CODE.replace("\n", "\r"), CODE.replace("\n", "\r\n"), CODE.replace("city", "cite\u0301")]
)
def test_the_same_text_raw_and_normalised_is_the_same(code: str) -> None:
    plain = code.replace("\r\n", "\n").replace("\r", "\n").replace("e\u0301", "\u00e9")
    assert plain != code
    assert CodeBleu(FIXED).score(plain, code) == pytest.approx(dict.fromkeys(FIGURES, 1.0))


def test_the_hash_seed_changes_nothing() -> None:
    # the set of the loop's sources has five names; the package's order of them is the seed's
    program = (
        "from workflowllm.metrics.codebleu.scorer import CodeBleu; from workflowllm.metrics.codebleu.options import *;"
        "a = 'for i in r:\\n    x = f(a, b, c, d, e)\\n    y = x + i'; b = a.replace('a, b', 'z, b').replace('x', 'w');"
        "print([CodeBleu(options).score(a, b) for options in (COMPAT, FIXED)])"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(printed) == 1


def test_texts_forgotten_are_scored_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = CodeBleu(FIXED).score(CODE, OTHER)
    monkeypatch.setattr(codebleu, "MOST_CHARACTERS", 10)
    monkeypatch.setattr(codebleu, "MOST_SUBTREES", 5)
    scorer = CodeBleu(FIXED)
    assert [scorer.score(CODE, OTHER), scorer.score(OTHER, CODE)[TOTAL], scorer.score(CODE, OTHER)] == [
        expected,
        pytest.approx(CodeBleu(FIXED).score(OTHER, CODE)[TOTAL]),
        expected,
    ]


def test_a_missing_part_counts_as_nothing() -> None:
    assert CodeBleu(COMPAT).total(dict.fromkeys(PARTS[:3], 1.0)) == pytest.approx(0.6)
    assert CodeBleu(COMPAT).total(dict.fromkeys(PARTS, 0.0)) == pytest.approx(0.4)
