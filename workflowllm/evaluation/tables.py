"""The results as Markdown: the paper's table with our rows beside it, then intervals, measures and breakdowns."""

from collections.abc import Iterable, Sequence
from typing import Any

from workflowllm.evaluation.predictions import SPLITS
from workflowllm.evaluation.summary import CEILING, FLOOR, MODEL, PAPER, Row
from workflowllm.metrics.codebleu.options import MODES
from workflowllm.metrics.codebleu.scorer import PARTS, TOTAL
from workflowllm.metrics.measures import MEASURES

_HEADINGS = dict(zip((*PARTS, TOTAL), ("BLEU", "Weighted N-Gram", "AST", "Data-Flow", "Overall")))
_NONE = "–"
_KINDS = {PAPER: "", MODEL: "", FLOOR: "floor: ", CEILING: "ceiling: "}
_BREAKDOWNS = {"actions": "actions", "control": "branches + loops", "nesting": "nesting depth"}


def results_markdown(summary: dict[str, Any]) -> str:
    """All tables of a summary, in percent."""
    rows = summary["rows"]
    return "\n".join(
        [
            "# Results",
            "",
            *_paper_table(rows),
            *_interval_tables(rows),
            *_measure_table(rows),
            *_breakdown_tables(summary["breakdowns"]),
        ]
    )


def _paper_table(rows: Sequence[Row]) -> list[str]:
    """Each model once, ID and OOD in neighbouring columns, as the paper prints it."""
    heads = [f"{heading} ({split})" for heading in _HEADINGS.values() for split in SPLITS]
    heads += [f"{name} ({split})" for name in ("Pass Rate", "Static Pass Rate") for split in SPLITS]
    lines = [
        _line([_name(row), "printed" if row["kind"] == PAPER else mode, *_cells(by_split, mode)])
        for row, by_split in _by_model(rows)
        for mode in _modes(row)
    ]
    return [
        *_table(["Model", "Scores", *heads], lines),
        "",
        "Percent. `printed`: the paper's figures as printed; * an overall figure that is not the weighted sum of its "
        "parts. `compat`: as the paper computed them. `fixed`: the same parts without the faults. Pass Rate is a "
        "judge's; the static one is computed without a judge and is no substitute for it. Floors and ceiling are "
        "answers of no model on the same samples.",
        "",
    ]


def _by_model(rows: Sequence[Row]) -> Iterable[tuple[Row, dict[str, Row]]]:
    """(one of its rows, its row by split) of each model, floor and ceiling, in order of first mention."""
    found: dict[tuple[Any, ...], dict[str, Row]] = {}
    for row in rows:
        identity = (row["kind"], row["model"], tuple(row.get("samples_of", ())))
        found.setdefault(identity, {})[row["split"]] = row
    order = {PAPER: 0, MODEL: 1, FLOOR: 2, CEILING: 3}
    for by_split in sorted(found.values(), key=lambda rows: order[next(iter(rows.values()))["kind"]]):
        yield next(iter(by_split.values())), by_split


def _modes(row: Row) -> list[str]:
    return [mode for mode in MODES if mode in row["modes"]]


def _cells(by_split: dict[str, Row], mode: str) -> list[str]:
    cells = [_cell(by_split.get(split), "modes", mode, figure) for figure in _HEADINGS for split in SPLITS]
    return cells + [_cell(by_split.get(split), "pass_rate", way) for way in ("judge", "static") for split in SPLITS]


def _cell(row: Row | None, *path: str) -> str:
    figure: Any = row
    for name in path:
        figure = None if figure is None else figure.get(name)
    if row is None or figure is None:
        return _NONE
    shown = _as_printed(figure["mean"]) if row["kind"] == PAPER else _percent(figure["mean"])
    return shown + ("*" if path[-1] in row.get("marked", ()) else "")


def _interval_tables(rows: Sequence[Row]) -> Iterable[str]:
    """Each split's figures with their intervals."""
    for split in SPLITS:
        ours = [row for row in rows if row["split"] == split and row["kind"] != PAPER]
        if ours:
            yield from [f"## {split}, with 95 % intervals", ""]
            heads = ["Model", "Samples", "Scores", *_HEADINGS.values(), "Pass Rate", "Static Pass Rate"]
            lines = [_line(_interval_cells(row, mode)) for row in ours for mode in MODES]
            yield from [*_table(heads, lines), ""]


def _interval_cells(row: Row, mode: str) -> list[str]:
    figures = [row["modes"][mode][figure] for figure in _HEADINGS]
    passes = [row["pass_rate"][way] for way in ("judge", "static")]
    return [_name(row), str(row["count"]), mode, *map(_with_interval, [*figures, *passes])]


def _measure_table(rows: Sequence[Row]) -> list[str]:
    ours = [row for row in rows if row["kind"] != PAPER]
    heads = ["Model", "Split", *(name.replace("_", " ") for name in MEASURES)]
    lines = [
        _line([_name(row), row["split"], *(_with_interval(row["measures"][name]) for name in MEASURES)]) for row in ours
    ]
    return [
        "## Measures beside CodeBLEU",
        "",
        *_table(heads, lines),
        "",
        "parses: as Python; checks: the checker finds no error, given the APIs offered; compiles: to a shortcut; "
        "hallucination rate: of the distinct APIs called, those neither offered nor known to exist; api: multisets of "
        "calls; order: longest common subsequence of the calls; control similarity: one less the normalised edit "
        "distance of the control-flow trees.",
        "",
    ]


def _breakdown_tables(breakdowns: Sequence[Row]) -> Iterable[str]:
    """CodeBLEU by the reference's size and depth: a line for each model, a column for each bucket."""
    for by, words in _BREAKDOWNS.items():
        rows = [row for row in breakdowns if row["by"] == by]
        names = [bucket for _, bucket in sorted({(row["order"], row["bucket"]) for row in rows})]
        cells: dict[tuple[str, str, str], dict[str, str]] = {}
        for row in rows:
            for mode in MODES:
                shown = f"{_percent(row['codebleu'][mode]['mean'])} ({row['count']})"
                cells.setdefault((_name(row), row["split"], mode), {})[row["bucket"]] = shown
        lines = [_line([*key, *(own.get(name, _NONE) for name in names)]) for key, own in cells.items()]
        yield from [f"## Overall CodeBLEU by {words} of the reference (samples)", ""]
        yield from [*_table(["Model", "Split", "Scores", *names], lines), ""]


def _name(row: Row) -> str:
    suffix = f" (samples of {', '.join(row['samples_of'])})" if row.get("is_apart") else ""
    return (_KINDS[row["kind"]] + row["model"] + suffix).replace("|", "\\|").replace("\n", " ")


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _as_printed(share: float) -> str:
    """One decimal, and a second where the paper has one (11.09)."""
    return f"{100 * share:.2f}".removesuffix("0")


def _with_interval(figure: dict[str, float] | None) -> str:
    if figure is None:
        return _NONE
    return f"{100 * figure['mean']:.1f} [{100 * figure['low']:.1f}, {100 * figure['high']:.1f}]"


def _table(heads: Sequence[str], lines: Sequence[str]) -> list[str]:
    return [_line(heads), _line(["---"] * len(heads)), *lines]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
