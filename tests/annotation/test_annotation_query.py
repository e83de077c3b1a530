"""Requests: what they must not say, and what is said for whom."""

import pytest

from workflowllm.annotation.checks import query_problems, sanitised
from workflowllm.annotation.rules.annotator import annotate_offline
from workflowllm.annotation.rules.query import known_title
from workflowllm.shortcuts.from_python.program import parse_program

CODE = """user_id = input("Your id?")
contents = is_workflow_actions_downloadurl(WFURL=f"https://example.com/{user_id}")
if "python user_id" in contents:
    is_workflow_actions_alert(WFAlertActionMessage="WFInput is com.apple.mobile.notes")
else:
    is_workflow_actions_setclipboard(WFInput=contents)
"""
APIS = ["is.workflow.actions.downloadurl", "is.workflow.actions.alert", "is.workflow.actions.setclipboard"]


def query_for(key="a", code=CODE, **fields):
    return annotate_offline({"key": key, "code": code, "apis": APIS} | fields)["query"]


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("How can I do this in Python, please, every day?", "mentions Python"),
        ("Please use is_workflow_actions_alert for the message, always.", "names an interface"),
        ("Please use is.workflow.actions.alert for the message, always.", "names an interface"),
        ("Could you set WFInput to the clipboard's contents for me?", "names an interface"),
        ("Could the dk.simonbs.DataJar.GetValueIntent run each day?", "names an interface"),
        ("Could it run the GetValueIntent once a day, every day?", "names an interface"),
        ("Could you please show me the user_id that was found?", "names of the code"),
        ("Could you run this?\n```\nx = 1\n```", "holds code"),
        ("for x in y:\nshow each of them to me", "holds code"),
        ("Do it.", "fewer than"),
        ("", "fewer than"),
        ("Do it. " * 1000, "more than"),
    ],
)
def test_what_a_request_must_not_be(query, problem):
    assert any(problem in found for found in query_problems(query, ["user_id"], APIS))
    if problem not in ("fewer than", "more than", "holds code"):
        assert query_problems(sanitised(query, ["user_id"], APIS), ["user_id"], APIS) == []


@pytest.mark.parametrize(
    "query",
    [
        "How can I have my QR codes read aloud by my phone?",
        "What is the code of my bank, and for whom is it?",
        "Could it read https://example.com/a_b?x=user&y=com.example once a day?",
    ],
)
def test_what_a_request_may_be(query):
    assert query_problems(query, ["user_id"], APIS) == []


def test_a_request_covers_the_main_parts_and_keeps_the_rules():
    record = annotate_offline({"key": "a", "code": CODE, "apis": APIS, "title": "Look me up"})
    query = record["query"]
    assert query_problems(query, parse_program(record["workflow_code"]).bindings, APIS) == []
    for part in ('"Look me up"', "Your id?", "example.com", "clipboard", "alert", "otherwise"):
        assert part in query


def test_requests_are_not_all_of_one_form_and_never_change():
    queries = [query_for(key) for key in "abcdefghijklmnop"]
    assert queries == [query_for(key) for key in "abcdefghijklmnop"]
    assert len({query[:12] for query in queries}) > 5


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("0055d97a", ""),
        ("0055d97a.shortcut", ""),
        ("7D3F1A20-1111-4222-8333-ABCDEF012345", ""),
        ("", ""),
        ("  ", ""),
        ("123456", ""),
        ("🤍 7", ""),
        ("Untitled Shortcut 3", ""),
        ("share-clipboard-image", "Share Clipboard Image"),
        ("AA_readme_file.plist", "AA Readme File"),
        ("☀️ Start the Day Right", "☀️ Start the Day Right"),
        ("开大燈", "开大燈"),
        ('Say "hi"', "Say 'hi'"),
        ("facade", "facade"),
    ],
)
def test_a_title_that_says_nothing_is_left_out(title, shown):
    assert known_title(title) == shown
    assert not title.strip() or shown or title.strip() not in query_for(title=title)


def test_a_description_is_told_in_whole_sentences():
    told = query_for(description="This shortcut finds people. It is quick. " + "And more words " * 40)
    assert "In short, it finds people. It is quick." in told and "And more" not in told
    assert "For context: Finds people by id." in query_for(description="Finds people by id")


@pytest.mark.parametrize("code", ["", '"""note"""\n', "x = None\n", "pass\n", 'x = "text"\n'])
def test_a_workflow_that_does_next_to_nothing_has_a_request_too(code):
    record = annotate_offline({"key": "k", "code": code, "apis": [], "title": None, "description": None})
    assert query_problems(record["query"]) == []


WORDS = ["for a in ", "if a:", "com.a", "com.", "_a", "a_", "WF", "WFA", "-_", "Intent", "import\n", "\n "]
LOOPS = [*" \n\t_-.a0#`:", *WORDS]


@pytest.mark.parametrize("loop", LOOPS)
def test_a_request_of_one_loop_is_judged_in_time_that_does_not_explode(loop):
    """Small models write loops; a pattern that can match them in many ways would not come back."""
    for text in (loop * 50_000, loop * (2000 // len(loop)), "for a in " + loop * 200, "A_" + loop * 200 + "!"):
        query_problems(text, ["a_b"], APIS)
        known_title(text)
