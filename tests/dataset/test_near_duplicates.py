"""MinHash against exact Jaccard indices, and families against all pairs."""

import random
import re
from itertools import combinations

import numpy as np
import pytest
from made_records import exact_jaccard, many, near_code, record

from workflowllm.dataset.near_duplicates import alike, code_sketch, families, near_any, query_sketch, without_near


def test_the_estimate_is_near_the_exact_index() -> None:
    """Over 40 pairs of all degrees: no error beyond four standard errors, hardly any bias."""
    rng = random.Random(1)
    words = [f"w{number}" for number in range(200)]
    errors = []
    for changed in range(40):
        one = " ".join(words)
        other = " ".join(rng.sample(words, 1)[0] + "x" if rng.random() < changed / 80 else word for word in words)
        estimate = alike(query_sketch(one), query_sketch(other)[None])[0]
        errors.append(estimate - exact_jaccard(one, other))
    assert max(map(abs, errors)) < 4 * 0.044
    assert abs(sum(errors) / len(errors)) < 0.02


def test_names_and_comments_do_not_tell_codes_apart() -> None:
    one = 'a = is_workflow_actions_url(WFURLActionURL="https://x.y")\n# open\nis_workflow_actions_openurl(WFInput=a)\n'
    other = one.replace("a =", "b =").replace("=a)", "=b)").replace("# open", "# show it")
    assert (code_sketch(one, {"a"}) == code_sketch(other, {"b"})).all()
    assert (code_sketch(one, {"a"}) != code_sketch(one.replace("x.y", "x.z"), {"a"})).any()


@pytest.mark.parametrize("text", ["", "one", "one two", "\ud83d", "é" * 9, "漢字" * 5])
def test_any_text_has_a_sketch_that_equals_itself(text: str) -> None:
    for sketch in (code_sketch, query_sketch):
        assert alike(sketch(text), sketch(text)[None])[0] == 1


def test_families_are_the_pairs_of_brute_force() -> None:
    """Planted near-duplicates, far above the threshold, are found; nothing below it is joined."""
    codes = [made["workflow_code"] for made in many(60)]
    sketches = np.stack([code_sketch(code, names(code)) for code in codes])
    roots = families([(sketches, 0.6)], len(codes))
    pairs = {(i, j) for i, j in combinations(range(len(codes)), 2) if roots[i] == roots[j]}
    brute = {(i, j) for i, j in combinations(range(len(codes)), 2) if alike(sketches[i], sketches[j][None])[0] >= 0.6}
    assert len(brute) == 6  # one for each near_code of many(60)
    assert pairs == brute


def names(code: str) -> set[str]:
    return set(re.findall(r"^(\w+) =", code, re.MULTILINE))


def test_chains_are_one_family_and_its_number_is_the_first_member() -> None:
    """Each text keeps nine tenths of the one before it; the ends have little in common."""
    words = [f"w{number}" for number in range(150)]
    texts = [" ".join(words[start : start + 100]) for start in range(0, 50, 5)]
    sketches = np.stack(list(map(query_sketch, reversed(texts))))
    assert alike(sketches[0], sketches[-1][None])[0] < 0.6
    assert set(families([(sketches, 0.75)], len(texts))) == {0}
    assert set(families([(sketches, 1.01)], len(texts))) == set(range(len(texts)))


def test_of_near_codes_the_first_stays_and_a_chain_is_not_emptied() -> None:
    words = [f"w{number}" for number in range(150)]
    texts = [" ".join(words[start : start + 100]) for start in range(0, 50, 5)]
    sketches = np.stack(list(map(query_sketch, texts)))
    stays = without_near(sketches, 0.8)
    assert stays[0] and not stays[1] and stays.sum() > 2
    kept = sketches[stays]
    assert all((alike(one, kept) >= 0.8).sum() == 1 for one in kept)


def test_near_any_compares_every_pair() -> None:
    rng = random.Random(3)
    made = [record(str(number), rng) for number in range(20)]
    copy = near_code(made[4], "copy", rng)
    sketches = np.stack([code_sketch(one["workflow_code"], names(one["workflow_code"])) for one in made])
    tested = code_sketch(copy["workflow_code"], names(copy["workflow_code"]))[None]
    assert np.flatnonzero(near_any(sketches, tested, 0.6)).tolist() == [4]
    assert not near_any(sketches, tested[:0], 0.6).any()
