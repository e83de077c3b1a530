"""infer.py as a user runs it on a file: resuming, several processes, an endpoint; and wrong commands."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from helpers_infer import ANSWER, CODE, MORE, SCRIPT, SHOW, run
from tiny_checkpoints import save_recitation

from eval.support.fault_server import fault_server


def started(*command: object) -> "subprocess.Popen[str]":
    """A command in a process of its own."""
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    return subprocess.Popen([sys.executable, *map(str, command)], stderr=subprocess.PIPE, text=True, env=environment)


def record(key: str, query: str = "Ask for a price and show it", **fields: Any) -> dict[str, Any]:
    return {"key": key, "query": query, "apis": [SHOW]} | fields


def write(path: Path, records: list[Any]) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in records), "utf-8")
    return path


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def data_set(folder: Path) -> Path:
    """A folder of the release's layout: three training records, two ID tests, two OOD tests that share a key."""
    folder.mkdir()
    train = [record(f"train-{number}", f"Example {number} {'abc' * number}", task_plan="1. Show it.",
                    workflow_code=f"# Show\n{SHOW.replace('.', '_')}(Text='{number * 'x y z '}')")
             for number in range(3)]  # fmt: skip
    tests = [record("id-1"), record("id-2", "Tell me the price 💾")]
    shared = [record("synthesized_ood_test_data", query) for query in ("Buy", "Sell")]
    (folder / "seed_data.json").write_text(json.dumps(train + tests), "utf-8")
    (folder / "synthesized_data.json").write_text(json.dumps(shared), "utf-8")
    keys = [one["key"] for one in train]
    for name, held_out in (("", ["id-1", "id-2"]), ("_ood", ["synthesized_ood_test_data"])):
        (folder / f"dataset_split_keys{name}.json").write_text(json.dumps({"train": keys, "dev": held_out}), "utf-8")
    return folder


def test_a_prediction_is_its_record_and_what_was_made_of_it(heart: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    done = run("--model", heart, "--input", data_set(tmp_path / "data"), "--output", output, "--max_tokens", 200)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1] == "done 2, skipped 0, failed 0"
    first, second = read(output)
    assert (first["key"], second["key"]) == ("id-1", "id-2")
    assert first["query"] == "Ask for a price and show it" and first["apis"] == [SHOW]
    assert first["raw_output"] == ANSWER, "it stops where the fence has closed"
    assert first["generated_plan"] == "1. Ask for the price.\n2. Show it."
    assert first["generated_code"] == CODE
    assert first["split"] == "ID" and first["model"] == str(heart)
    assert [message["role"] for message in first["prompt"]] == ["system", "user"]
    assert "def is_workflow_actions_showresult" in first["prompt"][1]["content"]
    settings = first["settings"]
    assert settings["temperature"] == 0 and settings["max_tokens"] == 200 and settings["seed"] == 0
    assert settings["backend"] == "hf" and settings["prompt"] == "generate" and settings["dtype"] == "float32"
    assert first["attempts"] == [{"raw_output": ANSWER, "finish": "stop", "errors": [], "temperature": 0.0}]


def test_without_early_stop_it_goes_on(heart: Path, tmp_path: Path) -> None:
    records, output = write(tmp_path / "in.jsonl", [record("a")]), tmp_path / "out.jsonl"
    done = run("--model", heart, "--input", records, "--output", output, "--no-early_stop", "--max_tokens", 300)
    assert done.returncode == 0
    assert read(output)[0]["raw_output"] == ANSWER + MORE


def test_ood_records_that_share_a_key_and_examples_before_them(heart: Path, tmp_path: Path) -> None:
    data, output = data_set(tmp_path / "data"), tmp_path / "out.jsonl"
    done = run("--model", heart, "--input", data, "--OOD", "--icl", 2, "--output", output, "--max_tokens", 5)
    assert done.returncode == 0, done.stderr
    rows = read(output)
    assert [row["key"] for row in rows] == ["synthesized_ood_test_data", "synthesized_ood_test_data-2"]
    assert [row["query"] for row in rows] == ["Buy", "Sell"] and {row["split"] for row in rows} == {"OOD"}
    for row in rows:
        assert [message["role"] for message in row["prompt"]] == ["system", *["user", "assistant"] * 2, "user"]
        assert len(set(row["settings"]["examples"])) == 2
        assert all(key.startswith("train-") for key in row["settings"]["examples"])
        assert row["attempts"][0]["finish"] == "length"


