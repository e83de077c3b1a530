"""Each kind of definition: what it says is read, what is odd is told in a line, and nothing crashes."""

import copy
import json
import plistlib
import random
from pathlib import Path
from typing import Any

import definitions
import pytest

from workflowllm.apis import Api, Catalogue, Parameter, Returns
from workflowllm.apis.catalogue import catalogue_with
from workflowllm.apis.documents import json_document, python_stub
from workflowllm.apis.model import TYPES
from workflowllm.apis.sources.app_intents import AppIntents
from workflowllm.apis.sources.intent_definitions import IntentDefinitions
from workflowllm.apis.sources.shortcutkit import Package
from workflowllm.apis.sources.wfactions import WFActions

BUNDLE = "com.example.Tea"


def test_app_intents_of_an_application_bundle(tmp_path: Path) -> None:
    definitions.write_application(tmp_path, BUNDLE)
    source = AppIntents(tmp_path)
    assert source.applications() == {BUNDLE: True}
    pour, bare = source.apis(BUNDLE)
    assert (pour.identifier, pour.name, pour.description) == (f"{BUNDLE}.PourIntent", "Pour Tea", "Pours a cup of tea.")
    assert (pour.returns, pour.input_key) == (Returns("object", "Pour Tea", "CupEntity"), "recipe")
    assert pour.by_key["kind"] == Parameter(
        "kind", "enum", "Kind", kind="TeaKind", default="green", values={"green": "Green", "black": "Black"}
    )
    assert pour.by_key["name"] == Parameter("name", "text", "Name", "On the cup", required=True)
    hot = pour.by_key["hot"]
    assert (hot.type, hot.default, hot.required) == ("boolean", True, False)
    types = {key: parameter.type for key, parameter in pour.by_key.items()}
    assert types == {
        "kind": "enum", "name": "text", "hot": "boolean", "sugar": "integer", "milk": "number", "when": "date",
        "recipe": "file", "amount": "quantity", "guests": "list", "pots": "list", "odd": "any",
    }  # fmt: skip
    assert (pour.by_key["pots"].kind, pour.by_key["guests"].kind) == ("PotEntity", "text")
    assert (bare.name, bare.parameters, bare.returns) == ("BareIntent", (), None)
    assert [line.rpartition("actionsdata: ")[2] for line in source.skipped] == [
        'PourIntent.odd: an unknown type: {"holographic": {"wrapper": {}}}',
        "Hidden: not offered in Shortcuts",
    ]


def test_whose_file_it_is(tmp_path: Path) -> None:
    metadata = definitions.write_application(tmp_path / "com.example.Collected", BUNDLE, info=False)
    assert list(AppIntents(tmp_path).applications()) == ["com.example.Collected"]
    metadata.joinpath("extract.actionsdata").rename(tmp_path / "com.example.Named.actionsdata")
    assert list(AppIntents(tmp_path).applications()) == ["com.example.Named"]
    (tmp_path / "com.example.Named.actionsdata").rename(tmp_path / "whose.actionsdata")
    source = AppIntents(tmp_path)
    assert (source.applications(), len(source.skipped)) == ({}, 1)
    assert "which application" in source.skipped[0]


def test_an_unreadable_info_plist_leaves_the_folder_to_say(tmp_path: Path) -> None:
    definitions.write_application(tmp_path / BUNDLE, BUNDLE)
    for content in (b"\0", plistlib.dumps([1]), plistlib.dumps({"CFBundleIdentifier": "no identifier"})):
        (tmp_path / BUNDLE / "Tea.app" / "Contents" / "Info.plist").write_bytes(content)
        assert list(AppIntents(tmp_path).applications()) == [BUNDLE]


def test_intent_definitions(tmp_path: Path) -> None:
    (tmp_path / f"{BUNDLE}.intentdefinition").write_bytes(plistlib.dumps(definitions.intent_definition()))
    source = IntentDefinitions(tmp_path)
    assert (source.applications(), source.skipped) == ({BUNDLE: False}, [])
    pour, widget, media = source.apis(BUNDLE)
    assert [api.identifier.rpartition(".")[2] for api in (pour, widget, media)] == [
        "TEAPourIntent", "WidgetIntent", "INPlayMediaIntent",
    ]  # fmt: skip
    assert (pour.name, pour.description, pour.input_key) == ("Pour Tea", "Pours a cup.", "name")
    assert pour.returns == Returns("object", "Full Cup", "Cup")
    assert pour.parameters == (
        Parameter("kind", "enum", "Kind", default="green", values={"unknown": "", "green": "Green Tea"}),
        Parameter("name", "text", "Name"),
        Parameter("hot", "boolean", "Hot", default=True),
        Parameter("pots", "list", "Pots", kind="Pot", when={"hot": False}),
        Parameter("label", "text", "Label", when={"kind": "green"}),
    )


