"""Compile Python in the dialect (docs/dialect.md) to Apple Shortcuts.

    python ./preprocess/Convert_Python_to_ShortCut.py IN.py -o OUT.shortcut
    python ./preprocess/Convert_Python_to_ShortCut.py IN.py -o OUT.shortcut --sign
    python ./preprocess/Convert_Python_to_ShortCut.py --input output/shortcuts.jsonl --output_dir output/recompiled

With --input, each record's `code` (or the field that --field names) becomes a file named as its source, its `metadata`
put back. The code is only ever parsed, never run. Python that Shortcuts cannot say is reported with line and column,
all of a file at once; of records, in <output_dir>.errors.jsonl.
"""

import argparse
import sys
from functools import partial
from pathlib import Path

from workflowllm.runs.command import ALL_DONE, SOME_FAILED, CommandError, run_command
from workflowllm.runs.flags import positive_int
from workflowllm.runs.json_lines import read_records
from workflowllm.runs.outcomes import Outcomes
from workflowllm.runs.output_files import write_bytes
from workflowllm.runs.pools import map_inputs
from workflowllm.shortcuts.files.signing import sign
from workflowllm.shortcuts.files_from_records import CompiledFile, compilation_crashed, compile_numbered
from workflowllm.shortcuts.from_python.program import compile_code
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.model.workflow import build_workflow, to_bytes


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", nargs="?", metavar="IN.py", help="one Python file, or - for standard input")
    parser.add_argument("-o", "--output", type=Path, metavar="OUT.shortcut", help="where its shortcut goes")
    parser.add_argument("--input", type=Path, help="records: .jsonl, .jsonl.gz, or a .json array")
    parser.add_argument("--output_dir", type=Path, help="folder for the records' shortcuts")
    parser.add_argument(
        "--field", default="code", help="the records' field that holds the Python (default: %(default)s)"
    )
    parser.add_argument(
        "--sign", action="store_true", help="sign with macOS's `shortcuts sign`, so that others can import it"
    )
    parser.add_argument("--workers", type=positive_int, default=1, help="processes (default: %(default)s)")
    arguments = parser.parse_args()
    one, many = (arguments.source, arguments.output), (arguments.input, arguments.output_dir)
    if not (all(one) and not any(many)) and not (all(many) and not any(one)):
        parser.error("give IN.py with -o OUT.shortcut, or --input with --output_dir")
    return arguments


def compile_one(source: str, output: Path, signed: bool) -> int:
    """Compile one file; its problems go to standard error, each with its place."""
    try:
        code = sys.stdin.read() if source == "-" else Path(source).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(
            f"cannot read {source}: {getattr(error, 'strerror', None) or 'it is not UTF-8 text'}."
        ) from None
    try:
        data = to_bytes(build_workflow(compile_code(code)))
        write_bytes(output, sign(data) if signed else data)
    except ShortcutError as error:
        for line in str(error).splitlines():
            print(f"{source}: {line}", file=sys.stderr)
        return SOME_FAILED
    except OSError as error:
        raise CommandError(f"cannot write {output}: {error.strerror}.") from None
    return ALL_DONE


def compile_records(arguments: argparse.Namespace) -> int:
    """Compile every record of a file."""
    written: set[str] = set()
    outcomes = Outcomes(arguments.output_dir)
    with outcomes:
        work = partial(compile_numbered, field=arguments.field)
        for result in map_inputs(work, read_records(arguments.input), arguments.workers, compilation_crashed):
            keep(result, arguments, outcomes, written)
    return outcomes.summary()


def keep(result: CompiledFile, arguments: argparse.Namespace, outcomes: Outcomes, written: set[str]) -> None:
    """One record ends as a file or as an error."""
    path = next((path for path in result.paths if path not in written), None)
    if path is None:
        outcomes.fail(result.key, result.error or f"another record before it was written to {result.paths[0]}.")
        return
    written.add(path)
    try:
        write_bytes(arguments.output_dir / path, sign(result.data) if arguments.sign else result.data)
    except (OSError, ShortcutError) as error:
        outcomes.fail(result.key, f"not written: {error}")
    else:
        outcomes.done += 1


def main() -> int:
    arguments = parse_arguments()
    if arguments.source:
        return compile_one(arguments.source, arguments.output, arguments.sign)
    return compile_records(arguments)


if __name__ == "__main__":
    run_command(main)
