"""Totals, the table and the distributions, by hand."""

import json
import subprocess
import sys
from pathlib import Path

from workflowllm.dataset.code_shape import Shape
from workflowllm.dataset.examining import compiled
from workflowllm.dataset.statistics import (
    action_shares,
    application_shares,
    built_in_share,
    category_shares,
    record_statistics,
    table_lines,
    totals,
)
from workflowllm.records.action_buckets import action_count

ROOT = Path(__file__).parents[2]
URL, ALERT, JAR = "is.workflow.actions.url", "is.workflow.actions.alert", "dk.simonbs.DataJar.GetValueIntent"
ROWS = [
    record_statistics({"category": "Music", "workflow_code": "abc"}, [URL, ALERT, URL, JAR], Shape(4, 1, 0, 2, 2)),
    record_statistics({"category": None}, [URL], Shape(1)),
    record_statistics({"category": "Music"}, [ALERT] * 15, Shape(15, 2, 1, 0, 3)),
]


def test_a_record() -> None:
    row = ROWS[0]
    assert row["action_names"] == [URL, ALERT, JAR]
    assert row["application_names"] == ["builtin", "dk.simonbs.DataJar"]
    assert (row["api_uses"], row["built_in_uses"], row["characters"]) == (4, 3, 3)
    assert (row["actions"], row["ifs"], row["loops"], row["nesting"], row["branches"]) == (4, 1, 2, 2, 1)
    assert ROWS[1]["category"] == ""


def test_totals() -> None:
    found = totals(ROWS)
    assert found == {"instances": 3, "applications": 2, "apis": 3, "categories": 1, "actions": 20 / 3, "ifs": 1.0,
                     "loops": 2 / 3, "menus": 1 / 3, "nesting": 5 / 3, "built_in_share": 95.0}  # fmt: skip
    assert totals([])["actions"] == totals([])["built_in_share"] == 0


def test_the_table_stands_beside_the_papers() -> None:
    lines = table_lines({"Seed": totals(ROWS), "All": totals([])})
    assert lines[0].split() == ["Seed", "paper", "All", "paper"]
    cells = {line[:30].strip(): line[30:].split() for line in lines[1:]}
    assert cells["Instances"] == ["3", "14,771", "0", "-"]
    assert cells["Avg actions"] == ["6.7", "70.4", "0.0", "-"]
    assert cells["Avg menus"] == ["0.3", "-", "0.0", "-"]


def test_distributions() -> None:
    assert action_shares(ROWS) == [200 / 3, 100 / 3, 0, 0, 0, 0, 0, 0]
    assert category_shares(ROWS, ["Books", "Music"]) == {"Books": 0, "Music": 100}
    assert list(category_shares([*ROWS, {"category": "Odd"}], ["Music"])) == ["Music", "Odd"]
    assert application_shares(ROWS) == {"dk.simonbs.DataJar": 100 / 3}
    assert built_in_share(ROWS) == 95
    assert action_shares([]) == [0] * 8 and application_shares([]) == {} and built_in_share([]) == 0


def test_the_charts_count_the_actions_that_a_shortcut_file_has() -> None:
    """A text, an if of two marks and 13 alerts: 16 actions, of which a count without marks would see 14 or 15."""
    code = "x = 'a'\nif x:\n" + "    is_workflow_actions_alert(WFAlertActionTitle='hi')\n" * 13
    rows = [record_statistics({}, [], compiled(code)[2])]
    assert rows[0]["actions"] == action_count(code) == 16
    assert action_shares(rows) == [0, 100, 0, 0, 0, 0, 0, 0]


def test_the_six_charts_are_drawn_and_equal_rows_give_equal_bytes(tmp_path: Path) -> None:
    rows = {str(number): row | {"origin": ("collected", "synthesized")[number % 2]} for number, row in enumerate(ROWS)}
    (tmp_path / "statistics.json").write_text(json.dumps(rows))
    outputs = []
    for name in ("one", "two"):
        command = [sys.executable, ROOT / "preprocess" / "plot_statistics.py", "--folder_path", tmp_path]
        done = subprocess.run([*command, "--output_dir", tmp_path / name], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        outputs.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
    assert outputs[0] == outputs[1]
    kinds = ("actions", "categories", "applications")
    names = {f"{kind}_{origin}" for kind in kinds for origin in ("collected", "synthesized")}
    assert outputs[0].keys() == {f"{name}.{ending}" for name in names for ending in ("png", "svg")}
    for name in names:
        assert outputs[0][f"{name}.png"].startswith(b"\x89PNG") and b"<svg" in outputs[0][f"{name}.svg"]


def test_no_statistics_are_one_sentence(tmp_path: Path) -> None:
    command = [sys.executable, ROOT / "preprocess" / "plot_statistics.py", "--folder_path", tmp_path]
    for content in (None, "[]", "{}", "{", '{"a": {"actions": 3}}', '{"a": 3}'):
        if content is not None:
            (tmp_path / "statistics.json").write_text(content)
        done = subprocess.run([*command, "--output_dir", tmp_path / "out"], capture_output=True, text=True)
        assert done.returncode == 2 and "Traceback" not in done.stderr and "build_dataset.py" in done.stderr
