"""A local endpoint that fails as real ones do, for rehearsals: tests, benchmarks, and trying a command without a key.

    with fault_server(lambda messages: '{"verdict": true}', faults={"429": 0.05}) as server:
        ... server.base_url, server.requests, server.served

Its answers are made up; nothing that was asked of it is a result. Kinds of fault: a status (429, 500, 503), `cut` (the
connection closes in the middle of the answer), `trickle` (a byte of the answer every 20 ms), `garbage` (the body is no
JSON), `nothing` (it holds no answer), `parts` (an answer that is no text), `broken` (the answer's text is no JSON),
`length` (half of the text, finish_reason length), `filter`, `refusal`, `empty`.
"""

import json
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Messages = list[dict[str, str]]


@dataclass
class FaultServer:
    """What the server was told to do, and what it has seen."""

    answer: Callable[[Messages], str]
    faults: dict[str, float] = field(default_factory=dict)  # kind -> share of the requests
    script: list[str] = field(default_factory=list)  # kinds of the first requests, "" for a good answer
    latency: float = 0.0  # seconds
    retry_after: str = "0"
    seed: int = 0
    base_url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)  # bodies, with their headers as `headers`
    times: list[float] = field(default_factory=list)  # when each came, in seconds
    served: Counter[str] = field(default_factory=Counter)  # kind -> how often
    most_at_once: int = 0

    def __post_init__(self) -> None:
        self.random, self.lock, self.at_once = random.Random(self.seed), threading.Lock(), 0

    def drawn(self, body: dict[str, Any]) -> str:
        """Note a request and draw its fault."""
        with self.lock:
            self.requests.append(body)
            self.times.append(time.monotonic())
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            if self.script:
                kind = self.script.pop(0)
            else:
                shares = [1 - sum(self.faults.values()), *self.faults.values()]
                kind = self.random.choices(["", *self.faults], shares)[0]
            self.served[kind] += 1
            return kind

    def left(self) -> None:
        with self.lock:
            self.at_once -= 1


class _Handler(BaseHTTPRequestHandler):
    # Head and body are two writes: Nagle's algorithm would hold the second for the 40 ms of a delayed acknowledgement.
    disable_nagle_algorithm = True
    protocol_version = "HTTP/1.1"
    server: "_Server"

    def log_message(self, *arguments: object) -> None:
        pass

    def do_POST(self) -> None:
        state = self.server.state
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        kind = state.drawn(body | {"headers": {name.lower(): text for name, text in self.headers.items()}})
        try:
            time.sleep(state.latency)
            self.reply(kind, body["messages"])
        finally:
            state.left()

    def reply(self, kind: str, messages: Messages) -> None:
        if kind.isdecimal():
            self.send(int(kind), {"error": {"message": f"fault {kind}", "type": "fault", "code": None}})
        elif kind == "cut":
            data = json.dumps(completion(self.server.state.answer(messages))).encode()
            self.head(200, len(data))
            self.wfile.write(data[: len(data) // 2])
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
        elif kind == "trickle":
            data = json.dumps(completion(self.server.state.answer(messages))).encode()
            self.head(200, len(data))
            for byte in data:
                time.sleep(0.02)
                self.wfile.write(bytes([byte]))
        elif kind == "nothing":
            self.send(200, {"object": "chat.completion", "choices": []})
        elif kind == "garbage":
            self.head(200, 9)
            self.wfile.write(b'{"choices')
        else:
            self.send(200, faulty_completion(kind, self.server.state.answer(messages)))

    def send(self, status: int, body: Any) -> None:
        data = json.dumps(body).encode()
        self.head(status, len(data))
        self.wfile.write(data)

    def head(self, status: int, length: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(length))
        if status == 429:
            self.send_header("Retry-After", self.server.state.retry_after)
        self.end_headers()


def faulty_completion(kind: str, text: str) -> dict[str, Any]:
    if kind == "broken":
        return completion("Sure! Here is what you asked for: {verdict = yes; reason")
    if kind == "length":
        return completion(text[: len(text) // 2], finish_reason="length")
    if kind == "parts":
        return completion([{"type": "text", "text": text}])
    if kind == "filter":
        return completion("", finish_reason="content_filter")
    if kind == "refusal":
        return completion(None, refusal="I cannot help with that.")
    if kind == "empty":
        return completion(None)
    return completion(text)


def completion(text: Any, finish_reason: str = "stop", refusal: str | None = None) -> dict[str, Any]:
    """A chat completion as OpenAI writes it."""
    message = {"role": "assistant", "content": text, "refusal": refusal}
    return {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "local",
        "choices": [{"index": 0, "message": message, "finish_reason": finish_reason, "logprobs": None}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
    }  # fmt: skip


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    state: FaultServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves early is nothing to report; what a test needs to know shows in its answers."""


@contextmanager
def fault_server(answer: Callable[[Messages], str], **settings: Any) -> Iterator[FaultServer]:
    """A server in threads of this process, at an address of its own."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.state = FaultServer(answer, **settings)
    server.state.base_url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
