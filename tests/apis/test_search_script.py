"""eval/search_apis.py: what it writes and what it prints."""

import json
from pathlib import Path

import pytest

from eval.search_apis import figures, half_of, needed, read_lines
from workflowllm.runs.command import CommandError


def test_statements_need_not_be_found() -> None:
    assert needed({"apis": ["is.workflow.actions.conditional", "is.workflow.actions.ask", 3]}) == {
        "is.workflow.actions.ask"
    }


def test_figures_count_the_first_ones_alone() -> None:
    lines = [{"apis": ["a", "b"], "found": ["a", "c", "b"]}, {"apis": ["c"], "found": ["c"]}, {"found": []}]
    assert figures(lines, 2) == "2 shown: recall 0.750, complete 1 of 2 (50.0%)"
    assert figures(lines, 3) == "3 shown: recall 1.000, complete 2 of 2 (100.0%)"
    assert figures([{"found": []}], 2) == "no line has apis"


def test_a_half_depends_on_the_key_alone() -> None:
    assert half_of({"key": "a", "request": "x"}) == half_of({"key": "a", "query": "y"})
    assert {half_of({"key": str(number)}) for number in range(9)} == {0, 1}


def test_a_line_without_a_request_is_named(tmp_path: Path) -> None:
    path = tmp_path / "requests.jsonl"
    path.write_text(json.dumps({"query": "a"}) + "\n" + json.dumps({"key": "b"}) + "\n")
    with pytest.raises(CommandError, match="line 2 of"):
        list(read_lines(path))


def test_tasks_are_requests() -> None:
    lines = list(read_lines(Path("data/tasks")))
    assert len(lines) > 50 and all(line["request"] and line["apis"] for line in lines)
