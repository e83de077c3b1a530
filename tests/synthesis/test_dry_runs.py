"""--dry_run where no model is asked: refused, and nothing is written."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "data" / "data_samples.json"


@pytest.mark.parametrize(
    ("script", "backend"),
    [("preprocess/expand_queries.py", "offline"), ("preprocess/confirm_quality.py", "none"),
     ("preprocess/annotate_workflows.py", "offline"), ("eval/judge_pass_rate.py", "static")],
)  # fmt: skip
def test_a_dry_run_without_a_model_is_refused(script: str, backend: str, tmp_path: Path) -> None:
    flags = ["--input", SAMPLES, "--output", tmp_path / "out.jsonl", "--backend", backend, "--dry_run"]
    done = subprocess.run([sys.executable, ROOT / script, *flags], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.endswith(f"--backend {backend} asks none.\n") and done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
