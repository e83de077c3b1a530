"""How records spread over action counts, categories and applications, in percent."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal

from workflowllm.apis.model import BUILT_IN_APPLICATION, application_of
from workflowllm.metrics.codebleu.trees import ERROR, FlatTree, Grammar
from workflowllm.records.forms import Record
from workflowllm.runs.shipped import shipped
from workflowllm.shortcuts.from_python.program import compile_code
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.model.tree import CLOSE, CONDITIONAL, LOOPS, MENU, OPEN

Actions = Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Shape:
    """Counts of one workflow. An else-if is an if in an else branch, as in Shortcuts; `nesting` is 0 without blocks."""

    actions: int = 0  # of the flat list, so a block counts each of its marks, and a comment counts too
    ifs: int = 0
    menus: int = 0
    loops: int = 0
    nesting: int = 0
    basis: Literal["compiled", "read"] = "compiled"

    @property
    def branches(self) -> int:
        """Places where a workflow goes one way or another: ifs and menus."""
        return self.ifs + self.menus

    def as_json(self) -> dict[str, int | str]:
        """The counts by name, `branches` among them."""
        return asdict(self) | {"branches": self.branches}


def code_shape(code: str) -> Shape:
    """The shape of any code; what cannot be read at all has no actions. Never raises."""
    try:
        return actions_shape(compile_code(code).actions)
    except (ShortcutError, RecursionError, MemoryError):
        return tree_shape(_grammar().parse(code))


def actions_shape(actions: Actions) -> Shape:
    """The shape of a shortcut's flat list of actions."""
    count = ifs = menus = loops = depth = deepest = 0
    for action in actions:
        count += 1
        identifier = action["WFWorkflowActionIdentifier"]
        if identifier not in _BLOCKS:
            continue
        mode = action["WFWorkflowActionParameters"].get("WFControlFlowMode")
        if mode == CLOSE:
            depth -= 1
        elif mode == OPEN:
            depth += 1
            deepest = max(deepest, depth)
            ifs += identifier == CONDITIONAL
            menus += identifier == MENU
            loops += identifier in LOOPS
    return Shape(count, ifs, menus, loops, deepest)


_BLOCKS = frozenset({CONDITIONAL, MENU, *LOOPS})


@lru_cache(maxsize=1)
def _grammar() -> Grammar:
    return Grammar()


@lru_cache(maxsize=1)
def _kinds() -> dict[int, str]:
    """What each kind of node counts as."""
    words = {
        "statement": ("expression_statement",),
        "if": ("if_statement",),
        "elif": ("elif_clause",),
        "mark": ("else_clause", "case_clause"),
        "loop": ("for_statement", "while_statement"),
        "menu": ("match_statement",),
    }
    return {kind: word for word, names in words.items() for kind in _grammar().kinds(*names)} | {ERROR: "error"}


def _lost_statements(tree: FlatTree, node: int) -> int:
    """Assignments in a stretch that the grammar gave up on, of which it keeps loose words."""
    return sum(tree.kinds[child] == _assigns() for child in tree.children(node))


@lru_cache(maxsize=1)
def _assigns() -> int:
    return next(kind for kind, name in _grammar().names.items() if name == "=")


def tree_shape(tree: FlatTree) -> Shape:
    """The shape of code as a grammar reads it, damaged places and all."""
    counts = dict.fromkeys(("statement", "if", "elif", "mark", "loop", "menu"), 0)
    open_until: list[int] = []  # one past the last node of each block around, outermost first
    deepest = 0
    kinds = _kinds()
    for node, kind in enumerate(tree.kinds):
        while open_until and node >= open_until[-1]:
            open_until.pop()
        word = kinds.get(kind)
        if word is None:
            continue
        if word == "error":
            counts["statement"] += _lost_statements(tree, node)
            continue
        counts[word] += 1
        if word in ("if", "loop", "menu"):
            open_until.append(tree.ends[node])
        elif word == "elif" and open_until:  # an if of its own, inside what is left of the one before
            open_until.append(open_until[-1])
        deepest = max(deepest, len(open_until))
    ifs = counts["if"] + counts["elif"]
    marks = 2 * (ifs + counts["loop"] + counts["menu"]) + counts["elif"] + counts["mark"]
    return Shape(counts["statement"] + marks, ifs, counts["menu"], counts["loop"], deepest, "read")


