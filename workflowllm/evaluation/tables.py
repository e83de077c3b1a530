"""The results as Markdown: the paper's table with our rows beside it, then intervals, measures and breakdowns."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tabulate import tabulate

from workflowllm.evaluation.predictions import SPLITS
from workflowllm.evaluation.scoring import CEILING, FLOOR, MODEL
from workflowllm.evaluation.summary import PAPER, SummaryRow
from workflowllm.metrics.codebleu.options import MODES
from workflowllm.metrics.codebleu.scorer import PARTS, TOTAL
from workflowllm.metrics.measures import MEASURES

_HEADINGS = dict(zip((*PARTS, TOTAL), ("BLEU", "Weighted N-Gram", "AST", "Data-Flow", "Overall")))
_NONE = "–"
_KINDS = {PAPER: "", MODEL: "", FLOOR: "floor: ", CEILING: "ceiling: "}
_BREAKDOWNS = {"actions": "actions", "control": "branches + loops", "nesting": "nesting depth"}
_PASS_RATES = {"judge": "Pass Rate", "static": "Static Pass Rate", "execution": "Execution Match"}

_NOTE_ON_RESULTS = """\
Percent. `printed`: the paper's figures as printed; * an overall figure that is not the weighted sum of its parts.
`compat`: as the paper computed them. `fixed`: the same parts without the faults. Pass Rate is a judge's; the static one
is computed without a judge and is no substitute for it; it is – where no reference compiles. Execution Match: of the
samples whose reference can be run, those where the answer does the same. Floors and ceiling are answers of no
model on the same samples: an empty answer, the offered APIs called without arguments or chained one to the next, the
reference of another sample, of the sample with the most similar APIs, and of many samples together."""
_NOTE_ON_EXECUTION = """\
Reference and answer run in the same made worlds. References measured: those that compile, run whole and do something
that can be seen; the figures are means over these alone, and – where there is none. Execution match: all effects are
equal in all worlds, but for the wording of questions. Effect F1: over the effects and their values. Runs: the answer
ends unbroken. Where a reference does not compile, the tolerant share is what can be said."""
_NOTE_ON_MEASURES = """\
parses: as Python; checks: the checker finds no error, given the APIs offered; compiles: to a shortcut; hallucination
rate: of the distinct APIs called, those neither offered nor known to exist; api: multisets of calls; order: longest
common subsequence of the calls; control similarity: one less the normalised edit distance of the control-flow trees;
tolerant share: the shares of the reference's APIs called, of known APIs, of the reference's argument keys, and of its
number of blocks, multiplied; it is defined for code that does not compile."""


def markdown_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table of texts."""
    return tabulate(list(rows), heads, tablefmt="github", disable_numparse=True)


def results_markdown(summary: Mapping[str, Any]) -> str:
    """All tables of a summary, in percent."""
    rows = summary["rows"]
    parts = ["# Results", _paper_table(rows), _NOTE_ON_RESULTS, *_interval_tables(rows)]
    parts += [*_execution_table(rows), *_measure_table(rows)]
    return "\n\n".join([*parts, *_breakdown_tables(summary["breakdowns"])]) + "\n"


def _paper_table(rows: Sequence[SummaryRow]) -> str:
    """Each model once, ID and OOD in neighbouring columns, as the paper prints it."""
    heads = ["Model", "Scores", *(f"Samples ({split})" for split in SPLITS)]
    heads += [f"{heading} ({split})" for heading in (*_HEADINGS.values(), *_PASS_RATES.values()) for split in SPLITS]
    lines = [
        [_name(row), "printed" if row["kind"] == PAPER else mode, *_paper_cells(by_split, mode)]
        for row, by_split in _by_model(rows)
        for mode in MODES
        if mode in row["modes"]
    ]
    return markdown_table(heads, lines)


def _by_model(rows: Sequence[SummaryRow]) -> Iterable[tuple[SummaryRow, dict[str, SummaryRow]]]:
    """(one of its rows, its row by split) of each model, floor and ceiling, in order of first mention."""
    models: dict[tuple[Any, ...], dict[str, SummaryRow]] = {}
    for row in rows:
        identity = (row["kind"], row["model"], tuple(row.get("samples_of", ())))
        models.setdefault(identity, {})[row["split"]] = row
    order = {PAPER: 0, MODEL: 1, FLOOR: 2, CEILING: 3}
    for by_split in sorted(models.values(), key=lambda rows: order[next(iter(rows.values()))["kind"]]):
        yield next(iter(by_split.values())), by_split


def _paper_cells(by_split: Mapping[str, SummaryRow], mode: str) -> list[str]:
    rows = [by_split.get(split) for split in SPLITS]
    cells = [_samples(row) if row else _NONE for row in rows]
    cells += [_cell(row, "modes", mode, figure) for figure in _HEADINGS for row in rows]
    return cells + [_cell(row, "pass_rate", way) for way in _PASS_RATES for row in rows]


