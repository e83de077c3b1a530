"""Build the API documents that prompts, filters and the checker use, from every definition at hand.

    python ./preprocess/build_api_docs.py --output_dir data/
    python ./preprocess/build_api_docs.py --wfactions WFActions.plist --output_dir data/
    python ./preprocess/build_api_docs.py --app_intents /Applications --intents /Applications --output_dir data/
    python ./preprocess/build_api_docs.py --coverage reference --shortcuts data/shortcuts

The package shortcutkit and our own data/api/ are always read; on a Mac, WFActions.plist lies in WorkflowKit.framework
and an application's own definitions in its bundle. Where two describe one API, shortcutkit comes first, then the files
given, then data/api/. Four files are written: identifier2json.json, identifier2python.py, and identifier2json.pkl and
identifier2python.pkl as released, keyed by identifier with `.` as `_`. What a definition holds that cannot be used is
told in a line on standard error. --coverage writes nothing: it counts.
"""

import argparse
import sys
from pathlib import Path

from workflowllm.apis.catalogue import Catalogue, catalogue_with
from workflowllm.apis.coverage import coverage_lines
from workflowllm.apis.documents import write_documents
from workflowllm.runs.command import ALL_DONE, CommandError, run_command


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sources = parser.add_argument_group("definitions beside the package's and our own (default: none)")
    sources.add_argument("--wfactions", type=Path, metavar="FILE", help="macOS's WFActions.plist")
    sources.add_argument("--app_intents", type=Path, metavar="DIR", help="folder walked for *.actionsdata")
    sources.add_argument("--intents", type=Path, metavar="DIR", help="folder walked for *.intentdefinition")
    parser.add_argument(
        "--output_dir", type=Path, default=Path("output/apis"), help="folder of the documents (default: %(default)s)"
    )
    counts = parser.add_argument_group("counting instead")
    counts.add_argument(
        "--coverage", type=Path, metavar="DIR", help="folder with identifier2category.json, the published identifiers"
    )
    counts.add_argument(
        "--shortcuts", type=Path, metavar="DIR", help="folder of shortcut files whose calls are counted"
    )
    return parser.parse_args()


def read_catalogue(arguments: argparse.Namespace) -> Catalogue:
    for folder in (arguments.app_intents, arguments.intents):
        if folder is not None and not folder.is_dir():
            raise CommandError(f"{folder} is no folder; give the one that holds the definitions.")
    try:
        known = catalogue_with(arguments.wfactions, arguments.app_intents, arguments.intents)
        len(known)  # reads everything
    except ValueError as error:
        raise CommandError(str(error)) from None
    for line in known.skipped:
        print(line, file=sys.stderr)
    return known


def main() -> int:
    arguments = parse_arguments()
    known = read_catalogue(arguments)
    if arguments.coverage or arguments.shortcuts:
        print("\n".join(coverage_lines(known, arguments.coverage, arguments.shortcuts)))
        return ALL_DONE
    without_stub = write_documents([known[identifier] for identifier in sorted(known)], arguments.output_dir)
    if without_stub:
        print(f"{without_stub} APIs have no stub: no Python name leads back to their identifiers", file=sys.stderr)
    print(f"done {len(known)}, skipped {len(known.skipped)}, failed 0", file=sys.stderr)
    return ALL_DONE


if __name__ == "__main__":
    run_command(main)
