"""Measure the converter on real shortcuts, both ways, and print a table.

    python eval/check_conversion.py --plain DIR [--signed DIR] [--arbiter compare_shortcuts.py] [--rounds 5]

--plain holds unsigned shortcuts, --signed signed ones with the same names. The table says how many convert, parse,
compile, and come back equal; how the signed files compare with their plain twins; how long the Python and its training
form are; and what the conversion costs beside plistlib alone, in one process. --arbiter names an outside program that
compares two folders.
"""

import argparse
import ast
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from support.reading_speed import conversion_ratio
from tqdm import tqdm

from workflowllm.runs.command import ALL_DONE, SOME_FAILED, CommandError, run_command
from workflowllm.runs.flags import positive_int
from workflowllm.runs.output_files import write_bytes
from workflowllm.shortcuts.compare import differences, metadata_differences
from workflowllm.shortcuts.dialect.reads import early_reads
from workflowllm.shortcuts.files.containers import read_file
from workflowllm.shortcuts.from_python.program import compile_code
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.model.workflow import build_workflow, from_json, to_bytes, to_json
from workflowllm.shortcuts.records_from_files import list_files
from workflowllm.shortcuts.shortpy_style import in_shortpy_style
from workflowllm.shortcuts.to_python.printer import Conversion, to_python
from workflowllm.shortcuts.training_form import training_form

LONG_TEXT = 384  # characters; length is measured on files whose texts are all shorter and that hold no data
UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
OPAQUE = re.compile(UUID.pattern + r"|[A-Za-z0-9+/=]{120,}")
CONVERTER = Path(__file__).parents[1] / "preprocess" / "Convert_ShortCut_to_Python.py"


@dataclass
class Counts:
    """What happened to the files, and the lines about those that need a word."""

    files: int = 0
    actions: int = 0
    refused: list[str] = field(default_factory=list)
    unparsed: list[str] = field(default_factory=list)
    beyond_cpython: list[str] = field(default_factory=list)
    unassigned: list[str] = field(default_factory=list)
    unequal: list[str] = field(default_factory=list)
    metadata_lost: list[str] = field(default_factory=list)
    not_fixed: list[str] = field(default_factory=list)
    short_files: int = 0
    short_actions: int = 0
    short_characters: int = 0
    short_trained: int = 0  # characters of the training form
    characters: Counter[str] = field(default_factory=Counter)  # of all files, in "code" and in "training form"
    opaque: Counter[str] = field(default_factory=Counter)  # of these, those of UUIDs and long Base64
    with_uuid: Counter[str] = field(default_factory=Counter)  # files that hold a UUID
    untrained: list[str] = field(default_factory=list)
    in_shortpy: int = 0  # files whose actions all have a name in OS 27's style
    not_shortpy: list[str] = field(default_factory=list)  # those of them that come back otherwise


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plain", type=Path, required=True, help="folder of unsigned shortcuts")
    parser.add_argument("--signed", type=Path, help="folder of signed shortcuts with the same names (default: none)")
    parser.add_argument("--arbiter", type=Path, help="program that compares two folders with --dir A B (default: none)")
    parser.add_argument("--rounds", type=positive_int, default=5, help="timed rounds (default: %(default)s)")
    parser.add_argument("--show", type=positive_int, default=5, help="lines shown of each list (default: %(default)s)")
    return parser.parse_args()


def check_plain(folder: Path, recompiled: Path) -> Counts:
    """Convert, parse, compile back and compare every file; the shortcuts made go to another folder."""
    counts = Counts()
    for key in tqdm(list_files(folder), unit="file", disable=None):
        counts.files += 1
        try:
            workflow = read_file(folder / key).workflow
            conversion = to_python(workflow)
        except ShortcutError as error:
            counts.refused.append(f"{key}: {error}")
            continue
        counts.actions += len(workflow["WFWorkflowActions"])
        check_python(key, conversion, counts)
        check_way_back(key, workflow, conversion, recompiled, counts)
        check_training_form(key, workflow, conversion, counts)
        check_shortpy(key, conversion, counts)
    return counts


