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
from dataclasses import dataclass
from pathlib import Path

from workflowllm.evaluation.paper_rows import (
    PaperRow,
    StandIn,
    difference_lines,
    load_row,
    row_keys,
    why_not,
    with_stand_in,
)
from workflowllm.llm.settings import KEY
from workflowllm.records.release import data_files
from workflowllm.runs.command import ALL_DONE, SOME_FAILED, CommandError, run_command
from workflowllm.runs.flags import positive_int
from workflowllm.runs.output_files import write_bytes
from workflowllm.runs.paths import check_paths

ROOT = Path(__file__).parents[1]
WRITTEN = ("predictions.jsonl", "verdicts.jsonl", "differences.md")  # beside what the scripts that it runs write
SPLITS = {"ID": [], "OOD": ["--OOD"]}


@dataclass(frozen=True)
class Settings:
    """The command's flags."""

    rows: tuple[str, ...]
    data: Path
    output_dir: Path
    limit: int | None
    max_tokens: int | None
    stand_in_model: str | None
    stand_in_url: str | None
    judge: bool
    workers: int


def parse_settings() -> Settings:
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
    flags = vars(parser.parse_args())
    return Settings(**flags | {"rows": tuple(flags["rows"])})


def chosen_rows(settings: Settings) -> list[PaperRow]:
    """The rows to run; those that cannot are named on standard error."""
    if settings.stand_in_url and not settings.stand_in_model:
        raise CommandError("--stand_in_url needs --stand_in_model, the model's name there.")
    rows = [load_row(key) for key in settings.rows or row_keys()]
    if settings.stand_in_model:
        rows = [with_stand_in(row, StandIn(settings.stand_in_model, settings.stand_in_url or "")) for row in rows]
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


def predict(row: PaperRow, settings: Settings) -> tuple[list[Path], int]:
    """A row's predictions on both test sets."""
    files, worst = [], ALL_DONE
    limits = ["--limit", settings.limit] if settings.limit else []
    limits += ["--max_tokens", settings.max_tokens] if settings.max_tokens else []
    for split, flag in SPLITS.items():
        output = settings.output_dir / row.key / f"{split}.jsonl"
        words = ["--input", settings.data, "--output", output, *row.flags(split), *flag, *limits, "--name", row.name]
        worst = max(worst, run("infer.py", *words))
        files.append(output)
    return files, worst


def judge(files: list[Path], output: Path) -> int:
    """Verdicts on all predictions, in one file."""
    merged = output.with_name("predictions.jsonl")
    write_bytes(merged, b"".join(file.read_bytes() for file in files))
    return run("eval/judge_pass_rate.py", "--input", merged, "--output", output)


def main() -> int:
    settings = parse_settings()
    check_paths(data_files(settings.data), [settings.output_dir / name for name in WRITTEN])
    rows = chosen_rows(settings)
    if not rows:
        raise CommandError("no row can be run here; the lines above say what each needs.")
    files: list[Path] = []
    status = ALL_DONE
    for row in rows:
        predicted, worst = predict(row, settings)
        files, status = files + predicted, max(status, worst)
    verdict_flags: list[object] = []
    if settings.judge:
        verdicts = settings.output_dir / "verdicts.jsonl"
        status = max(status, judge(files, verdicts))
        verdict_flags = ["--judged", verdicts]
    words = ["--output_dir", settings.output_dir, "--workers", settings.workers, *verdict_flags]
    status = max(status, run("eval/evaluate.py", "--predictions", *files, *words))
    summary = json.loads((settings.output_dir / "summary.json").read_text("utf-8"))
    lines = difference_lines(summary, {row.name: row.paper for row in rows})
    write_bytes(settings.output_dir / "differences.md", ("\n".join(lines) + "\n").encode())
    print("\n".join(lines))
    return status


if __name__ == "__main__":
    run_command(main)
