"""The options of infer.py and generate_workflows.py: one frozen dataclass, and the flags that it is made from."""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workflowllm.inference.decoding import Decoding
from workflowllm.llm.settings import EndpointSettings, add_endpoint_arguments, endpoint_settings
from workflowllm.records.release import data_files, split_path
from workflowllm.runs.command import CommandError
from workflowllm.runs.facts import flag_facts
from workflowllm.runs.flags import not_negative_int, positive, positive_int
from workflowllm.runs.paths import check_paths

REQUEST_REPAIRS = 2  # of a single request's answer
BATCH_TOKENS, MAX_ROWS = 65_536, 64
FETCHED = "output/models/smollm2-135m-instruct"


@dataclass(frozen=True)
class LocalOptions:
    """How a checkpoint is run. Without a device: the GPU of this process's rank, else the CPU."""

    device: str | None = None
    dtype: str = "auto"
    batch_tokens: int = BATCH_TOKENS  # held in memory for all rows together
    max_rows: int = MAX_ROWS  # answers written at once
    early_stop: bool = True  # where the code's fence closes


@dataclass(frozen=True)
class PromptOptions:
    """What is asked. None leaves a value to the form that the model was trained with."""

    prompt: str | None = None  # a name in configs/prompts, or a file
    max_prompt_tokens: int | None = None
    examples: int = 0  # random training examples before the request
    examples_from: Path | None = None  # a data set's folder
    tokenizer: Path | None = None  # of an endpoint's model


@dataclass(frozen=True)
class RequestOptions:
    """One request at the terminal."""

    query: str
    apis: tuple[str, ...] = ()
    edit: Path | None = None  # a shortcut to change
    world: str | None = None  # where what was written is tried
    sign: bool = False


@dataclass(frozen=True)
class InferenceOptions:
    """What is answered, by which model, and how. `input` and `output` are given unless there is a `request`."""

    model: str  # a checkpoint's folder, or a name at the endpoint
    endpoint: EndpointSettings | None  # None: the checkpoint is run in this process
    name: str  # what predictions call the model
    input: Path | None = None
    output: Path | None = None
    out_of_distribution: bool = False
    limit: int | None = None
    overwrite: bool = False
    attempts: int = 1  # answers sampled at most, until the checker finds no error
    repairs: int = 0  # of each of them at most, by telling the model its faults
    decoding: Decoding = field(default_factory=Decoding)
    prompting: PromptOptions = PromptOptions()
    local: LocalOptions = LocalOptions()
    request: RequestOptions | None = None
    facts: dict[str, Any] = field(default_factory=dict)  # the flags as they may be stored

    @property
    def backend(self) -> str:
        return "openai" if self.endpoint else "hf"

    @property
    def split(self) -> str:
        return "OOD" if self.out_of_distribution else "ID"

    def shared_by_predictions(self) -> dict[str, Any]:
        """The fields that all predictions in one output must have in common: two runs are not mixed in one file."""
        return self.decoding.as_json() | {
            "model": self.name,
            "split": self.split,
            "backend": self.backend,
            "checkpoint": self.model,
            "icl": self.prompting.examples,
            "check": self.attempts,
            "repair": self.repairs,
        }


