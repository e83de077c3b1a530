"""The rows of the results table, one YAML file each in configs/models/: what to run, and what the paper printed."""

import os
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from workflowllm.jobs import CommandError
from workflowllm.llm.settings import KEY, shown_url

CONFIGS = Path(__file__).parents[2] / "configs" / "models"
Figures = Mapping[str, Mapping[str, float]]  # split -> figure -> percent


@dataclass(frozen=True, slots=True)
class TableRow:
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
    """The rows that configs/models/ has, in the order of their files."""
    return sorted(path.stem for path in CONFIGS.glob("*.yaml") if "row" in _content(path))


def load_row(key: str) -> TableRow:
    """A row by its file's name. Raises CommandError where there is none."""
    path = CONFIGS / f"{key}.yaml"
    if not path.is_file():
        raise CommandError(f"there is no row {key}; the rows are {', '.join(row_keys())}.")
    content = _content(path)
    try:
        return TableRow(key, content["row"], content["weights"], content["infer"], content["paper"],
                        content.get("infer_ood", {}))  # fmt: skip
    except KeyError as missing:
        raise CommandError(f"{path} has no {missing}; a row needs row, weights, infer and paper.") from None


def _content(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise CommandError(f"cannot read {path}: {error}.") from None
    return content if isinstance(content, dict) else {}


def with_stand_in(row: TableRow, stand_in: StandIn) -> TableRow:
    """The row run on another model, which its name then says."""
    flags = {name: value for name, value in row.infer.items() if name != "base_url"} | {"model": stand_in.model}
    flags |= {"backend": "openai", "base_url": stand_in.base_url} if stand_in.base_url else {"backend": "hf"}
    return replace(row, name=f"{row.name} ({stand_in.name})", infer=flags, infer_ood={})


def why_not(row: TableRow) -> str:
    """Why a row cannot run here, in a sentence; empty if it can."""
    if row.infer["backend"] == "hf":
        folders = [Path(flags["model"]) for flags in (row.infer, row.infer_ood) if "model" in flags]
        missing = [str(folder) for folder in folders if not (folder / "config.json").is_file()]
        return f"its weights are not there ({row.weights}: {', '.join(missing)})" if missing else ""
    url = row.infer.get("base_url")
    if url is None:
        return "" if os.environ.get(KEY) else f"{KEY} is not set ({row.weights})"
    return "" if _answers(url) else f"no server answers at {shown_url(url)} ({row.weights})"


def _answers(url: str) -> bool:
    """Whether a server listens at an address; what it says to a stranger does not matter."""
    try:
        urllib.request.urlopen(url.rstrip("/") + "/models", timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except (OSError, ValueError):
        return False
    return True