def test_every_record_ends_somewhere_and_a_second_run_does_only_what_is_left(untrained: Path, tmp_path: Path) -> None:
    rows: list[Any] = [record("a"), {"key": "b", "apis": []}, record("c", apis="no list"), record("d", "x" * 20_000),
                       record("e", "💾 \ud800"), record("f", "\0\u2028"), 7, record("a")]  # fmt: skip
    records, output = write(tmp_path / "in.jsonl", rows), tmp_path / "out.jsonl"
    with records.open("a", encoding="utf-8") as file:
        file.write("no json\n")
    flags = ("--model", untrained, "--input", records, "--output", output, "--max_tokens", 5)
    done = run(*flags)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("done 3, skipped 0, failed 6")
    assert [row["key"] for row in read(output)] == ["a", "f", "a-2"]
    errors = {row["key"]: row["error"] for row in read(Path(f"{output}.errors.jsonl"))}
    assert set(errors) == {"b", "c", "d", "e", "in.jsonl record 7", "in.jsonl record 9"}
    assert errors["d"].startswith("its prompt is longer than 3072 tokens")
    before = output.read_bytes()
    again = run(*flags)
    assert again.stderr.splitlines()[-1].startswith("done 0, skipped 3, failed 6")
    assert output.read_bytes() == before
    assert not list(tmp_path.glob("*.part*"))
    other = run(*flags[:-1], 6)
    assert other.returncode == 2 and "made with max_tokens 5, and this run has 6" in other.stderr
    assert output.read_bytes() == before


def test_records_with_messages_of_their_own_are_answered_and_kept_raw(tmp_path: Path) -> None:
    answer = '[{"id": 0, "name": "FinishAction", "args": "{}"}]'
    model = save_recitation(tmp_path / "model", answer)
    chat = [{"role": "user", "content": "Plan it."}, {"role": "assistant", "content": "[]"}]
    rows = [{"key": "a", "messages": chat, "ground_truth": []}, {"key": "bad", "messages": chat[1:]}]
    records, output = write(tmp_path / "in.jsonl", rows), tmp_path / "out.jsonl"
    done = run("--model", model, "--input", records, "--output", output, "--max_tokens", 99, "--check", 3)
    assert done.returncode == 1 and done.stderr.splitlines()[-1].startswith("done 1, skipped 0, failed 1")
    [made] = read(output)
    assert made["raw_output"] == answer and made["prompt"] == chat[:1] and made["ground_truth"] == []
    assert len(made["attempts"]) == 1 and made["attempts"][0]["errors"] == []


def test_killed_in_the_middle_it_goes_on(untrained: Path, tmp_path: Path) -> None:
    records = write(tmp_path / "in.jsonl", [record(f"r{index:02}") for index in range(40)])
    whole, output = tmp_path / "whole.jsonl", tmp_path / "out.jsonl"
    flags = ("--model", untrained, "--input", records, "--max_tokens", 60, "--max_rows", 1)
    assert run(*flags, "--output", whole).returncode == 0
    process = started(SCRIPT, *flags, "--output", output)
    part = output.with_name("out.jsonl.part0")
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and not (part.exists() and part.read_bytes().count(b"\n") >= 3):
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    with part.open("ab") as file:
        file.write(b'{"key": "r39", "torn')
    kept = part.read_bytes().count(b"\n")
    assert kept >= 3
    done = run(*flags, "--output", output)
    assert done.returncode == 0, done.stderr
    if kept < 40:
        assert done.stderr.splitlines()[-1] == f"done {40 - kept}, skipped {kept}, failed 0"
    assert output.read_bytes() == whole.read_bytes()


def test_two_processes_write_what_one_does(untrained: Path, tmp_path: Path) -> None:
    rows = [record(f"r{index}", f"{'longer ' * index}query") for index in range(7)] + [{"key": "bad", "apis": []}]
    records = write(tmp_path / "in.jsonl", rows)
    flags = ("--model", untrained, "--input", records, "--max_tokens", 10)
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    assert run(*flags, "--output", one).returncode == 1
    launcher = ("-m", "workflowllm.runs.launch", "--standalone", "--nproc_per_node", 2)
    _, said = started(*launcher, SCRIPT, *flags, "--output", two).communicate(timeout=300)
    assert "done 7, skipped 0, failed 1" in said and "Traceback" not in said
    assert two.read_bytes() == one.read_bytes()
    assert Path(f"{two}.errors.jsonl").read_bytes() == Path(f"{one}.errors.jsonl").read_bytes()
    assert not list(tmp_path.glob("*.part*"))


