"""The page that defines the dialect: its examples compile, print again as they stand, and become what it shows."""

import re
from pathlib import Path

import pytest

from workflowllm.shortcuts.dialect.problems import DialectError
from workflowllm.shortcuts.from_python.program import compile_code
from workflowllm.shortcuts.model.workflow import build_workflow
from workflowllm.shortcuts.outline import outline
from workflowllm.shortcuts.to_python.printer import to_python

PAGE = Path(__file__).parents[2] / "docs" / "dialect.md"
EXAMPLE = re.compile(r"```python ?(\w*)\n(.*?)```\n```(\w+)\n(.*?)```", re.DOTALL)
EXAMPLES = EXAMPLE.findall(PAGE.read_text("utf-8"))


def test_every_block_of_the_page_is_an_example_with_its_outcome() -> None:
    assert len(EXAMPLES) == PAGE.read_text("utf-8").count("```python") >= 10


@pytest.mark.parametrize(("kind", "code", "shown", "outcome"), EXAMPLES)
def test_example(kind: str, code: str, shown: str, outcome: str) -> None:
    if kind == "refused":
        assert shown == "problems"
        with pytest.raises(DialectError) as refusal:
            compile_code(code)
        assert str(refusal.value) == outcome.strip()
        return
    workflow = build_workflow(compile_code(code))
    assert "\n".join(outline(workflow)) == outcome.rstrip("\n")
    if kind != "handwritten":
        assert to_python(workflow).code == code
