"""Whole property lists: metadata through JSON and back, bytes, and what none can hold."""

import json
import plistlib
from datetime import datetime

import pytest
from helpers import action, attached, output, source, uuid, workflow

from workflowllm.shortcuts.compare import differences, metadata_differences
from workflowllm.shortcuts.from_python.program import compile_code
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.model.workflow import build_workflow, from_json, to_bytes, to_json

ODD = {"a": b"\0\xff", "b": datetime(2024, 2, 29, 1, 2, 3), "c": plistlib.UID(7), "$data": "x", "$$": [1.5, True],
       "d": [{"$date": 3}], "e": {}, "f": {"$uid": {"$data": b""}}}  # fmt: skip


def test_metadata_comes_back_from_json() -> None:
    assert from_json(json.loads(json.dumps(to_json(ODD)))) == ODD


@pytest.mark.parametrize("value", [{"$data": "not base64!"[:5]}, {"$data": 3}, {"$date": "soon"}, {"$uid": -1}])
def test_damaged_metadata_is_refused(value: dict) -> None:
    with pytest.raises(ShortcutError):
        from_json(value)


def test_metadata_is_put_back_and_made_up_only_where_there_is_none() -> None:
    compiled = compile_code('x = "a"')
    assert metadata_differences(build_workflow(compiled, {"k": 1}), {"k": 1}) == []
    assert {"WFWorkflowIcon", "WFWorkflowClientVersion", "WFWorkflowTypes"} <= build_workflow(compiled).keys()
    assert build_workflow(compile_code("x = shortcut_input()"))["WFWorkflowHasShortcutInputVariables"] is True


def test_null_is_left_out_and_the_rest_is_a_binary_property_list() -> None:
    data = to_bytes({"WFWorkflowActions": [], "a": None, "b": [None, 1]})
    assert data.startswith(b"bplist") and plistlib.loads(data) == {"WFWorkflowActions": [], "b": [1]}


@pytest.mark.parametrize("value", ["\ud800", 2**64, -(2**63) - 1])
def test_what_no_property_list_can_hold_is_one_sentence(value: object) -> None:
    with pytest.raises(ShortcutError):
        to_bytes({"a": value})


TEXT = action("gettext", UUID=uuid(1), WFTextActionText="a")
USE = action("setclipboard", WFInput=attached(output(1)))
ORIGINAL = workflow(TEXT, USE)


@pytest.mark.parametrize(
    "other",
    [
        workflow(TEXT), workflow(USE, TEXT), workflow(TEXT, action("setclipboard")),
        workflow(action("gettext", UUID=uuid(1), WFTextActionText="b"), USE),
        workflow(TEXT, action("setclipboard", WFInput=attached(output(2)))),
        workflow(TEXT, action("setclipboard", WFInput=attached(source("Clipboard")))),
        workflow(TEXT, {**USE, "Extra": 1}), workflow(TEXT, action("openurl", WFInput=attached(output(1)))),
        workflow(TEXT, action("setclipboard", WFInput=attached(output(1)), WFLocalOnly=True)),
    ],
)  # fmt: skip
def test_the_comparison_sees_each_kind_of_difference(other: dict) -> None:
    assert list(differences(ORIGINAL, other))


def test_what_means_the_same_is_equal() -> None:
    renamed = workflow(action("gettext", UUID=uuid(5), WFTextActionText={
        "Value": {"string": "a", "attachmentsByRange": {}}, "WFSerializationType": "WFTextTokenString"}),
        action("setclipboard", WFInput=attached(output(5, "Another name"))))  # fmt: skip
    assert list(differences(ORIGINAL, renamed)) == []
    assert list(differences(workflow(action("x.y", a=1)), workflow(action("x.y", a=1.0)))) == []
    assert list(differences(workflow(action("x.y", a=1)), workflow(action("x.y", a=True))))


def test_an_input_may_be_spelt_out_but_only_the_right_one() -> None:
    implicit = workflow(TEXT, action("setclipboard"))
    assert list(differences(implicit, ORIGINAL)) == []
    between = workflow(TEXT, action("gettext", UUID=uuid(2), WFTextActionText="b"), action("setclipboard"))
    wrong = workflow(TEXT, action("gettext", UUID=uuid(2), WFTextActionText="b"), USE)
    assert list(differences(between, wrong))
