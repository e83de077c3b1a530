"""The report in a real browser: clicked through, with nothing on the console and nothing asked of any network."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers_report import GENERATED, REFERENCE, figure, scored, table_row, write_scored

from workflowllm.evaluation.report_file import write_report

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
MOST_ELEMENTS = 2_500  # in the page, however many samples there are

SUMMARY: dict[str, Any] = {
    "rows": [
        table_row("small", "model", split, total, pass_rate={"static": figure(0.4), "judge": None})
        for split, total in (("ID", 0.3), ("OOD", 0.15))
    ]
    + [
        table_row(name, kind, split, total, samples_of=["small"])
        for split in ("ID", "OOD")
        for name, kind, total in (("empty", "floor", 0.0), ("another", "floor", 0.2), ("reference", "ceiling", 0.8))
    ]
    + [
        {
            "model": "Printed", "kind": "paper", "split": split, "count": None, "marked": ["codebleu"],
            "modes": {"compat": {"codebleu": {"mean": 0.45, "low": None, "high": None}}},
            "pass_rate": {"static": None, "judge": {"mean": 0.7, "low": None, "high": None}},
        }
        for split in ("ID", "OOD")
    ],
    "breakdowns": [
        {
            "by": by, "bucket": bucket, "order": order, "model": model, "split": "ID", "kind": kind, "count": 5,
            "codebleu": {"fixed": figure(total), "compat": figure(total + 0.2)},
        }
        for by in ("actions", "control", "nesting")
        for order, bucket in enumerate(("0-15", "15-30"))
        for model, kind, total in (("small", "model", 0.3), ("another", "floor", 0.2))
    ],
    "settings": {
        "flags": {"seed": 0, "split": None}, "counts": {"failed": 3},
        "inputs": [{"name": "theirs.jsonl", "holds": "predictions", "sha256": "ab" * 32}],
    },
    "failures": [{"key": "lost <b>", "error": "it has no reference."}],
}  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, or a skip that says what is missing."""
    api = pytest.importorskip("playwright.sync_api", reason="the report is NOT looked at: playwright is not installed")
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip(f"the report is NOT looked at: none of {', '.join(BROWSERS)} is on PATH")
    with api.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


class Visit:
    """A page that was opened, and everything it said and asked for."""

    def __init__(self, browser: Any, path: Path, viewport: dict[str, int], address: str = "") -> None:
        self.page = browser.new_page(viewport=viewport)
        self.page.set_default_timeout(20_000)
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(path.as_uri() + address)

    def texts(self, selector: str) -> list[str]:
        return self.page.locator(selector).all_inner_texts()

    def text(self, selector: str) -> str:
        return self.page.locator(selector).inner_text()

    def systems(self) -> list[str]:
        return [text.split("\n")[0] for text in self.texts("#results-table tbody th")]

    def open(self, number: int) -> None:
        self.page.locator(f'#list .row[data-number="{number}"]').click()
        self.page.wait_for_selector(f"#sample .key:text-is('sample-{number}')")

    def elements(self) -> int:
        return self.page.evaluate("document.querySelectorAll('*').length")

    def close(self) -> None:
        """Nothing was said, and nothing but the file itself was loaded."""
        self.page.close()
        assert self.said == []
        assert all(url.split(":")[0] in ("file", "data", "blob") for url in self.asked), self.asked


