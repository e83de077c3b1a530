"""The report of a scored predictions file: one HTML page with the table, the plots and every sample.

It opens from disk: styles, scripts, plots and data are inside, and its security policy forbids any request and any
script but its own. Samples are packed text by text, so that 1,200 long ones stay a file of some megabytes.
"""

import base64
import hashlib
import json
import math
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from workflowllm.apis.model import published_key
from workflowllm.evaluation.predictions import REFERENCE_NAMES
from workflowllm.metrics.workflow_steps import read_workflow
from workflowllm.runs.json_lines import read_records
from workflowllm.runs.output_files import whole_file

SHOWN_CHARACTERS = 120_000  # of a text; the longest of 50 published workflows has 99,463
SHOWN_LINES = 4_000
SHOWN_FINDINGS = 300
TITLE_MODELS = 4  # named in the title
TITLE_CHARACTERS = 60  # of a model's name there
LISTED_CHARACTERS = 400  # of a query, in the list and in its search
PREDICTION_FIELDS = (
    "scores", "settings", "static_reason", "judge_reason", "execution_reason", "side_by_side", "codebleu_note"
)  # fmt: skip
MODES = ("fixed", "compat")


@dataclass
class Samples:
    """What the page holds of the scored records. References are shared by the predictions of several models."""

    models: list[str] = field(default_factory=list)
    apis: list[str] = field(default_factory=list)
    references: list[dict[str, Any]] = field(default_factory=list)
    predictions: list[dict[str, Any]] = field(default_factory=list)
    reference_texts: list[str] = field(default_factory=list)
    prediction_texts: list[str] = field(default_factory=list)
    reference_calls: list[list[str]] = field(default_factory=list)  # not for the page
    unread: int = 0


def collect_samples(records: Iterable[Any]) -> Samples:
    """Every scored record in its order; what is no record is counted as unread."""
    samples, indices = Samples(), _Indices()
    for record in records:
        if not isinstance(record, dict):
            samples.unread += 1
            continue
        reference = _reference_index(record, samples, indices)
        model = indices.of(str(record.get("model") or "unnamed"), samples.models)
        samples.predictions.append(_prediction_entry(record, reference, model))
        called = samples.reference_calls[reference], read_workflow(as_text(record.get("generated_code"))).calls
        apis = api_uses(as_list(record.get("apis")), *called)
        samples.prediction_texts.append(packed({**_prediction_text(record), "apis": apis}))
    return samples


class _Indices:
    """The index of each value in its list; a new value is appended."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str], int] = {}

    def of(self, value: str, values: list[str]) -> int:
        index = self._known.setdefault((id(values), value), len(values))
        if index == len(values):
            values.append(value)
        return index

    def known(self, name: str, new: int) -> int:
        """The index that a name has, or else this new one."""
        return self._known.setdefault((0, name), new)


def _reference_index(record: dict[str, Any], samples: Samples, indices: _Indices) -> int:
    key = str(record.get("key", ""))
    apis = as_list(record.get("apis"))
    shape = finite(record.get("shape") if isinstance(record.get("shape"), dict) else {})
    texts = {name: as_text(record.get(name)) for name in ("query", "task_plan")} | {"reference": reference_of(record)}
    text, cut = _shown(texts)
    whole = json.dumps([key, apis, shape, texts])
    index = indices.known(hashlib.sha256(whole.encode()).hexdigest(), len(samples.references))
    if index == len(samples.references):
        used = [indices.of(as_text(api), samples.apis) for api in apis]
        query = (text["query"] or as_text(record.get("title")))[:LISTED_CHARACTERS]
        samples.references.append({"key": key, "query": query, "apis": used, "shape": shape})
        samples.reference_texts.append(packed({**text, "cut": cut}))
        samples.reference_calls.append(read_workflow(texts["reference"]).calls)
    return index


def _prediction_entry(record: dict[str, Any], reference: int, model: int) -> dict[str, Any]:
    scores = record.get("scores") if isinstance(record.get("scores"), dict) else {}
    totals = {mode: (scores.get(mode) or {}).get("codebleu") for mode in MODES if isinstance(scores.get(mode), dict)}
    return {
        "reference": reference,
        "model": model,
        "split": as_text(record.get("split")),
        "scores": finite(totals),
        "passes": finite(record.get("passes") if isinstance(record.get("passes"), dict) else {}),
        "empty": not as_text(record.get("generated_code")).strip(),
    }


def _prediction_text(record: dict[str, Any]) -> dict[str, Any]:
    """What is shown of a prediction besides its reference; the raw answer only where no code was read out of it."""
    texts = {name: as_text(record.get(name)) for name in ("generated_plan", "generated_code")}
    if not texts["generated_code"].strip():
        texts["raw_output"] = as_text(record.get("raw_output"))
    text, cut = _shown(texts)
    findings = as_list(record.get("findings"))
    if len(findings) > SHOWN_FINDINGS:
        cut["findings"] = len(findings)
    rest = {name: finite(record[name]) for name in PREDICTION_FIELDS if record.get(name) not in (None, "")}
    return {**text, **rest, "findings": finite(findings[:SHOWN_FINDINGS]), "cut": cut}


def _shown(texts: dict[str, str]) -> tuple[dict[str, str], dict[str, int]]:
    """The texts as far as they are shown, and the full lengths of those that are cut."""
    shown, cut = {}, {}
    for name, text in texts.items():
        shown[name] = "\n".join(text[:SHOWN_CHARACTERS].split("\n", SHOWN_LINES)[:SHOWN_LINES])
        if len(shown[name]) < len(text):
            cut[name] = len(text)
    return shown, cut


def reference_of(record: dict[str, Any]) -> str:
    """The code that the answer is scored against."""
    return next((record[name] for name in REFERENCE_NAMES if isinstance(record.get(name), str)), "")


def api_uses(offered: list[Any], reference: list[str], answer: list[str]) -> list[list[Any]]:
    """[API, whether it is offered, calls in the reference, calls in the answer], the offered ones first."""
    spelt = {published_key(api): api for api in (*answer, *reference, *map(as_text, offered))}
    offered_keys = dict.fromkeys(published_key(as_text(api)) for api in offered)
    ours, theirs = Counter(map(published_key, reference)), Counter(map(published_key, answer))
    keys = dict.fromkeys([*offered_keys, *theirs, *ours])
    return [[spelt[key], key in offered_keys, ours[key], theirs[key]] for key in keys]


def as_list(value: Any) -> list[Any]:
    """A field that should be a list; none where it is something else."""
    return value if isinstance(value, list) else []


def as_text(value: Any) -> str:
    """A field as text: lists by line, absent as nothing."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "\n".join(map(as_text, value))
    return value if isinstance(value, str) else json.dumps(value)


