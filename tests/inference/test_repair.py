"""Repair: the model is told what is wrong with its answer, and writes it again."""

import json
from pathlib import Path
from typing import Any

import pytest
from helpers_infer import SHOW, run

from eval.support.fault_server import fault_server
from workflowllm.inference.attempts import Attempts
from workflowllm.inference.decoding import Decoding
from workflowllm.inference.fill_in import to_fill_in
from workflowllm.inference.prompting import PromptedRecord
from workflowllm.prompts.repair import MOST, repair_messages

BAD, GOOD = "```python\nx = 1\nprint(undefined)\n```", "```python\nprint('done')\n```"
ASKED = [{"role": "user", "content": "Say done"}]


def attempts(**options: Any) -> Attempts:
    return Attempts(PromptedRecord({"key": "a", "apis": [SHOW]}, ASKED, [], 0), Decoding(), **options)


def test_a_repair_is_asked_with_the_answer_and_its_faults() -> None:
    asked = attempts(repairs=2)
    assert asked.next_messages() == ASKED and asked.wants_more
    asked.add(BAD, "stop")
    *prompt, answer, request = asked.next_messages()
    assert prompt == ASKED and answer == {"role": "assistant", "content": BAD}
    assert "line 2, `print(undefined)`: nothing assigns undefined." in request["content"]
    assert asked.next_decoding().temperature == 0.0
    asked.add(GOOD, "stop")
    assert not asked.wants_more
    assert [item.get("repair") for item in asked.answers] == [None, 1]
    made = asked.prediction("m", "ID", {})
    assert made["generated_code"] == "print('done')" and len(made["attempts"]) == 2
    assert made["settings"]["repair"] == 2 and made["prompt"] == ASKED


def test_a_second_repair_shows_the_last_answer_alone() -> None:
    asked = attempts(repairs=2)
    for raw in (BAD, BAD.replace("undefined", "unknown")):
        asked.add(raw, "stop")
    assert len(asked.next_messages()) == 3 and "unknown" in asked.next_messages()[-1]["content"]
    asked.add(BAD, "stop")
    assert not asked.wants_more


def test_repairs_come_before_an_answer_that_is_drawn_anew() -> None:
    asked = attempts(limit=2, repairs=1)
    seen = []
    while asked.wants_more:
        seen.append((len(asked.next_messages()), asked.next_decoding().temperature))
        asked.add(BAD, "stop")
    assert seen == [(1, 0.0), (3, 0.0), (1, 0.8), (3, 0.0)]


def test_without_repairs_nothing_is_told() -> None:
    asked = attempts()
    asked.add(BAD, "stop")
    assert not asked.wants_more and asked.next_messages() == ASKED


def test_the_first_of_many_faults_are_told() -> None:
    faults = [f"{line}:1 undefined-name: nothing assigns x." for line in range(1, MOST + 4)]
    told = repair_messages(ASKED, "a", "\n".join("y = x" for _ in faults), faults)[-1]["content"]
    assert told.count("`y = x`") == MOST and "- and 3 more" in told


def test_a_fault_of_no_line_is_told_as_it_is() -> None:
    told = repair_messages(ASKED, "", "", ["there is no code", "9:1 x: behind the end."])[-1]["content"]
    assert "- there is no code\n- 9:1 x: behind the end." in told


def test_a_request_is_repaired_twice_by_default_and_every_answer_is_told(tmp_path: Path) -> None:
    answers = [BAD, GOOD]
    with fault_server(lambda messages: answers[len(messages) > 2]) as server:
        flags = ("--model", "local", "--base_url", server.base_url, "--cache", "none", "--query", "Say done",
                 "--apis", SHOW)  # fmt: skip
        done = run(*flags, "--output", tmp_path / "a.shortcut")
        never = run(*flags, "--repair", 0, "--output", tmp_path / "b.shortcut")
        answers[1] = BAD
        thrice = run(*flags, "--output", tmp_path / "c.shortcut")
        assert len(server.requests) == 2 + 1 + 3
    assert done.returncode == 0 and (tmp_path / "a.shortcut").is_file(), done.stderr
    assert "Answer 1 had faults:\n  2:7 unassigned-name" in done.stdout and "shows: done" in done.stdout
    assert never.returncode == thrice.returncode == 1
    assert "Answer 2 had faults:" in thrice.stdout and "Answer 3" not in thrice.stdout


def test_what_breaks_when_it_is_tried_is_told_too(tmp_path: Path) -> None:
    breaks = "```python\nprint(f\"{is_workflow_actions_calculateexpression(Input='1 +')}\")\n```"
    with fault_server(lambda messages: GOOD if len(messages) > 2 else breaks) as server:
        done = run("--model", "local", "--base_url", server.base_url, "--cache", "none", "--query", "Calculate",
                   "--apis", SHOW, "is.workflow.actions.calculateexpression", "--output", tmp_path / "a.shortcut",
                   )  # fmt: skip
        told = [body["messages"][-1]["content"] for body in server.requests[1:]]
    assert done.returncode == 0, done.stderr
    assert len(told) == 1 and "The run broke in action" in told[0], told


def test_records_are_repaired_where_it_is_asked_for(tmp_path: Path) -> None:
    records, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    records.write_text(json.dumps({"key": "a", "query": "Say done", "apis": [SHOW]}) + "\n")
    with fault_server(lambda messages: GOOD if len(messages) > 2 else BAD) as server:
        done = run("--model", "local", "--base_url", server.base_url, "--cache", "none", "--input", records,
                   "--output", output, "--repair", 1)  # fmt: skip
    assert done.returncode == 0, done.stderr
    [row] = map(json.loads, output.read_text().splitlines())
    assert row["generated_code"] == "print('done')"
    assert [bool(item["errors"]) for item in row["attempts"]] == [True, False]


def test_a_local_model_is_repaired_while_its_context_has_room(heart: Path, tmp_path: Path) -> None:
    """The stand-in always gives the same answer, which calls what is not offered."""
    done = run("--model", heart, "--apis", "is.workflow.actions.getbatterylevel", "--query", "Ask", "--max_tokens", 200,
               "--repair", 1, "--output", tmp_path / "x.shortcut")  # fmt: skip
    assert done.stdout.count("had faults:") <= 1 and "api-not-offered" in done.stdout


@pytest.mark.parametrize(("code", "lines"), [
    ('name = input("Name?")\nprint(name)', ["when it runs: Name?"]),
    ('import_question(ParameterKey="WFTextActionText", Text="Your key?")\nkey = ""\nprint(key)',
     ["when it is imported: Your key?"]),
    ('key = "YOUR_API_KEY"\nprint(key)', ["line 1: YOUR_API_KEY stands for a value of your own"]),
    ('print("https://api.example.com/rates")', ["line 1: example.com stands for a value of your own"]),
    ('print("Say my name")', []),
    ('is_workflow_actions_ask(WFAskActionPrompt="How many?", WFInputType="Number")', ["when it runs: How many?"]),
])  # fmt: skip
def test_what_is_left_to_fill_in(code: str, lines: list[str]) -> None:
    assert list(to_fill_in(code)) == lines
