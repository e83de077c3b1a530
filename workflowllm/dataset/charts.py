"""The six distribution charts: actions, categories and applications of collected and of synthesized records."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workflowllm.dataset.statistics import (
    Statistics,
    action_shares,
    application_shares,
    built_in_share,
    category_shares,
)
from workflowllm.records.action_buckets import bucket_names

OURS, PAPER, QUIET = "#2563a8", "#d9a514", "#555555"
ORIGINS = ("collected", "synthesized")
_MOST = 20  # applications shown
_LONGEST = 34  # characters of an application's identifier
_STYLE = {
    "font.size": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.hashsalt": "charts",  # equal charts are equal bytes
}


def draw_all(rows: Sequence[Statistics], paper: Mapping[str, Any], folder: Path) -> list[Path]:
    """Write every chart as PNG and SVG; their paths. Equal rows give equal bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with matplotlib.rc_context(_STYLE):
        for name, (draw, height) in CHARTS.items():
            for origin in ORIGINS:
                figure = Figure(figsize=(9, height), layout="constrained")
                chosen = [row for row in rows if row["origin"] == origin]
                draw(figure.subplots(), chosen, origin, paper)
                for ending in ("png", "svg"):
                    path = folder / f"{name}_{origin}.{ending}"
                    figure.savefig(path, dpi=150, metadata={"Date": None} if ending == "svg" else None)
                    written.append(path)
    return written


def draw_actions(axes: Axes, rows: Sequence[Statistics], origin: str, paper: Mapping[str, Any]) -> None:
    """Pairs of bars, ours and the paper's, for each bucket of action counts."""
    positions = range(len(bucket_names()))
    if rows:
        left = [position - 0.2 for position in positions]
        bars = axes.bar(left, action_shares(rows), 0.4, color=OURS, label=_here(rows))
        axes.bar_label(bars, fmt="%.1f", fontsize=10)
    right = [position + 0.2 for position in positions]
    bars = axes.bar(right, paper["action_buckets"][origin], 0.4, color=PAPER, label="paper")
    axes.bar_label(bars, fmt="%.1f", fontsize=10)
    axes.set_xticks(positions, bucket_names())
    axes.set_xlabel("actions in a workflow")
    axes.set_ylabel("% of workflows")
    _titled(axes, f"Actions per workflow, {origin}", _missing(rows, origin))


def draw_categories(axes: Axes, rows: Sequence[Statistics], origin: str, paper: Mapping[str, Any]) -> None:
    """Bars for each category, and the paper's figures where it prints them."""
    known = paper["categories"]
    with_category = [row for row in rows if row["category"]]
    shares = category_shares(with_category, known["names"])
    theirs = known[origin] if isinstance(known[origin], dict) else {}
    order = sorted(shares, key=lambda name: (-shares[name], -theirs.get(name, 0), name))
    if with_category:
        upper = [position - 0.2 * (name in theirs) for position, name in enumerate(order)]
        _bars(axes, upper, [shares[name] for name in order], OURS, _here(with_category), 0.4 if theirs else 0.7)
    if theirs:
        printed = [position for position, name in enumerate(order) if name in theirs]
        label = f"paper (it prints {len(theirs)} of {len(known['names'])})"
        lower = [position + 0.2 for position in printed]
        _bars(axes, lower, [theirs[order[position]] for position in printed], PAPER, label, 0.4)
    else:
        even = 100 / len(known["names"])
        axes.axvline(even, color=PAPER, linewidth=3, zorder=0, label=f"paper: near-uniform, {even:.1f} % each")
    _label_axes(axes, order, "% of workflows that have a category")
    without = f"none of the {len(rows):,} records has a category" if rows and not with_category else ""
    _titled(axes, f"Categories, {origin}", without or _missing(rows, origin))


def draw_applications(axes: Axes, rows: Sequence[Statistics], origin: str, paper: Mapping[str, Any]) -> None:
    """The applications that most workflows call, and the share of built-in actions next to the paper's."""
    shares = application_shares(rows)
    shown = list(shares.items())[:_MOST]
    _bars(axes, range(len(shown)), [share for _, share in shown], OURS, "", 0.7)
    _label_axes(axes, [_short(name) for name, _ in shown], f"% of the {len(rows):,} workflows that call it")
    theirs, of = (paper["built_in_share"]["collected"], "") if origin == "collected" else (
        paper["built_in_share"]["all"], " (of all its records)")  # fmt: skip
    here = f"{built_in_share(rows):.1f} % here, " if rows else ""
    many = f"the first {_MOST} of {len(shares)}; " if len(shares) > _MOST else ""
    note = f"{many}built-in actions, left out, are {here}{theirs} % in the paper{of}, of all API uses"
    _titled(axes, f"Applications, {origin}", "; ".join(filter(None, [_missing(rows, origin), note])))


CHARTS: dict[str, tuple[Callable[[Axes, Sequence[Statistics], str, Mapping[str, Any]], None], float]] = {
    "actions": (draw_actions, 5),  # the function that draws it, its height in inches
    "categories": (draw_categories, 10),
    "applications": (draw_applications, 7),
}


def _bars(
    axes: Axes, positions: Sequence[float], values: Sequence[float], color: str, label: str, width: float
) -> None:
    """Bars to the right with their values."""
    bars = axes.barh(positions, values, width, color=color, label=label)
    behind = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}  # over the line of even shares
    axes.bar_label(bars, fmt="%.1f", fontsize=10, padding=4, bbox=behind)


def _label_axes(axes: Axes, names: Sequence[str], quantity: str) -> None:
    """Names down the side, the first on top, and an axis that starts at 0."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(max(len(names), 1) - 0.4, -0.6)
    axes.set_xlim(0, max(axes.get_xlim()[1], 1) * 1.05)
    axes.set_xlabel(quantity)


def _here(rows: Sequence[Statistics]) -> str:
    return f"here ({len(rows):,} workflows)"


def _missing(rows: Sequence[Statistics], origin: str) -> str:
    return "" if rows else f"this data set has no {origin} records"


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else "…" + name[1 - _LONGEST :]


def _titled(axes: Axes, title: str, note: str) -> None:
    """A title over the whole figure with the legend beside it, and a note under it."""
    figure = axes.get_figure()
    figure.suptitle(title, x=0.01, ha="left", fontsize=15, fontweight="bold")
    if axes.get_legend_handles_labels()[0]:
        figure.legend(loc="outside upper right", ncols=2, frameon=False, fontsize=11)
    axes.set_title(note, fontsize=11, color=QUIET, style="italic", loc="right")
