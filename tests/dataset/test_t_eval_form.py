"""Workflows in T-Eval's plan form."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from workflowllm.dataset.t_eval_plans import FIELDS, api_description, plan_messages, workflow_plan
from workflowllm.metrics.plan_score import plan_score, read_plan, word_similarity
from workflowllm.prompts.prompt_files import load_prompt
from workflowllm.records.t_eval_form import plan_text
from workflowllm.shortcuts.dialect.problems import DialectError

ROOT = Path(__file__).parents[2]
CODE = """
url = is_workflow_actions_url(WFURLActionURL="https://example.com")
if url:
    page = is_workflow_actions_downloadurl(WFURL=url)
text = f"Got {page} 👋 {url}"
is_workflow_actions_showresult(Text=f"{page}: {text}")
"""
URL, DOWNLOAD, SHOW = (f"is.workflow.actions.{name}" for name in ("url", "downloadurl", "showresult"))


def test_calls_in_order_with_what_they_use() -> None:
    plan = workflow_plan(CODE)
    assert [(call["id"], call["name"], call["prev"]) for call in plan] == [
        (0, URL, []), (1, DOWNLOAD, [0]), (2, SHOW, [1]), (3, "FinishAction", [2]),
    ]  # fmt: skip
    assert plan[1]["args"]["WFURL"] == "{output of 0}"
    assert plan[2]["args"]["Text"] == "{output of 1}: {Text}"


def test_a_plan_of_statements_alone_only_finishes() -> None:
    assert [call["name"] for call in workflow_plan('text = "hi"\n')] == ["FinishAction"]


def test_code_that_does_not_compile_has_no_plan() -> None:
    with pytest.raises(DialectError):
        workflow_plan("import os\n")


def test_what_is_trained_on_reads_back_as_the_plan() -> None:
    plan = workflow_plan(CODE)
    assert plan_score(read_plan(plan_text(plan)), read_plan(plan), word_similarity).f1 == 1.0


def test_the_prompt_describes_the_apis_and_leaves_statements_out() -> None:
    messages = plan_messages("A page", [URL, "is.workflow.actions.conditional"], load_prompt("t_eval_plan", FIELDS))
    described = json.loads(messages[0]["content"].split("\n")[1])
    assert [one["name"] for one in described] == [URL]
    assert api_description("com.example.None.Such")["optional_parameters"] == []


def test_an_input_is_not_its_own_output(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text(json.dumps({"key": "a", "query": "q", "apis": [URL], "workflow_code": CODE}))
    (tmp_path / "link.jsonl").symlink_to(path)
    before = path.read_bytes()
    script = [sys.executable, ROOT / "preprocess" / "convert_t_eval.py", "--input", path, "--output"]
    for output in (path, tmp_path / "link.jsonl", ".", "/", "", tmp_path):
        done = subprocess.run([*script, output], capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == 2 and len(done.stderr.splitlines()) == 1, done.stderr
    assert path.read_bytes() == before and len(list(tmp_path.iterdir())) == 2


def test_every_sample_converts(tmp_path: Path) -> None:
    record = {"key": "a", "query": "q", "apis": [URL], "workflow_code": CODE}
    lines = [record, record | {"key": "b", "workflow_code": "import os"}, record | {"query": " "}, [1]]
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n{\n")
    command = [sys.executable, ROOT / "preprocess" / "convert_t_eval.py", "--input", tmp_path / "in.jsonl"]
    done = subprocess.run([*command, "--output", tmp_path / "out.jsonl"], capture_output=True, text=True)
    assert done.returncode == 1 and done.stderr.startswith("done 1, skipped 0, failed 4")
    made = json.loads((tmp_path / "out.jsonl").read_text())
    assert made["messages"][-1]["role"] == "assistant" and made["ground_truth"][-1]["name"] == "FinishAction"
    reasons = (tmp_path / "out.jsonl.errors.jsonl").read_text()
    assert "does not compile" in reasons and "no text in query" in reasons and "not a JSON object" in reasons
