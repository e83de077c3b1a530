"""The probe for samples that see each other in a row: what it finds, and what training does about it."""

from pathlib import Path

import pytest
import torch
from helpers_train import config_of, facts, losses, run, train
from helpers_train import small_model as small_llama
from small_models import CONFIGS, LEAKY, SIZES, small_model
from transformers import AutoTokenizer, BloomConfig, BloomForCausalLM, NemotronConfig, NemotronForCausalLM

from workflowllm.runs.command import CommandError
from workflowllm.training.models import PACKED_SDPA, packed_attention
from workflowllm.training.packing import samples_leak


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
@pytest.mark.parametrize("name", [*CONFIGS, *LEAKY])
def test_it_tells_models_that_keep_samples_apart_from_those_that_do_not(name: str, dtype: torch.dtype) -> None:
    attention = packed_attention("cpu", CONFIGS[name]()) if name in CONFIGS else PACKED_SDPA
    model = small_model(name, attention).to(dtype)
    before = {key: value.clone() for key, value in model.state_dict().items()}
    assert samples_leak(model) == (name in LEAKY)
    assert model.training and all(torch.equal(before[key], value) for key, value in model.state_dict().items())


def test_samples_that_see_each_other_get_rows_of_their_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tokenizer = AutoTokenizer.from_pretrained(small_llama())
    sizes = SIZES | {"vocab_size": len(tokenizer), "max_position_embeddings": 4096}
    torch.manual_seed(0)
    NemotronForCausalLM(NemotronConfig(**sizes, head_dim=8)).save_pretrained(tmp_path / "model")
    tokenizer.save_pretrained(tmp_path / "model")
    flags = ("--dev_share", "0", "--max_steps", "2")
    train(tmp_path / "packed", *flags, model=tmp_path / "model")
    assert "see each other in NemotronForCausalLM; each gets a row of its own" in capsys.readouterr().err
    train(tmp_path / "alone", *flags, "--no_packing", model=tmp_path / "model")
    assert "see each other" not in capsys.readouterr().err
    assert losses(tmp_path / "packed") == losses(tmp_path / "alone")
    assert facts(tmp_path / "packed")["engine"]["rows_per_device_and_step"] == 4
    train(tmp_path / "packed", *flags, model=tmp_path / "model")  # it is the same run, though rows came out otherwise
    assert "holds the finished model already" in capsys.readouterr().err


def test_a_model_without_an_attention_to_replace_is_refused_in_a_line(tmp_path: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(small_llama())
    BloomForCausalLM(BloomConfig(vocab_size=len(tokenizer), hidden_size=32, n_layer=1, n_head=4)).save_pretrained(
        tmp_path
    )
    tokenizer.save_pretrained(tmp_path)
    with pytest.raises(CommandError, match="cannot be trained here: Bloom") as refused:
        run(config_of(tmp_path / "out", model=tmp_path))
    assert "\n" not in str(refused.value)