def add_inference_flags(parser: argparse.ArgumentParser) -> None:
    """Everything but the flags of a single request."""
    shown = "(default: %(default)s)"
    add = parser.add_argument_group("what to answer").add_argument
    add("--input", type=Path, help="a data set's folder, or a file of records with `query` and `apis`, or `messages`")
    add("--output", type=Path, help="JSON Lines; for a single request a .shortcut file")
    add("--OOD", action="store_true", help="the test records of the OOD split (default: of the ID split)")
    add("--limit", type=positive_int, help="answer only the first N records (default: all)", metavar="N")
    add("--overwrite", action="store_true", help="start afresh (default: go on from what the output holds)")
    add = parser.add_argument_group("the model").add_argument
    add("--backend", choices=("hf", "openai"),
        help="hf: a checkpoint, in this process; openai: an endpoint (default: openai with --base_url)")  # fmt: skip
    add("--name", help="what predictions and tables call the model (default: --model)")
    add("--prompt", help="another prompt: a name in configs/prompts, or a .txt file (default: the one that the model "
        "was trained with, else generate, and generate_with_dialect for a --query)")  # fmt: skip
    add("--max_prompt_tokens", type=positive_int, metavar="N",
        help="shorten API documents to keep a prompt to N tokens (default: as in training, else 3072; for a --query "
        "of a model that is not ours all that its context leaves)")  # fmt: skip
    add("--icl", type=not_negative_int, default=0, metavar="N",
        help=f"show N random training examples before the request {shown}")  # fmt: skip
    add("--icl_data", type=Path, help="the data set that they are drawn from (default: the --input folder)")
    add("--check", type=positive_int, default=1, metavar="N",
        help=f"sample up to N answers, until the checker finds no error {shown}")  # fmt: skip
    add(
        "--repair",
        type=not_negative_int,
        metavar="N",
        help="tell the model up to N times what is wrong with its answer (default: 2 for a --query, else 0)",
    )
    _add_local_flags(parser)
    add_endpoint_arguments(parser)
    parser.add_argument("--tokenizer", type=Path, help="fit an endpoint's prompts with the tokenizer in this folder "
                        "(default: lengths are estimated from bytes)")  # fmt: skip
    add = parser.add_argument_group(
        "decoding of a local model, in addition to --temperature, --top_p, --max_tokens and --seed"
    ).add_argument
    add("--top_k", type=not_negative_int, default=0, help=f"sample from the k likeliest tokens, 0 from all {shown}")
    add("--repetition_penalty", type=positive, default=1.0, help=f"above 1 discourages repeats {shown}")
    parser.set_defaults(model=None, max_tokens=2048, **dict.fromkeys(("query", "apis", "edit", "try", "sign")))


def _add_local_flags(parser: argparse.ArgumentParser) -> None:
    shown = "(default: %(default)s)"
    add = parser.add_argument_group("a local model (hf)").add_argument
    add("--device", help="cpu, cuda, cuda:1, or auto to spread one model over all GPUs (default: a GPU where there is "
        "one; one for each process of torchrun)")  # fmt: skip
    add("--dtype", choices=("auto", "float32", "bfloat16", "float16"), default="auto",
        help=f"auto: bfloat16 on a GPU, float32 on a CPU {shown}")  # fmt: skip
    add("--batch_tokens", type=positive_int, default=BATCH_TOKENS,
        help=f"tokens kept in memory for all answers in progress {shown}")  # fmt: skip
    add("--max_rows", type=positive_int, default=MAX_ROWS, help=f"answers in progress at once {shown}")
    add("--early_stop", action=argparse.BooleanOptionalAction, default=True,
        help="end an answer when its code's fence closes (default: on)")  # fmt: skip


def add_request_flags(parser: argparse.ArgumentParser) -> None:
    """The flags of a single request at the terminal, which takes the place of --input."""
    add = parser.add_argument_group("a single request").add_argument
    add("--query", help="what the workflow shall do, in a sentence or more")
    add("--apis", nargs="+", metavar="API", help="identifiers it may use (default: those that fit the query)")
    add("--edit", type=Path, metavar="FILE.shortcut", help="change this shortcut; the result gets another name")
    add(
        "--try",
        nargs="?",
        const="auto",
        metavar="WORLD",
        help="run what was written in this world (default: in a stock world) and print what would have happened",
    )
    add("--sign", action="store_true", help="sign the shortcut where the system can, or say what to do")
    add("--explain", type=Path, metavar="FILE.shortcut", help="say what this shortcut does; no model is asked")


