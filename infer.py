"""Write workflows for queries: with a local model, or through any OpenAI-compatible endpoint.

    python infer.py --model output/models/smollm2-135m-instruct --input data --output output/predictions/id.jsonl
    python infer.py --model CHECKPOINT --input data --OOD --icl 1 --output output/predictions/ood_icl.jsonl
    torchrun --nproc_per_node 8 infer.py --model CHECKPOINT --input data --output output/predictions/id.jsonl
    python infer.py --model gpt-4o --backend openai --input data --output output/predictions/gpt-4o.jsonl
    python infer.py --model NAME --base_url http://127.0.0.1:8000/v1 --tokenizer CHECKPOINT --input data --output ...

The input is a folder laid out like the released data, of which the test records are answered, or a file of records.
Records have `query` and `apis`, or `messages`: a chat of their own that is asked as it stands, without the answer at
its end. Each output line is its record with `prompt`, `raw_output`, `generated_plan`, `generated_code`, `model`,
`settings`, `split` and `attempts`. Records that the output holds already are not answered again.

A single request at the terminal, and a change to an existing shortcut; both write a .shortcut and its Python. What was
written is run in a world, a stock one or that of --try (docs/runtime.md), and what would have happened is printed:

    python infer.py --model CHECKPOINT --query "Say what the battery's level is" --output output/battery.shortcut
    python infer.py --model CHECKPOINT --query "Count my meetings of today" --try world.yaml
    python infer.py --model CHECKPOINT --edit FILE.shortcut --query "Ask before it deletes anything"

What a shortcut from somebody else does, changes, sends and deletes, without a model:

    python infer.py --explain FILE.shortcut
"""

import argparse
from typing import Any

from workflowllm.inference.run_options import (
    add_inference_flags,
    add_request_flags,
    check_output,
    inference_options,
)
from workflowllm.runs.command import run_command


def parse_flags() -> dict[str, Any]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_inference_flags(parser)
    add_request_flags(parser)
    return vars(parser.parse_args())


def main() -> int:
    flags = parse_flags()
    if flags["explain"]:
        from workflowllm.inference.explaining import explain

        return explain(flags["explain"])
    options = inference_options(flags)
    # Each needs other libraries, some of which take seconds to load.
    if options.request:
        from workflowllm.inference.request import answer_request

        return answer_request(options, options.request)
    check_output(options)
    if options.endpoint:
        from workflowllm.inference.endpoint import answer_through_endpoint

        return answer_through_endpoint(options)
    from workflowllm.inference.local_run import answer_with_local_model

    return answer_with_local_model(options)


if __name__ == "__main__":
    run_command(main)
