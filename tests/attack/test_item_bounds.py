"""What one item takes is bounded in every stage: it fails with a reason, and the items around it do not."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from workflowllm.annotation.rules import annotator
from workflowllm.checking import checker
from workflowllm.dataset import examining
from workflowllm.dataset.filters import Rules
from workflowllm.evaluation import rule_verdicts, scoring
from workflowllm.metrics import measures
from workflowllm.runs import bounds
from workflowllm.runs.pools import map_inputs
from workflowllm.runtime import task_runs
from workflowllm.shortcuts import files_from_records, records_from_files
from workflowllm.synthesis import quality

SAMPLES = Path(__file__).parents[2] / "data" / "shortcuts"
SAMPLE = min(SAMPLES.rglob("*.shortcut"), key=lambda path: path.stat().st_size).name
RECORD = {"key": "a", "query": "q", "code": "x = 1", "workflow_code": "x = 1", "generated_code": "x = 1",
          "task_plan": "1. a", "apis": []}  # fmt: skip
TASK = SimpleNamespace(worlds=[SimpleNamespace(name="first")])
# By stage: the module, what of it is made to take too much, and the stage's work on one item.
STAGES: dict[str, tuple[ModuleType, str, Callable[[], Any]]] = {
    "convert": (records_from_files, "to_python", lambda: records_from_files.convert_file(SAMPLE, SAMPLES, None, False)),
    "compile": (files_from_records, "compile_code", lambda: files_from_records.compile_numbered((1, RECORD), "code")),
    "check": (checker, "check_code", lambda: checker.check_numbered((1, RECORD), False)),
    "annotate": (annotator, "annotate_offline", lambda: annotator.annotate_keyed(("a", RECORD))),
    "build": (examining, "_look_into",
              lambda: examining.examine(examining.InputRow("x.jsonl", 1, RECORD, False), Rules(), Path("none"))),
    "confirm": (quality, "broken_rule", lambda: quality.judge(("a", RECORD), None)),
    "judge": (rule_verdicts, "static_pass", lambda: rule_verdicts.static_line(("a", RECORD), 0.5)),
    "measure": (measures, "_measured", lambda: measures.measure(measures.Case("x = 1", "x = 1", ()))),
    "run": (task_runs, "run_program",
            lambda: task_runs.run_attempt(task_runs.Attempt("a", "reference", "x"), {"a": TASK})),
}  # fmt: skip


def burn(*_: Any, **__: Any) -> None:
    while True:
        pass


def burn_and_catch(*_: Any, **__: Any) -> None:
    """Work that catches whatever is raised in it, once."""
    try:
        burn()
    except Exception:
        burn()


def hoard(*_: Any, **__: Any) -> None:
    held = [b"x" * (1 << 26)]
    while True:
        held.append(bytes(held[-1]) + b"x")


@pytest.fixture
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "SECONDS", 0.1)
    monkeypatch.setattr(bounds, "_AGAIN", 0.1)
    monkeypatch.setattr(bounds, "BYTES", 1 << 29)




@pytest.mark.parametrize("stage", STAGES)
def test_an_item_without_end_fails_with_its_reason(
    stage: str, small_limits: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, name, work = STAGES[stage]
    monkeypatch.setattr(module, name, burn)
    assert "it took over 0.1 s of processor time" in str(bounds.bounded(lambda _: work(), None))


@pytest.mark.parametrize("stage", STAGES)
def test_an_item_that_takes_all_memory_fails_with_its_reason(
    stage: str, small_limits: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "SECONDS", 60.0)
    module, name, work = STAGES[stage]
    monkeypatch.setattr(module, name, hoard)
    result = str(bounds.bounded(lambda _: work(), None))
    assert "MemoryError" in result or "too large" in result or "out of memory" in result


def third_is_bad(item: int) -> int:
    if item == 3:
        burn_and_catch()
    if item == 5:
        hoard()
    return item


@pytest.mark.parametrize("workers", [1, 2])
def test_the_others_go_on(workers: int, small_limits: None) -> None:
    results = list(map_inputs(third_is_bad, range(40), workers, lambda item: -item))
    assert results == [-item if item in (3, 5) else item for item in range(40)]


def test_the_limits_are_gone_after_the_item(small_limits: None) -> None:
    assert bounds.bounded(len, "abc") == 3
    assert isinstance(bounds.bounded(burn, None), bounds.Lost)
    assert len(bytes(1 << 30)) == 1 << 30
    for _ in range(3_000_000):  # over 0.1 s of processor time
        pass


def test_a_run_that_is_lost_counts_as_one_that_died() -> None:
    assert "died" in scoring.execution_crashed(measures.Case("", "", ())).why_not
