"""Plain texts that stand for durations, apps, folders and the like, and texts of files that must stay texts."""

import pytest

from workflowllm.shortcuts.compare import differences
from workflowllm.shortcuts.dialect.typed_values import contact, folder, stored_text
from workflowllm.shortcuts.from_python.program import compile_code
from workflowllm.shortcuts.model.workflow import build_workflow
from workflowllm.shortcuts.to_python.printer import to_python


@pytest.mark.parametrize(
    ("key", "text", "unit"),
    [("WFDuration", "1.5 Hours", "hr"), ("WFDuration", "90s", "sec"), ("WFDuration", "2 weeks", "weeks"),
     ("WFTimeInterval", "10 min", "min"), ("WFMeasurementUnit", "3 °C", "°C"), ("WFSearchRadius", "2 miles", "mi")],
)  # fmt: skip
def test_units_are_those_that_files_store(key: str, text: str, unit: str) -> None:
    assert stored_text(key, text)["Value"]["Unit"] == unit


@pytest.mark.parametrize(
    ("key", "text"),
    [("WFDuration", "soon"), ("WFDuration", "5"), ("WFDuration", "5 km"), ("WFDuration", ""), ("FocusModes", ""),
     ("WFSelectedApp", "Some App"), ("WFFolder", "Nowhere"), ("WFLocation", "Kyiv"), ("WFTextColor", "#12"),
     ("WFContact", "Ada"), ("WFMeasurementUnit", "5 parsecs"), ("WFText", "25 minutes"), ("WFWorkflow", "")],
)  # fmt: skip
def test_what_is_not_certain_stays_a_text(key: str, text: str) -> None:
    assert stored_text(key, text) is None


@pytest.mark.parametrize(
    ("key", "text"),
    [("WFDuration", "25 minutes"), ("WFWorkflow", "Log"), ("FocusModes", "Work"), ("WFList", "a"),
     ("WFFolder", "Shortcuts"), ("WFTextColor", "red"), ("WFSelectedApp", "org.a.b"), ("WFMeasurementUnit", "km"),
     ("WFContact", "+1 555 0100")],
)  # fmt: skip
def test_a_text_of_a_file_stays_a_text(key: str, text: str) -> None:
    original = {"WFWorkflowActions": [{"WFWorkflowActionIdentifier": "is.workflow.actions.alert",
                                       "WFWorkflowActionParameters": {key: text}}]}  # fmt: skip
    assert stored_text(key, text) is not None
    assert list(differences(original, build_workflow(compile_code(to_python(original).code)))) == []


def test_a_folder_has_the_file_names_of_its_root() -> None:
    assert folder("Shortcuts")["filename"] == "Documents"
    inner = folder("iCloud Drive/Notes/2027")
    assert inner["filename"] == inner["displayName"] == "2027"
    assert inner["fileLocation"]["relativeSubpath"] == "com~apple~CloudDocs/Notes/2027"


def test_a_contact_cannot_add_lines_to_its_card() -> None:
    card = contact("Ada; King\nTEL:1", None, "a@b.org")["Value"]["WFContactFieldValues"][0]["WFContactData"]
    assert b"\r\nTEL:" not in card
    assert b"FN:Ada\\; King TEL:1\r\n" in card
