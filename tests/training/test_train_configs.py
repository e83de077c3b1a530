"""The files in configs/ that training reads or that name its commands."""

import json
import runpy
import shlex
import sys
from pathlib import Path

import pytest
import yaml
from transformers import AutoConfig

from workflowllm.training.arguments import CONFIGS, parse_arguments
from workflowllm.training.memory import parameter_count

MADE = sorted(path for path in (CONFIGS / "models").glob("*.yaml") if "command" in yaml.safe_load(path.read_text()))


def test_the_published_models_have_a_command() -> None:
    assert {path.stem for path in MADE} >= {
        "annotator-8b", "workflowllama-8b", "workflowllama-8b-ood", "workflowllama-8b-no-plan",
        "workflowllama-8b-no-comments", "workflowllama-8b-bare", "workflowllama-8b-no-synthetic",
    }  # fmt: skip


@pytest.mark.parametrize("path", MADE, ids=lambda path: path.stem)
def test_each_command_is_one_that_train_py_takes(path: Path) -> None:
    content = yaml.safe_load(path.read_text("utf-8"))
    shell, script, base, data, output, *flags = shlex.split(content["command"])
    assert shell == "sh" and script in ("scripts/train.sh", "scripts/train_OOD.sh")
    given = parse_arguments("", ["--base_model", base, "--data_path", data, "--output_dir", output, *flags])
    assert given.output_dir.name == path.stem
    assert (given.no_plan, given.no_comments, given.no_synthetic) == {
        "no-plan": (True, False, False),
        "no-comments": (False, True, False),
        "bare": (True, True, False),
        "no-synthetic": (False, False, True),
        "annotator-8b": (False, False, True),
    }.get(path.stem.removeprefix("workflowllama-8b-"), (False, False, False))


@pytest.mark.parametrize("name", ["ds_config", "ds_config_offload"])
def test_deepspeed_configurations(name: str) -> None:
    content = json.loads((CONFIGS / f"{name}.json").read_text("utf-8"))
    assert content["zero_optimization"]["stage"] == 2
    assert content["train_batch_size"] == content["gradient_accumulation_steps"] == "auto"
    assert ("offload_optimizer" in content["zero_optimization"]) == (name == "ds_config_offload")


def test_the_shape_of_llama_3_1_8b() -> None:
    content = json.loads((CONFIGS / "shapes" / "llama-3.1-8b.json").read_text("utf-8"))
    assert parameter_count(AutoConfig.for_model(content.pop("model_type"), **content)) == 8_030_261_248


def test_the_estimate_as_a_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["estimate_memory.py", "--devices", "1", "8"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(Path(__file__).parents[2] / "eval" / "estimate_memory.py"), run_name="__main__")
    lines = capsys.readouterr().out.splitlines()
    assert ended.value.code == 0 and lines[0].startswith("8,030,261,248 parameters")
    assert lines[1].startswith("1 x 80 GB: DOES NOT FIT") and lines[2].startswith("8 x 80 GB: fits")
    assert "34.1 GB of model states" in lines[2]  # 2 + 18 / 8 bytes a parameter