def test_check_samples_until_nothing_is_wrong(untrained: Path, heart: Path, tmp_path: Path) -> None:
    records, output = write(tmp_path / "in.jsonl", [record("a")]), tmp_path / "out.jsonl"
    flags = ("--input", records, "--output", output, "--check", 3)
    assert run("--model", untrained, *flags, "--max_tokens", 9).returncode == 0
    attempts = read(output)[0]["attempts"]
    assert [attempt["temperature"] for attempt in attempts] == [0.0, 0.8, 0.8]
    assert len({attempt["raw_output"] for attempt in attempts}) == 3 and all(attempt["errors"] for attempt in attempts)
    assert run("--model", heart, *flags, "--overwrite").returncode == 0
    assert len(read(output)[0]["attempts"]) == 1


def test_an_endpoint_gets_the_same_prompt_and_gives_the_same_fields(heart: Path, tmp_path: Path) -> None:
    data, local, remote = data_set(tmp_path / "data"), tmp_path / "local.jsonl", tmp_path / "remote.jsonl"
    assert run("--model", heart, "--input", data, "--output", local, "--max_tokens", 200).returncode == 0
    with fault_server(lambda messages: ANSWER, script=["500"]) as server:
        done = run("--model", "local", "--base_url", server.base_url, "--cache", "none", "--input", data,
                   "--output", remote, "--max_tokens", 200, "--tokenizer", heart)  # fmt: skip
        assert done.returncode == 0, done.stderr
        sent = {json.dumps(body["messages"]) for body in server.requests}
        assert all(body["temperature"] == 0 and body["max_tokens"] == 200 for body in server.requests)
    ours, theirs = read(local), read(remote)
    assert {json.dumps(row["prompt"]) for row in ours} == sent
    mixed = run("--model", "other", "--base_url", server.base_url, "--input", data, "--output", local)
    assert mixed.returncode == 2 and "holds predictions made with" in mixed.stderr
    for one, other in zip(ours, theirs, strict=True):
        assert one.keys() == other.keys()
        for name in one.keys() - {"model", "settings"}:
            assert one[name] == other[name], name


def test_check_through_an_endpoint_asks_with_other_seeds(tmp_path: Path) -> None:
    records, output = write(tmp_path / "in.jsonl", [record("a")]), tmp_path / "out.jsonl"
    bad = "Code:\n```python\nwhile True: pass\n```"
    answers = iter([bad, bad, ANSWER, bad])
    with fault_server(lambda messages: next(answers)) as server:
        done = run("--model", "local", "--base_url", server.base_url, "--cache", "none", "--input", records,
                   "--output", output, "--check", 5)  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert [body["temperature"] for body in server.requests] == [0, 0.8, 0.8]
        assert len({body["seed"] for body in server.requests}) == 3
    [row] = read(output)
    assert row["generated_code"] == CODE and len(row["attempts"]) == 3
    assert [bool(attempt["errors"]) for attempt in row["attempts"]] == [True, True, False]


@pytest.mark.parametrize(("arguments", "words"), [
    ((), "which model"),
    (("--query", "x"), "fetch_small_model.py"),
    (("--model", "nowhere", "--input", "x", "--output", "y"), "there is no folder nowhere"),
    (("--model", ".", "--query", "x"), "cannot load a tokenizer"),
    (("--model", ".", "--query", " "), "empty"),
    (("--model", ".", "--apis", "x"), "belong to a request"),
    (("--model", ".", "--input", "x"), "--output"),
    (("--model", ".", "--query", "x", "--input", "y"), "one of the two"),
    (("--model", ".", "--input", "nowhere", "--output", "y"), "there is no nowhere"),
    (("--model", ".", "--query", "x", "--edit", "nowhere.shortcut"), "nowhere.shortcut"),
    (("--model", "m", "--base_url", "http://127.0.0.1:9", "--query", "x", "--top_k", "3"), "--top_k"),
])  # fmt: skip
def test_a_wrong_command_is_one_sentence(arguments: tuple[str, ...], words: str, tmp_path: Path,
                                         monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    done = run(*arguments)
    assert done.returncode == 2 and words in done.stderr.splitlines()[-1]
