"""What is wrong with a new query, and which are kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from workflowllm.apis.catalogue import catalogue
from workflowllm.synthesis.draws import Draw
from workflowllm.synthesis.queries import QueryIndex, offline_query, query_problem, select

GOOD = (
    "Every morning I would like to hear the weather for the place I am in, and if it is going to rain before noon my "
    "phone should remind me to take the umbrella and send a message to the person I commute with."
)
APIS = ("is.workflow.actions.downloadurl", "dk.simonbs.DataJar.GetValueIntent")


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        (GOOD, ""),
        ("", "too simple"),
        ("Play some music", "too simple"),
        (GOOD * 20, "too long"),
        (GOOD + " Write it in Python.", "mentions code"),
        (GOOD + " Use is.workflow.actions.downloadurl for that.", "names an API"),
        (GOOD + " Call is_workflow_actions_downloadurl(WFURL=...) then.", "names an API"),
        (GOOD + " The GetValueIntent knows the place.", "names an API"),
        (GOOD + " Use Get Contents of URL for it.", "names an API"),
        (GOOD + " Get the contents of a URL for it.", ""),
    ],
)
def test_problems(query: str, problem: str) -> None:
    assert query_problem(query, APIS, catalogue()) == problem


@given(st.lists(st.text("abc ", max_size=20), max_size=6), st.text("abc ", max_size=20), st.sampled_from([0.3, 0.7, 1]))
def test_the_bound_never_hides_a_near_query(kept: list[str], query: str, threshold: float) -> None:
    """Against every pair compared in full."""
    scorer = RougeScorer(["rougeL"])
    best = max((scorer.score(other, query)["rougeL"].fmeasure for other in kept), default=0.0)
    found = QueryIndex(threshold, kept)
    assert found.is_near(query) == (best >= threshold)


def test_offline_queries_name_no_api_and_differ() -> None:
    apis = tuple(sorted(api for api in catalogue().of_application("builtin"))[:60:3])
    made = [offline_query(Draw(n, 0, "Music", (), apis[n : n + 5], ()), catalogue()) for n in range(12)]
    assert len(set(made)) == 12 and all("music" in one for one in made)
    assert all(query_problem(one, apis, catalogue()) in ("", "too simple") for one in made)


def answer(number: int, query: str) -> dict:
    return {"key": f"k{number}", "apis": list(APIS), "query": query, "draw": {"number": number}}


def test_selection_goes_by_number_and_says_why() -> None:
    other = "Sort the photographs of our last holiday by the town they show and make an album for each of them."
    answers = [answer(3, other), answer(0, GOOD), answer(1, GOOD.replace("morning", "evening")), answer(2, "Too short")]
    chosen = select(answers, [], 0.7, catalogue(), most=5)
    assert [one["key"] for one in chosen.kept] == ["k0", "k3"]
    assert [(one["key"], one["dropped"]) for one in chosen.dropped] == [("k1", "near-duplicate"), ("k2", "too simple")]
    assert [one["key"] for one in select(answers, [GOOD], 0.7, catalogue(), most=5).kept] == ["k3"]
    assert [one["key"] for one in select(answers, [], 0.7, catalogue(), most=1).kept] == ["k0"]
