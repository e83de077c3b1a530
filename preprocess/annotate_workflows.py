"""Annotate converted workflows: meaningful names, a comment above every line, a task plan, and a query.

    python preprocess/annotate_workflows.py --input output/shortcuts.jsonl --output output/annotated.jsonl \\
        --backend offline --workers 2
    python preprocess/annotate_workflows.py --input output/shortcuts.jsonl --output output/annotated.jsonl --dry_run
    python preprocess/annotate_workflows.py --input output/shortcuts.jsonl --output output/annotated.jsonl \\
        --base_url http://127.0.0.1:8000 --model MODEL

Neither a model nor the rules ever write code. They propose names and comments, and this program puts them in, so that
`workflow_code` differs from `code` in names and comments only and compiles to an equal shortcut. A record keeps its
fields and gains `query`, `task_plan`, `workflow_code` and `annotation`: the annotator, hashes of the prompts, and what
was refused. --backend offline annotates by rules, without a network. Records that the output already holds are skipped.
"""

import argparse
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from workflowllm.annotation.model.dialogue import annotate, estimate, load_prompts
from workflowllm.annotation.rules.annotator import annotate_keyed, annotation_crashed
from workflowllm.collecting.stores import read_metadata
from workflowllm.llm.settings import EndpointSettings, add_endpoint_arguments, endpoint_settings, refuse_dry_run
from workflowllm.llm.stage import StageDetails, key_of, keyed_rows, run_stage
from workflowllm.runs.command import ALL_DONE, SOME_FAILED, run_command
from workflowllm.runs.facts import file_facts, flag_facts
from workflowllm.runs.flags import positive_int
from workflowllm.runs.paths import check_paths
from workflowllm.runs.pools import map_inputs
from workflowllm.runs.reasons import cannot_read
from workflowllm.runs.resumable_lines import Failures, Lines

Rows = Iterator[tuple[str, dict[str, Any] | Exception]]


@dataclass(frozen=True)
class Flags:
    """The flags of this script."""

    input: Path
    output: Path
    backend: str
    metadata: Path | None
    keys: str | None
    limit: int | None
    workers: int
    window_lines: int
    overwrite: bool
    endpoint: EndpointSettings
    facts: dict[str, Any]  # what the run's facts say about the flags


def parse_flags() -> Flags:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", type=Path, required=True, help="records with `code`, as the converter writes them")
    parser.add_argument("--output", type=Path, required=True, help="JSON Lines of the annotated records")
    parser.add_argument(
        "--backend", choices=("endpoint", "offline"), default="endpoint", help="who annotates (default: %(default)s)"
    )
    parser.add_argument(
        "--metadata", type=Path, help="JSON, JSON Lines or CSV: key (or file), title (or name), description, category"
    )
    parser.add_argument("--keys", help="only these records: keys separated by commas, or @FILE with one key a line")
    parser.add_argument("--limit", type=positive_int, help="annotate at most so many records (default: all)")
    parser.add_argument("--workers", type=positive_int, default=1, help="offline: processes (default: %(default)s)")
    parser.add_argument(
        "--window_lines", type=positive_int, default=40, help="lines of code in one question (default: %(default)s)"
    )
    parser.add_argument("--overwrite", action="store_true", help="start afresh")
    add_endpoint_arguments(parser)
    arguments = parser.parse_args()
    if arguments.backend == "offline":
        refuse_dry_run(arguments)
    shared = {name: getattr(arguments, name) for name in Flags.__dataclass_fields__ if hasattr(arguments, name)}
    return Flags(**shared, endpoint=endpoint_settings(arguments), facts=flag_facts(arguments))


def input_rows(flags: Flags) -> Rows:
    """(key, record or exception) of the records to annotate, with what the metadata says about them."""
    metadata = read_metadata(flags.metadata) if flags.metadata else {}
    keys = read_keys(flags.keys) if flags.keys is not None else None
    rows = ((key, row) for key, row in keyed_rows(flags.input) if keys is None or key in keys)
    for key, row in islice(rows, flags.limit):
        yield key, row if isinstance(row, Exception) else row | metadata.get(key, {})


def read_keys(text: str) -> set[str]:
    """Keys separated by commas, or one a line of the file after an @."""
    if not text.startswith("@"):
        return set(filter(None, text.split(",")))
    try:
        return set(filter(None, Path(text[1:]).read_text("utf-8").splitlines()))
    except (OSError, UnicodeDecodeError) as error:
        raise cannot_read(Path(text[1:]), error) from None


def annotate_by_rules(flags: Flags) -> int:
    """Annotate in worker processes, without a model; return the exit status."""
    done = skipped = 0
    seen: dict[str, None] = {}  # in the order of the input
    with (
        closing(Lines(flags.output, key_of, flags.overwrite)) as lines,
        closing(Failures(flags.output, lines, flags.overwrite)) as failures,
    ):

        def waiting() -> Rows:
            nonlocal skipped
            for key, row in input_rows(flags):
                if key in seen:
                    failures.add(f"{key} (again)", "an earlier record has the same key.")
                elif key in lines:
                    skipped += 1
                else:
                    yield key, row
                seen[key] = None

        for key, annotated in map_inputs(annotate_keyed, waiting(), flags.workers, annotation_crashed):
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


def annotate_with_model(flags: Flags) -> int:
    """Annotate with the model behind an endpoint; return the exit status."""
    prompts = load_prompts()
    return run_stage(
        input_rows(flags),
        partial(annotate, prompts=prompts, window_lines=flags.window_lines),
        flags.output,
        flags.endpoint,
        overwrite=flags.overwrite,
        details=StageDetails(
            estimate=partial(estimate, prompts=prompts, window_lines=flags.window_lines),
            facts=flags.facts | file_facts(flags.input) | {"prompts": prompts.hashes()},
        ),
    )


def main() -> int:
    flags = parse_flags()
    key_file = Path(flags.keys[1:]) if flags.keys and flags.keys.startswith("@") else None
    check_paths([flags.input, flags.metadata, key_file], [flags.output])
    return annotate_by_rules(flags) if flags.backend == "offline" else annotate_with_model(flags)


if __name__ == "__main__":
    run_command(main)