def check_python(key: str, conversion: Conversion, counts: Counts) -> None:
    try:
        tree = ast.parse(conversion.code)
    except SyntaxError as error:
        counts.unparsed.append(f"{key}: {error}")
        return
    try:
        compile(tree, key, "exec")
    except SyntaxError as error:
        counts.beyond_cpython.append(f"{key}: {error}")
    counts.unassigned += [f"{key}: {name.id}, line {name.lineno}" for name in early_reads(tree).never]


def check_way_back(key: str, workflow: dict[str, Any], conversion: Conversion, folder: Path, counts: Counts) -> None:
    try:
        again = build_workflow(compile_code(conversion.code), from_json(to_json(conversion.metadata)))
        write_bytes(folder / key, to_bytes(again))
    except ShortcutError as error:
        counts.unequal.append(f"{key}: {error}")
        return
    counts.unequal += [f"{key}: {line}" for line in differences(workflow, again)][:1]
    if metadata_differences(workflow, again):
        counts.metadata_lost.append(key)
    if to_python(again).code != conversion.code:
        counts.not_fixed.append(key)


def check_training_form(key: str, workflow: dict[str, Any], conversion: Conversion, counts: Counts) -> None:
    """The form that models learn: it compiles, and how long and how opaque it is."""
    actions = workflow["WFWorkflowActions"]
    trained = training_form(conversion.code)
    for form, text in (("code", conversion.code), ("training form", trained)):
        counts.characters[form] += len(text)
        counts.opaque[form] += sum(len(match[0]) for match in OPAQUE.finditer(text))
        counts.with_uuid[form] += UUID.search(text) is not None
    try:
        if len(compile_code(trained).actions) != len(actions):
            counts.untrained.append(f"{key}: it has another number of actions")
    except ShortcutError as error:
        counts.untrained.append(f"{key}: {error}")
    if all(not isinstance(value, bytes) and len(value) <= LONG_TEXT for value in texts_and_data(actions)):
        counts.short_files += 1
        counts.short_actions += len(actions)
        counts.short_characters += len(conversion.code)
        counts.short_trained += len(trained)


def check_shortpy(key: str, conversion: Conversion, counts: Counts) -> None:
    """OS 27's style, where all actions have a name there: it compiles to the actions of the training form."""
    try:
        styled = in_shortpy_style(conversion.code)
    except ShortcutError:
        return
    counts.in_shortpy += 1
    try:
        ours, theirs = (build_workflow(compile_code(code)) for code in (training_form(conversion.code), styled))
        counts.not_shortpy += [f"{key}: {line}" for line in differences(ours, theirs)][:1]
    except ShortcutError as error:
        counts.not_shortpy.append(f"{key}: {error}")


def texts_and_data(value: Any) -> Iterator[str | bytes]:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, (str, bytes)):
            yield item
        elif isinstance(item, (dict, list)):
            waiting += item.values() if isinstance(item, dict) else item


def check_signed(signed: Path, plain: Path) -> tuple[int, list[str], list[str]]:
    """How many signed files there are, and those whose actions and whose Python are not their plain twins'."""
    keys, wrong, otherwise = list_files(signed), [], []
    for key in keys:
        try:
            one, other = read_file(signed / key).workflow, read_file(plain / key).workflow
        except ShortcutError as error:
            wrong.append(f"{key}: {error}")
            continue
        if with_line_feeds(one["WFWorkflowActions"]) != with_line_feeds(other["WFWorkflowActions"]):
            wrong.append(key)
        if printed(one) != printed(other):
            otherwise.append(key)
    return len(keys), wrong, otherwise


def printed(workflow: dict[str, Any]) -> str:
    """The Python of a workflow, or why there is none."""
    try:
        return to_python(workflow).code
    except ShortcutError as error:
        return str(error)


