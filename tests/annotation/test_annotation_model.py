"""Annotation by a model: what it says well is put in, what it says badly is caught and counted."""

import json
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from eval.support.fault_server import fault_server
from workflowllm.annotation.checks import annotation_faults
from workflowllm.annotation.model import dialogue as model
from workflowllm.annotation.model.windows import MOST_CHARACTERS, comment_tree, windows
from workflowllm.llm.settings import EndpointSettings
from workflowllm.llm.stage import run_stage
from workflowllm.shortcuts.from_python.program import parse_program

SCRIPT = Path(__file__).parents[2] / "preprocess" / "annotate_workflows.py"
CODE = """answer = input("Your name?")
Name = answer
if not Name:
    is_workflow_actions_exit()
for Repeat_Item in shortcut_input():
    text = f"{Name} and {Repeat_Item}"
    print(text)
"""
APIS = ["is.workflow.actions.ask", "is.workflow.actions.exit", "is.workflow.actions.showresult"]
QUERY = "How can I have my phone ask for a name and then greet everybody in my list together with that name?"


def numbers_of(prompt):
    return re.findall(r"^(\d+)\| ", prompt, re.MULTILINE)


def good(messages, **changes):
    """What a capable model would answer at each level; `changes` replace an answer."""
    prompt = messages[1]["content"]  # what follows it is a complaint about the first answer
    if '"names"' in prompt:
        comments = {number: f"This is what happens in line {number}." for number in numbers_of(prompt)}
        names = {"answer": "users_name", "text": "greeting", "Repeat_Item": "guest", "Name": "who"}
        asked = {old: new for old, new in names.items() if re.search(rf"^(?:.*, )?{old}(?:,|$)", prompt, re.MULTILINE)}
        return changes.get("first", lambda names, comments: {"names": names, "comments": comments})(asked, comments)
    if '"plan"' in prompt:
        return changes.get("plan", {"plan": ["1. Ask for a name.", "2. For each guest:", "2.1. Show both names."]})
    return changes.get("query", {"query": QUERY})


def annotate(folder, server, window_lines=40, keys=1, code=CODE, concurrency=4, retries=6):
    """Annotate records in this process: the exit status, the records, and the reasons of the failed ones."""
    rows = [(f"k{n}", {"key": f"k{n}", "code": code, "apis": APIS, "title": "Greet"}) for n in range(keys)]
    work = partial(model.annotate, prompts=model.load_prompts(), window_lines=window_lines)
    settings = EndpointSettings(
        base_url=server.base_url, model="local", cache=None, concurrency=concurrency, first_pause=0.05, retries=retries
    )
    status = run_stage(rows, work, folder / "out.jsonl", settings)
    return status, lines(folder / "out.jsonl"), lines(folder / "out.jsonl.errors.jsonl")


def lines(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def answered(tmp_path, window_lines=40, **changes):
    with fault_server(lambda messages: reply(good(messages, **changes))) as server:
        return annotate(tmp_path, server, window_lines)


def reply(answer):
    return answer if isinstance(answer, str) else json.dumps(answer)


def test_a_good_answer_is_put_in_as_it_is(tmp_path):
    status, (record,), _ = answered(tmp_path)
    assert status == 0
    assert annotation_faults(record) == {}
    assert record["code"] == CODE and record["query"] == QUERY
    assert record["task_plan"] == "1. Ask for a name.\n2. For each guest:\n2.1. Show both names."
    assert record["workflow_code"] == (
        "# This is what happens in line 1.\n"
        'users_name = input("Your name?")\n'
        "# This is what happens in line 2.\n"
        'who: "Name" = users_name\n'
        "# This is what happens in line 3.\n"
        "if not who:\n"
        "    # This is what happens in line 4.\n"
        "    is_workflow_actions_exit()\n"
        "# This is what happens in line 5.\n"
        "for guest in shortcut_input():\n"
        "    # This is what happens in line 6.\n"
        '    greeting = f"{who} and {guest}"\n'
        "    # This is what happens in line 7.\n"
        "    print(greeting)\n"
    )
    annotation = record["annotation"]
    assert annotation["annotator"] == "local" and annotation["prompts"] == model.load_prompts().hashes()
    assert annotation["offline_comments"] == 0 and annotation["refused_names"] == {} and annotation["renamed"] == 4


def test_single_bad_entries_are_dropped_and_counted(tmp_path):
    def spoilt(names, comments):
        comments |= {"1": "two\nlines # and\0more", "2": 7, "3": "x"}
        comments |= {"99": "There is no such line.", "four": "Nor this."}
        names |= {"answer": "2 bad name", "text": "print", "Repeat_Item": None, "Name": "is_workflow_actions_exit",
                  "ghost": "spirit"}  # fmt: skip
        return {"names": names, "comments": comments}

    status, (record,), _ = answered(tmp_path, first=spoilt)
    assert status == 0
    assert annotation_faults(record) == {}
    annotation = record["annotation"]
    assert annotation["dropped"] == {"no-such-line": 2, "no-comment": 2, "line-without-comment": 2}
    assert annotation["offline_comments"] == 2
    assert annotation["refused_names"] == {"not-asked-for": 1, "no-name": 1}
    assert annotation["mended_names"] == {"no-identifier": 1, "reserved": 2}
    assert record["workflow_code"].startswith("# two lines # and more\n_2_bad_name = input")
    assert "# Store the 2 bad name as is workflow actions exit value\n" in record["workflow_code"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"first": lambda names, comments: "I cannot do that."}, "no usable names and comments for any of 1 windows: "),
        (
            {"first": lambda names, comments: {"names": {}, "comments": {}}},
            "comments are needed for the lines 1, 2, 3, 4, 5, 6, 7",
        ),
        (
            {"first": lambda names, comments: {"comments": dict.fromkeys(comments, "All the same.")}},
            "repeat themselves",
        ),
        ({"first": lambda names, comments: {"comments": list(comments)}}, "dictionary"),
        ({"plan": {"plan": []}}, "numbered steps"),
        ({"plan": {"plan": ["no numbers here"]}}, "numbered steps"),
        ({"plan": {"plan": ["1. Do it.\n```python\nx = 1\n```"]}}, "no code"),
        ({"plan": {"plan": ["1. Do it."] * 9}}, "repeats itself"),
        ({"plan": {"plan": "1. Do it."}}, "list"),
        ({"query": {"query": "Write this in Python for me, will you?"}}, "mentions Python"),
        ({"query": {"query": "Please call is_workflow_actions_exit for me."}}, "names an interface"),
        ({"query": {"query": "Please show me the users_name of each guest."}}, "names of the code"),
        ({"query": {"query": ""}}, "fewer than"),
        ({"query": {"request": QUERY}}, "query"),
        ({"query": "x" * 5000}, "JSON"),
    ],
)
def test_an_answer_that_cannot_be_used_fails_the_record_with_its_reason(tmp_path, changes, reason):
    status, records, (error,) = answered(tmp_path, **changes)
    assert status == 1 and records == []
    assert error["key"] == "k0" and reason in error["error"]


