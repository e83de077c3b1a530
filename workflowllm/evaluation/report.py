"""The report of a scored predictions file: one HTML page with the table, the plots and every sample.

It opens from disk: styles, scripts, plots and data are inside, and its security policy forbids any request and any
script but its own. Samples are packed text by text, so that 1,200 long ones stay a file of some megabytes.
"""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from workflowllm.evaluation.report_samples import collect_samples, finite
from workflowllm.jobs import read_records, whole_file

PAGE = Path(__file__).with_name("report_page")
SCRIPTS = ("text.js", "diff.js", "summary.js", "table.js", "plots.js", "list.js", "code.js", "sample.js", "start.js")


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
    page = render_page(scored_path.name, index, texts)
    with whole_file(output) as handle:
        handle.write(page.encode("utf-8", "replace"))


def render_page(name: str, index: dict[str, Any], texts: dict[str, list[str]]) -> str:
    """The page for a file of this name, as text."""
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
