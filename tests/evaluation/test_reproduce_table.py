"""The results table reproduced, with an endpoint of the tests' own as a stand-in for the rows' models."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from eval.support.fault_server import fault_server

ROOT = Path(__file__).parents[2]
CODE = (
    'url = is_workflow_actions_url(WFURLActionURL="https://example.com/{}")\nis_workflow_actions_openurl(WFInput=url)\n'
)
APIS = ["is.workflow.actions.url", "is.workflow.actions.openurl"]
ANSWER = "Thought:\n1. Open it.\n\nCode:\n```python\n" + CODE.format("page") + "```"


def data_folder(folder: Path) -> Path:
    records = [
        {"key": f"k{number}", "query": f"Open page number {number} of my site, please.", "apis": APIS,
         "task_plan": "1. Open.", "workflow_code": CODE.format(number)}
        for number in range(6)
    ]  # fmt: skip
    folder.mkdir()
    (folder / "seed_data.json").write_text(json.dumps(records))
    for name in ("dataset_split_keys.json", "dataset_split_keys_ood.json"):
        (folder / name).write_text(json.dumps({"train": ["k0", "k1"], "dev": ["k2"], "test": ["k3", "k4", "k5"]}))
    return folder


def reproduce(cwd: Path, *words: object) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "OPENAI_API_KEY"}
    command = [sys.executable, ROOT / "eval" / "reproduce_table.py", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=cwd)
    assert "Traceback" not in done.stderr
    return done


def test_rows_on_a_stand_in_beside_the_papers(tmp_path: Path) -> None:
    data, output = data_folder(tmp_path / "data"), tmp_path / "table"
    with fault_server(lambda messages: ANSWER) as server:
        words = ("gpt-4o", "llama-3.1-8b", "--data", data, "--output_dir", output, "--limit", 2,
                 "--stand_in_model", "tiny", "--stand_in_url", server.base_url)  # fmt: skip
        done = reproduce(tmp_path, *words)
        asked = len(server.requests)
        again = reproduce(tmp_path, *words)
        assert len(server.requests) == asked <= 8  # resumed; equal questions are asked once
    assert done.returncode == again.returncode == 0, done.stderr
    table = re.sub(" +", " ", (output / "differences.md").read_text())  # without the columns' padding
    assert "| GPT-4o (stand-in tiny) | ID | 2 |" in table and "| Llama-3.1-8B (stand-in tiny) | OOD | 2 |" in table
    assert "/ 56.6 |" in table and "(+" in table  # no judge: no pass rate of ours beside the printed one
    assert (output / "report.html").is_file()


def test_nothing_to_run_says_what_each_row_needs(tmp_path: Path) -> None:
    done = reproduce(tmp_path, "gpt-4o-mini", "qwen2-7b", "--data", data_folder(tmp_path / "data"))
    assert done.returncode == 2
    assert "skipped GPT-4o-mini: OPENAI_API_KEY is not set" in done.stderr
    assert "skipped Qwen2-7B: its weights are not there" in done.stderr
    assert reproduce(tmp_path, "no-such-row").returncode == 2