def with_line_feeds(value: Any) -> Any:
    """XML reads CR LF as LF; binary property lists keep it."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(value, dict):
        return {key: with_line_feeds(item) for key, item in value.items()}
    return [with_line_feeds(item) for item in value] if isinstance(value, list) else value


def time_workers(folder: Path, rounds: int) -> tuple[float, float, int]:
    """(median seconds with one worker, with two, peak memory in KiB of a process) of the converter's script."""
    seconds: dict[int, list[float]] = {1: [], 2: []}
    with tempfile.TemporaryDirectory() as outputs:
        for _ in range(rounds):
            for workers, taken in seconds.items():
                begun = time.perf_counter()
                subprocess.run([sys.executable, CONVERTER, "--folder_path", folder, "--workers", str(workers),
                                "--output", Path(outputs, "records.jsonl")], stderr=subprocess.DEVNULL)  # fmt: skip
                taken.append(time.perf_counter() - begun)
    return median(seconds[1]), median(seconds[2]), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


def machine_scaling(rounds: int) -> float:
    """How many times faster two processes that only count do twice one's work, which is all that workers can reach."""
    command = [sys.executable, "-c", "for _ in range(20_000_000): pass"]
    alone, together = [], []
    for _ in range(rounds):
        begun = time.perf_counter()
        subprocess.run(command)
        alone.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        for process in [subprocess.Popen(command), subprocess.Popen(command)]:
            process.wait()
        together.append(time.perf_counter() - begun)
    return 2 * median(alone) / median(together)


def print_counts(counts: Counts, show: int) -> None:
    converted = counts.files - len(counts.refused)
    print(f"files                              {counts.files}")
    print(f"converted                          {converted} ({counts.actions} actions)")
    lists = [("refused", counts.refused), ("ast.parse refuses", counts.unparsed),
             ("compile refuses", counts.beyond_cpython), ("names read that no path assigns", counts.unassigned),
             ("not equal after the way back", counts.unequal), ("metadata not kept", counts.metadata_lost),
             ("printed otherwise the second time", counts.not_fixed),
             ("training form not compiled", counts.untrained),
             (f"{counts.in_shortpy} in OS 27's style, unequal", counts.not_shortpy)]  # fmt: skip
    for title, lines in lists:
        print(f"{title:<34} {len(lines)}")
        for line in lines[:show]:
            print(f"    {line}")
    if counts.short_actions:
        each = counts.short_characters / counts.short_actions
        trained = counts.short_trained / counts.short_actions
        print(f"characters an action               {each:.1f}, in the training form {trained:.1f} "
              f"({counts.short_files} files without long texts or data, {counts.short_actions} actions)")  # fmt: skip
    for form, characters in counts.characters.items():
        share = 100 * counts.opaque[form] / max(characters, 1)
        print(f"opaque in the {form:<21}{share:.2f} % of its characters; {counts.with_uuid[form]} files hold a UUID")


def main() -> int:
    arguments = parse_arguments()
    if not arguments.plain.is_dir():
        raise CommandError(f"{arguments.plain} is no folder.")
    with tempfile.TemporaryDirectory() as folder:
        counts = check_plain(arguments.plain, Path(folder))
        print_counts(counts, arguments.show)
        if arguments.arbiter:
            command = [sys.executable, arguments.arbiter, "--dir", arguments.plain, folder]
            done = subprocess.run(command, capture_output=True, text=True)
            print(f"arbiter                            {(done.stdout or done.stderr).strip().splitlines()[-1]}")
    if arguments.signed:
        total, wrong, otherwise = check_signed(arguments.signed, arguments.plain)
        print(f"signed files as their plain twins  {total - len(wrong)} of {total}")
        print(f"their Python, character for character  {total - len(otherwise)} of {total}")
    ratio = conversion_ratio(arguments.plain, arguments.rounds)
    print(f"time over plistlib's               {ratio.median:.2f} (lowest {ratio.low:.2f}, highest {ratio.high:.2f}, "
          f"{arguments.rounds} rounds; reading alone {ratio.reading:.2f})")  # fmt: skip
    one, two, peak = time_workers(arguments.plain, arguments.rounds)
    print(f"two workers                        {one / two:.2f} times faster ({one:.2f} s against {two:.2f} s)")
    scaling = machine_scaling(arguments.rounds)
    print(f"two processes that only count      {scaling:.2f} times faster on this machine")
    print(f"peak memory of a process           {peak / 1024:.0f} MiB")
    return SOME_FAILED if counts.unparsed or counts.unequal or counts.unassigned or counts.metadata_lost else ALL_DONE


if __name__ == "__main__":
    run_command(main)
