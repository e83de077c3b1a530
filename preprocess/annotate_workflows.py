"""Annotate converted workflows: meaningful names, a comment above every line, a task plan, and a query.

    python preprocess/annotate_workflows.py --input output/shortcuts.jsonl --output output/annotated.jsonl \\
        --backend offline --workers 2
    python preprocess/annotate_workflows.py --input output/shortcuts.jsonl --output output/annotated.jsonl --dry_run
    python preprocess/annotate_workflows.py --input output/shortcuts.jsonl --output output/annotated.jsonl \\
        --base_url http://127.0.0.1:8000 --model MODEL

Neither a model nor the rules ever write code: they give new names and comments, and the program puts them in, so that
`workflow_code` is `code` but for names and comments and compiles to an equal shortcut. A record keeps what it has and
gains `query`, `task_plan`, `workflow_code` and `annotation` (who wrote it, hashes of the prompts, what was refused).
--backend offline writes by rules, without a network. A run goes on from what its output holds already.
"""

import argparse
import sys
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from workflowllm.annotation.metadata import read_keys, read_metadata, selected, with_metadata
from workflowllm.annotation.model.dialogue import annotate, estimate, load_prompts
from workflowllm.annotation.rules.annotator import annotate_keyed, annotation_crashed
from workflowllm.llm.run_facts import file_facts, flag_facts
from workflowllm.llm.settings import add_endpoint_arguments, endpoint_settings, refuse_dry_run
from workflowllm.llm.stage import key_of, keyed_rows, run_stage
from workflowllm.runs.command import ALL_DONE, SOME_FAILED, run_command
from workflowllm.runs.flags import positive_int
from workflowllm.runs.pools import map_inputs
from workflowllm.runs.resumable_lines import Failures, Lines


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", type=Path, required=True, help="records with `code`, as the converter writes them")
    parser.add_argument("--output", type=Path, required=True, help="JSON Lines of the annotated records")
    parser.add_argument(
        "--backend", choices=("endpoint", "offline"), default="endpoint", help="who annotates (default: %(default)s)"
    )
    parser.add_argument(
        "--metadata", type=Path, help="JSON, JSON Lines or CSV: key (or file), title (or name), description, category"
    )
    parser.add_argument("--keys", help="only these records: keys separated by commas, or @FILE with one a line")
    parser.add_argument("--limit", type=positive_int, help="no more records than this (default: all)")
    parser.add_argument("--workers", type=positive_int, default=1, help="offline: processes (default: %(default)s)")
    parser.add_argument(
        "--window_lines", type=positive_int, default=40, help="lines of code in one question (default: %(default)s)"
    )
    parser.add_argument("--overwrite", action="store_true", help="start afresh")
    add_endpoint_arguments(parser)
    return parser.parse_args()


def input_rows(arguments: argparse.Namespace) -> Any:
    """(key, record or error) of every record that is asked for."""
    metadata = read_metadata(arguments.metadata) if arguments.metadata else {}
    rows = with_metadata(keyed_rows(arguments.input), metadata)
    return selected(rows, read_keys(arguments.keys), arguments.limit)


def run_offline(arguments: argparse.Namespace) -> int:
    """Annotate by rules in worker processes; return the exit status."""
    refuse_dry_run(arguments)
    done = skipped = 0
    seen: dict[str, None] = {}  # in the order of the input
    with (
        closing(Lines(arguments.output, key_of, arguments.overwrite)) as lines,
        closing(Failures(arguments.output, lines, arguments.overwrite)) as failures,
    ):

        def waiting() -> Iterator[tuple[str, Any]]:
            nonlocal skipped
            for key, row in input_rows(arguments):
                if key in seen:
                    failures.add(f"{key} (again)", "an earlier record has the same key.")
                elif key in lines:
                    skipped += 1
                else:
                    yield key, row
                seen[key] = None

        for key, annotated in map_inputs(annotate_keyed, waiting(), arguments.workers, annotation_crashed):
            if isinstance(annotated, str):
                failures.add(key, annotated)
                continue
            lines.add(key, annotated)
            failures.succeeded(key)
            done += 1
        lines.sort(seen)
        failed = len(failures)
    where = f" (reasons in {failures.path})" if failed else ""
    print(f"done {done}, skipped {skipped}, failed {failed}{where}", file=sys.stderr)
    return SOME_FAILED if failed else ALL_DONE


def run_endpoint(arguments: argparse.Namespace) -> int:
    """Annotate with a model; return the exit status."""
    prompts = load_prompts()
    return run_stage(
        input_rows(arguments),
        partial(annotate, prompts=prompts, window_lines=arguments.window_lines),
        arguments.output,
        endpoint_settings(arguments),
        overwrite=arguments.overwrite,
        estimate=partial(estimate, prompts=prompts, window_lines=arguments.window_lines),
        facts=flag_facts(arguments) | file_facts(arguments.input) | {"prompts": prompts.hashes()},
    )


def main() -> int:
    arguments = parse_arguments()
    return run_offline(arguments) if arguments.backend == "offline" else run_endpoint(arguments)


if __name__ == "__main__":
    run_command(main)
