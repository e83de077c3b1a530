"""The project's own shortcuts: each converts to the Python beside it, and survives what people do to Python."""

import ast
from pathlib import Path

import pytest
from helpers import Renamer, output_names, rebuilt

from workflowllm.shortcuts.compare import differences
from workflowllm.shortcuts.files.containers import read_file
from workflowllm.shortcuts.from_python.program import compile_code
from workflowllm.shortcuts.model.workflow import build_workflow
from workflowllm.shortcuts.to_python.printer import to_python

FOLDER = Path(__file__).parents[2] / "data" / "shortcuts"
SAMPLES = sorted(path for path in FOLDER.iterdir() if path.suffix in (".shortcut", ".json", ".wflow"))


@pytest.fixture(params=SAMPLES, ids=[path.stem for path in SAMPLES])
def sample(request):
    """(the workflow of a sample, its conversion)"""
    workflow = read_file(request.param).workflow
    return workflow, to_python(workflow)


def without_actions(workflow):
    return {key: value for key, value in workflow.items() if key != "WFWorkflowActions"}


def test_there_are_samples_of_every_container_each_with_its_python_and_a_line_in_the_table():
    assert len(SAMPLES) >= 20
    assert {read_file(path).container for path in SAMPLES} >= {"xml", "binary", "json", "aea1"}
    assert {path.stem for path in SAMPLES} == {path.stem for path in FOLDER.glob("*.py")}
    table = (FOLDER / "README.md").read_text("utf-8")
    assert [path.stem for path in SAMPLES if f"| `{path.stem}`" not in table] == []


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_python_is_the_golden_file(path):
    assert to_python(read_file(path).workflow).code == path.with_suffix(".py").read_text("utf-8")


def test_python_compiles_back_to_the_same_shortcut(sample):
    workflow, conversion = sample
    again = rebuilt(conversion)
    assert list(differences(workflow, again)) == []
    assert without_actions(again) == without_actions(workflow)
    assert to_python(again).code == conversion.code


def test_the_golden_code_alone_gives_the_same_actions(sample):
    """Without the record's metadata, as somebody who has only the text would compile it."""
    workflow, conversion = sample
    assert list(differences(workflow, build_workflow(compile_code(conversion.code)))) == []


def test_reformatting_changes_nothing(sample):
    workflow, conversion = sample
    assert list(differences(workflow, rebuilt(conversion, ast.unparse(ast.parse(conversion.code))))) == []


def test_comments_between_the_lines_change_nothing(sample):
    workflow, conversion = sample
    lines = conversion.code.splitlines()
    inside = {  # lines within a text of several lines, where # is no comment
        line
        for node in ast.walk(ast.parse(conversion.code))
        if isinstance(node, (ast.Constant, ast.JoinedStr))
        for line in range(node.lineno + 1, (node.end_lineno or node.lineno) + 1)
    }
    commented = []
    for number, line in enumerate(lines, start=1):
        if number not in inside:
            commented += ["", " " * (number % 3) + f"# {number}: what this line is for"]
        commented.append(line)
    assert len(commented) > len(lines)
    assert list(differences(workflow, rebuilt(conversion, "\n".join(commented)))) == []


@pytest.mark.parametrize("style", ["renamed_{}", "größe_{}", "_{}", "is_workflow_actions_{}"])
def test_outputs_may_be_renamed(sample, style):
    workflow, conversion = sample
    names = {name: style.format(index) for index, name in enumerate(sorted(output_names(conversion.code)))}
    renamed = ast.unparse(Renamer(names).visit(ast.parse(conversion.code)))
    assert list(differences(workflow, rebuilt(conversion, renamed))) == []
    assert not names or renamed != ast.unparse(ast.parse(conversion.code))


def test_samples_hold_every_construct():
    """A sample that loses what it is there for would go unnoticed otherwise."""
    whole = "\n".join(path.with_suffix(".py").read_text("utf-8") for path in SAMPLES)
    words = """
        shortcut_input() clipboard() current_date() device_details() action_input() input() missing( None []
        str( dict( float( coerce( getattr( format_date( modified( include_time=True style="Custom" relative="Short"
        item( where( all_of( any_of( Removable=None WFQuantityFieldValue( WFTimeOffsetValue( data( date(
        extra( legacy( <= startswith( endswith( elif else: and or range(1, enumerate( match
        shown_as( block_result() .append( import_question( action( serialized( bare( text_of( **{
        __dash__ __underscore__ .keys() WFHTTPHeaders={ WFJSONValues={ WFFormValues={ WFItems=[ Repeat_Index_2
    """
    assert [word for word in words.split() if word not in whole] == []
