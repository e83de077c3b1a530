"""eval/run_workflow.py: what it prints, its status, its trace, and its page in a browser."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = """
found = []
answer = is_workflow_actions_ask(WFAskActionPrompt="How many?", WFInputType="Number")
if answer > 2:
    text = f"<b>{answer}</b> & more"
    print(f"{text}")
else:
    print("few")
for line in shortcut_input():
    found.append(line)
is_workflow_actions_setclipboard(WFInput=found)
"""
WORLD = {"answers": [3], "input": "one\ntwo\nthree"}


def script(*arguments):
    command = [sys.executable, "eval/run_workflow.py", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


@pytest.fixture
def files(tmp_path):
    (tmp_path / "w.py").write_text(CODE, "utf-8")
    (tmp_path / "w.json").write_text(json.dumps(WORLD), "utf-8")
    return tmp_path


def test_it_prints_what_a_person_would_have_seen(files):
    done = script(files / "w.py", "--world", files / "w.json", "--effects", files / "e.jsonl")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "asks 'How many?'; the answer is 3"
    assert lines[1] == "shows: <b>3</b> & more"
    assert "The run ended." in lines
    effects = [json.loads(line) for line in (files / "e.jsonl").read_text("utf-8").splitlines()]
    assert [effect["kind"] for effect in effects] == ["ask", "show", "clipboard"]
    assert [effect["n"] for effect in effects] == [1, 2, 3]


def test_a_loop_over_one_text_of_lines_is_hinted_at(files):
    done = script(files / "w.py", "--world", files / "w.json")
    (hint,) = [line for line in done.stdout.splitlines() if line.startswith("hint:")]
    assert "Repeat with Each got one text of 3 lines; split it first" in hint and "(line 9: for line in" in hint


def test_the_trace_says_why_a_branch_was_taken(files):
    done = script(files / "w.py", "--world", files / "w.json", "--trace")
    assert "line 4: if answer > 2:" in done.stdout
    assert "number '3' is greater than '2': yes" in done.stdout
    assert "asked 'How many?', answered 3" in done.stdout
    assert "1 round" in done.stdout


def test_a_broken_run_names_action_line_and_reason(tmp_path):
    (tmp_path / "b.py").write_text('text = "a"\nif extra(text > 5):\n    print("x")\n', "utf-8")
    done = script(tmp_path / "b.py")
    assert done.returncode == 1
    assert "action 1, is.workflow.actions.conditional (line 2: if extra(text > 5):)" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["nowhere.shortcut"], "nowhere.shortcut"),
        ([], "name a file"),
        (["--coverage", "nowhere"], "nowhere"),
        (["data/README.md"], "not a shortcut"),
        (["data/shortcuts/tip_calculator.py", "--world", "nowhere.yaml"], "nowhere.yaml"),
    ],
)
def test_a_wrong_command_is_one_line(arguments, word):
    done = script(*arguments)
    assert done.returncode == 2 and word in done.stderr and len(done.stderr.strip().splitlines()) == 1


def test_a_world_with_an_unknown_key_is_one_line(files):
    (files / "w.json").write_text('{"answer": [3]}', "utf-8")
    done = script(files / "w.py", "--world", files / "w.json")
    assert done.returncode == 2 and "answer is not a key" in done.stderr


def test_the_stock_world_says_that_it_is_one(files):
    done = script(files / "w.py")
    assert done.returncode == 0 and "stock" in done.stderr and "(made up)" in done.stdout


def test_coverage_prints_shares_of_actions_then_of_files(tmp_path):
    shutil.copy(ROOT / "data" / "shortcuts" / "tip_calculator.shortcut", tmp_path)
    (tmp_path / "damaged.shortcut").write_bytes(b"bplist00nonsense")
    done = script("--coverage", tmp_path)
    lines = done.stdout.splitlines()
    assert done.returncode == 0
    assert lines[0].startswith("executed actions implemented or of another application: ")
    assert lines[1].startswith("files without an unimplemented action: 1 of 1")
    assert "unreadable 1" in lines[2]


def test_the_page_in_a_browser(files):
    """Clicked through: the step's line is marked, texts are escaped, nothing is loaded, the console is silent."""
    page_file = files / "t.html"
    done = script(files / "w.py", "--world", files / "w.json", "--html", page_file)
    assert done.returncode == 0, done.stderr
    api = pytest.importorskip("playwright.sync_api", reason="the page is NOT looked at: playwright is not installed")
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        pytest.skip("the page is NOT looked at: no Chromium is on PATH")
    with api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1200, "height": 800})
        said, asked = [], []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(page_file.as_uri())
        assert page.locator("ol.code li").count() == len(CODE.split("\n"))
        shown = page.locator(".step", has_text="<b>3</b> & more").last
        shown.click()
        assert page.locator("ol.code li.now").inner_text().strip().startswith("print(")
        page.keyboard.press("ArrowUp")
        assert "text =" in page.locator("ol.code li.now").inner_text()
        assert page.locator("b").count() == 0  # the workflow's HTML is text
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        browser.close()
    assert said == [] and asked == [page_file.as_uri()]


def test_a_world_with_seeds_and_runs_is_run_for_each(tmp_path):
    code = 'n = is_workflow_actions_number_random(WFRandomNumberMinimum="1", WFRandomNumberMaximum="1000000")'
    code += '\nprint(f"{n}")'
    (tmp_path / "w.py").write_text(code, "utf-8")
    (tmp_path / "w.json").write_text('{"seeds": [1, 2], "runs": 2}', "utf-8")
    done = script(tmp_path / "w.py", "--world", tmp_path / "w.json", "--effects", tmp_path / "e.jsonl")
    lines = done.stdout.splitlines()
    assert [line for line in lines if line.endswith(":")] == ["Seed 1:", "Run 2:", "Seed 2:", "Run 2:"]
    effects = [json.loads(line) for line in (tmp_path / "e.jsonl").read_text("utf-8").splitlines()]
    assert [(effect["n"], effect["run"]) for effect in effects] == [(1, 1), (2, 2), (1, 1), (2, 2)]
    assert len({effect["text"] for effect in effects}) > 1
    one = script(tmp_path / "w.py", "--world", tmp_path / "w.json", "--seed", "1")
    assert one.stdout.splitlines()[0] == lines[1] and "Seed" not in one.stdout