def inference_options(flags: Mapping[str, Any]) -> InferenceOptions:
    """The options that the flags give, by name. Raises CommandError where they do not go together."""
    backend = flags["backend"] or ("openai" if flags["base_url"] else "hf")
    _check_model(flags, backend)
    if flags["query"] is None:
        _check_records(flags)
    else:
        _check_request(flags)
    model = str(flags["model"])
    return InferenceOptions(
        model=model,
        endpoint=endpoint_settings(flags) if backend == "openai" else None,
        name=flags["name"] or model,
        input=flags["input"],
        output=flags["output"],
        out_of_distribution=flags["OOD"],
        limit=flags["limit"],
        overwrite=flags["overwrite"],
        attempts=flags["check"],
        repairs=_repairs(flags),
        decoding=_decoding(flags),
        prompting=PromptOptions(
            flags["prompt"], flags["max_prompt_tokens"], flags["icl"], flags["icl_data"], flags["tokenizer"]
        ),
        local=LocalOptions(
            flags["device"], flags["dtype"], flags["batch_tokens"], flags["max_rows"], flags["early_stop"]
        ),
        request=_request(flags),
        facts=flag_facts({**flags, "backend": backend}),
    )


def _decoding(flags: Mapping[str, Any]) -> Decoding:
    if flags["top_p"] is not None and flags["top_p"] > 1:
        raise CommandError("--top_p must be above 0 and at most 1.")
    return Decoding(
        max_tokens=flags["max_tokens"],
        temperature=flags["temperature"],
        top_p=1.0 if flags["top_p"] is None else flags["top_p"],
        top_k=flags["top_k"],
        repetition_penalty=flags["repetition_penalty"],
        seed=flags["seed"],
    )


def _repairs(flags: Mapping[str, Any]) -> int:
    if flags["repair"] is None:
        return REQUEST_REPAIRS if flags["query"] is not None else 0
    return flags["repair"]


def _request(flags: Mapping[str, Any]) -> RequestOptions | None:
    if flags["query"] is None:
        return None
    return RequestOptions(flags["query"], tuple(flags["apis"] or ()), flags["edit"], flags["try"], flags["sign"])


def _check_model(flags: Mapping[str, Any], backend: str) -> None:
    model = flags["model"]
    if model is None:
        raise CommandError(
            "which model? Give --model with a checkpoint's folder (scripts/fetch_small_model.py makes "
            f"{FETCHED}), or --base_url and --model for an endpoint."
        )
    if backend == "hf" and not Path(model).is_dir():
        raise CommandError(
            f"there is no folder {model}; give a checkpoint's folder, or an endpoint with --base_url or "
            "--backend openai."
        )
    if backend == "openai" and (flags["top_k"] or flags["repetition_penalty"] != 1):
        raise CommandError("endpoints know neither --top_k nor --repetition_penalty; leave them out.")


def _check_records(flags: Mapping[str, Any]) -> None:
    if flags["apis"] or flags["edit"] or flags["try"] or flags["sign"]:
        raise CommandError("--apis, --edit, --try and --sign belong to a request; give it as --query.")
    if flags["input"] is None or flags["output"] is None:
        raise CommandError("give --input and --output, or a single request with --query.")
    source = flags["icl_data"] or flags["input"]
    if flags["icl"] and not source.is_dir():
        raise CommandError(f"--icl draws from a data set's folder, and {source} is none; name one with --icl_data.")


def _check_request(flags: Mapping[str, Any]) -> None:
    if flags["input"]:
        raise CommandError("--query is a single request, --input a file of them; give one of the two.")
    if not flags["query"].strip():
        raise CommandError("the query is empty; say what the workflow shall do.")
    if flags["icl"] and not flags["icl_data"]:
        raise CommandError("--icl with --query needs --icl_data, a data set's folder to draw examples from.")


def check_output(options: InferenceOptions) -> None:
    """Raise CommandError where writing the output would destroy an input. Call it before anything is written."""
    inputs: list[Path] = []
    for source in filter(None, (options.input, options.prompting.examples_from)):
        inputs += data_files(source)
        if source.is_dir():
            inputs.append(split_path(source, options.out_of_distribution))
    if options.prompting.prompt and options.prompting.prompt.endswith(".txt"):
        inputs.append(Path(options.prompting.prompt))
    check_paths(inputs, [options.output])
