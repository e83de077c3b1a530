"""Convert Apple Shortcuts to Python: every container, one JSON Lines record for each file of a folder.

    python ./preprocess/Convert_ShortCut_to_Python.py --folder_path data/shortcuts --output output/shortcuts.jsonl
    python ./preprocess/Convert_ShortCut_to_Python.py --folder_path data/shortcuts --python_dir output/python
    python ./preprocess/Convert_ShortCut_to_Python.py data/shortcuts/tip_calculator.shortcut
    python ./preprocess/Convert_ShortCut_to_Python.py data/shortcuts/tip_calculator.shortcut --form shortpy
    python ./preprocess/Convert_ShortCut_to_Python.py https://www.icloud.com/shortcuts/<id>

Binary, XML and JSON property lists and signed files (AEA1) are told apart by content. A record holds the Python as
`code`, the identifiers called as `apis`, and the file's other keys as `metadata`, from which
Convert_Python_to_ShortCut.py makes an equal shortcut. What cannot be converted goes to <output>.errors.jsonl; .py and
.md files are skipped.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from workflowllm.runs.command import ALL_DONE, CommandError, run_command
from workflowllm.runs.flags import positive_int
from workflowllm.runs.outcomes import RecordOutcomes
from workflowllm.runs.paths import check_paths
from workflowllm.runs.pools import map_inputs
from workflowllm.shortcuts.files.containers import is_icloud_link, read_file, read_shortcut
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.records_from_files import conversion_crashed, convert_file, list_files, python_folder
from workflowllm.shortcuts.to_python.printer import to_python

FORMS = ("code", "training", "shortpy")


@dataclass(frozen=True, slots=True)
class Options:
    """What to convert, and where it goes: one source to standard output, or a folder to a file of records."""

    source: str | None
    folder_path: Path | None
    output: Path
    python_dir: Path | None
    repair: bool
    form: str
    workers: int


def parse_options() -> Options:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "source", nargs="?", metavar="FILE", help="one shortcut file or iCloud link; its Python is printed"
    )
    parser.add_argument("--folder_path", type=Path, help="folder to walk, sub-folders too")
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("output/shortcuts.jsonl"),
        help="JSON Lines file of a folder's records (default: %(default)s)",
    )
    parser.add_argument("--python_dir", type=Path, help="folder that also gets each Python file (default: none)")
    parser.add_argument("--repair", action="store_true",
                        help="mend badly nested blocks instead of refusing the file; say how")  # fmt: skip
    parser.add_argument("--form", choices=FORMS, default="code",
                        help="of one file: what comes back equal, what is trained on, or OS 27's pseudo-Python "
                        "(default: %(default)s)")  # fmt: skip
    parser.add_argument("--workers", type=positive_int, default=1, help="processes (default: %(default)s)")
    options = Options(**vars(parser.parse_args()))
    if (options.source is None) == (options.folder_path is None):
        parser.error("give either a FILE or --folder_path")
    if options.form != "code" and options.source is None:
        parser.error("--form is for one FILE; preprocess/build_dataset.py writes the training form of many")
    return options


def print_one(source: str, repair: bool, form: str) -> int:
    """Print the Python of one file or link."""
    from workflowllm.shortcuts.files.icloud import (
        fetch_icloud,  # the network's modules take longer to load than all the rest
    )

    try:
        shortcut = read_shortcut(fetch_icloud(source)) if is_icloud_link(source) else read_file(source)
        conversion = to_python(shortcut.workflow, repair)
        tell_repairs(source, conversion.repairs)
        print(in_form(conversion.code, form), end="")
    except ShortcutError as error:
        raise CommandError(f"{source}: {error}") from None
    return ALL_DONE


def in_form(code: str, form: str) -> str:
    """The Python of one shortcut in another form. Modules that a folder does not need are loaded when they are."""
    if form == "training":
        from workflowllm.shortcuts.training_form import training_form

        return training_form(code)
    if form == "shortpy":
        from workflowllm.shortcuts.shortpy_style import in_shortpy_style

        return in_shortpy_style(code)
    return code


def tell_repairs(name: str, repairs: Sequence[str]) -> None:
    for change in repairs:
        print(f"{name}: {change}", file=sys.stderr)


def convert_folder(folder: Path, options: Options) -> int:
    """Convert every file below a folder."""
    if not folder.is_dir():
        raise CommandError(f"{folder} is no folder; give the one that holds the shortcuts.")
    check_paths([folder], [options.output, options.python_dir])
    output, files = RecordOutcomes(options.output), list_files(folder)
    with output, tempfile.TemporaryDirectory() as scratch:
        work = partial(
            convert_file,
            folder=folder,
            python=python_folder(options.python_dir, files) if options.python_dir else None,
            repair=options.repair,
            scratch=Path(scratch) if options.workers > 1 else None,
        )
        for converted in map_inputs(work, files, options.workers, conversion_crashed, len(files), "file"):
            if converted.passed_over:
                output.skipped += 1
            elif converted.error:
                output.fail(converted.key, converted.error)
            else:
                output.add(converted.line)
                tell_repairs(converted.key, converted.repairs)
    return output.summary()


def main() -> int:
    options = parse_options()
    if options.source is not None:
        return print_one(options.source, options.repair, options.form)
    return convert_folder(options.folder_path, options)


if __name__ == "__main__":
    run_command(main)
