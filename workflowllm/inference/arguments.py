"""The flags of infer.py."""

import argparse
from pathlib import Path

from workflowllm.inference.decoding import add_decoding_arguments
from workflowllm.llm.settings import add_endpoint_arguments
from workflowllm.runs.command import CommandError
from workflowllm.runs.flags import positive_int

BATCH_TOKENS, MAX_ROWS = 65_536, 64
FETCHED = "output/models/smollm2-135m-instruct"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything but the flags of a single request."""
    shown = "(default: %(default)s)"
    add = parser.add_argument_group("what to answer").add_argument
    add("--input", type=Path, help="a data set's folder, or a file of records with `query` and `apis`, or `messages`")
    add("--output", type=Path, help="JSON Lines; of one request a .shortcut")
    add("--OOD", action="store_true", help="the test records of the OOD split (default: of the ID split)")
    add("--limit", type=positive_int, help="only so many of the records (default: all)")
    add("--overwrite", action="store_true", help="start afresh (default: go on from what the output holds)")
    add = parser.add_argument_group("the model").add_argument
    add("--backend", choices=("hf", "openai"),
        help="hf: a checkpoint, in this process; openai: an endpoint (default: openai with --base_url)")  # fmt: skip
    add("--name", help="what predictions and tables call it (default: --model)")
    add("--prompt", help="another prompt: a name in configs/prompts, such as generate_with_dialect, or a .txt file "
        "(default: the one that the model was trained with, else generate)")  # fmt: skip
    add("--max_prompt_tokens", type=positive_int,
        help="API documents are shortened to keep to it (default: as in training, else 3072)")  # fmt: skip
    add("--icl", type=int, default=0, metavar="N", help=f"show so many random training examples {shown}")
    add("--icl_data", type=Path, help="data set that they are drawn from (default: the --input folder)")
    add("--check", type=positive_int, default=1, metavar="N",
        help=f"sample until the checker finds no error, at most so often {shown}")  # fmt: skip
    _add_local(parser)
    add_endpoint_arguments(parser)
    parser.add_argument("--tokenizer", type=Path, help="fit an endpoint's prompts with the tokenizer in this folder "
                        "(default: estimated)")  # fmt: skip
    add_decoding_arguments(parser)
    parser.set_defaults(model=None, max_tokens=2048, query=None, apis=None, edit=None)


def add_request_arguments(parser: argparse.ArgumentParser) -> None:
    """A request at the terminal, instead of --input."""
    add = parser.add_argument_group("one request").add_argument
    add("--query", help="what the workflow shall do, in a sentence or more")
    add("--apis", nargs="+", metavar="API", help="identifiers it may use (default: those that fit the query)")
    add("--edit", type=Path, metavar="FILE.shortcut", help="change this shortcut; the result gets another name")


def _add_local(parser: argparse.ArgumentParser) -> None:
    shown = "(default: %(default)s)"
    add = parser.add_argument_group("a local model (hf)").add_argument
    add("--device", help="cpu, cuda, cuda:1, or auto to spread one model over all GPUs (default: a GPU where there is "
        "one; one for each process of torchrun)")  # fmt: skip
    add("--dtype", choices=("auto", "float32", "bfloat16", "float16"), default="auto",
        help="auto: bfloat16 on a GPU, float32 on a CPU (default: %(default)s)")  # fmt: skip
    add("--batch_tokens", type=positive_int, default=BATCH_TOKENS, help=f"tokens held for all rows together {shown}")
    add("--max_rows", type=positive_int, default=MAX_ROWS, help=f"answers written at once {shown}")
    add("--early_stop", action=argparse.BooleanOptionalAction, default=True,
        help="end an answer when its code's fence closes (default: on)")  # fmt: skip


def checked(arguments: argparse.Namespace) -> argparse.Namespace:
    """The flags with the back end settled. Raises CommandError where they do not go together."""
    if arguments.backend is None:
        arguments.backend = "openai" if arguments.base_url else "hf"
    if arguments.model is None:
        raise CommandError(
            "which model? Give --model with a checkpoint's folder (scripts/fetch_small_model.py makes "
            f"{FETCHED}), or --base_url and --model for an endpoint."
        )
    if arguments.backend == "hf" and not Path(arguments.model).is_dir():
        raise CommandError(
            f"there is no folder {arguments.model}; give a checkpoint's folder, or an endpoint with --base_url or "
            "--backend openai."
        )
    if arguments.backend == "openai" and (arguments.top_k or arguments.repetition_penalty != 1):
        raise CommandError("endpoints know neither --top_k nor --repetition_penalty; leave them out.")
    if arguments.icl < 0:
        raise CommandError("--icl must be 0 or more.")
    return _checked_request(arguments) if arguments.query is not None else _checked_records(arguments)


def _checked_records(arguments: argparse.Namespace) -> argparse.Namespace:
    if arguments.apis or arguments.edit:
        raise CommandError("--apis and --edit belong to a request; give it as --query.")
    if arguments.input is None or arguments.output is None:
        raise CommandError("give --input and --output, or one request with --query.")
    source = arguments.icl_data or arguments.input
    if arguments.icl and not source.is_dir():
        raise CommandError(f"--icl draws from a data set's folder, and {source} is none; name one with --icl_data.")
    return arguments


def _checked_request(arguments: argparse.Namespace) -> argparse.Namespace:
    if arguments.input:
        raise CommandError("--query is one request, --input a file of them; give one of the two.")
    if not arguments.query.strip():
        raise CommandError("the query is empty; say what the workflow shall do.")
    if arguments.icl and not arguments.icl_data:
        raise CommandError("--icl with --query needs --icl_data, a data set's folder to draw examples from.")
    return arguments