def test_wfactions(tmp_path: Path) -> None:
    path = tmp_path / "WFActions.plist"
    path.write_bytes(plistlib.dumps(definitions.wfactions()))
    known = catalogue_with(path)
    brew = known["is.workflow.actions.teapot"]
    assert brew == Api(
        "is.workflow.actions.teapot",
        "Brew",
        "Brews the leaves. Takes a while.",
        (
            Parameter("WFLeaves", "variable", "Leaves", required=True),
            Parameter("WFPot", "enum", "", "The pot.", default="Big", values={"Big": "Huge", "Small": "Small"}),
            Parameter("WFLid", "boolean", default=True),
            Parameter("WFMinutes", "integer", when={"WFLid": True}),
            Parameter("WFFuture", "any"),
        ),
        Returns("text", "Tea", classes=("NSString",), is_many=False),
        "WFLeaves",
        "WFActions",
    )
    assert known["is.workflow.actions.bare"].name == "bare"
    assert known["is.workflow.actions.url"].source == "shortcutkit"
    assert known["is.workflow.actions.url"].name != "Not URL"
    assert known.is_complete("builtin")


@pytest.mark.parametrize(
    "content", [b"", b"\0\1", b"<plist><dict><key>a</key></dict></plist>", plistlib.dumps([1, 2]), b"bplist00" * 9]
)
def test_a_broken_wfactions_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "WFActions.plist"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"WFActions\.plist"):
        WFActions(path)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[" * 100_000, b"\xff", b"[]", b'{"actions": 5}', b'{"actions": {"A": 7}}', b"NaN"]
)
def test_broken_app_intents_are_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / f"{BUNDLE}.actionsdata").write_bytes(content)
    source = AppIntents(tmp_path)
    assert (source.applications(), len(source.skipped)) == ({}, 1)


@pytest.mark.parametrize("content", [b"", b"<", plistlib.dumps([]), plistlib.dumps({"INIntents": 3})])
def test_broken_intent_definitions_are_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / f"{BUNDLE}.intentdefinition").write_bytes(content)
    source = IntentDefinitions(tmp_path)
    assert (source.applications(), len(source.skipped)) == ({}, 1)


def parts(tree: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) of a tree."""
    found, todo = [], [tree]
    while todo:
        container = todo.pop()
        for key in list(container) if isinstance(container, dict) else range(len(container)):
            found.append((container, key))
            if isinstance(container[key], dict | list):
                todo.append(container[key])
    return found


ODD = [5, "text", [], {}, [[]], [5], {"key": {"key": 1}}, True, 1.5, {"wrapper": []}]


@pytest.mark.parametrize("case", range(3))
def test_any_part_may_be_absent_or_unexpected(tmp_path: Path, case: int) -> None:
    """One part after another is taken away or replaced: the rest is still read, and gives documents that parse."""
    make, ending, write, source = [
        (definitions.app_intents, f"{BUNDLE}.actionsdata", lambda tree: json.dumps(tree).encode(), AppIntents),
        (definitions.intent_definition, f"{BUNDLE}.intentdefinition", plistlib.dumps, IntentDefinitions),
        (definitions.wfactions, "WFActions.plist", plistlib.dumps, WFActions),
    ][case]
    path = tmp_path / ending
    rng = random.Random(case)
    for number in range(len(parts(make()))):
        tree = copy.deepcopy(make())
        container, key = parts(tree)[number]
        if rng.random() < 0.3:
            del container[key]
        else:
            container[key] = rng.choice(ODD)
        path.write_bytes(write(tree))
        known = Catalogue([source(path if source is WFActions else tmp_path)])
        assert len(known) >= 1 or known.skipped, tree
        for api in known.values():
            assert {parameter.type for parameter in api.parameters} <= TYPES
            assert json.loads(json.dumps(json_document(api)))["identifier"] == api.identifier
            compile(python_stub(api) or "", "stub", "exec")


def test_the_package_has_what_the_checker_leans_on() -> None:
    known = Catalogue([Package()])
    case = known["is.workflow.actions.text.changecase"]
    assert set(case.by_key["WFCaseType"].values) > {"UPPERCASE", "lowercase"}
    assert known["is.workflow.actions.conditional"].by_key.keys() > {"WFInput", "WFCondition"}
    assert known.is_complete("com.apple.Notes") and not known.is_complete("com.panic.iOS.Transmit")
    for api in known.values():
        assert api.name and "Unknown Action" not in api.name
        assert {parameter.type for parameter in api.parameters} <= TYPES
        for parameter in api.parameters:
            assert parameter.type != "enum" or parameter.values
