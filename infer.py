"""Write workflows for queries: with a local model, or through any OpenAI-compatible endpoint.

    python infer.py --model output/models/smollm2-135m-instruct --input data --output output/predictions/id.jsonl
    python infer.py --model CHECKPOINT --input data --OOD --icl 1 --output output/predictions/ood_icl.jsonl
    torchrun --nproc_per_node 8 infer.py --model CHECKPOINT --input data --output output/predictions/id.jsonl
    python infer.py --model gpt-4o --backend openai --input data --output output/predictions/gpt-4o.jsonl
    python infer.py --model NAME --base_url http://127.0.0.1:8000/v1 --tokenizer CHECKPOINT --input data --output ...

The input is a folder laid out like the released data (its test records are answered) or a file of records with `query`
and `apis`, or with `messages` of their own, which are asked as they stand, without the answer at their end. Each output
line is its record with `prompt`, `raw_output`, `generated_plan`, `generated_code`, `model`, `settings`, `split` and
`attempts`; what is there already is not done again.

One request at the terminal, and a change to a shortcut that exists; the result is a .shortcut beside its Python:

    python infer.py --model CHECKPOINT --query "Say what the battery's level is" --output output/battery.shortcut
    python infer.py --model CHECKPOINT --edit FILE.shortcut --query "Ask before it deletes anything"
"""

import argparse

from workflowllm.inference.arguments import add_arguments, add_request_arguments, checked
from workflowllm.runs.command import run_command


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(parser)
    add_request_arguments(parser)
    arguments = checked(parser.parse_args())
    # Each needs other libraries, some of which load for seconds.
    if arguments.query is not None:
        from workflowllm.inference.request import answer_request

        return answer_request(arguments)
    if arguments.backend == "openai":
        from workflowllm.inference.endpoint import answer_through_endpoint

        return answer_through_endpoint(arguments)
    from workflowllm.inference.local_run import answer_with_local_model

    return answer_with_local_model(arguments)


if __name__ == "__main__":
    run_command(main)
