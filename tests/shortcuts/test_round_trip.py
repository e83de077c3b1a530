"""Random shortcuts, there and back: whatever a file holds, its Python means the same and can be edited."""

import ast
import re

from helpers import Renamer, output_names, rebuilt
from helpers_blocks import workflows
from hypothesis import HealthCheck, given, reject, settings

from workflowllm.shortcuts.compare import differences
from workflowllm.shortcuts.model.canonical import canonical
from workflowllm.shortcuts.model.links import Links
from workflowllm.shortcuts.model.workflow import to_bytes
from workflowllm.shortcuts.to_python.printer import to_python

SETTINGS = settings(
    max_examples=150, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), print_blob=False
)
UUID_LIKE = re.compile("[0-9a-f]{8}_?[0-9a-f]{4}_?[0-9a-f]{4}_?[0-9a-f]{4}_?[0-9a-f]{12}", re.IGNORECASE)


@given(workflows())
@SETTINGS
def test_random_shortcuts_come_back_equal(workflow):
    conversion = to_python(workflow)
    compile(conversion.code, "shortcut", "exec")
    again = rebuilt(conversion)
    assert list(differences(workflow, again)) == []
    assert_settled(conversion.code, again)
    assert_same_metadata(workflow, again)
    to_bytes(again)


def assert_settled(code, again):
    """Code compiled and converted again is the same code, at the latest the second time.

    The first time may bring order into what the file left open: a shortcut whose references are stored in another
    order than they stand in has its names numbered anew. Files of the app itself give the same code at once.
    """
    second = to_python(again)
    if second.code != code:
        assert to_python(rebuilt(second)).code == second.code


def assert_same_metadata(one, other):
    for key in (one.keys() | other.keys()) - {"WFWorkflowActions"}:
        assert meaning(one.get(key, [])) == meaning(other.get(key, [])), key


def meaning(value):
    """A value in which a text is the same whether it is wrapped or not, as compare has it for actions."""
    return canonical(value, Links(), 0)


@given(workflows())
@SETTINGS
def test_every_name_is_assigned_or_a_word_and_none_is_a_uuid(workflow):
    assert_names(to_python(workflow).code)


def assert_names(code):
    nodes = list(ast.walk(ast.parse(code)))
    called = {node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    names = [node for node in nodes if isinstance(node, ast.Name)]
    stored = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    loaded = {node.id for node in names if isinstance(node.ctx, ast.Load)}
    assert loaded <= stored | called, loaded - stored - called
    assert not stored & called, "a name hides the function of the same name"
    assert not [name for name in stored if UUID_LIKE.search(name)]


@given(workflows())
@SETTINGS
def test_code_may_be_reformatted_and_its_outputs_renamed(workflow):
    conversion = to_python(workflow)
    tree = ast.parse(conversion.code)
    assert list(differences(workflow, rebuilt(conversion, unparsed(tree)))) == []
    names = {name: f"renamed_{index}" for index, name in enumerate(sorted(output_names(conversion.code)))}
    renamed = unparsed(Renamer(names).visit(tree))
    assert list(differences(workflow, rebuilt(conversion, renamed))) == []


def unparsed(tree):
    """The code as ast writes it; before Python 3.12 it cannot write every f-string that it can read."""
    try:
        return ast.unparse(tree)
    except ValueError:
        reject()
