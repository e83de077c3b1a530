"""A model's shape: its configuration without weights, to estimate with or to fill with random weights."""

import json
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedConfig

from workflowllm.runs.command import CommandError


def read_shape(path: Path, layers: int | None = None) -> PreTrainedConfig:
    """The configuration in a config.json, with at most this many layers. Raises CommandError where there is none."""
    try:
        content = json.loads(path.read_text("utf-8"))
        config = AutoConfig.for_model(content.pop("model_type"), **content)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CommandError(f"cannot read {path} as a model's configuration: {error}") from None
    config.num_hidden_layers = min(layers or config.num_hidden_layers, config.num_hidden_layers)
    return config


def load_model(folder: Path, random_config: PreTrainedConfig | None, device: str, **settings: Any) -> Any:
    """A folder's model, or one with random weights of a configuration; `settings` are from_pretrained's."""
    if random_config is None:
        return AutoModelForCausalLM.from_pretrained(folder, **settings).to(device)
    with torch.device(device):  # created where it will run: a large one may not fit beside itself on the host
        return AutoModelForCausalLM.from_config(random_config, **settings)
