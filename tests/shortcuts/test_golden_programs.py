"""Programs in people's style, and the actions that they become: read by eye against what real files hold."""

import re
from pathlib import Path

import pytest

from workflowllm.shortcuts.dialect.problems import DialectError
from workflowllm.shortcuts.from_python.program import compile_code
from workflowllm.shortcuts.model.workflow import build_workflow
from workflowllm.shortcuts.outline import outline

FOLDER = Path(__file__).parent / "golden_programs"
EXAMPLE = re.compile(r"```python\n(.*?)```\n```(actions|problems)\n(.*?)```", re.DOTALL)
PROGRAMS = [
    pytest.param(*example, id=f"{page.stem}-{number}")
    for page in sorted(FOLDER.glob("*.md"))
    for number, example in enumerate(EXAMPLE.findall(page.read_text("utf-8")), 1)
]


def test_every_program_of_the_pages_is_read() -> None:
    blocks = sum(page.read_text("utf-8").count("```python") for page in FOLDER.glob("*.md"))
    assert blocks == len(PROGRAMS) >= 30


@pytest.mark.parametrize(("code", "shown", "outcome"), PROGRAMS)
def test_program_becomes_these_actions(code: str, shown: str, outcome: str) -> None:
    if shown == "problems":
        with pytest.raises(DialectError) as refusal:
            compile_code(code)
        assert str(refusal.value) == outcome.strip()
    else:
        assert "\n".join(outline(build_workflow(compile_code(code)))) == outcome.rstrip("\n")
