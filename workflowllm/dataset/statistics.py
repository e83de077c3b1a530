"""Statistics of records, one by one and in total, and the paper's table."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from workflowllm.apis.model import BUILT_IN, application_of
from workflowllm.dataset.records import Record
from workflowllm.dataset.shape import Shape

Row = dict[str, Any]  # the statistics of one record
PAPER = Path(__file__).parents[2] / "data" / "paper_statistics.json"
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
        "built_in_uses": sum(application_of(identifier) == BUILT_IN for identifier in calls),
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
