"""The table of what people say: how its terms match, and that what it names exists."""

import re

import pytest

from workflowllm.apis.catalogue import catalogue
from workflowllm.apis.model import STATEMENTS
from workflowllm.apis.request_words import plain_text, request_words, term_pattern
from workflowllm.apis.search import search_apis
from workflowllm.apis.usage import usage

ACTIONS = "is.workflow.actions."


@pytest.mark.parametrize(("term", "text", "matches"), [
    ("round", "Rounded to one decimal", True),
    ("round", "around the corner", False),
    ("take", "taking a photo", True),
    ("copy", "copies it", True),
    ("stop", "it stopped", True),
    ("zeile*", "jede Zeilennummer", True),
    ("zeile*", "Textzeile", False),
    ("*.txt", "into Health Log.txt", True),
    ("*.txt", "a txt file", False),
    ("%", "15% of it", True),
    ("push .. meeting", "push my next meeting back", True),
    ("push .. meeting", "push it. Then? No meeting", False),
    ("no ..", "now", False),
    ("mediane", "Médiane des notes", True),
    ("通知", "終わったら通知して", True),
    ("strasse", "die Straße", True),
    ("what's", "What’s next", True),
])  # fmt: skip
def test_terms(term: str, text: str, matches: bool) -> None:
    assert bool(re.search(term_pattern(term), plain_text(text))) is matches


def test_what_the_tables_name_can_be_offered() -> None:
    words = request_words()
    named = {name for concept in words.concepts for name in concept.apis} | set(words.core) | words.written_otherwise
    assert [name for name in sorted(named) if name not in catalogue()] == []
    assert not STATEMENTS & named


def test_no_concept_is_named_by_an_empty_request() -> None:
    assert list(request_words().apis("")) == []


def test_shares_are_shares() -> None:
    counts = usage()
    assert all(0 < share <= 1 for share in counts.shares.values())
    assert all(0 < share <= 1 for others in counts.partners.values() for share in others.values())
    together = counts.partners[ACTIONS + "text.match"][ACTIONS + "text.match.getgroup"]
    assert together * counts.shares[ACTIONS + "text.match"] <= counts.shares[ACTIONS + "text.match.getgroup"] + 1e-9


@pytest.mark.parametrize(("query", "wanted"), [
    ("Put two photos side by side with a caption", {"selectphoto", "image.combine", "overlaytext"}),
    ("text my wife that I am late", {"sendmessage", "selectcontacts"}),
    ("Schreib meiner Frau, dass ich später komme", {"sendmessage", "selectcontacts"}),
    ("traduis ce que j'ai copié en anglais et lis-le", {"getclipboard", "text.translate", "speaktext"}),
    ("天気を教えて", {"weather.currentconditions", "showresult"}),
])  # fmt: skip
def test_what_people_mean(query: str, wanted: set[str]) -> None:
    assert {ACTIONS + name for name in wanted} <= set(search_apis(query, 24))


@pytest.mark.parametrize("query", ["share my link and open the page today", "copy the text case of a working day"])
def test_an_application_that_is_not_named_is_not_offered(query: str) -> None:
    assert all(name.startswith((ACTIONS, "com.apple.")) for name in search_apis(query, 96))


def test_a_service_that_is_gone_has_to_be_named() -> None:
    def is_gone(name: str) -> bool:
        return ".dropbox." in name or ".pocket." in name

    assert not any(map(is_gone, search_apis("save the file and read it later", 300)))
    assert any(map(is_gone, search_apis("save the file to Dropbox", 24)))
