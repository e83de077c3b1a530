"""Our figures beside the paper's, row by row."""

from collections.abc import Mapping
from typing import Any

from workflowllm.evaluation.codebleu import PARTS, TOTAL

FIGURES = {
    PARTS[0]: "BLEU", PARTS[1]: "Weighted N-Gram", PARTS[2]: "AST", PARTS[3]: "Data-Flow", TOTAL: "Overall",
    "pass_rate": "Pass Rate",
}  # fmt: skip
_MODE = "compat"  # how the paper computed its figures


def difference_lines(summary: Mapping[str, Any], paper: Mapping[str, Mapping[str, Mapping[str, float]]]) -> list[str]:
    """A Markdown table: a line for each row and split, each figure as ours, the paper's, and ours less the paper's.

    `paper` has the printed figures in percent by row name, split and figure. A pass rate of ours counts only where a
    judge gave it.
    """
    heads = ["Row", "Split", "Samples", *FIGURES.values()]
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    for row in summary["rows"]:
        if row["kind"] == "model" and row["model"] in paper:
            printed = paper[row["model"]][row["split"]]
            cells = [_cell(_ours(row, figure), printed[figure]) for figure in FIGURES]
            lines.append(f"| {' | '.join([row['model'], row['split'], str(row['count']), *cells])} |")
    return [*lines, "", "Percent: ours (as the paper computed them), the paper's, and the difference."]


def _ours(row: Mapping[str, Any], figure: str) -> float | None:
    if figure == "pass_rate":
        judged = row["pass_rate"]["judge"]
        return None if judged is None else 100 * judged["mean"]
    return 100 * row["modes"][_MODE][figure]["mean"]


def _cell(ours: float | None, printed: float) -> str:
    return f"– / {printed}" if ours is None else f"{ours:.1f} / {printed} ({ours - printed:+.1f})"
