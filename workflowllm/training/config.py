"""What a training run is configured with. The defaults are the paper's recipe."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from workflowllm.runs.command import CommandError
from workflowllm.runs.facts import storable

# A resumed run may change these. Every other field decides what is learnt and must stay as it was.
FREE_ON_RESUME = frozenset(
    ("output_dir", "overwrite", "prepare", "checkpoint_limit", "ignore_memory", "progress",
     "deepspeed", "base_model", "data_path")
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingConfig:
    """The flags of train.py, by their names. Raises CommandError where two of them contradict each other."""

    base_model: str  # a folder, or a name on a hub
    data_path: Path
    output_dir: Path
    chat_template: Path | None = None
    lora_rank: int | None = None  # None trains all weights
    lora_alpha: float = 16.0
    liger: bool = False
    precision: Literal["bf16", "fp32"] = "bf16"

    OOD: bool = False
    split_keys: Path | None = None
    dev_share: float = 0.02
    max_records: int | None = None
    max_length: int = 8192  # tokens of prompt and answer
    max_prompt_tokens: int | None = None  # None derives them from max_length
    prompt: str = "generate"
    no_plan: bool = False
    no_comments: bool = False
    no_synthetic: bool = False

    epochs: int = 3
    max_steps: int | None = None
    learning_rate: float = 2e-5
    warmup: float = 0.1  # share of the steps
    batch_size: int = 32  # samples of an optimizer step, over all devices
    max_grad_norm: float = 0.3
    weight_decay: float = 0.0
    neftune: float | None = None
    seed: int = 0
    row_tokens: int | None = None  # None stands for max_length
    no_packing: bool = False
    no_gradient_checkpointing: bool = False

    deepspeed: Path | None = None  # DeepSpeed's configuration; None trains without DeepSpeed
    save_steps: int | None = None  # None saves ten times in the run
    checkpoint_limit: int = 2
    overwrite: bool = False
    prepare: bool = False
    ignore_memory: bool = False
    progress: Literal["auto", "on", "off"] = "auto"

    def __post_init__(self) -> None:
        if self.OOD and self.split_keys:
            raise CommandError("--OOD and --split_keys both name a split; give one of them.")
        if self.no_packing and self.row_tokens:
            raise CommandError("--row_tokens is the size of a packed row; it cannot go with --no_packing.")
        if (self.max_prompt_tokens or 0) >= self.max_length:
            raise CommandError(
                f"--max_prompt_tokens {self.max_prompt_tokens} leaves no room for answers in "
                f"--max_length {self.max_length}; lower it."
            )

    @property
    def row_capacity(self) -> int:
        """Tokens that a row of packed samples may have. Only a sample that is longer by itself exceeds it."""
        return 1 if self.no_packing else self.row_tokens or self.max_length

    def identity(self) -> dict[str, Any]:
        """The fields that decide what is learnt, as JSON may hold them."""
        return {name: value for name, value in storable(asdict(self)).items() if name not in FREE_ON_RESUME}
