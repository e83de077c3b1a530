"""Write the table of parameters that the converter reads: their order, and which of them hold text.

    python dev/build_parameter_table.py --actions WFActions.plist --folder DIR --folder ANOTHER_DIR

The order is that of macOS's definitions, then that of how often real files use a parameter. A reference alone in a
parameter is stored inside a text or bare. Which of both is right is a matter of the parameter: in 1,297 real files
those of text classes hold 5,789 references inside a text and 330 bare, nearly all of them in `openurl.WFInput`; dates
239 and 0; variables 0 and 10,115; all others 1 and 1,716. So the files decide where they show it, and else the class.
Only counts of identifiers and keys come from the files.
"""

import argparse
import plistlib
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from workflowllm.runs.command import ALL_DONE, CommandError, run_command
from workflowllm.shortcuts.files.containers import read_file
from workflowllm.shortcuts.model.action_table import BUILT_IN
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.model.plist_types import CONTROL_KEYS
from workflowllm.shortcuts.model.wrapped import ATTACHMENT, TEXT, unwrap
from workflowllm.shortcuts.records_from_files import list_files

OUTPUT = Path(__file__).parents[1] / "workflowllm/shortcuts/model/parameters.tsv"
HEADER = """\
# Parameters of actions in the order in which they are printed: identifier (without "is.workflow.actions."), then keys.
# "key:text" and "key:date" hold typed text, so that a reference alone in them is stored inside a text; "key:variable"
# holds references only, so that a text there needs an action of its own.
# Facts of macOS's WFActions.plist and of what real files hold; written by dev/build_parameter_table.py.
"""
CLASSES = {
    **dict.fromkeys(("WFTextInputParameter", "WFURLParameter", "WFCustomDateFormatParameter"), "text"),
    **dict.fromkeys(("WFDateFieldParameter", "WFHealthActionStartDateFieldParameter"), "date"),
    "WFVariablePickerParameter": "variable",
}
ENOUGH = 3  # references in real files that decide
IN_TEXT = 0.9  # the share of them inside a text from which on a parameter holds text
COMMON = 5  # uses from which on an undefined parameter has a place in the order
LEFT_OUT = CONTROL_KEYS | {"CustomOutputName"}

Pair = tuple[str, str]  # identifier, key


def defined_kinds(path: Path) -> dict[Pair, str]:
    """identifier, key -> "text", "date" or "", in the order of the definitions."""
    try:
        actions: dict[str, Any] = plistlib.loads(path.read_bytes())
    except (OSError, ValueError, plistlib.InvalidFileException) as error:
        raise CommandError(f"cannot read the definitions in {path}: {error}") from None
    return {
        (identifier, parameter["Key"]): CLASSES.get(parameter.get("Class", ""), "")
        for identifier, action in sorted(actions.items())
        for parameter in action.get("Parameters", ())
        if "Key" in parameter
    }


def count_uses(folders: list[Path]) -> dict[Pair, Counter[str]]:
    """How often each parameter is used ("uses"), and holds a reference inside a text ("text") or bare ("bare")."""
    counts: dict[Pair, Counter[str]] = defaultdict(Counter)
    for folder in folders:
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder.")
        for name in list_files(folder):
            try:
                actions = read_file(folder / name).workflow.get("WFWorkflowActions", [])
            except ShortcutError:
                continue
            for action in actions:
                parameters = action.get("WFWorkflowActionParameters") or {}
                for key, value in parameters.items():
                    counts[action.get("WFWorkflowActionIdentifier"), key].update(_uses(value))
    return counts


def _uses(value: Any) -> list[str]:
    serialization, inner = unwrap(value) or ("", None)
    if serialization == TEXT and isinstance(inner, dict) and inner.get("attachmentsByRange"):
        return ["uses", "text"]
    return ["uses", "bare"] if serialization == ATTACHMENT else ["uses"]


def kind_of(pair: Pair, defined: dict[Pair, str], counts: Counter[str]) -> str:
    """Whether a parameter holds text; the files decide where they show it."""
    references = counts["text"] + counts["bare"]
    if references >= ENOUGH:
        if counts["text"] >= IN_TEXT * references:
            return defined.get(pair) or "text"
        return "variable" if defined.get(pair) == "variable" else ""
    return defined.get(pair, "")


def references_by_class(defined: dict[Pair, str], counts: dict[Pair, Counter[str]]) -> dict[str, Counter[str]]:
    """How references are stored in parameters of each kind of class."""
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    for pair, kind in defined.items():
        totals[kind].update({how: counts[pair][how] for how in ("text", "bare")})
    return totals


def table(defined: dict[Pair, str], counts: dict[Pair, Counter[str]]) -> list[str]:
    keys: dict[str, list[str]] = defaultdict(list)
    for identifier, key in defined:
        keys[identifier].append(key)
    by_use = sorted(counts.items(), key=lambda entry: (-entry[1]["uses"], entry[0]))
    for (identifier, key), uses in by_use:
        is_known = key in keys[identifier] or key in LEFT_OUT or any(space in key for space in "\t\n :")
        is_placed = uses["uses"] >= COMMON and identifier.startswith(BUILT_IN)
        if not is_known and (is_placed or kind_of((identifier, key), defined, uses)):
            keys[identifier].append(key)
    lines = []
    for identifier in sorted(keys):
        kinds = ((key, kind_of((identifier, key), defined, counts[identifier, key])) for key in keys[identifier])
        words = [f"{key}:{kind}" if kind else key for key, kind in kinds if key not in LEFT_OUT]
        if words:
            lines.append(f"{identifier.removeprefix(BUILT_IN)}\t{' '.join(words)}\n")
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--actions", type=Path, required=True, help="WFActions.plist of macOS")
    parser.add_argument("--folder", type=Path, required=True, action="append", help="folder of real shortcuts")
    arguments = parser.parse_args()
    classes, counts = defined_kinds(arguments.actions), count_uses(arguments.folder)
    lines = table(classes, counts)
    OUTPUT.write_text(HEADER + "".join(lines), "utf-8")
    print(f"{len(lines)} actions in {OUTPUT}")
    for kind, references in references_by_class(classes, counts).items():
        print(f"{kind or 'other':<9} {references['text']:>6} references inside a text, {references['bare']:>6} bare")
    return ALL_DONE


if __name__ == "__main__":
    run_command(main)
