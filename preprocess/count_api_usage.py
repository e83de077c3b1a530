"""Count how often shortcuts use each API, and which APIs they use together: data/api/usage.json, for the API search.

    python preprocess/count_api_usage.py --input FOLDER_OF_SHORTCUTS --output data/api/usage.json

Only identifiers and numbers of shortcuts are written. An API is listed where at least --least shortcuts use it; a pair
where so many use both, and at least 1.5 times as many as would if the two had nothing to do with each other. Those
that the dialect writes as statements are left out, and applications that are not Apple's.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path

from workflowllm.apis.model import STATEMENTS
from workflowllm.runs.command import ALL_DONE, CommandError, run_command
from workflowllm.runs.flags import positive_int
from workflowllm.runs.output_files import write_bytes
from workflowllm.runs.paths import check_paths
from workflowllm.shortcuts.files.containers import read_file
from workflowllm.shortcuts.model.action_table import BUILT_IN
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.records_from_files import list_files

LEAST_LIFT = 1.5  # of a pair over what chance gives


def used_apis(folder: Path) -> Iterator[frozenset[str]]:
    """The APIs of each shortcut that can be read."""
    for path in (folder / name for name in list_files(folder)):
        try:
            actions = read_file(path).workflow["WFWorkflowActions"]
        except ShortcutError as error:
            print(f"{path}: {error}", file=sys.stderr)
            continue
        names = frozenset(action["WFWorkflowActionIdentifier"] for action in actions) - STATEMENTS
        yield frozenset(name for name in names if name.startswith((BUILT_IN, "com.apple.")))


def usage(workflows: Iterable[frozenset[str]], least: int) -> dict[str, object]:
    """The counts as they are stored: pairs under the first name in alphabetical order."""
    total, apis, pairs = 0, Counter[str](), Counter[tuple[str, str]]()
    for names in workflows:
        total += 1
        apis.update(names)
        pairs.update(combinations(sorted(names), 2))
    stored: dict[str, dict[str, int]] = {}
    for (first, second), count in sorted(pairs.items()):
        if count >= least and count * total >= LEAST_LIFT * apis[first] * apis[second]:
            stored.setdefault(first, {})[second] = count
    frequent = {name: count for name, count in sorted(apis.items()) if count >= least}
    return {"shortcuts": total, "apis": frequent, "pairs": stored}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", type=Path, required=True, help="folder of shortcut files")
    parser.add_argument("--output", type=Path, required=True, help="JSON file of the counts")
    parser.add_argument("--least", type=positive_int, default=5, metavar="N",
                        help="shortcuts that must use an API or a pair (default: %(default)s)")  # fmt: skip
    flags = parser.parse_args()
    check_paths([flags.input], [flags.output])
    counts = usage(used_apis(flags.input), flags.least)
    if not counts["shortcuts"]:
        raise CommandError(f"{flags.input} holds no shortcut that can be read.")
    write_bytes(flags.output, json.dumps(counts, indent=0).encode() + b"\n")
    print(f"{counts['shortcuts']} shortcuts, {len(counts['apis'])} APIs, {len(counts['pairs'])} of them in pairs")
    return ALL_DONE


if __name__ == "__main__":
    run_command(main)
