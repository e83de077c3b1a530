"""The files in configs/ that training reads or that name its commands."""

import json
import runpy
import shlex
import sys
from pathlib import Path

import pytest
import yaml
from transformers import AutoConfig
from transformers.integrations.deepspeed import HfTrainerDeepSpeedConfig

from train import training_config
from workflowllm.runs.shipped import shipped
from workflowllm.training.memory import parameter_count
from workflowllm.training.packing import StepRows
from workflowllm.training.preflight import offloads_optimizer
from workflowllm.training.trainer import trainer_settings

EVAL = Path(__file__).parents[2] / "eval"
CONFIGS = shipped("configs")
MODELS = sorted((CONFIGS / "models").glob("*.yaml"))
PUBLISHED = [path for path in MODELS if "command" in yaml.safe_load(path.read_text("utf-8"))]


def test_the_published_models_have_a_command() -> None:
    assert {path.stem for path in PUBLISHED} >= {
        "annotator-8b", "workflowllama-8b", "workflowllama-8b-ood", "workflowllama-8b-no-plan",
        "workflowllama-8b-no-comments", "workflowllama-8b-bare", "workflowllama-8b-no-synthetic",
    }  # fmt: skip


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
def test_each_command_is_one_that_train_py_takes(path: Path) -> None:
    content = yaml.safe_load(path.read_text("utf-8"))
    shell, script, base, data, output, *flags = shlex.split(content["command"])
    assert shell == "sh" and script in ("scripts/train.sh", "scripts/train_OOD.sh")
    config = training_config(["--base_model", base, "--data_path", data, "--output_dir", output, *flags])
    assert config.output_dir.name == path.stem
    assert (config.no_plan, config.no_comments, config.no_synthetic) == {
        "no-plan": (True, False, False),
        "no-comments": (False, True, False),
        "bare": (True, True, False),
        "no-synthetic": (False, False, True),
        "annotator-8b": (False, False, True),
    }.get(path.stem.removeprefix("workflowllama-8b-"), (False, False, False))


@pytest.mark.parametrize("name", ["ds_config", "ds_config_offload"])
@pytest.mark.parametrize("precision", ["bf16", "fp32"])
def test_deepspeed_takes_its_figures_from_the_flags(name: str, precision: str, tmp_path: Path) -> None:
    flags = ["--base_model", "m", "--data_path", "d", "--output_dir", str(tmp_path), "--precision", precision]
    config = training_config([*flags, "--max_grad_norm", "0.25", "--no_packing", "--batch_size", "4"])
    path = CONFIGS / f"{name}.json"
    rows = StepRows([3] * 8, config.batch_size, config.row_capacity)
    filled = HfTrainerDeepSpeedConfig(str(path))
    filled.trainer_config_process(trainer_settings(config, rows, has_dev=False))
    assert "auto" not in json.dumps(filled.config)
    assert (filled.config["train_micro_batch_size_per_gpu"], filled.config["gradient_accumulation_steps"]) == (1, 4)
    assert filled.config["gradient_clipping"] == 0.25 and filled.config["bf16"]["enabled"] == (precision == "bf16")
    assert filled.is_zero2() and offloads_optimizer(path) == filled.is_offload() == (name == "ds_config_offload")


def test_the_shape_of_llama_3_1_8b() -> None:
    content = json.loads((CONFIGS / "shapes" / "llama-3.1-8b.json").read_text("utf-8"))
    assert parameter_count(AutoConfig.for_model(content.pop("model_type"), **content)) == 8_030_261_248


def test_the_estimate_as_a_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["estimate_memory.py", "--devices", "1", "8"])
    monkeypatch.syspath_prepend(EVAL)
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(EVAL / "estimate_memory.py"), run_name="__main__")
    lines = capsys.readouterr().out.splitlines()
    assert ended.value.code == 0 and lines[0].startswith("8,030,261,248 parameters")
    assert lines[1].startswith("1 x 80 GB: DOES NOT FIT") and lines[2].startswith("8 x 80 GB: fits")
    assert "34.1 GB of model states" in lines[2]  # 2 + 18 / 8 bytes a parameter