def finite(value: Any) -> Any:
    """A JSON value with numbers that JSON has: what is not finite is null, and fractions have six digits."""
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(name): finite(item) for name, item in value.items()}
    return [finite(item) for item in value] if isinstance(value, list) else value


def packed(value: Any) -> str:
    """A JSON value, deflated and in base64: code shrinks to a fifth, and a browser unpacks one text in no time."""
    return base64.b64encode(zlib.compress(json.dumps(value).encode("ascii"), 9)).decode("ascii")


PAGE = Path(__file__).with_name("report_page")
SCRIPTS = tuple(
    f"{name}.js" for name in ("text", "diff", "summary", "table", "plots", "list", "code", "runs", "sample", "start")
)


def write_report(scored_path: Path, summary: dict[str, Any], output: Path) -> None:
    """Write the report of a scored file and its summary. Lines that cannot be read are counted on the page.

    Raises CommandError where the file cannot be read or the report cannot be written.
    """
    samples = collect_samples(record for _, record in read_records(scored_path))
    index = {
        "summary": finite(summary),
        "models": samples.models,
        "apis": samples.apis,
        "references": samples.references,
        "predictions": samples.predictions,
        "unread": samples.unread,
    }
    texts = {"references": samples.reference_texts, "predictions": samples.prediction_texts}
    page = render_page((_title(samples.models) or scored_path.name) + _data_set(summary), index, texts)
    with whole_file(output) as handle:
        handle.write(page.encode("utf-8", "replace"))


def _title(models: list[str]) -> str:
    """Names as far as they can be shown in a title: no control characters, no marks that turn text."""
    shown = ["".join(filter(str.isprintable, model))[:TITLE_CHARACTERS] for model in models[:TITLE_MODELS]]
    return ", ".join(shown) + (" and others" if len(models) > TITLE_MODELS else "")


def _data_set(summary: dict[str, Any]) -> str:
    """The end of the title: the file that fixes the samples, else those of the predictions."""
    settings = summary.get("settings")
    inputs = as_list(settings.get("inputs")) if isinstance(settings, dict) else []
    holds = ("references", "predictions")
    named = [[str(row["name"]) for row in inputs if row.get("holds") == role] for role in holds]
    names = named[0] or named[1]
    return f" on {_title(names)}" if names else ""


def render_page(name: str, index: dict[str, Any], texts: dict[str, list[str]]) -> str:
    """The page as text; `name` is what the scores are of: the models, or the file."""
    style = (PAGE / "page.css").read_text("utf-8")
    script = "(() => {\n" + "\n".join((PAGE / part).read_text("utf-8") for part in SCRIPTS) + "})();"
    environment = Environment(loader=FileSystemLoader(PAGE), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("page.html").render(
        name=name,
        style=style,
        script=script,
        style_hash=source_hash(style),
        script_hash=source_hash(script),
        index=script_json(index),
        texts=script_json(texts),
    )


def script_json(value: Any) -> str:
    """JSON that can stand in a script element whatever it holds: no `<`, and ASCII alone."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def source_hash(source: str) -> str:
    """What a security policy knows an inline style or script by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode("ascii")
