"""eval/check_metrics.py: its table, what it demands, and how it ends."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from eval.support.measure_checks import (
    DAMAGES,
    MUST_FALL,
    RENAMED,
    SHARES,
    WHOLE,
    WHOLE_DAMAGES,
    Figures,
    Sample,
    damaged_samples,
    metric_table,
    trend,
)

SCRIPT = Path(__file__).parents[2] / "eval" / "check_metrics.py"
OURS = sorted((Path(__file__).parents[2] / "data" / "shortcuts").glob("*.py"))


def figures(steps: list[float], names: tuple[str, ...] = tuple(MUST_FALL)) -> Figures:
    """Every measure goes from 1 by the same steps, whatever the damage."""
    found = {}
    for name in names:
        found |= {(name, WHOLE, 0): 1.0, (name, RENAMED, 0): 1.0}
        found |= {(name, damage, 0): steps[-1] for damage in WHOLE_DAMAGES}
        found |= {(name, damage, share): step for damage in DAMAGES for share, step in zip(SHARES, steps)}
    return found


@pytest.mark.parametrize(
    ("steps", "sign"),
    [
        ([1.0, 0.9, 0.8, 0.7], "↓"),
        ([1.0, 0.9, 0.9, 0.7], "(↓)"),
        ([1.0, 0.8, 0.9, 0.7], "(↓)"),
        ([1.0, 0.999, 0.998, 0.997], "="),
        ([0.5, 0.5, 0.6, 0.7], "↑"),
        ([0.0, 0.0, 0.0, 0.0], "="),
    ],
)
def test_trends(steps: list[float], sign: str) -> None:
    assert trend(steps) == sign


def test_what_falls_with_every_step_is_missed_by_nothing() -> None:
    lines, missed = metric_table(figures([0.9, 0.6, 0.3]), 7)
    assert missed == [] and lines[0].startswith("Means over 7 samples")
    graded = [name for name, promised in MUST_FALL.items() if promised[0] in DAMAGES]
    assert sum("| 100.0 | 90.0 60.0 30.0 **↓** |" in line for line in lines) == len(graded) == len(MUST_FALL) - 2


@pytest.mark.parametrize("steps", [[0.9, 0.9, 0.3], [1.0, 1.0, 1.0], [1.0, 0.9, 1.1]])
def test_a_promise_that_is_not_kept_is_named(steps: list[float]) -> None:
    _, missed = metric_table(figures(steps, ("fixed codebleu", "compat codebleu", "parses")), 7)
    unseen = () if steps[-1] < 1 else WHOLE_DAMAGES
    assert missed == [("fixed codebleu", damage) for damage in (*DAMAGES, *unseen)]


def test_the_total_must_see_every_damage() -> None:
    assert MUST_FALL["fixed codebleu"] == (*DAMAGES, *WHOLE_DAMAGES) and not any(
        name.startswith("compat") for name in MUST_FALL
    )


def test_damage_depends_on_the_seed_alone() -> None:
    samples = [Sample(path.read_text("utf-8"), None) for path in OURS[:4]]
    first, again, other = damaged_samples(samples, 0), damaged_samples(samples, 0), damaged_samples(samples, 1)
    assert first == again != other
    assert len(first) == len(samples) * (2 + len(WHOLE_DAMAGES) + len(DAMAGES) * len(SHARES))
    kept = [case for case in first if case.damage == WHOLE]
    assert [case.code for case in kept] == [sample.code for sample in samples]


def call(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, SCRIPT, *map(str, arguments)], capture_output=True, text=True)


def test_the_command_measures_our_own_shortcuts(tmp_path: Path) -> None:
    names = ("workflow_code", "annotated_code", "code")
    records = [{names[place % 3]: path.read_text("utf-8")} for place, path in enumerate(OURS[:10])]
    records += [7, {"code": ""}, {"code": 3}, {"code": "x = '\ud800' + f(\0", "apis": [None]}]
    samples, table = tmp_path / "samples.json", tmp_path / "table.md"
    samples.write_text(json.dumps(records))
    done = call("--samples", samples, "--table", table)
    assert "Traceback" not in done.stderr and done.returncode == (1 if "must fall" in done.stderr else 0)
    assert done.stdout.startswith("Means over 11 samples")
    assert table.read_text("utf-8") == "# What the measures see\n\n" + done.stdout
    total = next(line for line in done.stdout.splitlines() if line.startswith("| fixed codebleu |"))
    assert total.count("**↓**") == len(DAMAGES) + len(WHOLE_DAMAGES), total
    assert "| 100.0 |" in total


@pytest.mark.parametrize("content", ["[]", '[{"code": "x = 1"}]', "{}", "["])
def test_too_few_samples_are_one_sentence(tmp_path: Path, content: str) -> None:
    (tmp_path / "samples.json").write_text(content)
    done = call("--samples", tmp_path / "samples.json")
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1 and "Traceback" not in done.stderr
    assert call("--samples", tmp_path / "none.json").returncode == 2
