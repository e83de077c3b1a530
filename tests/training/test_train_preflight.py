"""Before any weight is read: each thing that is wrong is one sentence with what to change."""

import json
import os
import shutil
from collections import namedtuple
from pathlib import Path
from typing import Any

import psutil
import pytest
import torch
from helpers_train import config_of, run, small_data, small_model
from small_models import small_model as capped_model
from transformers import AutoTokenizer, LlamaConfig

from train import training_config
from workflowllm.runs.command import CommandError
from workflowllm.runs.ranks import Ranks
from workflowllm.runs.shipped import shipped
from workflowllm.training import preflight
from workflowllm.training.memory import Needs, estimated_needs, parameter_count
from workflowllm.training.models import load_model

LLAMA_8B = LlamaConfig(vocab_size=128256, hidden_size=4096, intermediate_size=14336, num_hidden_layers=32,
                       num_attention_heads=32, num_key_value_heads=8, tie_word_embeddings=False)  # fmt: skip


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A copy of the small model, to damage."""
    shutil.copytree(small_model(), tmp_path / "model")
    return tmp_path / "model"


def refusal(output: Path, *flags: str, model: Path | None = None, data: Path | None = None) -> str:
    with pytest.raises(CommandError) as refused:
        run(config_of(output, *flags, model=model, data=data))
    assert "\n" not in str(refused.value)
    assert not list(output.glob("checkpoint-*")) and not (output / "metrics.jsonl").exists()
    return str(refused.value)


def test_data_that_are_not_there(tmp_path: Path) -> None:
    assert "does not exist" in refusal(tmp_path / "out", data=tmp_path / "none")


def test_a_pipe_is_no_data(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jsonl")
    assert "a FIFO, not a regular file" in refusal(tmp_path / "out", data=tmp_path / "pipe.jsonl")


def test_a_folder_without_a_data_set(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    assert "neither seed_data.json nor" in refusal(tmp_path / "out", data=tmp_path / "data")


def test_paths_that_are_no_model(tmp_path: Path, model: Path) -> None:
    out = tmp_path / "out"
    (tmp_path / "empty").mkdir()
    assert "no config.json" in refusal(out, model=tmp_path / "empty")
    assert "is no folder of a model" in refusal(out, model=tmp_path / "none")
    assert "is no folder of a model" in refusal(out, model=small_data())
    (model / "config.json").write_text("{", "utf-8")
    assert "cannot be read as a model" in refusal(out, model=model)
    (model / "config.json").write_text('{"model_type": "resnet"}', "utf-8")
    assert "is no decoder" in refusal(out, model=model)


def test_weights_that_are_missing(tmp_path: Path, model: Path) -> None:
    (model / "model.safetensors").unlink()
    assert "has no weights" in refusal(tmp_path / "out", model=model)
    index = {"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}
    (model / "model.safetensors.index.json").write_text(json.dumps(index), "utf-8")
    (model / "model-1.safetensors").write_bytes(b"")
    assert "lacks 1 of its weight files, such as model-2.safetensors" in refusal(tmp_path / "out", model=model)


def test_weights_of_another_model(model: Path) -> None:
    config = json.loads((model / "config.json").read_text("utf-8")) | {"num_hidden_layers": 3}
    (model / "config.json").write_text(json.dumps(config), "utf-8")
    with pytest.raises(CommandError, match=r"lacks \d+ weights, such as model\.layers\.2"):
        load_model(config_of(model / "out", model=model), AutoTokenizer.from_pretrained(model))


def test_a_file_of_weights_that_is_cut_short(model: Path) -> None:
    weights = model / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(CommandError, match="cannot be read: "):
        load_model(config_of(model / "out", model=model), AutoTokenizer.from_pretrained(model))


def test_a_model_without_tokenizer(tmp_path: Path, model: Path) -> None:
    for path in model.glob("tokenizer*"):
        path.unlink()
    assert "has no tokenizer" in refusal(tmp_path / "out", model=model)


def test_chat_templates_that_cannot_serve(tmp_path: Path, model: Path) -> None:
    out = tmp_path / "out"
    (model / "chat_template.jinja").unlink()
    assert "no chat template; give one with --chat_template" in refusal(out, model=model)
    (model / "chat_template.jinja").write_text("{{ messages[0].nothing.here }}", "utf-8")
    assert "chat template" in refusal(out, model=model)
    (model / "chat_template.jinja").write_text("{% for message in messages", "utf-8")
    assert "chat template" in refusal(out, model=model)
    llama = Path("configs/chat_templates/llama3.jinja").resolve()
    assert "which is" in refusal(out, "--chat_template", str(llama), model=model)  # not this vocabulary's tokens
    assert "--chat_template" in refusal(out, "--chat_template", str(tmp_path / "none"), model=model)


def test_a_template_by_flag_goes_with_the_model(tmp_path: Path, model: Path) -> None:
    (model / "chat_template.jinja").unlink()
    chatml = Path(__file__).parents[2] / "configs" / "chat_templates" / "chatml.jinja"
    flags = ("--chat_template", str(chatml), "--max_steps", "1", "--dev_share", "0")
    run(config_of(tmp_path / "out", *flags, model=model))
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "out")
    assert tokenizer.chat_template == chatml.read_text("utf-8")


def test_without_a_pad_token_another_serves(tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("tokenizer_config.json", "special_tokens_map.json"):
        if (model / name).is_file():
            content = json.loads((model / name).read_text("utf-8"))
            content.pop("pad_token", None)
            (model / name).write_text(json.dumps(content), "utf-8")
    assert AutoTokenizer.from_pretrained(model).pad_token is None
    run(config_of(tmp_path / "out", "--max_steps", "1", "--dev_share", "0", model=model))
    assert "no pad token; '<|pad|>' serves as one" in capsys.readouterr().err
    assert AutoTokenizer.from_pretrained(tmp_path / "out").pad_token == "<|pad|>"


def test_a_tokenizer_of_another_model(tmp_path: Path, model: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(model)
    tokenizer.add_tokens([f"<extra{number}>" for number in range(10)])
    tokenizer.save_pretrained(model)
    assert "do not belong together" in refusal(tmp_path / "out", model=model)


def test_more_length_than_positions(tmp_path: Path) -> None:
    assert "exceeds the model's 4096 positions" in refusal(tmp_path / "out", "--max_length", "8192")


def test_configurations_of_deepspeed(tmp_path: Path) -> None:
    path = tmp_path / "ds.json"
    for content, said in (("{", "cannot read "), ("[]", "is no DeepSpeed configuration"),
                          ('{"zero_optimization": {"stage": 3}}', "asks for ZeRO stage 3")):  # fmt: skip
        path.write_text(content, "utf-8")
        assert said in refusal(tmp_path / "out", "--deepspeed", str(path))
    assert "none.json: No such file" in refusal(tmp_path / "out", "--deepspeed", str(tmp_path / "none.json"))


def test_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "8")
    assert "8 processes train with DeepSpeed only" in refusal(tmp_path / "out", "--deepspeed", "none")
    assert "leaves some of 8 processes without a sample" in refusal(tmp_path / "out")  # --batch_size 4


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_liger_without_a_gpu(tmp_path: Path) -> None:
    assert "--liger needs a GPU" in refusal(tmp_path / "out", "--liger")


def test_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**9, 10**9, 1000))
    assert "make room, lower --checkpoint_limit" in refusal(tmp_path / "out")
    monkeypatch.undo()
    free = namedtuple("free", "available")
    monkeypatch.setattr(psutil, "virtual_memory", lambda: free(10**6))
    assert "each process has 1.0 MB. Use more devices" in refusal(tmp_path / "out")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    run(config_of(tmp_path / "out", "--ignore_memory", "--prepare"))


def test_an_output_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "file/out: Not a directory" in refusal(tmp_path / "file" / "out")
    for path in (Path("."), Path("/"), Path("..")):
        with pytest.raises(CommandError, match="give the output a name"):
            run(config_of(path))


@pytest.mark.parametrize(
    "flags",
    [("--epochs", "0"), ("--learning_rate", "nan"), ("--learning_rate", "-1"), ("--dev_share", "1"), ("--warmup", "2"),
     ("--batch_size", "2.5"), ("--precision", "fp8"), ("--neftune", "0")],
)  # fmt: skip
def test_flags_out_of_range(flags: tuple[str, ...], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        config_of(tmp_path, *flags)
    assert stopped.value.code == 2


@pytest.mark.parametrize(
    "flags",
    [("--OOD", "--split_keys", "x.json"), ("--no_packing", "--row_tokens", "9"), ("--max_prompt_tokens", "2048")],
)
def test_flags_that_contradict_each_other(flags: tuple[str, ...], tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        config_of(tmp_path, *flags)


def test_defaults_are_the_paper_s() -> None:
    config = training_config(["--base_model", "m", "--data_path", "d", "--output_dir", "o"])
    assert (config.epochs, config.learning_rate, config.warmup, config.batch_size) == (3, 2e-5, 0.1, 32)
    assert (config.max_length, config.precision, config.max_grad_norm, config.neftune) == (8192, "bf16", 0.3, None)


def test_parameters_of_llama_3_1_8b() -> None:
    """Counted by hand: embeddings and head, and of each layer attention, the gated layer and two norms; a last norm."""
    layer = 4096 * (4096 + 1024 + 1024 + 4096) + 3 * 4096 * 14336 + 2 * 4096
    assert parameter_count(LLAMA_8B) == 2 * 128256 * 4096 + 32 * layer + 4096 == 8_030_261_248
    tied = LlamaConfig(vocab_size=1000, hidden_size=64, intermediate_size=128, num_hidden_layers=1,
                       num_attention_heads=4, tie_word_embeddings=True)  # fmt: skip
    assert parameter_count(tied) == 1000 * 64 + (4 * 64 * 64 + 3 * 64 * 128 + 2 * 64) + 64


def test_estimate_for_8b_on_eight_gpus() -> None:
    """DeepSpeed's formula for ZeRO-2: 2 bytes a parameter on each device and 18 shared by all of them."""
    size = 8_030_261_248
    needs = estimated_needs(LLAMA_8B, size, devices=8)
    assert needs.states == 2 * size + 18 * size // 8
    assert needs.states + needs.activations < 80e9
    assert needs.checkpoint == 16 * size
    offloaded = estimated_needs(LLAMA_8B, size, devices=8, offloads=True)
    assert offloaded.states == 2 * size and offloaded.host == 8 * 4 * size * 1.5
    assert estimated_needs(LLAMA_8B, size, devices=1).states > 80e9
    assert estimated_needs(LLAMA_8B, size, devices=8, nodes=2).states < needs.states


