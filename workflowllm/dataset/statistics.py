"""The statistics of a data set's records: each one's, their totals, the paper's table, distributions in percent."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from workflowllm.apis.model import BUILT_IN_APPLICATION, application_of
from workflowllm.dataset.code_shape import Shape
from workflowllm.records.action_buckets import bucket_index, bucket_names
from workflowllm.records.forms import Record
from workflowllm.records.paper import paper_statistics

Statistics = dict[str, Any]  # of one record, as `record_statistics` makes them
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


def record_statistics(record: Record, calls: Sequence[str], shape: Shape) -> Statistics:
    """One entry of `statistics.pkl`. `calls` are the identifiers that the code calls, one for each action."""
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


def totals(rows: Iterable[Statistics]) -> dict[str, float]:
    """The figures of `TABLE` over some records; averages of no records are 0."""
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


def table_lines(columns: Mapping[str, Mapping[str, float]]) -> list[str]:
    """The table's columns, such as Seed, Train and Test, each next to the paper's; `-` where the paper prints none."""
    paper = paper_statistics()["table"]
    lines = [["", *(head for name in columns for head in (name, "paper"))]]
    for field, title, digits in TABLE:
        cells = [title]
        for name, column in columns.items():
            cells += [_cell(column.get(field), digits), _cell(paper.get(name, {}).get(field), digits)]
        lines.append(cells)
    widths = [max(map(len, column)) for column in zip(*lines)]
    return [_aligned(line, widths) for line in lines]


def _cell(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:,.{digits}f}"


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    """A line of the table: the title on the left, figures on the right of their columns."""
    title, *figures = (cell.rjust(width) for cell, width in zip(cells, widths))
    return "  ".join([title.strip().ljust(widths[0]), *figures]).rstrip()


def action_shares(rows: Sequence[Statistics]) -> list[float]:
    """Percent of records in each of the paper's buckets of action counts."""
    counts = Counter(bucket_index(row["actions"]) for row in rows)
    return [100 * counts[index] / max(len(rows), 1) for index in range(len(bucket_names()))]


def category_shares(rows: Sequence[Statistics], names: Sequence[str]) -> dict[str, float]:
    """Percent of the records with a category that are in each, the known ones first."""
    counts = Counter(row["category"] for row in rows if row["category"])
    total = counts.total()
    return {name: 100 * counts[name] / max(total, 1) for name in [*names, *sorted(counts.keys() - set(names))]}


def application_shares(rows: Sequence[Statistics]) -> dict[str, float]:
    """Percent of the records that call each application, without built-in actions, most called first."""
    counts = Counter(name for row in rows for name in row["application_names"] if name != BUILT_IN_APPLICATION)
    ranked = sorted(counts, key=lambda name: (-counts[name], name))
    return {name: 100 * counts[name] / len(rows) for name in ranked}


def built_in_share(rows: Sequence[Statistics]) -> float:
    """Percent of all API uses that are of built-in actions."""
    return 100 * sum(row["built_in_uses"] for row in rows) / max(sum(row["api_uses"] for row in rows), 1)
