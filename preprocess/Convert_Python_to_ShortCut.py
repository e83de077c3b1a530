"""Compile Python in the dialect (docs/dialect.md) to Apple Shortcuts.

    python ./preprocess/Convert_Python_to_ShortCut.py IN.py -o OUT.shortcut
    python ./preprocess/Convert_Python_to_ShortCut.py IN.py -o OUT.shortcut --sign
    python ./preprocess/Convert_Python_to_ShortCut.py --input output/shortcuts.jsonl --output_dir output/recompiled

With --input, each record's `code` (or the field that --field names) becomes a file named as its source, its `metadata`
put back. The code is only ever parsed, never run. Python that Shortcuts cannot say is reported with line and column,
all of a file at once; of records, in <output_dir>.errors.jsonl.
"""

import argparse
import os
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from workflowllm.runs.command import ALL_DONE, SOME_FAILED, CommandError, run_command
from workflowllm.runs.flags import positive_int
from workflowllm.runs.json_lines import read_records
from workflowllm.runs.outcomes import Outcomes
from workflowllm.runs.output_files import write_bytes
from workflowllm.runs.paths import check_paths, collision_key, inside
from workflowllm.runs.pools import map_inputs
from workflowllm.shortcuts.files.signed import sign
from workflowllm.shortcuts.files_from_records import CompiledFile, compilation_crashed, compile_numbered
from workflowllm.shortcuts.from_python.program import compile_code
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.model.workflow import build_workflow, to_bytes

TARGETS = ("any", "27")


@dataclass(frozen=True, slots=True)
class Options:
    """What to compile, and where it goes: one source with its output, or a file of records with a folder."""

    source: str | None
    output: Path | None
    input: Path | None
    output_dir: Path | None
    field: str
    sign: bool
    otherwise_if: bool
    workers: int


def parse_options() -> Options:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", nargs="?", metavar="IN.py", help="one Python file, or - for standard input")
    parser.add_argument("-o", "--output", type=Path, metavar="OUT.shortcut", help="where its shortcut goes")
    parser.add_argument("--input", type=Path, help="records: .jsonl, .jsonl.gz, or a .json array")
    parser.add_argument("--output_dir", type=Path, help="folder for the records' shortcuts")
    parser.add_argument(
        "--field", default="code", help="the records' field that holds the Python (default: %(default)s)"
    )
    parser.add_argument(
        "--target", choices=TARGETS, default=TARGETS[0],
        help="27 writes elif as OS 27's Otherwise If; any as an If within Otherwise (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--sign", action="store_true", help="sign with macOS's `shortcuts sign`, so that others can import it"
    )
    parser.add_argument("--workers", type=positive_int, default=1, help="processes (default: %(default)s)")
    flags = vars(parser.parse_args())
    single, many = (flags["source"], flags["output"]), (flags["input"], flags["output_dir"])
    if not (all(single) and not any(many)) and not (all(many) and not any(single)):
        parser.error("give IN.py with -o OUT.shortcut, or --input with --output_dir")
    return Options(otherwise_if=flags.pop("target") == "27", **flags)


def compile_one(source: str, output: Path, options: Options) -> int:
    """Compile one file; its problems go to standard error, each with its line and column."""
    check_paths([None if source == "-" else Path(source)], [output])
    try:
        code = sys.stdin.read() if source == "-" else Path(source).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(
            f"cannot read {source}: {getattr(error, 'strerror', None) or 'it is not UTF-8 text'}."
        ) from None
    try:
        data = to_bytes(build_workflow(compile_code(code, options.otherwise_if)))
        write_bytes(output, sign(data) if options.sign else data)
    except ShortcutError as error:
        for line in str(error).splitlines():
            print(f"{source}: {line}", file=sys.stderr)
        return SOME_FAILED
    except OSError as error:
        raise CommandError(f"cannot write {output}: {error.strerror}.") from None
    return ALL_DONE


def compile_records(records: Path, folder: Path, options: Options) -> int:
    """Compile every record of a file."""
    check_paths([records], [folder])
    # Collision keys of the files that are not free: those written, and the input where it lies in the folder.
    written = {collision_key(os.path.relpath(records.resolve(), folder.resolve()))} if records.exists() else set()
    outcomes = Outcomes(folder)
    with outcomes:
        work = partial(compile_numbered, field=options.field, otherwise_if=options.otherwise_if)
        for result in map_inputs(work, read_records(records), options.workers, compilation_crashed):
            write_result(result, folder, options.sign, outcomes, written)
    return outcomes.summary()


def write_result(result: CompiledFile, folder: Path, signed: bool, outcomes: Outcomes, written: set[str]) -> None:
    """One record ends as a file or as an error."""
    path = next((path for path in result.paths if collision_key(path) not in written), None)
    if path is None:
        taken = "the input, or another record before it, has the name of its file."
        outcomes.fail(result.key, result.error or taken)
        return
    written.add(collision_key(path))
    try:
        write_bytes(inside(folder, path), sign(result.data) if signed else result.data)
    except (OSError, ValueError) as error:
        outcomes.fail(result.key, f"not written: {error}.")
    else:
        outcomes.done += 1


def main() -> int:
    options = parse_options()
    if options.source and options.output:
        return compile_one(options.source, options.output, options)
    return compile_records(options.input, options.output_dir, options)


if __name__ == "__main__":
    run_command(main)
