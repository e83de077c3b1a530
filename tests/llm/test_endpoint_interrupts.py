"""A stage in a process of its own, killed and interrupted: at most what was in flight is lost, and nothing doubled."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from helpers_stage import echo, errors_of, records, rows_of

from eval.support.fault_server import FaultServer, fault_server

SCRIPT = """
import sys
from pathlib import Path
from helpers_stage import ask_echo, records
from workflowllm.llm.settings import EndpointSettings
from workflowllm.llm.stage import run_stage
cache = Path(sys.argv[3]) if len(sys.argv) > 3 else None
sys.exit(run_stage(records(200), ask_echo, Path(sys.argv[1]),
                   EndpointSettings("local", sys.argv[2], concurrency=4, first_pause=0.01, cache=cache)))
"""


def started(output: Path, server: FaultServer, *more: object) -> "subprocess.Popen[str]":
    """A run of 200 records in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(output), server.base_url, *map(str, more)],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parent)}, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def wait_for(server: FaultServer, requests: int, run: "subprocess.Popen[str]") -> None:
    while len(server.requests) < requests and run.poll() is None:
        time.sleep(0.005)


def test_kill_in_the_middle(tmp_path: Path) -> None:
    """Three runs are killed; each loses at most what was in flight, and the last one has every record once."""
    output = tmp_path / "out.jsonl"
    with fault_server(echo, faults={"429": 0.05, "cut": 0.02, "broken": 0.03}, latency=0.01) as server:
        for requests in (25, 75, 125):
            run = started(output, server, tmp_path / "answers.sqlite")
            wait_for(server, requests, run)
            run.kill()
            run.communicate()
            served, lines = server.served[""], output.read_bytes().count(b"\n")
            assert served - lines <= 3 * 8  # 8 records are under way at a time
        while (run := started(output, server, tmp_path / "answers.sqlite")).wait(60) == 1:
            assert errors_of(output)  # answers that were broken twice
        assert run.returncode == 0
    assert [row["key"] for row in rows_of(output)] == [name for name, _ in records(200)]
    assert all(row["said"] == row["key"] for row in rows_of(output))


def test_an_interrupt_finishes_what_is_in_flight(tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    with fault_server(echo, latency=0.05) as server:
        run = started(output, server)
        wait_for(server, 20, run)
        run.send_signal(signal.SIGINT)
        _, said = run.communicate(timeout=60)
        assert run.returncode == 130 and "finishing" in said and "Traceback" not in said
        done = len(rows_of(output))
        assert done == len(server.requests) < 200
        assert said.splitlines()[-1] == f"done {done}, skipped 0, failed 0, left {200 - done}"
        assert started(output, server).wait(60) == 0 and len(server.requests) == 200


def test_a_second_interrupt_stops_at_once(tmp_path: Path) -> None:
    release = threading.Event()

    def stuck(messages: list[dict[str, str]]) -> str:
        release.wait(60)
        return echo(messages)

    with fault_server(stuck) as server:
        run = started(tmp_path / "out.jsonl", server)
        wait_for(server, 4, run)
        run.send_signal(signal.SIGINT)
        time.sleep(0.2)
        run.send_signal(signal.SIGINT)
        _, said = run.communicate(timeout=30)
        release.set()
    assert run.returncode == 130 and said.endswith("done 0, skipped 0, failed 0, left 200\n")