def test_less_is_needed_with_adapters_and_checkpointing_more_with_float32() -> None:
    size = 8_030_261_248
    usual = estimated_needs(LLAMA_8B, size, devices=8)
    assert estimated_needs(LLAMA_8B, size, devices=8, trained=size // 50).states < usual.states / 2
    assert estimated_needs(LLAMA_8B, size, devices=8, checkpointing=False).activations > 5 * usual.activations
    assert estimated_needs(LLAMA_8B, size, devices=8, precision="fp32").states > usual.states


def test_offloading_needs_the_host_s_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offload = shipped("configs") / "ds_config_offload.json"
    config = config_of(tmp_path, "--deepspeed", str(offload))
    assert preflight.offloads_optimizer(config.deepspeed)
    free: Any = namedtuple("free", "available")
    monkeypatch.setattr(psutil, "virtual_memory", lambda: free(10**9))
    with pytest.raises(CommandError, match=r"offloading needs about 2\.0 GB of the host"):
        preflight.check_room(config, Needs(1, 1, 2 * 10**9, 1), Ranks())


def test_a_model_that_caps_its_scores_does_not_get_an_attention_that_cannot(tmp_path: Path) -> None:
    made, tokenizer = tmp_path / "capped", AutoTokenizer.from_pretrained(small_model())
    capped_model("capped").save_pretrained(made)
    assert load_model(config_of(tmp_path / "out", model=made), tokenizer).config._attn_implementation == "eager"
