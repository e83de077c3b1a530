"""APIs found by the words of a request."""

import pytest

from workflowllm.apis.catalogue import catalogue
from workflowllm.apis.model import STATEMENTS
from workflowllm.apis.search import search_apis


@pytest.mark.parametrize(("query", "wanted"), [
    ("Turn on the flashlight", {"flashlight"}),
    ("Take a photo, then resize the image and save it to the photo album",
     {"takephoto", "image.resize", "savetocameraroll"}),
    ("What is the battery level?", {"getbatterylevel"}),
    ("I want a workflow that scans a QR code and copies it to the clipboard", {"scanbarcode", "setclipboard"}),
    ("Translate the text and speak it aloud", {"text.translate", "speaktext"}),
    ("Get the contents of a URL and show a notification", {"downloadurl", "notification"}),
])  # fmt: skip
def test_everyday_requests(query: str, wanted: set[str]) -> None:
    found = search_apis(query, 10)
    assert {f"is.workflow.actions.{name}" for name in wanted} <= set(found)


def test_the_application_that_is_named_comes_first() -> None:
    toggl = search_apis("Start a time entry in Toggl", 3)
    assert any("toggl" in identifier for identifier in toggl)


def test_what_comes_back_can_be_offered() -> None:
    found = search_apis("ask for text, repeat it, choose from a menu, set a variable and show it", 40)
    assert len(found) == len(set(found)) == 40
    assert all(identifier in catalogue() and catalogue()[identifier].function for identifier in found)
    assert not STATEMENTS & set(found)
    assert found == search_apis("ask for text, repeat it, choose from a menu, set a variable and show it", 40)


STRANGE = ["", " ", "?!", "the of and", "\0", "\ud800", "💾", "zzzzqqq", '"quoted only"', "a" * 50_000]


@pytest.mark.parametrize("query", STRANGE)
def test_requests_that_say_nothing(query: str) -> None:
    assert isinstance(search_apis(query, 5), list)
