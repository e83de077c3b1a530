"""Damaged samples: each is converted or refused with a sentence, and what is converted comes back equal."""

import ast
from pathlib import Path
from random import Random

import pytest

from eval.support.mutations import mutated
from workflowllm.shortcuts.compare import differences
from workflowllm.shortcuts.files.containers import read_shortcut
from workflowllm.shortcuts.from_python.program import compile_code
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.model.workflow import build_workflow
from workflowllm.shortcuts.to_python.printer import to_python

SAMPLES = Path(__file__).parents[2] / "data" / "shortcuts"
SOURCES = [path.read_bytes() for path in sorted(SAMPLES.iterdir()) if path.suffix not in (".py", ".md")]
EACH = 150


@pytest.mark.parametrize("seed", range(6))
def test_damaged_samples(seed: int) -> None:
    random = Random(seed)
    converted = refused = 0
    for _ in range(EACH):
        data = mutated(random.choice(SOURCES), random)
        try:
            workflow = read_shortcut(data).workflow
            code = to_python(workflow).code
        except ShortcutError as error:
            assert str(error).strip() and "\n" not in str(error)
            refused += 1
            continue
        ast.parse(code)
        assert list(differences(workflow, build_workflow(compile_code(code)))) == []
        converted += 1
    assert min(converted, refused) > EACH // 10  # both kinds of ending are met
