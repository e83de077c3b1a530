"""Measures beside CodeBLEU: calls, their order, control flow, what is invented, the static verdict."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflowllm.metrics import control_flow as control_tree
from workflowllm.metrics import measures
from workflowllm.metrics.call_match import Match, common_subsequence_length, multiset_match, order_match
from workflowllm.metrics.control_flow import control_similarity
from workflowllm.metrics.measures import MEASURES, Case, measure, measuring_crashed
from workflowllm.metrics.static_pass import static_pass
from workflowllm.metrics.workflow_steps import MOST_CHARACTERS, Block, WorkflowStep

IF, LOOP = "is.workflow.actions.conditional", "is.workflow.actions.repeat.each"
URL = 'url = is_workflow_actions_url(WFURLActionURL="https://example.com")\n'
REFERENCE = URL + "page = is_workflow_actions_downloadurl(WFURL=url)\nis_workflow_actions_setclipboard(WFInput=page)\n"
OFFERED = ("is.workflow.actions.url", "is_workflow_actions_downloadurl", "is.workflow.actions.setclipboard")

words = st.lists(st.sampled_from("abc"), max_size=12)


def table_length(first: list[str], second: list[str]) -> int:
    """The textbook's table."""
    rows = [[0] * (len(second) + 1) for _ in range(len(first) + 1)]
    for i, ours in enumerate(first):
        for j, theirs in enumerate(second):
            rows[i + 1][j + 1] = rows[i][j] + 1 if ours == theirs else max(rows[i][j + 1], rows[i + 1][j])
    return rows[-1][-1]


@given(words, words)
def test_the_longest_common_subsequence_is_that_of_the_table(first: list[str], second: list[str]) -> None:
    assert common_subsequence_length(first, second) == table_length(first, second)


def test_matches_by_hand() -> None:
    assert multiset_match("aab", "abbc") == Match(2 / 4, 2 / 3, 4 / 7)
    assert order_match("abc", "cab") == Match(2 / 3, 2 / 3, 2 / 3)
    assert multiset_match("", "") == order_match("", "") == Match(1, 1, 1)
    assert multiset_match("a", "") == order_match("", "a") == Match(0, 0, 0)


def if_(*branches: list[WorkflowStep]) -> Block:
    return Block(IF, list(branches))


def test_control_flow_by_hand() -> None:
    assert control_similarity(["a", "b"], ["c"]) == 1  # plain actions in a row are one node, whichever they are
    assert control_similarity(["a"], []) == control_similarity([], ["a"]) == 0
    assert control_similarity([], []) == 1
    # if, branch, run against if, branch, run, branch, run: three nodes of each side fit
    assert control_similarity([if_(["a"])], [if_(["a"], ["b"])]) == pytest.approx(6 / 8)
    # the run of each fits; if and branch of one side, the loop of the other do not
    assert control_similarity([if_(["a"])], [Block(LOOP, [["a"]])]) == pytest.approx(2 / 5)
    assert control_similarity(["is.workflow.actions.comment"], []) == 1


def random_steps(chance: random.Random, depth: int) -> list[WorkflowStep]:
    steps: list[WorkflowStep] = []
    for _ in range(chance.randint(0, 3)):
        kind = chance.random()
        if kind < 0.4 or not depth:
            steps.append("a.b")
        elif kind < 0.7:
            steps.append(if_(*(random_steps(chance, depth - 1) for _ in range(chance.randint(1, 2)))))
        else:
            steps.append(Block(LOOP, [random_steps(chance, depth - 1)]))
    return steps