Row = dict[str, Any]  # the statistics of one record
PAPER = shipped("data/paper_statistics.json")
# Rows of the paper's table: name, heading, digits after the point.
TABLE = (
    ("instances", "Instances", 0),
    ("applications", "Apps", 0),
    ("apis", "APIs", 0),
    ("categories", "Categories", 0),
    ("actions", "Avg actions", 1),
    ("ifs", "Avg ifs", 1),
    ("loops", "Avg loops", 1),
    ("menus", "Avg menus", 1),
    ("nesting", "Avg nesting", 1),
    ("built_in_share", "Built-in share of API uses, %", 1),
)  # fmt: skip
_AVERAGED = ("actions", "ifs", "loops", "menus", "nesting")


def record_statistics(record: Record, calls: Sequence[str], shape: Shape) -> Row:
    """One row of `statistics.pkl`. `calls` are the identifiers that the code calls, one for each action."""
    names = list(dict.fromkeys(calls))
    return {
        "action_names": names,
        "application_names": list(dict.fromkeys(map(application_of, names))),
        "category": record["category"] if isinstance(record.get("category"), str) else "",
        **shape.as_json(),
        "api_uses": len(calls),
        "built_in_uses": sum(application_of(identifier) == BUILT_IN_APPLICATION for identifier in calls),
        "characters": len(record.get("workflow_code") or ""),
    }


def totals(rows: Iterable[Row]) -> dict[str, float]:
    """The paper's table's column of some rows; averages are 0 where there are none."""
    count, sums = 0, Counter[str]()
    names: dict[str, set[str]] = {"action_names": set(), "application_names": set(), "category": set()}
    for row in rows:
        count += 1
        for field in (*_AVERAGED, "api_uses", "built_in_uses"):
            sums[field] += row[field]
        for field in ("action_names", "application_names"):
            names[field].update(row[field])
        names["category"].update([row["category"]] if row["category"] else [])
    averages = {field: sums[field] / max(count, 1) for field in _AVERAGED}
    return {
        "instances": count,
        "applications": len(names["application_names"]),
        "apis": len(names["action_names"]),
        "categories": len(names["category"]),
        **averages,
        "built_in_share": 100 * sums["built_in_uses"] / max(sums["api_uses"], 1),
    }


def paper_figures() -> dict[str, Any]:
    """What the paper prints about its data."""
    return json.loads(PAPER.read_text("utf-8"))


def table_lines(columns: Mapping[str, Mapping[str, float]]) -> list[str]:
    """The columns, such as Seed, Train and Test, each beside the paper's own; `-` where the paper prints none."""
    paper = paper_figures()["table"]
    heads = [head for name in columns for head in (name, "paper")]
    lines = [["", *heads]]
    for field, title, digits in TABLE:
        cells = [title]
        for name, column in columns.items():
            cells += [_cell(column.get(field), digits), _cell(paper.get(name, {}).get(field), digits)]
        lines.append(cells)
    widths = [max(len(line[place]) for line in lines) for place in range(len(heads) + 1)]
    return ["  ".join(_padded(cell, width, place) for place, (cell, width) in enumerate(zip(line, widths))).rstrip()
            for line in lines]  # fmt: skip


def _cell(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:,.{digits}f}"


def _padded(cell: str, width: int, place: int) -> str:
    return cell.ljust(width) if place == 0 else cell.rjust(width)


def action_shares(rows: Sequence[Row], edges: Sequence[int]) -> list[float]:
    """Percent of records in each bucket of action counts: from an edge up to below the next, the last one open."""
    counts = [0] * len(edges)
    for row in rows:
        counts[sum(row["actions"] >= edge for edge in edges) - 1] += 1
    return [100 * count / max(len(rows), 1) for count in counts]


def bucket_names(edges: Sequence[int]) -> list[str]:
    """`0-14`, `15-29`, ..., `105+`."""
    return [f"{low}-{high - 1}" for low, high in pairwise(edges)] + [f"{edges[-1]}+"]


def category_shares(rows: Sequence[Row], names: Sequence[str]) -> dict[str, float]:
    """Percent of the records with a category that are in each, the known ones first."""
    counts = Counter(row["category"] for row in rows if row["category"])
    total = counts.total()
    return {name: 100 * counts[name] / max(total, 1) for name in [*names, *sorted(counts.keys() - set(names))]}


def application_shares(rows: Sequence[Row]) -> dict[str, float]:
    """Percent of the records that call each application, built-in actions left out, most called first."""
    counts = Counter(name for row in rows for name in row["application_names"] if name != BUILT_IN_APPLICATION)
    ranked = sorted(counts, key=lambda name: (-counts[name], name))
    return {name: 100 * counts[name] / len(rows) for name in ranked}


def built_in_share(rows: Sequence[Row]) -> float:
    """Percent of all API uses that are of built-in actions."""
    return 100 * sum(row["built_in_uses"] for row in rows) / max(sum(row["api_uses"] for row in rows), 1)
