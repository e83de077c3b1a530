"""The generation prompt: which documents it shows, and how they shrink."""

import ast

import pytest

from workflowllm.apis.catalogue import catalogue
from workflowllm.apis.documents import python_stub
from workflowllm.apis.model import STATEMENTS
from workflowllm.checking.checker import check_code
from workflowllm.prompts.generation import LEVELS, api_stub, generation_messages, shortened

BUILT_IN = "is.workflow.actions."
DOWNLOAD = "is.workflow.actions.downloadurl"


def shown(apis: list[str], level: int = 0, **more: dict[str, str]) -> str:
    return generation_messages("  Fetch a page\n", apis, level, **more)[1]["content"]


def test_the_query_and_every_document_are_there_once() -> None:
    text = shown([DOWNLOAD, "is.workflow.actions.url", DOWNLOAD])
    assert "Fetch a page\n\nFirst" in text
    assert text.count("def is_workflow_actions_downloadurl(") == text.count("def is_workflow_actions_url(") == 1


def test_released_spelling_finds_the_same_document() -> None:
    assert api_stub("is_workflow_actions_downloadurl", 0) == api_stub(DOWNLOAD, 0)


def test_actions_that_python_has_statements_for_have_no_document() -> None:
    assert set(catalogue()) >= STATEMENTS
    assert "def " not in shown(sorted(STATEMENTS))
    assert "def " not in shown([identifier.replace(".", "_") for identifier in STATEMENTS])


def test_an_api_that_nobody_knows_is_shown_by_name() -> None:
    assert "def com_example_app_DoIt(**parameters): ..." in shown(["com.example.app.DoIt"])


def test_documents_of_ones_own_come_first() -> None:
    own = {"is_workflow_actions_downloadurl": "def is_workflow_actions_downloadurl(a): ...\n"}
    assert "downloadurl(a)" in shown([DOWNLOAD], stubs=own)


@pytest.mark.parametrize("level", LEVELS)
def test_every_builtin_document_parses_at_every_level(level: int) -> None:
    for api in catalogue().of_application("builtin").values():
        if api.function:
            function = ast.parse(api_stub(api.identifier, level)).body[0]
            assert isinstance(function, ast.FunctionDef) and function.name == api.function


def test_levels_only_ever_shrink() -> None:
    whole = {identifier: python_stub(api) for identifier, api in catalogue().of_application("builtin").items()}
    sizes = [sum(len(shortened(stub, level)) for stub in whole.values() if stub) for level in LEVELS]
    assert sizes == sorted(sizes, reverse=True) and sizes[-1] < sizes[0] / 4


def test_a_stub_keeps_required_parameters_at_the_last_level() -> None:
    stub = 'def f(*, need: str, may: int = 3, **others: Any) -> str:\n    """F: does "it"."""\n'
    assert shortened(stub, 1) == 'def f(*, need: str, may: int = 3, **others) -> str:\n    """F: does "it"."""'
    assert shortened(stub, 2) == "def f(*, need: str, may: int = 3, **others) -> str: ..."
    assert shortened(stub, 3) == "def f(*, need: str, **others) -> str: ..."


def test_positional_parameters_of_released_stubs_are_kept() -> None:
    assert shortened("def f(a: str, b=2):\n    'Doc.'\n", 2) == "def f(*, a: str, b = 2): ..."


def test_a_stub_that_does_not_parse_stays() -> None:
    assert shortened("def f(:\n", 2) == "def f(:"


def test_allowed_values_go_last() -> None:
    stub = "def f(*, pick: Literal['a', 'b'] = 'a', over: Filter['Name'] = None, may: int = 3) -> str:\n    '''F.'''\n"
    assert shortened(stub, 2).startswith("def f(*, pick: Literal['a', 'b'] = 'a', over: Filter['Name'] = None, may")
    assert shortened(stub, 3) == (
        "def f(*, pick: Literal['a', 'b'] = 'a', over: Filter['Name'] = None, **others) -> str: ..."
    )
    assert shortened(stub, 4) == "def f(**others) -> str: ..."


def test_the_values_of_every_builtin_enumeration_outlast_the_words_on_it() -> None:
    for api in catalogue().of_application("builtin").values():
        for level in LEVELS[:4] if api.function else ():
            text = api_stub(api.identifier, level)
            for parameter in api.parameters:
                if parameter.key.isidentifier():
                    assert all(repr(value) in text for value in parameter.values), (api.identifier, level)


@pytest.mark.parametrize(("name", "call"), [
    ("Date", "is_workflow_actions_adjustdate(WFDate={}, WFDuration='2 days')"),
    ("Duration", "is_workflow_actions_timer_start(WFDuration={})"),
    ("Quantity", "is_workflow_actions_health_quantity_log(WFQuantitySampleType='Water', WFQuantitySampleQuantity={})"),
    ("Filter", "is_workflow_actions_filter_files(WFContentItemFilter={})"),
    ("Location", "is_workflow_actions_getdirections(WFDestination={})"),
    ("Contact", "is_workflow_actions_sendemail(WFSendEmailActionToRecipients={})"),
    ("Color", "is_workflow_actions_overlaytext(WFTextColor={})"),
    ("App", "is_workflow_actions_openapp(WFSelectedApp={})"),
    ("Shortcut", "is_workflow_actions_runworkflow(WFWorkflow={})"),
    ("Focus", "is_workflow_actions_dnd_set(FocusModes={})"),
])  # fmt: skip
def test_the_literal_of_each_kind_is_told_once_and_right(name: str, call: str) -> None:
    documents = shown([BUILT_IN + name for name in ("adjustdate", "timer.start", "filter.files", "getdirections",
                       "sendemail", "overlaytext", "openapp", "runworkflow", "dnd.set", "health.quantity.log")])
    (line,) = [line for line in documents.splitlines() if line.startswith("# Values.")]
    assert line.count(f"{name}: ") == 1
    written = line.split(f"{name}: ")[1].split("; ")[0].split(", with ")[0].removeprefix("a name or ")
    written = written.removesuffix(".").split(" or f")[0]
    assert {item.code for item in check_code(call.format(written))} <= {"missing-parameter", "unused-output"}


def test_plain_documents_have_no_line_about_values() -> None:
    assert "# Values." not in shown([BUILT_IN + "vibrate"]) and "# Values." not in shown(["com.example.app.DoIt"])
