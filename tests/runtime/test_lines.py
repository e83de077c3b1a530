"""Which line each action stands in: of Python, and of a file printed as Python."""

import plistlib
import subprocess
import sys
from pathlib import Path

import pytest

from workflowllm.runtime.lines import lines_of_code, printed
from workflowllm.shortcuts.from_python.program import compile_code
from workflowllm.shortcuts.model.workflow import build_workflow

CODE = '''text = """one
two"""

for repeat_index in range(2):
    is_workflow_actions_showresult(Text="a")
    if text == "one":
        is_workflow_actions_exit()
is_workflow_actions_vibrate()
'''


def test_actions_of_python_have_the_lines_of_their_statements():
    lines = lines_of_code(CODE)
    assert lines[0] == 1
    assert lines[1:] == [4, 5, 6, 7, 6, 4, 8]  # a block's end stands where the block begins


def test_actions_of_a_file_have_the_lines_of_its_python():
    code, lines = printed(build_workflow(compile_code(CODE)))
    shown = code.split("\n")
    assert shown[lines[0] - 1].startswith("text =")
    assert "showresult" in shown[lines[2] - 1] and "exit" in shown[lines[4] - 1]
    assert "vibrate" in shown[lines[7] - 1]


@pytest.mark.parametrize(("name", "line"), [("program.py", 8), ("file.shortcut", 6)])
def test_the_script_traces_python_and_files(tmp_path, name, line):
    path = tmp_path / name
    if name.endswith(".py"):
        path.write_text(CODE)
    else:
        path.write_bytes(plistlib.dumps(build_workflow(compile_code(CODE))))
    script = Path(__file__).parents[2] / "eval" / "run_workflow.py"
    command = [sys.executable, str(script), str(path), "--trace"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert f"line {line}: is_workflow_actions_vibrate()" in done.stdout
