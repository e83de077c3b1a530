"""Expanding and confirming as a user runs them, against a server of the tests' own with faults."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from eval.support.fault_server import FaultServer, fault_server
from workflowllm.synthesis import quality

ROOT = Path(__file__).parents[2]
CODE = 'url = is_workflow_actions_url(WFURLActionURL="https://example.com")\nif url:\n    is_workflow_actions_openurl(WFInput=url)\n'  # noqa: E501
REAL = {"key": "r", "query": "Open my page.", "task_plan": "1. Open.", "workflow_code": CODE, "apis": [
    "is.workflow.actions.url", "is.workflow.actions.conditional", "is.workflow.actions.openurl",
    "dk.simonbs.DataJar.GetValueIntent"]}  # fmt: skip


def run(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "preprocess" / script, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert "Traceback" not in done.stderr
    return done


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def write(path: Path, *records: dict) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def words(seed: str) -> str:
    """Thirty words that no other seed shares many of."""
    return " ".join(hashlib.sha256(f"{seed}{n}".encode()).hexdigest()[:6] for n in range(30))


def query_server() -> FaultServer:
    """Every fourth answer names an API, every third is the same, one is never JSON."""
    count = iter(range(10_000))

    def answer(messages: list[dict]) -> str:
        number = next(count)
        if number == 3:
            return "I would rather not."
        text = words("same" if number % 3 == 1 else str(number))
        text += " is.workflow.actions.openurl" if number % 4 == 2 else ""
        return "Sure!\n```json\n" + json.dumps({"query": text}) + "\n```"

    return fault_server(answer, faults={"429": 0.1, "500": 0.05})


def test_expanding_with_a_model_that_answers_badly(tmp_path: Path) -> None:
    source, output = write(tmp_path / "real.jsonl", REAL), tmp_path / "queries.jsonl"
    with query_server() as server:
        flags = ("--input", source, "--output", output, "--count", 8, "--base_url", server.base_url, "--model", "local",
                 "--cache", "none", "--concurrency", 1)  # fmt: skip
        done = run("expand_queries.py", *flags)
        asked = len(server.requests)
        again = run("expand_queries.py", *flags)
        assert len(server.requests) == asked  # answers are never asked for twice
    assert done.returncode == again.returncode == 0, done.stderr
    kept, dropped = lines(output), lines(tmp_path / "queries.jsonl.dropped.jsonl")
    assert len(kept) == 8 and len({record["query"] for record in kept}) == 8
    assert {record["dropped"] for record in dropped} >= {"names an API", "near-duplicate"}
    assert all(record["draw"]["seed"] == 0 and record["prompt_sha256"] for record in kept)
    assert "after round 1: drawn 10, made 10, kept" in done.stdout and "after round 2" in done.stdout


def test_expanding_offline_gives_equal_bytes(tmp_path: Path) -> None:
    source = write(tmp_path / "real.jsonl", REAL)
    flags = ("--input", source, "--count", 3, "--backend", "offline", "--rounds", 3, "--threshold", 1.0)
    for name in ("a.jsonl", "b.jsonl"):
        run("expand_queries.py", *flags, "--output", tmp_path / name)
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()
    assert all(record["query_backend"] == "offline" for record in lines(tmp_path / "a.jsonl"))


def test_bad_input_is_one_line(tmp_path: Path) -> None:
    flags = ("--output", tmp_path / "o.jsonl", "--backend", "offline")
    for content in ("", "{\n", '{"key": "a"}\n'):
        (tmp_path / "in.jsonl").write_text(content)
        done = run("expand_queries.py", "--input", tmp_path / "in.jsonl", *flags)
        assert done.returncode == 2 and len(done.stderr.splitlines()) == 1
    assert run("expand_queries.py", "--input", tmp_path / "none.jsonl", *flags).returncode == 2


GENERATED = REAL | {"key": "good", "query": "one two three four", "apis": ["is.workflow.actions.url"]}
BROKEN = GENERATED | {"key": "broken", "query": "five six seven", "workflow_code": "x = (", "task_plan": "1. Break."}


def test_confirming_keeps_the_better_version_and_both(tmp_path: Path) -> None:
    """The model mends what is broken, and ruins what is good; a refusal is counted and asked again."""
    long = "".join(f'text_{n} = "line {n}"\n' for n in range(20))
    refused = GENERATED | {"key": "refused", "query": "eight nine ten", "workflow_code": long + CODE}
    ruined = "Thought:\n1. Worse.\n\nCode:\n```python\nx = (\n```"
    mended = f"Thought:\n1. Mended.\n\nCode:\n```python\ntext = 'mended'\n{CODE}# mended\n```"

    def answer(messages: list[dict]) -> str:
        return mended if "1. Break." in messages[1]["content"] else ruined

    source = write(tmp_path / "in.jsonl", GENERATED, BROKEN, refused)
    output = tmp_path / "out.jsonl"
    with fault_server(answer, script=["", "", "refusal"]) as server:
        flags = ("--input", source, "--output", output, "--base_url", server.base_url, "--model", "local", "--cache",
                 "none", "--concurrency", 1, "--query_threshold", 0.9, "--code_threshold", 1)  # fmt: skip
        done = run("confirm_quality.py", *flags)
        kept = {record["key"]: record for record in lines(output)}
        assert done.returncode in (0, 1)
        assert kept["good"]["workflow_code"] == CODE and not kept["good"]["refined"]["taken"]
        assert kept["broken"]["workflow_code"].endswith("# mended") and kept["broken"]["task_plan"] == "1. Mended."
        assert kept["broken"]["raw"] == {"task_plan": "1. Break.", "workflow_code": "x = ("}
        again = run("confirm_quality.py", *flags)
    assert again.returncode == 0 and {record["key"] for record in lines(output)} == {"good", "broken", "refused"}


def test_confirming_without_a_model_drops_by_rule(tmp_path: Path) -> None:
    double = GENERATED | {"key": "double"}
    source = write(tmp_path / "in.jsonl", GENERATED, BROKEN, double)
    with source.open("a") as file:
        file.write("{ no JSON\n")
    done = run("confirm_quality.py", "--input", source, "--output", tmp_path / "out.jsonl", "--backend", "none")
    assert done.returncode == 1 and done.stderr.splitlines()[-1].startswith("done 1, skipped 2, failed 1")
    dropped = {record["key"]: record["dropped"] for record in lines(tmp_path / "out.jsonl.dropped.jsonl")}
    assert dropped == {"broken": "not Python", "double": "near-duplicate"}
    summary = json.loads((tmp_path / "out.jsonl.summary.json").read_text())
    assert summary["kept"] == 1 and summary["dropped"] == {"not Python": 1, "near-duplicate": 1}


def test_what_is_no_record_keeps_its_own_reason_and_is_not_asked_about(tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", GENERATED, {"key": "bare", "workflow_code": CODE})
    with source.open("a") as file:
        file.write("{ no JSON\n")
    output = tmp_path / "out.jsonl"
    with fault_server(lambda messages: f"Thought:\n1. Open.\n\nCode:\n```python\n{CODE}```") as server:
        flags = ("--input", source, "--output", output, "--base_url", server.base_url, "--model", "local",
                 "--cache", "none")  # fmt: skip
        assert run("confirm_quality.py", *flags, "--dry_run").returncode == 0
        assert run("confirm_quality.py", *flags).returncode == 1
        assert len(server.requests) == 1
    reasons = {line["key"]: line["error"] for line in lines(tmp_path / "out.jsonl.errors.jsonl")}
    assert reasons["bare"] == "it has no query." and "not JSON" in reasons["line 3"] and len(reasons) == 2


def test_an_output_that_is_an_input_is_refused(tmp_path: Path) -> None:
    """The side files too: the records of one run may well be the dropped ones of an earlier run."""
    queries = write(tmp_path / "queries.jsonl", REAL)
    for script, *flags in [
        ("expand_queries.py", "--backend", "offline"),
        ("confirm_quality.py", "--backend", "none"),
        ("annotate_workflows.py", "--backend", "offline", "--overwrite"),
    ]:
        before = queries.read_bytes()
        done = run(script, "--input", queries, "--output", queries, *flags)
        assert (done.returncode, queries.read_bytes()) == (2, before), script
        assert done.stderr.count("\n") == 1
    side = write(tmp_path / "out.jsonl.dropped.jsonl", GENERATED)
    before = side.read_bytes()
    done = run("confirm_quality.py", "--input", side, "--output", tmp_path / "out.jsonl", "--backend", "none")
    assert (done.returncode, side.read_bytes()) == (2, before)


def test_a_record_that_the_rules_fail_on_is_its_own_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("Value")

    monkeypatch.setattr(quality, "broken_rule", fail)
    judged = quality.judge(("k", GENERATED), quality.Rules())
    assert judged.key == "k" and "KeyError: 'Value'" in judged.error