def test_a_bad_answer_is_asked_again_with_the_reason(tmp_path):
    asked = []

    def second_time(messages):
        asked.append(messages)
        if '"query"' in messages[1]["content"] and len(messages) == 2:
            return json.dumps({"query": "Do this in Python, please, for all of my guests."})
        return reply(good(messages[:2]))

    with fault_server(second_time) as server:
        status, (record,), _ = annotate(tmp_path, server)
    assert status == 0 and record["query"] == QUERY
    assert "mentions Python" in asked[-1][-1]["content"]


def test_one_window_without_an_answer_is_commented_by_the_rules(tmp_path):
    def halves(names, comments):
        return {"names": names, "comments": comments} if "1" in comments else "no"

    status, (record,), _ = answered(tmp_path, window_lines=4, first=halves)
    assert status == 0
    assert annotation_faults(record) == {}
    annotation = record["annotation"]
    assert annotation["windows"] == 2 and annotation["dropped"] == {"window-without-answer": 1}
    assert annotation["offline_comments"] == 3 and "# Show greeting" not in record["workflow_code"]
    assert "# Go through each item of the shortcut's input\n" in record["workflow_code"]


def test_nothing_is_lost_or_doubled_among_faults(tmp_path):
    with fault_server(lambda messages: reply(good(messages)), faults={"429": 0.1, "cut": 0.1}) as server:
        status, records, errors = annotate(tmp_path, server, keys=12, concurrency=8, retries=60)
    assert status == 0 and errors == []
    assert [record["key"] for record in records] == [f"k{number}" for number in range(12)]


def test_a_dry_run_of_the_script_counts_and_asks_nothing(tmp_path):
    rows = [{"key": f"k{number}", "code": CODE} for number in range(2)]
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    command = [sys.executable, str(SCRIPT), "--input", str(tmp_path / "in.jsonl"), "--output", str(tmp_path / "out")]
    run = subprocess.run(
        [*command, "--base_url", "http://127.0.0.1:9", "--model", "local", "--dry_run", "--window_lines", "4"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("2 records, 8 calls of local") and not (tmp_path / "out").exists()


def test_windows_hold_every_line_once_and_every_variable_where_it_is_first_assigned():
    code = CODE + 'long = """' + "words \n" * 3000 + '"""\n' + "".join(f"x{n} = {n}\n" for n in range(50))
    program = parse_program(code)
    parts = windows(code, program.bindings, 10)
    lines = [line for part in parts for line in part.lines]
    assert lines == sorted(set(lines)) and len(lines) == 7 + 1 + 50
    assert max(len(part.lines) for part in parts) <= 10 and min(len(part.lines) for part in parts) >= 8
    assert all(len(part.code) < MOST_CHARACTERS for part in parts)
    names = [name for part in parts for name in part.variables]
    assert sorted(names) == sorted(program.bindings)
    assert all(numbers_of(part.code) == list(map(str, part.lines)) for part in parts)


def test_the_comments_of_a_huge_program_are_cut_from_the_inside():
    code = "".join(f"for _ in range({n + 1}):\n    for _ in range(2):\n        print('{n}')\n" for n in range(300))
    comments = {line: f"comment {line}" for line in range(1, 901)}
    assert len(comment_tree(code, comments, 100_000).split("\n")) == 900
    outer = comment_tree(code, comments, 7_000)
    assert len(outer) <= 7_000 and outer.startswith("comment 1\ncomment 4\n")
    assert len(comment_tree(code, comments, 100)) <= 102