def test_similarity_is_symmetric_bounded_and_never_less_by_the_quick_way(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(3)
    pairs = [(random_steps(chance, 4), random_steps(chance, 4)) for _ in range(60)]
    exact = [control_similarity(*pair) for pair in pairs]
    assert exact == pytest.approx([control_similarity(second, first) for first, second in pairs])
    assert all(0 <= value <= 1 for value in exact) and len(set(exact)) > 20
    monkeypatch.setattr(control_tree, "EXACT_PRODUCT", 0)
    quick = [control_similarity(*pair) for pair in pairs]
    assert all(one <= other + 1e-9 for one, other in zip(exact, quick)) and all(value <= 1 for value in quick)


def test_large_trees_are_compared_too() -> None:
    many: list[WorkflowStep] = [if_(["a"], [if_(["a"])]) for _ in range(400)]
    assert control_similarity(many, many[1:]) > 0.99
    assert control_similarity(many, ["a"]) < 0.01


def test_the_reference_has_full_marks_and_an_empty_answer_none() -> None:
    whole, empty = (measure(Case(REFERENCE, text, OFFERED)).scores for text in (REFERENCE, " \n"))
    assert all(whole[name] == (name != "hallucination_rate") for name in MEASURES)
    assert not any(empty[name] for name in MEASURES)


def test_an_answer_s_calls_are_counted_in_either_spelling_and_in_order() -> None:
    answer = "is_workflow_actions_setclipboard(WFInput=shortcut_input())\n" + URL.replace("url = ", "") * 3
    scores = measure(Case(REFERENCE, answer, OFFERED)).scores
    assert scores["api_precision"] == 2 / 4 and scores["api_recall"] == 2 / 3
    assert scores["order_precision"] == 1 / 4 and scores["order_recall"] == 1 / 3


@pytest.mark.parametrize(
    ("call", "offered", "invented"),
    [
        ("is_workflow_actions_nosuchthing()", None, ["is.workflow.actions.nosuchthing"]),
        ("my_own_helper(a=1)", OFFERED, ["my.own.helper"]),
        ("my_own_helper(a=1)", ("my.own.helper",), []),  # offered, whatever the catalogue knows
        ("is_workflow_actions_alert()", OFFERED, []),  # exists, though it is not offered
        ("x = is_workflow_actions_nosuchthing(", None, ["is.workflow.actions.nosuchthing"]),  # does not parse
    ],
)
def test_invented_apis(call: str, offered: tuple[str, ...] | None, invented: list[str]) -> None:
    scores = measure(Case(REFERENCE, URL + call, offered)).scores
    assert scores["hallucinated_apis"] == invented
    assert scores["hallucination_rate"] == len(invented) / 2


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (REFERENCE, ""),
        (REFERENCE.replace("page", "text"), ""),
        (URL + "is_workflow_actions_setclipboard(WFInput=url)", "it sets 67% of the reference's arguments; 75% are"),
        (
            URL + "is_workflow_actions_downloadurl(WFURL=url)\nis_workflow_actions_setclipboard(WFInput=url)",
            "it hands on 50% of the outputs that the reference hands on; 75% are required.",
        ),
        (
            URL + "is_workflow_actions_downloadurl()\nis_workflow_actions_setclipboard()",
            "it calls is_workflow_actions_downloadurl, is_workflow_actions_setclipboard without any argument.",
        ),
        ("", "there is no code."),
        ("\n \t", "there is no code."),
        ("# only thought about", "the code calls no action."),
        (URL, "it calls 33% of the reference's APIs; 50% are required."),
        (REFERENCE + "is_workflow_actions_alert()", "line 4: is.workflow.actions.alert is not among the APIs offered"),
        (REFERENCE + "x = (", "line 4: this is not Python: '(' was never closed."),
        (REFERENCE + "while True:\n    pass", "line 4: Shortcuts has no while"),
        (REFERENCE + "text = '\ud800'", "line 1: this cannot be read as Python"),
        ("x" * (MOST_CHARACTERS + 1), "the code has 4,000,001 characters; over 4,000,000 it is not read."),
    ],
)
def test_static_verdicts(answer: str, reason: str) -> None:
    verdict = static_pass(REFERENCE, answer, OFFERED)
    assert verdict.passes == (not reason)
    assert verdict.reason.startswith(reason)


def test_the_share_asked_for_is_a_matter_of_the_caller() -> None:
    # Of five APIs, the setting of a variable among them, one is in the last line alone.
    whole = REFERENCE * 2 + "is_workflow_actions_alert(WFAlertActionMessage=page)\n"
    offered = (*OFFERED, "is.workflow.actions.alert")
    assert static_pass(whole, REFERENCE * 2, offered, share=0.7).passes
    assert static_pass(whole, REFERENCE * 2, offered, share=0.9).reason == (
        "it calls 80% of the reference's APIs; 90% are required."
    )


