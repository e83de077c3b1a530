"""Say whether the shortcuts of one folder equal those of another, made from them.

    python eval/compare_shortcuts.py data/shortcuts output/demo/recompiled

Files are matched by their path without its ending. Two are equal when their actions do the same, whatever the UUIDs
(workflowllm/shortcuts/compare.py), and when their other keys are the same.
"""

import argparse
from pathlib import Path

from workflowllm.runs.command import ALL_DONE, SOME_FAILED, CommandError, run_command
from workflowllm.shortcuts.compare import differences, metadata_differences
from workflowllm.shortcuts.files.containers import read_file
from workflowllm.shortcuts.files_from_records import output_paths
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.records_from_files import list_files, passed_over


def compare(one: Path, other: Path) -> tuple[str | None, int]:
    """What differs between two files, if anything, and the number of actions."""
    try:
        first, second = read_file(one).workflow, read_file(other).workflow
    except ShortcutError as error:
        return str(error), 0
    keys = metadata_differences(first, second)
    found = next(differences(first, second), f"the keys {', '.join(keys)} differ" if keys else None)
    return found, len(first["WFWorkflowActions"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("originals", type=Path, help="folder of shortcuts")
    parser.add_argument("made", type=Path, help="folder of what was made from them")
    arguments = parser.parse_args()
    for folder in (arguments.originals, arguments.made):
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder.")
    equal = different = actions = 0
    for key in list_files(arguments.originals):
        if passed_over(key):
            continue
        made = next((path for path in output_paths({"key": key}) if (arguments.made / path).exists()), key)
        found, count = compare(arguments.originals / key, arguments.made / made)
        equal, different, actions = equal + (not found), different + bool(found), actions + count
        if found:
            print(f"{key}: {found}")
    print(f"{equal} equal ({actions} actions), {different} differ")
    return SOME_FAILED if different else ALL_DONE


if __name__ == "__main__":
    run_command(main)
