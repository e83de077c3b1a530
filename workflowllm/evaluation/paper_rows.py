"""The rows of the paper's results table: how to run each, and our figures beside the printed ones."""

import os
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from workflowllm.evaluation.predictions import SPLITS
from workflowllm.evaluation.tables import markdown_table
from workflowllm.llm.settings import KEY, shown_url
from workflowllm.metrics.codebleu.scorer import PARTS, TOTAL
from workflowllm.records.paper import paper_results
from workflowllm.runs.command import CommandError
from workflowllm.runs.shipped import shipped
from workflowllm.runs.yaml_text import load_yaml

CONFIGS = shipped("configs/models")
HEADINGS = {
    PARTS[0]: "BLEU", PARTS[1]: "Weighted N-Gram", PARTS[2]: "AST", PARTS[3]: "Data-Flow", TOTAL: "Overall",
    "pass_rate": "Pass Rate",
}  # fmt: skip
_MODE = "compat"  # how the paper computed its figures
Figures = Mapping[str, Mapping[str, float]]  # split -> figure -> percent


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One row: its file's name, its name in the table, infer.py's flags, and the paper's figures in percent."""

    key: str
    name: str
    weights: str
    infer: Mapping[str, Any]
    paper: Figures
    infer_ood: Mapping[str, Any] = field(default_factory=dict)  # other flags on the OOD test: a model of its own

    def flags(self, split: str) -> list[str]:
        """The flags on a test set, `ID` or `OOD`, as words of a command line."""
        chosen = {**self.infer, **(self.infer_ood if split == "OOD" else {})}
        return [word for name, value in chosen.items() for word in (f"--{name}", str(value))]


@dataclass(frozen=True, slots=True)
class StandIn:
    """What runs in place of a row's own model: a checkpoint's folder, or a model behind an endpoint."""

    model: str
    base_url: str = ""

    @property
    def name(self) -> str:
        return f"stand-in {Path(self.model).name}"


def row_keys() -> list[str]:
    """The names of the files of configs/models/ that describe a row, sorted."""
    return sorted(path.stem for path in CONFIGS.glob("*.yaml") if "row" in _content(path))


def load_row(key: str) -> PaperRow:
    """A row by its file's name. Raises CommandError where there is none."""
    path = CONFIGS / f"{key}.yaml"
    if not path.is_file():
        raise CommandError(f"there is no row {key}; the rows are {', '.join(row_keys())}.")
    content = _content(path)
    try:
        return PaperRow(key, content["row"], content["weights"], content["infer"], _printed(content["row"], path),
                        content.get("infer_ood", {}))  # fmt: skip
    except KeyError as missing:
        raise CommandError(f"{path} has no {missing}; a row needs row, weights and infer.") from None


def _printed(name: str, path: Path) -> Figures:
    """The paper's figures of the row of this name."""
    row = next((row for row in paper_results() if row["model"] == name), None)
    if row is None:
        raise CommandError(f"{path}: the paper's table has no row {name!r}.")
    return {split: {figure: row[split][figure] for figure in HEADINGS} for split in SPLITS}


def _content(path: Path) -> dict[str, Any]:
    try:
        content = load_yaml(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CommandError(f"cannot read {path}: {error}.") from None
    return content if isinstance(content, dict) else {}


def with_stand_in(row: PaperRow, stand_in: StandIn) -> PaperRow:
    """The row run on another model, which its name then says."""
    flags = {name: value for name, value in row.infer.items() if name != "base_url"} | {"model": stand_in.model}
    flags |= {"backend": "openai", "base_url": stand_in.base_url} if stand_in.base_url else {"backend": "hf"}
    return replace(row, name=f"{row.name} ({stand_in.name})", infer=flags, infer_ood={})


def why_not(row: PaperRow) -> str:
    """Why a row cannot run here, in a clause; empty if it can."""
    if row.infer["backend"] == "hf":
        folders = [Path(flags["model"]) for flags in (row.infer, row.infer_ood) if "model" in flags]
        missing = [str(folder) for folder in folders if not (folder / "config.json").is_file()]
        return f"its weights are not there ({row.weights}: {', '.join(missing)})" if missing else ""
    url = row.infer.get("base_url")
    if url is None:
        return "" if os.environ.get(KEY) else f"{KEY} is not set ({row.weights})"
    return "" if _answers(url) else f"no server answers at {shown_url(url)} ({row.weights})"


def _answers(url: str) -> bool:
    """Whether a server listens at an address; any answer will do."""
    try:
        urllib.request.urlopen(url.rstrip("/") + "/models", timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except (OSError, ValueError):
        return False
    return True


def difference_lines(summary: Mapping[str, Any], paper: Mapping[str, Mapping[str, Mapping[str, float]]]) -> list[str]:
    """A Markdown table: a line for each row and split, each figure as ours, the paper's, and ours less the paper's.

    `paper` has the printed figures in percent by row name, split and figure. A pass rate of ours counts only where a
    judge gave it. Execution has no printed figure: the last columns are ours alone.
    """
    heads = ["Row", "Split", "Samples", *HEADINGS.values(), "Execution Match", "Effect F1", "References run"]
    rows = []
    for row in summary["rows"]:
        if row["kind"] == "model" and row["model"] in paper:
            printed = paper[row["model"]][row["split"]]
            cells = [_cell(_ours(row, figure), printed[figure]) for figure in HEADINGS]
            rows.append([row["model"], row["split"], str(row["count"]), *cells, *_execution_cells(row)])
    note = (
        "Percent: ours (as the paper computed them), the paper's, and the difference. "
        "Execution is ours alone, over the references that can be run."
    )
    return [*markdown_table(heads, rows).splitlines(), "", note]


def _execution_cells(row: Mapping[str, Any]) -> list[str]:
    figures = [row["pass_rate"]["execution"], row["execution"]["effect_f1"]]
    shown = ["–" if figure is None else f"{100 * figure['mean']:.1f}" for figure in figures]
    return [*shown, f"{row['execution_samples']} of {row['count']}"]


def _ours(row: Mapping[str, Any], figure: str) -> float | None:
    if figure == "pass_rate":
        judged = row["pass_rate"]["judge"]
        return None if judged is None else 100 * judged["mean"]
    return 100 * row["modes"][_MODE][figure]["mean"]


def _cell(ours: float | None, printed: float) -> str:
    return f"– / {printed}" if ours is None else f"{ours:.1f} / {printed} ({ours - printed:+.1f})"
