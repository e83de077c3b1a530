"""What compiled code takes from the share sheet, by its reads of the input or by its own line."""

import pytest

from workflowllm.shortcuts.dialect.problems import DialectError
from workflowllm.shortcuts.from_python.program import compile_code
from workflowllm.shortcuts.model.shortcut_input import CLASSES, NO_INPUT, SURFACES
from workflowllm.shortcuts.model.workflow import build_workflow, default_metadata

URLS = ["WFURLContentItem", "WFSafariWebPageContentItem"]


@pytest.mark.parametrize(
    ("code", "classes"),
    [
        ("print(shortcut_input())", None),
        ("print(coerce(shortcut_input(), 'URL'))", URLS),
        ("print(coerce(shortcut_input(), 'URL'))\nprint(str(shortcut_input()))", ["WFStringContentItem", *URLS]),
        ("print(coerce(shortcut_input(), 'URL'))\nprint(shortcut_input())", None),
        ("print(coerce(shortcut_input(), 'Unheard'))", None),
        ("x = is_workflow_actions_image_resize(WFImage=shortcut_input())", ["WFImageContentItem"]),
    ],
)
def test_reads_say_what_the_share_sheet_offers_it_for(code: str, classes: list[str] | None) -> None:
    workflow = build_workflow(compile_code(code))
    assert workflow[SURFACES] == ["ActionExtension"]
    assert workflow[CLASSES] == (default_metadata()[CLASSES] if classes is None else classes)
    assert workflow["WFWorkflowHasShortcutInputVariables"] is True


def test_code_that_reads_no_input_is_offered_nowhere() -> None:
    assert build_workflow(compile_code("print(clipboard())"))[SURFACES] == []


def test_a_line_of_its_own_says_otherwise() -> None:
    code = 'receives("Image", "URL", share_sheet=False, otherwise="ask")\nprint(shortcut_input())'
    workflow = build_workflow(compile_code(code))
    assert (workflow[SURFACES], workflow[CLASSES]) == ([], ["WFImageContentItem", *URLS])
    assert workflow[NO_INPUT] == {"Name": "WFWorkflowNoInputBehaviorAskForInput",
                                  "Parameters": {"ItemClass": "WFImageContentItem"}}  # fmt: skip
    assert len(workflow["WFWorkflowActions"]) == 1


def test_metadata_of_a_file_stay_but_for_that_line() -> None:
    own = {"WFWorkflowTypes": ["Watch"], CLASSES: ["WFDateContentItem"]}
    assert build_workflow(compile_code("print(shortcut_input())"), own)[SURFACES] == ["Watch"]
    line = "receives('Text')\nprint(shortcut_input())"
    assert build_workflow(compile_code(line), own)[CLASSES] == ["WFStringContentItem"]


@pytest.mark.parametrize("line", [
    "receives('Smell')", "receives(x)", "receives(otherwise='exit')", "receives(share_sheet=1)", "receives(Text=1)",
    "receives('Text')\nreceives('URL')", "x = receives('Text')",
])  # fmt: skip
def test_what_it_cannot_take_is_refused(line: str) -> None:
    with pytest.raises(DialectError):
        compile_code(line)
