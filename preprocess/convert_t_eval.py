"""Workflows to T-Eval's JSON plan form, to train on and to score.

    python preprocess/convert_t_eval.py --input data/data_samples.json --output output/t_eval.jsonl
    python train.py --base_model MODEL --data_path output/t_eval.jsonl --output_dir output/t_eval_model
    python infer.py --model output/t_eval_model --input output/t_eval.jsonl --output output/t_eval_answers.jsonl
    python eval/t_eval_plan.py --predictions output/t_eval_answers.jsonl --output output/plan_scores.jsonl

A line has the record's `key`, `query`, `apis`, the reference plan as `ground_truth`, and `messages` that end with the
plan as an answer: train.py trains on them, infer.py prompts with those before the answer. A plan cannot express control
flow: the calls inside branches and loops come in the order of the text.
"""

import argparse
from pathlib import Path
from typing import Any

from workflowllm.dataset.t_eval_plans import FIELDS, plan_messages, workflow_plan
from workflowllm.prompts.prompt_files import Prompt, load_prompt
from workflowllm.records.forms import Record
from workflowllm.records.release import data_files, data_rows
from workflowllm.records.t_eval_form import plan_text
from workflowllm.runs.command import run_command
from workflowllm.runs.json_lines import json_line
from workflowllm.runs.outcomes import RecordOutcomes
from workflowllm.runs.paths import check_output_file, check_paths
from workflowllm.runs.reasons import first_line
from workflowllm.shortcuts.dialect.problems import DialectError


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", type=Path, required=True, help="records with a query, or a data set's folder")
    parser.add_argument("--output", type=Path, required=True, help="JSON Lines; the file appears when it is whole")
    parser.add_argument("--prompt", default="t_eval_plan", help="in configs/prompts, or a .txt (default: %(default)s)")
    return parser.parse_args()


def problem(record: Any) -> str:
    """Why a record has no plan; empty if it can have one."""
    if isinstance(record, ValueError):
        return f"{record}."
    for field in ("query", "workflow_code"):
        if not isinstance(record.get(field), str) or not record[field].strip():
            return f"the record has no text in {field}."
    apis = record.get("apis")
    return "" if isinstance(apis, list) and all(isinstance(api, str) for api in apis) else "the record lists no apis."


def converted(record: Record, prompt: Prompt) -> Record:
    """A record in the plan form. Raises DialectError where its code does not compile."""
    plan = workflow_plan(record["workflow_code"])
    request = plan_messages(record["query"], record["apis"], prompt)
    return {
        "key": record["key"],
        "query": record["query"],
        "apis": record["apis"],
        "ground_truth": plan,
        "messages": [*request, {"role": "assistant", "content": plan_text(plan)}],
        "prompt_sha256": prompt.sha256,
    }


def main() -> int:
    arguments = parse_arguments()
    check_paths(data_files(arguments.input), [arguments.output])
    check_output_file(arguments.output)
    prompt = load_prompt(arguments.prompt, FIELDS)
    with RecordOutcomes(arguments.output) as outcomes:
        for location, record in data_rows(arguments.input):
            if reason := problem(record):
                outcomes.fail(location, reason)
                continue
            try:
                line = json_line(converted(record, prompt))
            except DialectError as error:
                outcomes.fail(str(record["key"]), f"its code does not compile: {error}")
            except Exception as error:  # one record never stops the others
                reason = f"{type(error).__name__}: {first_line(error)}"
                outcomes.fail(str(record["key"]), f"it cannot be converted ({reason}).")
            else:
                outcomes.add(line)
    return outcomes.summary()


if __name__ == "__main__":
    run_command(main)
