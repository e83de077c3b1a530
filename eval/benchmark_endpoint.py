"""Does the endpoint client lose, double or delay anything? 2,000 records against a local server that fails.

    python eval/benchmark_endpoint.py
    python eval/benchmark_endpoint.py --records 200 --latency 0.05

The server answers after --latency seconds and fails as real ones do: too many requests (429 with Retry-After),
connections cut in the middle of an answer, answers that are no JSON. Its answers are made up. The run is done once
undisturbed and once with a kill -9 in the middle and a restart. A record whose answer is broken twice over is failed
until the next run; both end with runs until nothing is failed.

Throughput is in requests: those that the server has answered, faults included, since a retry takes its place among the
requests in flight like any other; its share is of concurrency / latency, from the first request of a run to its last,
the second or two included in which the last retries wait alone. The records a second are printed beside it: retries
and repeated questions come off them. The first line is the rate of bare threads that only send and receive: what the
machine gives at the moment.
"""

import argparse
import json
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from http.client import HTTPConnection
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pydantic
from support.fault_server import FaultServer, Messages, fault_server

from workflowllm.llm.client import Client
from workflowllm.llm.settings import EndpointSettings
from workflowllm.llm.stage import run_stage
from workflowllm.runs.command import run_command
from workflowllm.runs.flags import positive_int


class Echo(pydantic.BaseModel):
    """What the server answers."""

    said: str


@dataclass(frozen=True)
class Measured:
    """One run as the server saw it."""

    requests: int
    seconds: float


@dataclass(frozen=True)
class Flags:
    """What a command line asks for."""

    records: int
    concurrency: int
    latency: float
    busy: float
    cut: float
    broken: float
    seed: int


def parse_flags() -> Flags:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--records", type=positive_int, default=2000, help="records to ask about (default: %(default)s)"
    )
    parser.add_argument(
        "--concurrency", type=positive_int, default=16, help="requests in flight (default: %(default)s)"
    )
    parser.add_argument("--latency", type=float, default=0.2, help="seconds of every answer (default: %(default)s)")
    parser.add_argument("--busy", type=float, default=0.05, help="share of 429s (default: %(default)s)")
    parser.add_argument("--cut", type=float, default=0.02, help="share of cut answers (default: %(default)s)")
    parser.add_argument("--broken", type=float, default=0.03, help="share of broken answers (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the faults (default: %(default)s)")
    return Flags(**vars(parser.parse_args()))


def answer(messages: Messages) -> str:
    return json.dumps({"said": messages[0]["content"].split()[-1]})


async def work(record: dict[str, Any], client: Client) -> dict[str, Any]:
    reply = await client.ask([{"role": "user", "content": f"Say in JSON: {record['key']}"}], Echo)
    return {"key": record["key"], "said": reply.data.said}


def keys(count: int) -> list[str]:
    return [f"k{number}" for number in range(count)]


def bare(base_url: str, count: int, concurrency: int) -> None:
    """Requests from bare threads, without a library, a retry or a file: what the machine gives at the moment."""
    address = urlsplit(base_url)
    body = json.dumps({"messages": [{"role": "user", "content": "Say in JSON: k0"}]})

    def ask() -> None:
        connection = HTTPConnection(address.hostname or "", address.port)
        for _ in range(count // concurrency):
            connection.request("POST", f"{address.path}/chat/completions", body)
            connection.getresponse().read()

    threads = [Thread(target=ask) for _ in range(concurrency)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def show_bare(flags: Flags) -> None:
    """What a bare client gets of a server without faults."""
    count = min(flags.records, 40 * flags.concurrency)
    with fault_server(answer, latency=flags.latency) as server:
        process = get_context("spawn").Process(target=bare, args=(server.base_url, count, flags.concurrency))
        process.start()
        part = measured(process, server)
    show_rate("a bare client", part, part.requests, flags)


def run(output: Path, count: int, settings: EndpointSettings) -> None:
    """One run of the stage, in a process of its own."""
    run_stage(((key, {"key": key}) for key in keys(count)), work, output, settings)


def started(output: Path, server: FaultServer, flags: Flags) -> BaseProcess:
    settings = EndpointSettings(
        "local", server.base_url, concurrency=flags.concurrency, cache=output.with_suffix(".sqlite")
    )
    process = get_context("spawn").Process(target=run, args=(output, flags.records, settings))
    process.start()
    return process


def measured(process: BaseProcess, server: FaultServer, kill_at: int | None = None) -> Measured:
    """Wait for a run, or kill it once the server has seen `kill_at` requests; what the server saw of it."""
    before = len(server.times)
    while process.is_alive():
        if kill_at and len(server.times) >= kill_at:
            process.kill()
        process.join(0.01)
    while server.at_once:
        time.sleep(0.01)
    times = server.times[before:]
    return Measured(len(times), times[-1] - times[0] + server.latency)


def show_rate(name: str, part: Measured, records: int, flags: Flags) -> None:
    best = flags.concurrency / flags.latency
    rate, useful = part.requests / part.seconds, records / part.seconds
    print(
        f"{name:<22} {part.requests:>5} requests in {part.seconds:5.1f} s: {rate:5.1f} a second, {rate / best:6.1%} of "
        f"{best:g}; records {records}, {useful:.1f} a second, {useful / best:.1%}"
    )


def lines_of(path: Path) -> list[dict[str, Any]]:
    """The whole lines of a file; a kill may have torn the last."""
    data = path.read_bytes() if path.exists() else b""
    return [json.loads(line) for line in data.split(b"\n")[:-1]]


def rehearsed(name: str, folder: Path, flags: Flags, with_kill: bool) -> int:
    """All records through a new server; print what became of them, and return how many were lost, doubled or wrong."""
    faults = {"429": flags.busy, "cut": flags.cut, "broken": flags.broken}
    output = folder / f"{name}.jsonl"
    errors = output.with_name(output.name + ".errors.jsonl")
    settings = {"faults": faults, "latency": flags.latency, "seed": flags.seed, "retry_after": "1"}
    parts = []
    with fault_server(answer, **settings) as server:
        if with_kill:
            parts.append(measured(started(output, server, flags), server, flags.records // 2))
            show_rate("until the kill", parts[0], len(lines_of(output)), flags)
        before = len(lines_of(output))
        parts.append(measured(started(output, server, flags), server))
        show_rate(name, parts[-1], len(lines_of(output)) - before, flags)
        if with_kill:
            both = Measured(sum(part.requests for part in parts), sum(part.seconds for part in parts))
            show_rate("both", both, len(lines_of(output)), flags)
        failed = len(lines_of(errors))
        while lines_of(errors):
            measured(started(output, server, flags), server)
        served = server.served
    counts = Counter(row["key"] for row in lines_of(output))
    lost = len(set(keys(flags.records)) - counts.keys())
    doubled, wrong = counts.total() - len(counts), sum(row["said"] != row["key"] for row in lines_of(output))
    print(f"  lost {lost}, doubled {doubled}, with another's answer {wrong}; failed in the first full run {failed}")
    print(f"  served {dict(served)}; good answers beyond one a record {served[''] - flags.records}")
    return lost + doubled + wrong


def main() -> int:
    flags = parse_flags()
    show_bare(flags)
    with tempfile.TemporaryDirectory() as folder:
        faults = [
            rehearsed("undisturbed", Path(folder), flags, with_kill=False),
            rehearsed("restarted", Path(folder), flags, with_kill=True),
        ]
    return int(any(faults))


if __name__ == "__main__":
    run_command(main)
