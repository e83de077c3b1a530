"""Workflows for new queries: the annotator model's plans and code, as records to be confirmed.

    python preprocess/generate_workflows.py --input output/queries.jsonl --output output/generated.jsonl \\
        --model ANNOTATOR
    python preprocess/generate_workflows.py --input output/queries.jsonl --output output/generated.jsonl \\
        --base_url http://127.0.0.1:8000/v1 --model NAME --concurrency 64

The annotator is a checkpoint (`sh scripts/train.sh BASE_MODEL SEED_DATA`) or any model behind an endpoint; prompt,
answer form and flags are infer.py's. Its predictions stand in `<output>.predictions.jsonl` and are not made again. A
record of the output is the query's record with the answer as `task_plan` and `workflow_code`, beside `raw_output`,
`model` and `settings`.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from workflowllm.inference.endpoint import answer_through_endpoint
from workflowllm.inference.local_run import answer_with_local_model
from workflowllm.inference.run_options import add_inference_flags, inference_options
from workflowllm.records.forms import Record
from workflowllm.runs.command import ALL_DONE, SOME_FAILED, CommandError, run_command
from workflowllm.runs.json_lines import json_line, read_records
from workflowllm.runs.output_files import beside, whole_file
from workflowllm.runs.paths import check_paths

LEFT_OUT = ("prompt", "generated_plan", "generated_code", "split", "attempts")


def generated(prediction: Record) -> Record:
    """A prediction as a record of data."""
    answer = {"task_plan": prediction["generated_plan"], "workflow_code": prediction["generated_code"]}
    return {name: value for name, value in prediction.items() if name not in LEFT_OUT} | answer


def write_generated(predictions: Path, output: Path) -> int:
    """Write every prediction as a record; return how many lines are not predictions."""
    malformed = 0
    with whole_file(output) as file:
        for number, prediction in read_records(predictions):
            if isinstance(prediction, dict) and {"generated_plan", "generated_code"} <= prediction.keys():
                file.write(json_line(generated(prediction)))
            else:
                print(f"{predictions} line {number} is not a prediction and is left out", file=sys.stderr)
                malformed += 1
    return malformed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_inference_flags(parser)
    options = inference_options(vars(parser.parse_args()))
    if options.input.is_dir():
        raise CommandError("--input is a file of queries, as preprocess/expand_queries.py writes it.")
    predictions = beside(options.output, ".predictions.jsonl")
    check_paths([options.input], [options.output, predictions])
    answer = answer_through_endpoint if options.endpoint else answer_with_local_model
    status = answer(replace(options, output=predictions))
    is_dry_run = options.endpoint is not None and options.endpoint.dry_run
    if status in (ALL_DONE, SOME_FAILED) and not is_dry_run and predictions.is_file():
        return SOME_FAILED if write_generated(predictions, options.output) else status
    return status


if __name__ == "__main__":
    run_command(main)
