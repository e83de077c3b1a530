"""What an existing shortcut does, in plain words, for somebody who got it from a stranger."""

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path

from workflowllm.annotation.rules.annotator import annotate_offline
from workflowllm.runs.command import ALL_DONE, CommandError
from workflowllm.runs.shipped import shipped
from workflowllm.runs.yaml_text import load_yaml
from workflowllm.runtime.trial import STOCK, load_setting, trial_lines
from workflowllm.shortcuts.files.containers import read_file
from workflowllm.shortcuts.model.action_table import BUILT_IN
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.model.plist_types import Workflow
from workflowllm.shortcuts.model.tree import Action, read_actions
from workflowllm.shortcuts.to_python.printer import to_python

_ADDRESS = re.compile(r"https?://[^\s/\"'{}\\]+")
_MOST = 5  # actions or addresses named in a line


def explain(path: Path) -> int:
    """Print what a shortcut does, what it may do to its user, and what happened when it was tried."""
    try:
        workflow = read_file(path).workflow
        code = to_python(workflow).code
        plan = annotate_offline({"key": path.stem, "title": path.stem, "code": code})["task_plan"]
    except ShortcutError as error:
        raise CommandError(f"{path}: {error}") from None
    print("What it does:", plan, sep="\n")
    print("\nWhat it may do to you:", *(list(consequences(workflow)) or ["nothing but show and calculate"]), sep="\n  ")
    print("\nWhen it was tried:", *_tried(code), sep="\n  ")
    return ALL_DONE


def _tried(code: str) -> Iterator[str]:
    try:
        yield from trial_lines(code, load_setting(STOCK))
    except ShortcutError as error:
        yield f"It could not be tried: {error}"


def consequences(workflow: Workflow) -> Iterator[str]:
    """One line for each kind of consequence, whatever branch it stands in, with the actions that have it."""
    actions = read_actions(workflow)
    for sentence in _table():
        found = dict.fromkeys(_name(action) for action in actions if consequence(action) == sentence)
        if found:
            yield f"{sentence}: {_listed(list(found))}"
    addresses = dict.fromkeys(match[0] for match in _ADDRESS.finditer(str([action.parameters for action in actions])))
    if addresses:
        yield f"names the addresses {_listed(list(addresses))}"


def consequence(action: Action) -> str | None:
    """The gravest thing that an action may do."""
    name = _name(action)
    fitting = (sentence for sentence, forms in _table().items() if any(fnmatchcase(name, form) for form in forms))
    return next(fitting, None)


@lru_cache(maxsize=1)
def _table() -> Mapping[str, list[str]]:
    """What an action may do -> patterns of the names of those that do it."""
    data = load_yaml(shipped("data/consequences.yaml").read_text("utf-8"))
    return {sentence: names.split() for sentence, names in data.items()}


def _name(action: Action) -> str:
    return action.identifier.removeprefix(BUILT_IN)


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more