def test_without_a_list_the_reference_s_own_apis_are_offered() -> None:
    assert static_pass(REFERENCE, REFERENCE).passes
    assert not static_pass(URL, REFERENCE).passes


def test_a_reference_that_does_not_compile_has_no_static_verdict() -> None:
    verdict = static_pass(REFERENCE + "x = (", REFERENCE, OFFERED)
    assert verdict.passes is None and "reference does not compile" in verdict.reason


def test_static_counts_what_is_handed_on_through_variables_and_texts() -> None:
    direct = URL + "is_workflow_actions_downloadurl(WFURL=url)\n"
    by_variable = URL + "Address = url\nis_workflow_actions_downloadurl(WFURL=Address)\n"
    assert static_pass(direct, by_variable, OFFERED).passes and static_pass(by_variable, direct, OFFERED).passes
    literal = URL + 'is_workflow_actions_downloadurl(WFURL="https://example.com")\n'
    assert not static_pass(direct, literal, OFFERED).passes


def test_an_empty_value_is_no_argument() -> None:
    answer = URL + 'page = is_workflow_actions_downloadurl(WFURL="")\nis_workflow_actions_setclipboard(WFInput=page)\n'
    assert "without any argument" in static_pass(REFERENCE, answer, OFFERED).reason


def test_any_exception_marks_its_own_answer_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("unexpected")

    monkeypatch.setattr(measures, "hallucinated", broken)
    lost = measure(Case(REFERENCE, URL, OFFERED))
    assert lost.fault == "it could not be measured (KeyError: 'unexpected')." and lost.static.passes is False


def test_an_answer_that_takes_too_long_is_lost_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measures, "MOST_SECONDS", 0.01)
    monkeypatch.setattr(measures, "hallucinated", lambda *_: sum(1 for _ in iter(int, 1)))
    assert "took over" in measure(Case(REFERENCE, URL, OFFERED)).fault


@pytest.mark.parametrize("code", ["if x == {}:\n    pass", "if [1] in {}:\n    pass", "for x in {}:\n    x.y = 1"])
def test_code_that_surprises_the_compiler_is_measured(code: str) -> None:
    assert measure(Case(REFERENCE, code, OFFERED)).fault == ""


def test_the_tolerant_share_multiplies_four_shares() -> None:
    published = (
        "url = is_workflow_actions_url( WFURLActionURL='a')\npage = is_workflow_actions_downloadurl( WFURL=f'{url}'\n"
    )
    assert measure(Case(published, published, OFFERED)).scores["tolerant_share"] == 1
    # half of the APIs called and half of the arguments set, one of two APIs called is invented
    answer = "is_workflow_actions_url( WFURLActionURL='a')\nis_workflow_actions_nosuchthing("
    assert measure(Case(published, answer, OFFERED)).scores["tolerant_share"] == pytest.approx(1 / 2 * 1 / 2 * 1 / 2)
    assert measure(Case(published, "is_workflow_actions_url()", OFFERED)).scores["tolerant_share"] == 0
    # one block more than the reference's none
    assert measure(Case(published, published + ")\nif page:\n    pass", OFFERED)).scores["tolerant_share"] == 0.5


def test_a_reference_that_does_not_parse_is_measured_against() -> None:
    scores = measure(Case(REFERENCE + "x = 'unclosed", REFERENCE, OFFERED)).scores
    assert scores["api_f1"] > 0.8 and scores["compiles"]


def test_what_stands_for_a_lost_answer_has_every_measure() -> None:
    lost = measuring_crashed(Case("", "", None))
    assert set(MEASURES) <= lost.scores.keys() and not any(lost.scores.values()) and not lost.static.passes


def test_what_stands_behind_an_exit_never_runs() -> None:
    exit_call = "is_workflow_actions_exit()\n"
    verdict = static_pass(REFERENCE, exit_call + REFERENCE, [*OFFERED, "is.workflow.actions.exit"])
    assert not verdict.passes and verdict.reason == "it ends before other actions, which never run."
    offered = [*OFFERED, "is.workflow.actions.exit"]
    assert static_pass(REFERENCE, REFERENCE + exit_call, offered).passes
    assert static_pass(exit_call + REFERENCE, exit_call + REFERENCE, offered).passes
