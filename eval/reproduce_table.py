"""Rows of the results table: inference on both test sets, pass rate and scores; ours beside the paper's.

    python eval/reproduce_table.py --data data
    python eval/reproduce_table.py gpt-4o gpt-4o-icl workflowllama-8b --data data
    python eval/reproduce_table.py qwen2-7b --data output/data --limit 20 \\
        --stand_in_model output/models/smollm2-135m-instruct

Rows are the files of configs/models/ that have a `row`. One whose weights, key or server are absent is skipped with a
line that says so. With OPENAI_API_KEY the pass rate is a judge's, otherwise the static one, which has a column of its
own. A stand-in (a local model, or one behind --stand_in_url) takes the place of the models asked for and is named in
the table. Everything resumes: predictions, verdicts, and rows that are whole.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from workflowllm.evaluation.paper_rows import (
    StandIn,
    TableRow,
    difference_lines,
    load_row,
    row_keys,
    why_not,
    with_stand_in,
)
from workflowllm.llm.settings import KEY
from workflowllm.runs.command import ALL_DONE, SOME_FAILED, CommandError, run_command
from workflowllm.runs.flags import positive_int
from workflowllm.runs.output_files import write_bytes

ROOT = Path(__file__).parents[1]
SPLITS = {"ID": [], "OOD": ["--OOD"]}


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"(default: all: {', '.join(row_keys())})")
    parser.add_argument("--data", type=Path, default=Path("data"), help="data set's folder (default: %(default)s)")
    parser.add_argument(
        "--output_dir",
        type=Path,
        default=Path("output/table"),
        help="predictions, scores and report (default: %(default)s)",
    )
    parser.add_argument("--limit", type=positive_int, help="only so many records of each test set (default: all)")
    parser.add_argument("--max_tokens", type=positive_int, help="tokens of an answer (default: as the row says)")
    parser.add_argument("--stand_in_model", help="run the rows on this checkpoint, or this name at --stand_in_url")
    parser.add_argument("--stand_in_url", help="an OpenAI-compatible endpoint to run the rows on")
    parser.add_argument("--judge", action=argparse.BooleanOptionalAction, default=bool(os.environ.get(KEY)),
                        help="ask a judge for the pass rate (default: if OPENAI_API_KEY is set)")  # fmt: skip
    parser.add_argument("--workers", type=positive_int, default=1, help="processes that score (default: %(default)s)")
    return parser.parse_args()


def chosen_rows(arguments: argparse.Namespace) -> list[TableRow]:
    """The rows to run; those that cannot are named on standard error."""
    if arguments.stand_in_url and not arguments.stand_in_model:
        raise CommandError("--stand_in_url needs --stand_in_model, the model's name there.")
    rows = [load_row(key) for key in arguments.rows or row_keys()]
    if arguments.stand_in_model:
        rows = [with_stand_in(row, StandIn(arguments.stand_in_model, arguments.stand_in_url or "")) for row in rows]
    runnable = []
    for row in rows:
        if reason := why_not(row):
            print(f"skipped {row.name}: {reason}.", file=sys.stderr)
        else:
            runnable.append(row)
    return runnable


def run(script: str, *words: object) -> int:
    """Run a script of the project; its exit status. Raises CommandError where the command was wrong."""
    command = [sys.executable, str(ROOT / script), *map(str, words)]
    print("$ python", script, *map(str, words), file=sys.stderr)
    status = subprocess.run(command).returncode
    if status not in (ALL_DONE, SOME_FAILED):
        raise CommandError(f"{script} ended with status {status}; its last line says why.")
    return status


def predict(row: TableRow, arguments: argparse.Namespace) -> tuple[list[Path], int]:
    """A row's predictions on both test sets."""
    files, worst = [], ALL_DONE
    limits = ["--limit", arguments.limit] if arguments.limit else []
    limits += ["--max_tokens", arguments.max_tokens] if arguments.max_tokens else []
    for split, flag in SPLITS.items():
        output = arguments.output_dir / row.key / f"{split}.jsonl"
        words = ["--input", arguments.data, "--output", output, *row.flags(split), *flag, *limits, "--name", row.name]
        worst = max(worst, run("infer.py", *words))
        files.append(output)
    return files, worst


def judge(files: list[Path], output: Path) -> int:
    """Verdicts on all predictions, in one file."""
    merged = output.with_name("predictions.jsonl")
    write_bytes(merged, b"".join(file.read_bytes() for file in files))
    return run("eval/judge_pass_rate.py", "--input", merged, "--output", output)


def main() -> int:
    arguments = parse_arguments()
    rows = chosen_rows(arguments)
    if not rows:
        raise CommandError("no row can be run here; the lines above say what each needs.")
    files: list[Path] = []
    status = ALL_DONE
    for row in rows:
        made, worst = predict(row, arguments)
        files, status = files + made, max(status, worst)
    judged: list[object] = []
    if arguments.judge:
        verdicts = arguments.output_dir / "verdicts.jsonl"
        status = max(status, judge(files, verdicts))
        judged = ["--judged", verdicts]
    words = ["--output_dir", arguments.output_dir, "--workers", arguments.workers, *judged]
    status = max(status, run("eval/evaluate.py", "--predictions", *files, *words))
    summary = json.loads((arguments.output_dir / "summary.json").read_text("utf-8"))
    lines = difference_lines(summary, {row.name: row.paper for row in rows})
    write_bytes(arguments.output_dir / "differences.md", ("\n".join(lines) + "\n").encode())
    print("\n".join(lines))
    return status


if __name__ == "__main__":
    run_command(main)
