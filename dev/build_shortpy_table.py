"""Write the table of OS 27's Python names: function, identifier, and the keyword of each parameter.

    python dev/build_shortpy_table.py --tools TOOLS.json --grounding GROUNDING.json --actions WFActions.plist

`--tools` has the Python name, identifier and parameter keys of OS 27's own tools, `--grounding` the keywords of those
that were seen in use. A keyword that nobody has seen follows the same rule: the parameter's label in small letters, or
else its key without WF.
"""

import argparse
import json
import keyword
import plistlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from workflowllm.runs.command import ALL_DONE, CommandError, run_command
from workflowllm.shortcuts.model.action_table import BUILT_IN

OUTPUT = Path(__file__).parents[1] / "workflowllm/shortcuts/model/shortpy.tsv"
HEADER = """\
# OS 27's pseudo-Python: function, identifier, keyword=Key of its parameters.
# Facts of OS 27's tool database and of macOS's WFActions.plist; written by dev/build_shortpy_table.py.
"""


def snake(text: str) -> str:
    """`Don't Include File Extension` as don_t_include_file_extension, `imageData` as image_data."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text)
    word = re.sub(r"[^A-Za-z0-9]+", "_", spaced).strip("_").lower()
    return f"{word}_" if keyword.iskeyword(word) else word


def loaded(path: Path, load: Callable[[bytes], Any]) -> Any:
    """What a file holds. Raises CommandError where it cannot be read."""
    try:
        return load(path.read_bytes())
    except (OSError, ValueError, plistlib.InvalidFileException) as error:
        raise CommandError(f"cannot read {path}: {error}") from None


def labels(path: Path) -> dict[tuple[str, str], str]:
    """(identifier, key) -> label of macOS's built-in actions."""
    actions: dict[str, Any] = loaded(path, plistlib.loads)
    return {
        (identifier, parameter["Key"]): parameter["Label"]
        for identifier, action in actions.items()
        for parameter in action.get("Parameters", ())
        if "Key" in parameter and isinstance(parameter.get("Label"), str)
    }


def rows(tools: dict[str, Any], seen: dict[str, Any], named: dict[tuple[str, str], str]) -> Iterator[str]:
    chosen: dict[str, str] = {}
    for identifier in sorted(tools, key=lambda name: (not name.startswith(BUILT_IN), name)):
        chosen.setdefault(tools[identifier]["pythonName"], identifier)  # of two tools of one name the built-in one
    for name, entry in seen.items():
        chosen[name] = entry["wfIdentifier"]
    for name, identifier in sorted((name, identifier) for name, identifier in chosen.items() if name.isidentifier()):
        known = seen.get(name, {}).get("parameterByKeyword", {})
        keywords = {word: parameter["wfKey"] for word, parameter in known.items()}
        for parameter in tools.get(identifier, {}).get("parameters", ()):
            key = parameter["key"]
            word = snake(named.get((identifier, key)) or key.removeprefix("WF"))
            if key not in keywords.values() and word and " " not in key and "=" not in key:
                keywords.setdefault(word, key)
        words = " ".join(f"{word}={key}" for word, key in keywords.items())
        yield f"{name}\t{identifier}\t{words}\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tools", type=Path, required=True, help="OS 27's tools as JSON")
    parser.add_argument("--grounding", type=Path, required=True, help="functions seen in use, as JSON")
    parser.add_argument("--actions", type=Path, required=True, help="WFActions.plist of macOS")
    arguments = parser.parse_args()
    tools = loaded(arguments.tools, json.loads)["tools"]
    seen = loaded(arguments.grounding, json.loads)["pythonLookup"]
    lines = list(rows(tools, seen, labels(arguments.actions)))
    OUTPUT.write_text(HEADER + "".join(lines), "utf-8")
    print(f"{len(lines)} functions in {OUTPUT}")
    return ALL_DONE


if __name__ == "__main__":
    run_command(main)
