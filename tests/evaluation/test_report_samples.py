"""What is inside the report's file, read without a browser."""

import base64
import json
import zlib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from helpers_report import APIS, GENERATED, REFERENCE, scored, table_row, write_scored

from workflowllm.evaluation.report_file import api_uses, collect_samples, script_json, write_report
from workflowllm.metrics.workflow_steps import read_workflow
from workflowllm.runs.command import CommandError

HOSTILE = "x = '</script><script>alert(1)</script><!-- <script> \0 \ud800 \u2028 '\n"


class Page(HTMLParser):
    """The scripts of a page, and every attribute that could load something."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.scripts: list[tuple[str, str]] = []
        self.loads: list[str] = []
        self._open = False
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open = tag == "script"
        if self._open:
            self.scripts.append((dict(attrs).get("id") or "", ""))
        self.loads += [value or "" for name, value in attrs if name in ("src", "href", "action", "srcset", "data")]

    def handle_endtag(self, tag: str) -> None:
        self._open = False

    def handle_data(self, data: str) -> None:
        if self._open:
            name, text = self.scripts[-1]
            self.scripts[-1] = name, text + data

    def held(self, name: str) -> Any:
        return json.loads(dict(self.scripts)[name])


def report_of(folder: Path, records: list[Any], summary: dict[str, Any] | None = None) -> Page:
    write_report(write_scored(folder / "scored.jsonl", records), summary or {"rows": []}, folder / "report.html")
    return Page(folder / "report.html")


def unpacked(text: str) -> Any:
    return json.loads(zlib.decompress(base64.b64decode(text)))


def test_models_share_the_texts_of_a_reference(tmp_path: Path) -> None:
    records = [scored(1), scored(1, model="large"), scored(2, model="large"), scored(1, reference="x = 1")]
    page = report_of(tmp_path, records)
    index, texts = page.held("index"), page.held("texts")
    assert index["models"] == ["small", "large"]
    assert [entry["reference"] for entry in index["predictions"]] == [0, 0, 1, 2]
    assert [unpacked(text)["reference"] for text in texts["references"]] == [REFERENCE, REFERENCE, "x = 1"]
    assert [unpacked(text)["generated_code"] for text in texts["predictions"]] == [GENERATED] * 4


def test_hostile_text_stays_data(tmp_path: Path) -> None:
    fields = ("key", "query", "task_plan", "reference", "generated_plan", "generated_code", "model", "split")
    page = report_of(tmp_path, [scored(0, **dict.fromkeys(fields, HOSTILE))], {"rows": [], "note": HOSTILE})
    assert [name for name, _ in page.scripts] == ["index", "", "texts"]
    assert "<" not in dict(page.scripts)["index"] + dict(page.scripts)["texts"]
    assert page.held("index")["models"] == [HOSTILE] and page.held("index")["summary"]["note"] == HOSTILE
    assert unpacked(page.held("texts")["predictions"][0])["generated_code"] == HOSTILE


def test_nothing_is_loaded_from_anywhere(tmp_path: Path) -> None:
    page = report_of(tmp_path, [scored(0, query="see https://example.com/x.js")])
    assert page.loads and all(load.startswith(("#", "data:")) for load in page.loads)


@pytest.mark.parametrize(
    ("code", "shown"), [("x" * 10_000_000, 120_000), ("y\n" * 5_000, 7_999), ("z = 1\n" * 10, None)]
)
def test_long_code_is_cut_and_its_length_told(tmp_path: Path, code: str, shown: int | None) -> None:
    page = report_of(tmp_path, [scored(0, generated_code=code)])
    text = unpacked(page.held("texts")["predictions"][0])
    assert text["cut"] == ({"generated_code": len(code)} if shown else {})
    assert text["generated_code"] == code[: shown or len(code)]
    assert (tmp_path / "report.html").stat().st_size < 1_000_000


def test_many_findings_are_cut_and_counted(tmp_path: Path) -> None:
    page = report_of(tmp_path, [scored(0, findings=[{"line": 1}] * 1_000)])
    text = unpacked(page.held("texts")["predictions"][0])
    assert len(text["findings"]) == 300 and text["cut"] == {"findings": 1_000}


def test_the_raw_answer_is_kept_where_no_code_was_found(tmp_path: Path) -> None:
    page = report_of(tmp_path, [scored(0, raw_output="I cannot."), scored(1, generated_code=" ", raw_output="No.")])
    texts = [unpacked(text) for text in page.held("texts")["predictions"]]
    assert [text.get("raw_output") for text in texts] == [None, "No."]
    assert [entry["empty"] for entry in page.held("index")["predictions"]] == [False, True]


def test_lines_that_are_no_record_are_counted(tmp_path: Path) -> None:
    page = report_of(tmp_path, [scored(0), "{", "[1]", "7", scored(1)])
    assert page.held("index")["unread"] == 3 and len(page.held("index")["predictions"]) == 2


def test_fields_of_other_types_or_absent_do_no_harm() -> None:
    odd: dict[str, Any] = dict.fromkeys(scored(0), 7)
    mixed = {**odd, "scores": {"fixed": None}, "apis": [None, 3, "a.b"]}
    samples = collect_samples([{}, odd, dict.fromkeys(odd), mixed])
    assert len(samples.predictions) == 4 and samples.unread == 0
    assert [entry["scores"] for entry in samples.predictions] == [{}] * 4


def test_figures_that_are_no_numbers_are_null(tmp_path: Path) -> None:
    scores = {"fixed": {"codebleu": float("nan")}, "compat": {"codebleu": float("inf")}}
    page = report_of(tmp_path, [scored(0, scores=scores)], {"rows": [table_row("m", "model", "ID", float("nan"))]})
    assert page.held("index")["predictions"][0]["scores"] == {"fixed": None, "compat": None}
    with pytest.raises(ValueError, match="JSON compliant"):
        script_json(float("nan"))


def test_equal_input_gives_equal_bytes(tmp_path: Path) -> None:
    pages = []
    for _ in range(2):
        report_of(tmp_path, [scored(number) for number in range(5)])
        pages.append((tmp_path / "report.html").read_bytes())
    assert pages[0] == pages[1]


def test_an_absent_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot read"):
        write_report(tmp_path / "none.jsonl", {"rows": []}, tmp_path / "report.html")
    assert not (tmp_path / "report.html").exists()


def test_uses_of_apis_are_told_apart_whichever_way_they_are_spelt() -> None:
    offered = [api.replace(".", "_") for api in APIS] + ["is.workflow.actions.exit"]
    uses = api_uses(offered, read_workflow(REFERENCE).calls, read_workflow(GENERATED).calls)
    assert uses == [
        ["is_workflow_actions_url", True, 1, 1],
        ["is_workflow_actions_downloadurl", True, 1, 1],
        ["is_workflow_actions_showresult", True, 1, 0],
        ["is.workflow.actions.exit", True, 0, 0],
        ["is.workflow.actions.notification", False, 0, 1],
    ]