def _samples(row: SummaryRow) -> str:
    """How many of how many samples, and how many answers where a sample has several."""
    if row["count"] is None:
        return _NONE
    answers = f" ({row['answers']} answers)" if row.get("answers", row["count"]) != row["count"] else ""
    return f"{row['count']} of {row.get('of', row['count'])}{answers}"


def _cell(row: SummaryRow | None, *path: str) -> str:
    figure: Any = row
    for name in path:
        figure = None if figure is None else figure.get(name)
    if row is None or figure is None:
        return _NONE
    shown = _as_printed(figure["mean"]) if row["kind"] == PAPER else _percent(figure["mean"])
    return shown + ("*" if path[-1] in row.get("marked", ()) else "")


def _interval_tables(rows: Sequence[SummaryRow]) -> Iterable[str]:
    """Each split's figures with their intervals."""
    heads = ["Model", "Samples", "Scores", *_HEADINGS.values(), *_PASS_RATES.values()]
    for split in SPLITS:
        ours = [row for row in rows if row["split"] == split and row["kind"] != PAPER]
        if ours:
            yield f"## {split}, with 95 % intervals"
            yield markdown_table(heads, [_interval_cells(row, mode) for row in ours for mode in MODES])


def _interval_cells(row: SummaryRow, mode: str) -> list[str]:
    figures = [row["modes"][mode][figure] for figure in _HEADINGS]
    judge, static, execution = (row["pass_rate"].get(way) for way in _PASS_RATES)
    part = row.get("static_verdicts", row["count"])
    of_part = f" (of {part})" if static and part not in (row["count"], row.get("answers")) else ""
    cells = [*map(_with_interval, [*figures, judge]), _with_interval(static) + of_part, _with_interval(execution)]
    return [_name(row), _samples(row), mode, *cells]


def _execution_table(rows: Sequence[SummaryRow]) -> list[str]:
    """What the answers do, beside the pass rate of their text and what holds of code that does not compile."""
    heads = ["Model", "Split", "References measured", "Execution match", "Effect F1", "Runs", "Static pass"]
    lines = []
    for row in rows:
        if row["kind"] != PAPER:
            rates, runs = row["pass_rate"], row.get("execution", {})
            figures = [rates.get("execution"), runs.get("effect_f1"), runs.get("runs"), rates["static"]]
            figures.append(row["measures"].get("tolerant_share"))
            lines.append([_name(row), row["split"], _share_measured(row), *map(_with_interval, figures)])
    return ["## What the answers do", markdown_table([*heads, "Tolerant share"], lines), _NOTE_ON_EXECUTION]


def _share_measured(row: SummaryRow) -> str:
    measured = row.get("execution_samples", 0)
    return f"{measured} of {row['count']} ({measured / row['count']:.0%})"


def _measure_table(rows: Sequence[SummaryRow]) -> list[str]:
    heads = ["Model", "Split", *(name.replace("_", " ") for name in MEASURES)]
    lines = [
        [_name(row), row["split"], *(_with_interval(row["measures"].get(name)) for name in MEASURES)]
        for row in rows
        if row["kind"] != PAPER
    ]
    return ["## Measures beside CodeBLEU", markdown_table(heads, lines), _NOTE_ON_MEASURES]


def _breakdown_tables(breakdowns: Sequence[SummaryRow]) -> Iterable[str]:
    """CodeBLEU by the reference's size and depth: a line for each model, a column for each bucket."""
    for by, words in _BREAKDOWNS.items():
        rows = [row for row in breakdowns if row["by"] == by]
        names = [bucket for _, bucket in sorted({(row["order"], row["bucket"]) for row in rows})]
        cells: dict[tuple[str, str, str], dict[str, str]] = {}
        for row in rows:
            for mode in MODES:
                shown = f"{_percent(row['codebleu'][mode]['mean'])} ({row['count']})"
                cells.setdefault((_name(row), row["split"], mode), {})[row["bucket"]] = shown
        lines = [[*key, *(by_bucket.get(name, _NONE) for name in names)] for key, by_bucket in cells.items()]
        yield f"## Overall CodeBLEU by {words} of the reference (samples)"
        yield markdown_table(["Model", "Split", "Scores", *names], lines)


def _name(row: SummaryRow) -> str:
    suffix = f" (samples of {', '.join(row['samples_of'])})" if row.get("is_apart") else ""
    return (_KINDS[row["kind"]] + row["model"] + suffix).replace("|", "\\|").replace("\n", " ")


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _as_printed(share: float) -> str:
    """One decimal, and a second where the paper has one (11.09)."""
    return f"{100 * share:.2f}".removesuffix("0")


def _with_interval(figure: Mapping[str, float] | None) -> str:
    if figure is None:
        return _NONE
    return f"{100 * figure['mean']:.1f} [{100 * figure['low']:.1f}, {100 * figure['high']:.1f}]"