@pytest.fixture
def visit(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """A function that writes a report of records, opens it, and at the end asks what the page has said."""
    open_visits: list[Visit] = []

    def visited(records: list[Any], viewport: dict[str, int] = WIDE, address: str = "") -> Visit:
        path = write_scored(tmp_path / "scored.jsonl", records)
        write_report(path, SUMMARY, tmp_path / "report.html")
        open_visits.append(Visit(browser, tmp_path / "report.html", viewport, address))
        return open_visits[-1]

    yield visited
    for one in open_visits:
        one.close()


def test_the_table_sorts_and_switches(visit: Any) -> None:
    seen = visit([scored(number) for number in range(4)])
    ours = ["reference ceiling", "small", "another floor", "empty floor"]
    assert seen.systems() == [*ours, "Printed paper"]  # the package's figure has no place among those of mode fixed
    head = seen.page.locator("#results-table [data-column=codebleu]")
    assert head.get_attribute("aria-sort") == "descending"
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "ascending" and seen.systems() == [*ours[::-1], "Printed paper"]
    seen.page.locator("#results-table [data-column=model] button").press("Enter")
    assert seen.systems() == ["another floor", "empty floor", "Printed paper", "reference ceiling", "small"]
    small = seen.page.locator("#results-table tr.model")
    assert "30.0\n29.0–31.0" in small.inner_text()
    seen.page.get_by_label("OOD", exact=True).check()
    assert "15.0\n14.0–16.0" in small.inner_text()
    seen.page.get_by_label("compat", exact=True).check()
    assert "35.0\n34.0–36.0" in small.inner_text()


def test_the_paper_is_ranked_where_its_figures_are_alike(visit: Any) -> None:
    seen = visit([scored()])
    seen.page.get_by_label("compat", exact=True).check()
    assert seen.systems() == ["reference ceiling", "small", "Printed paper", "another floor", "empty floor"]
    assert "45.0*" in seen.text("#results-table tr.paper")
    assert "not the weighted sum" in seen.text("#results-notes")


def test_a_static_pass_rate_is_never_shown_as_a_judges(visit: Any) -> None:
    seen = visit([scored(number) for number in range(2)])
    heads = seen.texts("#results-table thead th")
    static, judged = heads.index("Static pass"), heads.index("Judged pass")
    cells = seen.page.locator("#results-table tr.model > *").all_inner_texts()
    assert cells[static].startswith("40.0") and cells[judged] == "·\nnot judged"
    assert "no judge’s verdict" in seen.text("#results-notes")
    assert all("static" in mark for mark in seen.texts("#list .verdict"))
    seen.open(1)
    assert [line for line in seen.text(".verdicts").split("\n") if line] == [
        "Verdict", "fails ✗", "by the static check, which is no judge’s verdict", "line 3: not offered.",
        "no verdict by the judge",
    ]  # fmt: skip


def test_plots_have_lines_points_and_floors(visit: Any) -> None:
    seen = visit([scored()])
    count = seen.page.locator
    assert count("#plots figure").count() == 3 and count("#plots .model-line").count() == 3
    assert count("#plots .dot").count() == 6 and count("#plots .floor-line").count() == 3
    assert "small, 0-15: 30.0 (29.0–31.0), n 5" in count("#plots .dot title").first.text_content()
    low, high = (count("#plots .dot").first.get_attribute("cy"), count("#plots .whisker").first.get_attribute("y1"))
    seen.page.get_by_label("compat", exact=True).check()
    assert float(count("#plots .dot").first.get_attribute("cy")) < float(low) < float(high)  # higher up
    seen.page.get_by_label("OOD", exact=True).check()
    assert not count("#shape").is_visible()  # there is no breakdown of that split


def test_a_sample_shows_both_codes_their_difference_and_findings(visit: Any) -> None:
    seen = visit([scored(0), scored(1)])
    seen.open(1)
    assert seen.text("#sample .query") == "Show me page number 1."
    assert seen.texts("#sample .plan") == [scored()["task_plan"], scored()["generated_plan"]]
    rows = seen.page.locator("#sample .diff-row")
    assert seen.texts("#sample .ours code") == REFERENCE.splitlines()
    assert seen.texts("#sample .theirs code") == GENERATED.splitlines()
    assert rows.nth(0).get_attribute("class") == "diff-row missing"  # the comment
    assert rows.nth(1).locator("mark").all_inner_texts() == ["url", "address"]
    assert rows.nth(2).locator("mark").all_inner_texts() == ["url", "address"]
    assert "error: api-not-offered" in seen.text("#sample .findings")
    assert seen.page.locator("#sample .number.error").get_attribute("title") == "not offered."
    seen.page.get_by_label("comments").uncheck()
    assert seen.texts("#sample .diff-row .ours code")[0].startswith("url =")
    seen.page.get_by_role("button", name="line 3").click()
    assert seen.page.locator("#sample .diff-row.flash").get_attribute("data-line") == "3"
    shown = [(api, kind.split()[-1]) for api, kind in zip(seen.texts("#sample .api"), classes(seen, "#sample .api"))]
    assert ("is.workflow.actions.url", "both") in shown and ("is.workflow.actions.showresult 1→0", "missed") in shown
    assert ("is.workflow.actions.notification 0→1", "foreign") in shown


def classes(seen: Visit, selector: str) -> list[str]:
    return seen.page.locator(selector).evaluate_all("elements => elements.map((element) => element.className)")


def test_filters_and_search(visit: Any) -> None:
    records = [scored(number) for number in range(10)]
    seen = visit([*records, *(scored(number, model="large", generated_code="") for number in range(10))])
    form = seen.page.locator("#filters")
    assert seen.text("#count") == "20 predictions"
    form.locator("[name=model]").select_option("large")
    form.locator("[name=split]").select_option("OOD")
    assert seen.text("#count") == "5 of 20 predictions" and set(seen.texts("#list .row-model")) == {"large"}
    form.locator("[name=low]").fill("50")
    form.locator("[name=high]").fill("70")
    assert seen.text("#count") == "2 of 20 predictions" and seen.texts("#list .row b") == ["50.0", "70.0"]
    seen.page.get_by_label("compat", exact=True).check()
    assert seen.texts("#list .row b") == ["55.0", "65.0"]  # compat: 0.4 and half of it
    form.locator("[name=words]").fill("number 5 SHOWRESULT")
    assert seen.text("#count") == "1 of 20 predictions"
    form.locator("[name=words]").fill("nowhere")
    assert seen.text("#list") == "No prediction is like that."
    form.locator("[name=words]").fill("")
    form.locator("[name=verdict]").select_option("static check passes")
    assert seen.text("#count") == "0 of 20 predictions"
    form.locator("[name=split]").select_option("")
    form.locator("[name=order]").select_option("highest score first")
    assert seen.texts("#list .row b") == ["70.0", "60.0", "50.0"]


def test_keys_do_what_the_mouse_does(visit: Any) -> None:
    seen = visit([scored(number) for number in range(30)])
    seen.page.keyboard.press("/")
    seen.page.keyboard.type("page")
    seen.page.keyboard.press("Enter")
    for key in ("ArrowDown", "ArrowDown", "End", "ArrowUp"):
        seen.page.keyboard.press(key)
    assert seen.page.locator("#list .chosen").get_attribute("data-number") == "28"
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_selector("#sample .key:text-is('sample-28')")
    seen.page.keyboard.press("k")
    seen.page.wait_for_selector("#sample .key:text-is('sample-27')")
    seen.page.keyboard.press("j")
    seen.page.wait_for_selector("#sample .key:text-is('sample-28')")
    seen.page.keyboard.press("Escape")
    assert seen.page.locator("#sample .key").count() == 0
    assert seen.page.evaluate("document.activeElement.id") == "list"


def test_an_address_opens_its_sample(visit: Any) -> None:
    seen = visit([scored(number) for number in range(5)], address="#sample-3")
    seen.page.wait_for_selector("#sample .key:text-is('sample-3')")
    assert seen.page.locator("#list .open").get_attribute("data-number") == "3"


def test_addresses_are_by_key_and_hold_in_another_report(visit: Any) -> None:
    records = [scored(number) for number in range(4)] + [scored(1), scored(1, model="large")]
    for address, number in (
        ("#key=sample-2", 2), ("#key=sample-1&model=small&answer=1", 4), ("#key=sample-1&model=large&split=OOD", 5)
    ):  # fmt: skip
        seen = visit(records, address=address)
        seen.page.wait_for_selector("#sample .key")
        assert seen.page.locator("#list .open").get_attribute("data-number") == str(number)
    assert seen.page.evaluate("location.hash") == "#key=sample-1&model=large&split=OOD"
    for address in ("#key=nobody", "#key=sample-1&answer=9", "#key=", "#sample-99"):
        assert visit(records, address=address).page.locator("#sample .key").count() == 0


def test_failed_records_and_settings_are_words(visit: Any) -> None:
    seen = visit([scored(0)])
    assert seen.text("#failures summary") == "3 records could not be scored or measured. Named here: 1."
    seen.page.locator("#failures summary").click()
    assert seen.text("#failures li") == "lost <b>: it has no reference."
    seen.page.locator("#made summary").click()
    assert seen.texts("#made dd") == [
        "seed 0, split none", "failed 3", "theirs.jsonl (predictions), SHA-256 abababababab"
    ]  # fmt: skip


def test_both_runs_are_shown_and_where_they_part(visit: Any) -> None:
    runs = {"world": 2, "worlds": 3, "worlds_apart": 1, "first_line": 4, "parts_at": 5}
    runs |= {"reference": ["shows: <a>", "shows: b", "ends"], "answer": ["shows: <a>", "ends"]}
    seen = visit([scored(0, side_by_side=runs, execution_reason="")])
    seen.open(0)
    assert "they part in 1 of 3 worlds; in world 2, at line 5" in seen.text("#sample .runs .code-head")
    assert seen.texts("#sample .run >> nth=0 >> li") == runs["reference"]
    assert seen.texts("#sample .run .parts") == ["shows: b", "ends"]
    assert seen.page.locator("#sample .run").first.get_attribute("start") == "4"


def test_a_table_that_is_cut_says_so_and_empty_cells_say_why(visit: Any) -> None:
    wide, narrow = visit([scored(0)]), visit([scored(0)], NARROW)
    assert narrow.page.locator("#results .wide:has(#results-table) + .cut-hint").is_visible()
    assert not wide.page.locator("#results .wide:has(#results-table) + .cut-hint").is_visible()
    wide.page.set_viewport_size(NARROW)
    wide.page.wait_for_selector("#results .wide:has(#results-table) + .cut-hint")
    row = narrow.page.locator("#results-table tbody tr.model")
    assert "not judged" in row.inner_text() and "not printed" not in row.inner_text()


@pytest.mark.parametrize("viewport", [WIDE, NARROW])
def test_hostile_text_is_shown_and_not_obeyed(visit: Any, viewport: dict[str, int]) -> None:
    hostile = "x = '</script><script>document.title = 1</script><!-- <img src=x onerror=alert(1)>'\n\0\ud800\u202e\r"
    fields = ("key", "query", "task_plan", "reference", "generated_plan", "model", "split", "static_reason")
    long = "y = 1\n" * 3 + "z" * 10_000_000
    records = [scored(0, **dict.fromkeys(fields, hostile), generated_code=hostile), scored(1, generated_code=long)]
    seen = visit(records, viewport)
    seen.page.locator('#list .row[data-number="0"]').click()
    seen.page.wait_for_selector("#sample .diff")
    code = seen.text("#sample .theirs >> nth=0")
    assert "</script><script>document.title = 1</script><!-- <img src=x onerror=alert(1)>" in code
    assert "\\x00\\ud800\\u202e\\x0d" in seen.text("#sample .theirs >> nth=1")
    title = seen.page.title()
    assert title.startswith("Scores of x = '</script><script>") and title.endswith(", small on theirs.jsonl")
    assert "\u202e" not in title and seen.page.locator("img").count() == 0
    seen.page.keyboard.press("j")
    seen.page.wait_for_selector("#sample .key:text-is('sample-1')")
    assert "has 10,000,018 characters, and the first 120,000 are shown" in seen.text("#sample .codes .notice")
    assert seen.text("#sample .rest") == "… 117,982 more characters"
    assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_narrow_windows_show_the_list_or_the_sample(visit: Any) -> None:
    seen = visit([scored(number) for number in range(3)], NARROW)
    assert seen.page.locator("#list").is_visible() and not seen.page.locator("#sample").is_visible()
    assert seen.page.locator("#results-table tbody th").first.bounding_box()["width"] >= 120  # of 390
    seen.open(1)
    assert seen.page.locator("#sample").is_visible() and not seen.page.locator("#list").is_visible()
    assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    seen.page.get_by_role("button", name="← List").click()
    assert seen.page.locator("#list").is_visible()


@pytest.mark.parametrize("records", [[], ["{", "7"], [{}], [dict.fromkeys(scored(0), 7)]])
def test_nothing_to_show_is_no_error(visit: Any, records: list[Any]) -> None:
    seen = visit(records)
    count = sum(isinstance(record, dict) for record in records)
    assert seen.text("#count") == f"{count} prediction" + ("" if count == 1 else "s")
    if count:
        seen.page.locator("#list .row").click()
        seen.page.wait_for_selector("#sample .codes")


def test_many_samples_keep_the_page_small(visit: Any) -> None:
    code = "".join(f"value_{line} = is_workflow_actions_number(WFNumberActionNumber={line})\n" for line in range(20))
    seen = visit([scored(number, reference=code, generated_code=code.replace("9", "8")) for number in range(1_200)])
    assert seen.text("#count") == "1,200 predictions" and seen.elements() < MOST_ELEMENTS
    seen.page.evaluate("document.getElementById('list').scrollTop = 1e9")
    seen.page.wait_for_selector('#list .row[data-number="1199"]')
    assert seen.page.locator("#list .row").count() < 30
    for number in (1199, 1198):
        seen.open(number)
        assert seen.page.locator("#sample .diff-row").count() == 20
    assert seen.elements() < MOST_ELEMENTS
