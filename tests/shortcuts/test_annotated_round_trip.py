"""Random shortcuts, annotated by rules: comments on every line, other names, and still an equal shortcut."""

import ast

from helpers_blocks import workflows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workflowllm.annotation.comment_lines import uncommented_lines
from workflowllm.annotation.rename import rename
from workflowllm.annotation.rules.annotator import annotate_offline
from workflowllm.shortcuts.compare import differences
from workflowllm.shortcuts.from_python.program import compile_code, parse_program
from workflowllm.shortcuts.model.workflow import build_workflow
from workflowllm.shortcuts.to_python.printer import to_python

SETTINGS = settings(
    max_examples=60, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), print_blob=False
)
HOSTILE = st.sampled_from(
    ["x", "text", "class", "match", "case", "print", "date", "input", "a b", "2nd", "", "é", "ﬁ", "日程", "\ud800"]
    + ["is_workflow_actions_url", "x" * 300, "None", "__debug__", "_", "name # note", 'a"b', "Repeat_Item", "f", "rb"]
    + ["a\nb"]
)


def made(code):
    return build_workflow(compile_code(code), None)


@given(workflows())
@SETTINGS
def test_annotated_code_makes_the_same_shortcut(workflow):
    code = to_python(workflow).code
    record = annotate_offline({"key": "k", "code": code, "apis": []})
    assert record["code"] == code
    assert uncommented_lines(record["workflow_code"]) == []
    assert list(differences(workflow, made(record["workflow_code"]))) == []
    assert record["query"].strip() and record["task_plan"].strip()


@given(workflows(), st.data())
@SETTINGS
def test_hostile_names_never_change_the_shortcut(workflow, data):
    code = to_python(workflow).code
    names = parse_program(code).bindings
    proposals = {name: data.draw(HOSTILE | st.sampled_from(sorted(names))) for name in names}
    renamed = rename(code, proposals)
    assert list(differences(workflow, made(renamed.code))) == []
    assert "changes-the-shortcut" not in renamed.refused, renamed.refused
    assert shape(renamed.code) == shape(code)


def shape(code):
    """A program's tree without its names, and without the annotations of assignments."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = "name"
    return [kinds(node) for node in tree.body]


def kinds(node):
    if isinstance(node, ast.AnnAssign):
        node = ast.Assign([node.target], node.value)
    inner = [kinds(child) for child in ast.iter_child_nodes(node)]
    return type(node).__name__, getattr(node, "value", None) if isinstance(node, ast.Constant) else inner
