"""A stage over many records: nothing lost, nothing doubled, whatever happens to the server."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from helpers_stage import ask_echo, echo, errors_of, records, rows_of, settings_for
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.support.fault_server import fault_server
from workflowllm.llm.budget import estimated
from workflowllm.llm.client import Client
from workflowllm.llm.stage import StageDetails, keyed_rows, run_stage
from workflowllm.runs.command import CommandError


def test_lines_come_out_in_the_order_of_the_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "out.jsonl"
    with fault_server(echo, faults={"429": 0.1, "500": 0.1, "cut": 0.05}) as server:
        # Which request meets which fault is the scheduler's choice: with six retries one test in 250 lost a record.
        assert run_stage(records(60), ask_echo, output, settings_for(server, retries=60)) == 0
    assert rows_of(output) == [{"key": f"k{number}", "said": f"k{number}"} for number in range(60)]
    cost, counts = capsys.readouterr().err.splitlines()[-2:]
    assert cost.startswith("calls 60 (") and "tokens 600 in and 300 out, price unknown" in cost
    assert counts == "done 60, skipped 0, failed 0"
    [run] = json.loads(Path(f"{output}.run.json").read_text("utf-8"))["runs"]
    assert run["end"] == "complete" and run["counts"]["done"] == 60 and run["usage"]["calls"] == 60
    assert run["versions"]["openai"] and run["endpoint"]["model"] == "local"


FAULTS = ("", "", "", "429", "500", "cut", "garbage", "broken", "length", "refusal", "filter", "400")


@settings(max_examples=15)
@given(script=st.lists(st.sampled_from(FAULTS), max_size=40), second=st.lists(st.sampled_from(FAULTS), max_size=10))
def test_nothing_is_lost_or_doubled(
    script: list[str], second: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    output = tmp_path_factory.mktemp("stage") / "out.jsonl"
    keys = {name for name, _ in records(12)}
    with fault_server(echo, script=script) as server:
        for faults in (second, []):
            run_stage(records(12), ask_echo, output, settings_for(server, retries=2))
            done = Counter(row["key"] for row in rows_of(output))
            assert set(done.values()) <= {1} and all(row["said"] == row["key"] for row in rows_of(output))
            assert done.keys() | errors_of(output).keys() == keys and not done.keys() & errors_of(output).keys()
            server.script[:] = faults
        assert run_stage(records(12), ask_echo, output, settings_for(server)) == 0
    assert [row["key"] for row in rows_of(output)] == [name for name, _ in records(12)]
    assert not Path(f"{output}.errors.jsonl").exists()


def test_what_is_done_is_not_asked_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "out.jsonl"
    with fault_server(echo) as server:
        run_stage(records(5), ask_echo, output, settings_for(server))
        before = output.read_bytes()
        assert run_stage(records(5), ask_echo, output, settings_for(server)) == 0
        assert len(server.requests) == 5 and output.read_bytes() == before
        assert capsys.readouterr().err.endswith("done 0, skipped 5, failed 0\n")
        run_stage(records(5), ask_echo, output, settings_for(server), overwrite=True)
        assert len(server.requests) == 10 and output.read_bytes() == before


@pytest.mark.parametrize("torn", [b'{"key": "k2", "sa', b'{"key": "k2", "said": "k2"}', b"\xff\xfe", b"\0"])
def test_a_torn_last_line_is_made_again(torn: bytes, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    output.write_bytes(b'{"key": "k1", "said": "k1"}\n' + torn)
    with fault_server(echo) as server:
        assert run_stage(records(3), ask_echo, output, settings_for(server)) == 0
        assert len(server.requests) == 2
    assert [row["key"] for row in rows_of(output)] == ["k0", "k1", "k2"]


@pytest.mark.parametrize("foreign", [b"hello\n", b'["k1"]\n', b'{"name": 1}\n', b'{"key": 7}\n', b"\xff\n"])
def test_a_file_of_something_else_is_left_alone(foreign: bytes, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    output.write_bytes(b'{"key": "k0", "said": "k0"}\n' + foreign)
    with fault_server(echo) as server, pytest.raises(CommandError, match="line 2 is no record of this stage"):
        run_stage(records(3), ask_echo, output, settings_for(server))
    assert output.read_bytes().endswith(foreign)


def test_two_runs_do_not_share_an_output(tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"

    async def nested(record: dict[str, Any], client: Client) -> dict[str, Any]:
        with pytest.raises(CommandError, match="another run is writing"):
            run_stage([], ask_echo, output, client.settings)
        return {"key": record["key"]}

    with fault_server(echo) as server:
        assert run_stage(records(1), nested, output, settings_for(server)) == 0


def test_inputs_that_cannot_be_asked_about(tmp_path: Path) -> None:
    source, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"key": "a"}\nbroken\n[1]\n{"key": "a"}\n{"title": "no key"}\n{"key": "bad"}\n', "utf-8")

    async def work(record: dict[str, Any], client: Client) -> dict[str, Any]:
        if record["key"] == "bad":
            raise KeyError("steps")
        return await ask_echo(record, client)

    with fault_server(echo) as server:
        assert run_stage(keyed_rows(source), work, output, settings_for(server)) == 1
    assert [row["key"] for row in rows_of(output)] == ["a", "line 5"]
    errors = errors_of(output)
    assert errors.keys() == {"line 2", "line 3", "a (occurrence 2)", "bad"}
    assert errors["bad"] == "KeyError: 'steps'"


def test_a_failure_of_a_record_that_is_gone_is_forgotten(tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    with fault_server(echo) as server:
        assert run_stage([*records(2), ("x", ValueError("bad"))], ask_echo, output, settings_for(server)) == 1
        assert errors_of(output) == {"x": "bad"}
        assert run_stage(records(2), ask_echo, output, settings_for(server)) == 0
    assert not Path(f"{output}.errors.jsonl").exists()


def test_records_that_wait_do_not_hold_up_the_others(tmp_path: Path) -> None:
    """The first 20 records are told to wait; were they to count, 16 would be all that is under way."""
    output = tmp_path / "out.jsonl"
    with fault_server(echo, script=["429"] * 20, retry_after="2") as server:
        assert run_stage(records(60), ask_echo, output, settings_for(server, concurrency=8)) == 0
        asked = [request["messages"][0]["content"] for request in server.requests]
    again = next(index for index, question in enumerate(asked) if question in asked[:index])
    assert again > 20


def test_an_empty_input(tmp_path: Path) -> None:
    with fault_server(echo) as server:
        assert run_stage([], ask_echo, tmp_path / "out.jsonl", settings_for(server)) == 0
    assert (tmp_path / "out.jsonl").read_bytes() == b""


def test_a_dry_run_asks_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each of the 9 records that are left takes two calls of 7 bytes (2 tokens) and 100 tokens: $0.0001083 each."""
    output = tmp_path / "out.jsonl"
    output.write_text('{"key": "k0"}\n', "utf-8")
    with fault_server(echo) as server:
        status = run_stage(
            records(10), ask_echo, output, settings_for(server, model="gpt-4o-mini", dry_run=True),
            details=StageDetails(
                estimate=lambda record: [estimated([{"role": "user", "content": "1234567"}], 100)] * 2
            ),
        )  # fmt: skip
        assert status == 0 and not server.requests
    assert capsys.readouterr().out == (
        "9 records, 18 calls of gpt-4o-mini, about 36 tokens in and 1,800 out, $0.0011; nothing was asked\n"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.jsonl"]


def test_money_stops_cleanly_and_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output, cost = tmp_path / "out.jsonl", 10 * 0.15e-6 + 5 * 0.60e-6
    with fault_server(echo) as server:
        limited = settings_for(server, model="gpt-4o-mini", max_tokens=8, max_cost=10 * cost)
        assert run_stage(records(20), ask_echo, output, limited) == 1
        done = len(rows_of(output))
        assert 8 <= done <= 10 and not errors_of(output)
        lines = capsys.readouterr().err.splitlines()
        assert "--max_cost" in lines[0] and lines[-1] == f"done {done}, skipped 0, failed 0, left {20 - done}"
        assert run_stage(records(20), ask_echo, output, replace(limited, max_cost=1.0)) == 0
        assert len(server.requests) == 20
    assert [row["key"] for row in rows_of(output)] == [name for name, _ in records(20)]


@pytest.mark.parametrize(("fault", "word"), [("401", "refuses the key"), ("404", "no model")])
def test_a_run_that_cannot_succeed_stops_at_once(
    fault: str, word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with fault_server(echo, faults={fault: 1.0}) as server:
        assert run_stage(records(500), ask_echo, tmp_path / "out.jsonl", settings_for(server)) == 2
        assert len(server.requests) <= 16
    stopped, _, counts = capsys.readouterr().err.splitlines()
    assert word in stopped and counts == "done 0, skipped 0, failed 0, left 500"


def test_a_server_that_dies_in_the_middle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "out.jsonl"
    with fault_server(echo) as server:
        run = settings_for(server, retries=2)

        async def work(record: dict[str, Any], client: Client) -> dict[str, Any]:
            if record["key"] == "k30":  # as if nothing listened any more
                client._transport._openai.base_url = "http://127.0.0.1:9/v1"
            return await ask_echo(record, client)

        assert run_stage(records(400), work, output, run) == 1
    done, failed = len(rows_of(output)), len(errors_of(output))
    assert 20 <= done <= 40 and failed <= 24
    assert f", left {400 - done - failed}" in capsys.readouterr().err
    with fault_server(echo) as server:
        assert run_stage(records(400), ask_echo, output, settings_for(server)) == 0
    assert [row["key"] for row in rows_of(output)] == [name for name, _ in records(400)]
