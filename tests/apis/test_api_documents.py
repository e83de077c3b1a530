"""Documents of APIs, and the command that builds them."""

import ast
import json
import plistlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import definitions
import pytest

from workflowllm.apis import Api, Parameter, Returns, catalogue, published_key
from workflowllm.apis.documents import json_document, meaning, python_stub
from workflowllm.apis.model import HINTS, plain
from workflowllm.apis.pickles import safe_unpickle
from workflowllm.shortcuts.model.identifiers import function_name, is_name

SCRIPT = Path(__file__).parents[2] / "preprocess" / "build_api_docs.py"
TEA = Api(
    "com.example.Tea-Time.Pour_Intent",
    "Pour Tea",
    "Pours a cup.",
    (
        Parameter("kind", "enum", "Kind", default="green", values={"green": "", "b": "Black"}),
        Parameter("cupName", "text", required=True),
        Parameter("pots", "list", "Pots", "Those to use", "PotEntity", when={"kind": "b", "hot": True}),
        Parameter("with", "boolean", "With milk", default=False),
    ),
    Returns("object", "Cup", "CupEntity"),
    source="given",
)
STUB = '''\
def com_example_Tea__dash__Time_Pour__underscore__Intent(*, kind: Literal['green', 'b'] = 'green', cupName: str, pots: list = None, **others: Any) -> Object:
    """Pour Tea: Pours a cup.

    Parameters:
        kind: Kind. 'b' is Black.
        cupName: Required.
        pots: Pots. Those to use. Items: PotEntity. Only when kind is 'b' and hot is True.
        with: With milk. Given through **{...}.

    Returns:
        Cup (CupEntity)
    """
'''  # noqa: E501


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([sys.executable, SCRIPT, *map(str, arguments)], capture_output=True, text=True)
    assert "Traceback" not in done.stderr
    return done


def function(stub: str) -> ast.FunctionDef:
    (node,) = ast.parse(stub).body
    assert isinstance(node, ast.FunctionDef)
    return node


def test_a_stub_and_a_document() -> None:
    assert python_stub(TEA) == STUB
    assert json_document(TEA) == {
        "identifier": "com.example.Tea-Time.Pour_Intent",
        "function": "com_example_Tea__dash__Time_Pour__underscore__Intent",
        "name": "Pour Tea",
        "description": "Pours a cup.",
        "parameters": [
            {"name": "kind", "type": "enum", "title": "Kind", "values": {"green": "", "b": "Black"},
             "required": False, "default": "green"},
            {"name": "cupName", "type": "text", "required": True},
            {"name": "pots", "type": "list", "kind": "PotEntity", "title": "Pots", "description": "Those to use",
             "when": {"kind": "b", "hot": True}, "required": False},
            {"name": "with", "type": "boolean", "title": "With milk", "required": False, "default": False},
        ],
        "returns": {"type": "object", "kind": "CupEntity", "name": "Cup"},
        "source": "given",
    }  # fmt: skip


def test_an_api_of_which_only_the_name_is_known() -> None:
    bare = Api("com.example.Tea.Stir", "Stir Tea")
    assert python_stub(bare) == 'def com_example_Tea_Stir() -> None:\n    """Stir Tea.\n    """\n'
    assert (json_document(bare)["description"], json_document(bare)["returns"]) == ("Stir Tea.", None)


def test_every_stub_parses_and_says_what_the_definition_says() -> None:
    known = catalogue()
    without = 0
    for identifier, api in known.items():
        stub = python_stub(api)
        if stub is None:
            without += 1
            assert function_name(identifier) is None
            continue
        node = function(stub)
        assert node.name == function_name(identifier) == api.function
        given = {argument.arg: default for argument, default in zip(node.args.kwonlyargs, node.args.kw_defaults)}
        assert not node.args.args and node.args.vararg is None
        assert list(given) == [key for key in api.by_key if is_name(key)]
        assert (node.args.kwarg is not None) == (len(given) < len(api.parameters))
        for key, default in given.items():
            assert (default is None) == api.by_key[key].required
            assert default is None or ast.literal_eval(default) == api.by_key[key].default
        text = ast.get_docstring(node)
        assert text and " ".join(api.name.split()) in text
        assert {hint.id for hint in ast.walk(node.returns) if isinstance(hint, ast.Name)} <= set(HINTS.values())
    assert without < 50


