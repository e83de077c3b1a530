"""Run a workflow without an iPhone, in a world that is data, and print what a person would have seen.

    python eval/run_workflow.py data/shortcuts/tip_calculator.shortcut
    python eval/run_workflow.py workflow.py --world world.yaml --trace --effects output/effects.jsonl
    python eval/run_workflow.py workflow.py --world world.yaml --html output/trace.html
    python eval/run_workflow.py --coverage data/shortcuts --workers 2

A file is a shortcut of any kind or Python of the dialect. Without a world, or with `--world auto`, a stock world is
used whose answers are made up. Nothing of this machine is touched: files, web and time are the world's. Status 0: the
workflow ran to its end, stopped itself or was cancelled; 1: it broke; 2: the command was wrong.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from workflowllm.runs.command import ALL_DONE, SOME_FAILED, CommandError, run_command
from workflowllm.runs.flags import positive_int
from workflowllm.runs.json_lines import json_line
from workflowllm.runs.output_files import whole_file
from workflowllm.runs.paths import check_paths
from workflowllm.runs.pools import map_inputs
from workflowllm.runtime.coverage import cover_file, coverage_crashed, coverage_lines
from workflowllm.runtime.implemented import implemented_lines
from workflowllm.runtime.limits import time_limit
from workflowllm.runtime.runnable import Program, program_of
from workflowllm.runtime.running import Outcome, run_prepared
from workflowllm.runtime.telling import Source, effect_sentence, ending_sentence, trace_lines, unsettled_lines
from workflowllm.runtime.trace import Tracer
from workflowllm.runtime.trace_page import trace_page
from workflowllm.runtime.trial import STOCK_NOTE, Setting, load_setting
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.records_from_files import list_files


@dataclass(frozen=True)
class Options:
    """The flags of a run of one file."""

    file: Path
    world: str
    effects: Path | None
    trace: bool
    html: Path | None
    seed: int | None


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, help="a shortcut file of any kind, or a .py file")
    parser.add_argument("--world", default="auto", help="a YAML or JSON file, or auto (default: %(default)s)")
    parser.add_argument("--effects", type=Path, help="JSON Lines file for the effects")
    parser.add_argument("--trace", action="store_true", help="print each action with its input and output")
    parser.add_argument("--html", type=Path, help="the trace as a page: the Python beside what happened")
    parser.add_argument("--seed", type=int, help="in place of the world's seed")
    parser.add_argument("--coverage", type=Path, metavar="DIR", help="run every shortcut below a folder and count")
    parser.add_argument("--actions", action="store_true", help="print what is implemented, as docs/runtime.md has it")
    parser.add_argument("--workers", type=positive_int, default=1, help="processes (default: %(default)s)")
    return parser.parse_args()


def run_file(options: Options) -> int:
    """Run one file and print what happened."""
    world = None if options.world == "auto" else Path(options.world)
    check_paths([options.file, world], [options.effects, options.html])
    try:
        setting = load_setting(options.world)
        program = program_of(options.file, setting.world.import_answers)
    except ShortcutError as error:
        raise CommandError(str(error)) from None
    if setting.is_stock:
        print(STOCK_NOTE, file=sys.stderr)
    source = Source(program)
    seeds = [options.seed] if options.seed is not None else setting.world.seeds or [setting.world.seed]
    outcomes = [run_seed(options, program, setting, source, seed) for seed in seeds]
    if options.effects:
        with whole_file(options.effects) as file:
            for effect in (effect for outcome in outcomes for effect in outcome.effects):
                file.write(json_line(effect))
    broke = any(ending.how == "broken" for outcome in outcomes for ending in outcome.endings)
    return SOME_FAILED if broke else ALL_DONE


def run_seed(options: Options, program: Program, setting: Setting, source: Source, seed: int) -> Outcome:
    """All runs of a world with one seed, printed. A page shows the last seed's."""
    tracer = Tracer() if options.trace or options.html else None
    with time_limit():
        outcome = run_prepared(program, setting.world, setting.shortcuts, seed, setting.is_stock, tracer)
    if options.seed is None and len(setting.world.seeds) > 1:
        print(f"Seed {seed}:")
    for line in trace_lines(tracer, source) if options.trace else told_lines(outcome):
        print(line)
    print_ending(outcome, source)
    if options.html:
        page = trace_page(options.file.name, source, tracer, outcome.endings, setting.is_stock)
        with whole_file(options.html) as file:
            file.write(page.encode("utf-8", "backslashreplace"))
    return outcome


def told_lines(outcome: Outcome) -> Iterator[str]:
    """The effects in words, under the number of their run where there are several."""
    run = 1
    for effect in outcome.effects:
        if effect["run"] != run:
            run = effect["run"]
            yield f"Run {run}:"
        yield effect_sentence(effect)


def print_ending(outcome: Outcome, source: Source) -> None:
    """How the runs ended, and what a reader should know about them."""
    for ending in outcome.endings:
        print(ending_sentence(ending, source))
    for action, hint in outcome.session.hints.items():
        print(f"hint: action {action}{source.where(action)}: {hint}")
    for line in unsettled_lines(outcome.unsettled):
        print(f"leant on: {line}")
    for identifier, count in outcome.session.unimplemented.items():
        print(f"not implemented: {identifier} ({count} times)")


def cover(folder: Path, world_name: str, workers: int) -> int:
    """Count, for a folder of shortcuts, what runs without an implementation."""
    if not folder.is_dir():
        raise CommandError(f"{folder} is no folder.")
    try:
        setting = load_setting(world_name)
    except ShortcutError as error:
        raise CommandError(str(error)) from None
    names = list_files(folder)
    work = partial(cover_file, folder=folder, world=setting.world, makes_up=setting.is_stock)
    covered = list(map_inputs(work, names, workers, coverage_crashed, len(names), "file"))
    print("\n".join(coverage_lines(covered)))
    return ALL_DONE


def main() -> int:
    arguments = parse_arguments()
    if arguments.actions:
        print("\n".join(implemented_lines()))
        return ALL_DONE
    if arguments.coverage:
        return cover(arguments.coverage, arguments.world, arguments.workers)
    if arguments.file is None:
        raise CommandError("name a file to run, or a folder after --coverage.")
    return run_file(
        Options(arguments.file, arguments.world, arguments.effects, arguments.trace, arguments.html, arguments.seed)
    )


if __name__ == "__main__":
    run_command(main)
