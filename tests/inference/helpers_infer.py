"""What the tests of infer.py share: the answer that a checkpoint recites, and a run in this process."""

import contextlib
import io
import runpy
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "infer.py"
CODE = '# Ask for the price\nprice = input("Price?")\n# Show it\nis_workflow_actions_showresult(Text=f"{price}")'
ANSWER = f"Thought:\n1. Ask for the price.\n2. Show it.\n\nCode:\n```python\n{CODE}\n```\n"
MORE = "And that is how it is done, and done again."
SHOW = "is.workflow.actions.showresult"


class Done(NamedTuple):
    """How a run ended."""

    returncode: int
    stdout: str
    stderr: str


def run(*arguments: object) -> Done:
    """infer.py in this process, which has loaded the libraries already."""
    out, err, argv = io.StringIO(), io.StringIO(), sys.argv
    sys.argv = [str(SCRIPT), *map(str, arguments)]
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as end:
            runpy.run_path(str(SCRIPT), run_name="__main__")
    finally:
        sys.argv = argv
    return Done(end.value.code, out.getvalue(), err.getvalue())