@pytest.mark.parametrize(
    "nasty",
    ['"""', '\\"""', 'ends with "', "ends with \\", '""""', "a\0b", "line\nbreak\r\u2028next", "\ud800", "'''", "{x}",
     "\\N{BULLET} \\x \\u12", '\\\\"""\\'],
)  # fmt: skip
def test_no_text_of_a_definition_breaks_a_stub(nasty: str) -> None:
    parameter = Parameter("key", "enum", nasty, nasty, nasty, default=nasty, values={nasty: nasty}, when={nasty: nasty})
    api = Api("a.b", nasty, nasty, (parameter, Parameter(nasty, "any", default=[nasty])), Returns("any", nasty, nasty))
    node = function(python_stub(api))
    assert (node.name, len(node.body)) == ("a_b", 1)
    assert ast.literal_eval(node.args.kw_defaults[0]) == nasty
    assert json.loads(json.dumps(json_document(api)))["name"] == nasty


@pytest.mark.parametrize(
    ("value", "kept"),
    [("a", "a"), (True, True), (1.5, 1.5), ([1, "a"], [1, "a"]), (None, None), ({}, None), (b"x", None),
     ([b"x"], None), (float("nan"), None), (float("inf"), None), (object(), None)],
)  # fmt: skip
def test_only_plain_defaults_are_kept(value: Any, kept: Any) -> None:
    assert plain(value) == kept


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The documents of every kind of definition at once, and what was said on standard error."""
    folder = tmp_path_factory.mktemp("definitions")
    (folder / "WFActions.plist").write_bytes(plistlib.dumps({**definitions.wfactions(), "odd": 1}))
    definitions.write_application(folder, "com.example.Tea")
    (folder / "com.example.Old.intentdefinition").write_bytes(plistlib.dumps(definitions.intent_definition()))
    output = folder / "documents"
    done = run("--wfactions", folder / "WFActions.plist", "--app_intents", folder, "--intents", folder,
               "--output_dir", output)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return output, done.stderr


NEW = ["is.workflow.actions.teapot", "com.example.Tea.PourIntent", "com.example.Old.TEAPourIntent"]


def test_the_command_writes_documents_of_every_source(built: tuple[Path, str]) -> None:
    documents = json.loads((built[0] / "identifier2json.json").read_text("utf-8"))
    assert len(documents) > len(catalogue())
    for identifier in [*NEW, "is.workflow.actions.gettext", "dk.simonbs.DataJar.GetValueIntent"]:
        assert documents[identifier]["function"] == function_name(identifier)
    tree = ast.parse((built[0] / "identifier2python.py").read_text("utf-8"))
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert names == [document["function"] for document in documents.values() if document["function"]]


def test_the_pickles_have_the_releases_shape(built: tuple[Path, str]) -> None:
    documents = json.loads((built[0] / "identifier2json.json").read_text("utf-8"))
    as_json, as_python = (safe_unpickle(built[0] / f"identifier2{name}.pkl") for name in ("json", "python"))
    assert as_json == {published_key(identifier): document for identifier, document in documents.items()}
    assert set(as_python) == {key for key, document in as_json.items() if document["function"]}
    for key, stub in as_python.items():
        assert stub.startswith(f"def {as_json[key]['function']}(")


def test_what_was_skipped_is_told_and_counted(built: tuple[Path, str]) -> None:
    *lines, last = built[1].splitlines()
    assert any("odd: not the definition of an action" in line for line in lines)
    assert any("Hidden: not offered in Shortcuts" in line for line in lines)
    assert last == f"done {len(catalogue()) + 7}, skipped 3, failed 0"


def test_equal_input_gives_equal_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert run("--output_dir", tmp_path / name).returncode == 0
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--wfactions", "none.plist"], "cannot read none.plist"),
        (["--wfactions", str(SCRIPT)], "is not a property list"),
        (["--app_intents", "nowhere"], "nowhere is not a folder"),
        (["--intents", str(SCRIPT)], "is not a folder"),
        (["--output_dir", str(SCRIPT)], "cannot write"),
        (["--shortcuts", "nowhere"], "nowhere is not a folder"),
    ],
)
def test_a_wrong_command_is_one_line(arguments: list[str], says: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert says in done.stderr


def test_coverage_is_counted(tmp_path: Path) -> None:
    published = ["is_workflow_actions_gettext", "com_lifx_lifx_LightThemeIntent", "com_no_such_Thing"]
    (tmp_path / "identifier2category.json").write_text(json.dumps({key: [] for key in published}))
    action = {"WFWorkflowActionIdentifier": "is.workflow.actions.gettext", "WFWorkflowActionParameters": {}}
    unknown = {"WFWorkflowActionIdentifier": "no.such.Thing"}
    shortcuts = tmp_path / "shortcuts"
    shortcuts.mkdir()
    (shortcuts / "a.shortcut").write_bytes(plistlib.dumps({"WFWorkflowActions": [action, action, unknown]}))
    (shortcuts / "b.shortcut").write_bytes(b"nothing")
    done = run("--coverage", tmp_path, "--shortcuts", shortcuts)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-5:] == [
        "published identifiers: 2 of 3 (66.7 %)",
        "  of these built in: 1 of 1 (100.0 %)",
        "identifiers of the shortcuts: 1 of 2 (50.0 %)",
        "calls of the shortcuts: 2 of 3 (66.67 %)",
        "shortcuts that could not be read: 1",
    ]


def test_coverage_without_the_published_identifiers_says_so(tmp_path: Path) -> None:
    done = run("--coverage", tmp_path)
    assert (done.returncode, "not counted" in done.stdout) == (0, True)
    (tmp_path / "identifier2category.json").write_text("[1")
    assert run("--coverage", tmp_path).returncode == 2


def test_a_find_actions_document_says_what_it_filters_and_gives() -> None:
    events = catalogue()["is.workflow.actions.filter.calendarevents"]
    stub = python_stub(events)
    assert stub and "WFContentItemFilter: Filter['Name', 'Calendar', " in stub
    assert "Start Date (date)" in stub and "My Status (Accepted/Completed/" in stub
    assert "beside those of the filter: Attachments (list), Attendees (list)" in stub
    assert "File Extension" not in stub.split("Filter[")[1]
    document = json_document(events)
    assert document["returns"]["properties"]["Start Date"] == "date"
    (rows,) = [item for item in document["parameters"] if item["name"] == "WFContentItemFilter"]
    assert rows["properties"]["Is All Day"] == "boolean" and "Attendees" not in rows["properties"]


def test_files_are_found_by_what_every_item_has() -> None:
    stub = python_stub(catalogue()["is.workflow.actions.filter.files"])
    assert stub and "Filter['Name', 'File Extension', " in stub


def test_limits_and_values_are_in_the_documents() -> None:
    volume = catalogue()["is.workflow.actions.setvolume"]
    assert "0 to 1." in meaning(volume.by_key["WFVolume"])
    assert {"least": 0, "most": 1}.items() <= json_document(volume)["parameters"][1].items()
    assert "'Alarms & Timers'" in (python_stub(volume) or "").splitlines()[0]


def test_words_that_only_repeat_a_key_are_left_out() -> None:
    bare = Api("a.b", "Do It", parameters=(Parameter("keyPath", "text"), Parameter("other", "text", "Path")))
    stub = python_stub(bare)
    assert stub and "Key path" not in stub and "        other: Path.\n" in stub
