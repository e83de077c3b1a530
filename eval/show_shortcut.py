"""Print a shortcut as an outline of its actions, and then as Python.

For example:

    python eval/show_shortcut.py data/shortcuts/tip_calculator.shortcut
"""

import argparse

from workflowllm.runs.command import ALL_DONE, CommandError, run_command
from workflowllm.shortcuts.files.containers import read_file
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.outline import outline
from workflowllm.shortcuts.to_python.printer import to_python


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", help="shortcut file of any kind")
    file = parser.parse_args().file
    try:
        workflow = read_file(file).workflow
        code = to_python(workflow).code
    except ShortcutError as error:
        raise CommandError(f"{file}: {error}") from None
    print("\n".join(outline(workflow)), code, sep="\n\n", end="")
    return ALL_DONE


if __name__ == "__main__":
    run_command(main)
