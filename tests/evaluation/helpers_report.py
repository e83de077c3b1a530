"""Scored records and a summary, written by hand, for the tests of the report."""

import json
from pathlib import Path
from typing import Any

FIGURES = ("codebleu", "ngram_match_score", "weighted_ngram_match_score", "syntax_match_score", "dataflow_match_score")
REFERENCE = """\
# Takes an address.
url = is_workflow_actions_url(WFURLActionURL="https://example.com/#top")
page = is_workflow_actions_downloadurl(WFURL=url)
is_workflow_actions_showresult(Text=f"{page}")
"""
GENERATED = """\
address = is_workflow_actions_url(WFURLActionURL="https://example.com/#top")
page = is_workflow_actions_downloadurl(WFURL=address)
is_workflow_actions_notification(WFNotificationActionBody="done")
"""
APIS = ["is.workflow.actions.url", "is.workflow.actions.downloadurl", "is.workflow.actions.showresult"]


def scored(number: int = 0, **changes: Any) -> dict[str, Any]:
    """A scored record; `changes` take the place of its fields."""
    total = 0.1 * (number % 10)
    record = {
        "key": f"sample-{number}",
        "query": f"Show me page number {number}.",
        "task_plan": "1. Take an address.\n2. Show its page.",
        "reference": REFERENCE,
        "apis": APIS,
        "generated_plan": "1. Take an address.\n2. Say that it is done.",
        "generated_code": GENERATED,
        "raw_output": "Thought: ...",
        "model": "small",
        "settings": {"temperature": 0.0},
        "split": "OOD" if number % 2 else "ID",
        "shape": {"actions": 3 + number, "branches": 0, "loops": 0, "nesting": 0},
        "scores": {
            "fixed": dict.fromkeys(FIGURES, total),
            "compat": dict.fromkeys(FIGURES, 0.4 + total / 2),
            "parses": True,
            "compiles": True,
            "api_f1": 0.5,
        },
        "passes": {"static": number % 2 == 0, "judge": None},
        "static_reason": "" if number % 2 == 0 else "line 3: not offered.",
        "findings": [
            {"line": 3, "column": 1, "code": "api-not-offered", "severity": "error", "message": "not offered."}
        ],
    }
    return {**record, **changes}


def table_row(model: str, kind: str, split: str, total: float, **changes: Any) -> dict[str, Any]:
    """A row of the summary whose compat total is 0.2 above the fixed one."""
    modes = {"fixed": dict.fromkeys(FIGURES, figure(total)), "compat": dict.fromkeys(FIGURES, figure(total + 0.2))}
    return {"model": model, "kind": kind, "split": split, "count": 10, "modes": modes, **changes}


def figure(mean: float) -> dict[str, float]:
    """A figure with an interval of one point to both sides."""
    return {"mean": mean, "low": mean - 0.01, "high": mean + 0.01}


def write_scored(path: Path, records: list[Any]) -> Path:
    """Records as JSON Lines, lone surrogates and all; a text stands as it is, to be no record."""
    lines = (record if isinstance(record, str) else json.dumps(record) for record in records)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path
