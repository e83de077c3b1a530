"""The bundled shortcuts, each in worlds whose effects were worked out by reading it, from its file and from its Python.

`bundled/NAME.yaml` is a list of worlds as tasks have them (docs/runtime.md).
"""

from pathlib import Path

import pytest

from workflowllm.runtime.runnable import Program, program_of
from workflowllm.runtime.tasks import Task, run_task_world, task_world
from workflowllm.runtime.world import read_yaml

HERE = Path(__file__).parent
SHORTCUTS = HERE.parents[1] / "data" / "shortcuts"
FILES = sorted(path for path in SHORTCUTS.iterdir() if path.suffix != ".md")
CASES = [(path, index) for path in FILES for index in range(len(read_yaml(HERE / "bundled" / f"{path.stem}.yaml")))]


def test_every_bundled_shortcut_has_worlds():
    assert {path.stem for path in FILES} == {path.stem for path in (HERE / "bundled").iterdir()}
    assert len({path.stem for path in FILES}) == 25


@pytest.mark.parametrize(("path", "index"), CASES, ids=[f"{path.name}-{index}" for path, index in CASES])
def test_the_effects_are_as_expected(path, index):
    file = HERE / "bundled" / f"{path.stem}.yaml"
    world = task_world(read_yaml(file)[index], index + 1, file)
    task = Task("bundled", "", "", (), (world,), file.parent)
    program = program_of(path)
    result = run_task_world(task, Program(program.workflow, path.stem, program.code), world)
    assert result.failures == []
