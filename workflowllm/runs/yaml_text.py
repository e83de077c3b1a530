"""YAML of unknown origin, read with libyaml's fast loader and a bound on nesting.

libyaml's composer calls itself for each level and has no limit: 100,000 opening brackets end the process without a
word. Its event parser does not, so the events are counted first where a text could be nested that deep.
"""

from typing import Any

import yaml

MAX_DEPTH = 100  # levels; our deepest file has 7
FastLoader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast as SafeLoader


def load_yaml(text: str, loader: type | None = None) -> Any:
    """The content of a YAML text. Raises yaml.YAMLError, for a text nested beyond MAX_DEPTH as well."""
    loader = loader or FastLoader
    if _may_be_deep(text):
        _check_depth(text, loader)
    return yaml.load(text, loader)


def _may_be_deep(text: str) -> bool:
    """Whether a text could have more than 2,000 levels: each needs a bracket, or a column of its line."""
    longest_line = max(map(len, text.split("\n")))
    return text.count("[") + text.count("{") + 2 * longest_line > 2000


def _check_depth(text: str, loader: type) -> None:
    depth = 0
    for event in yaml.parse(text, loader):
        if isinstance(event, yaml.events.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                problem = f"nested deeper than {MAX_DEPTH} levels"
                raise yaml.composer.ComposerError(None, None, problem, event.start_mark)
        elif isinstance(event, yaml.events.CollectionEndEvent):
            depth -= 1
