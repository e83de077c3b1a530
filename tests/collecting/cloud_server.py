"""A stand-in for icloud.com on this machine: the record API, the files it names, and the faults that servers have."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = tuple[int, dict[str, str], bytes]


class Cloud:
    """A table of paths and the answers that each gives in turn; the last one stays."""

    def __init__(self, base: str):
        self.base = base
        self.answers: dict[str, list[Answer]] = {"/robots.txt": [(404, {}, b"")]}
        self.asked: list[str] = []

    def put(self, path: str, *answers: Answer | bytes) -> None:
        self.answers[path] = [(200, {}, answer) if isinstance(answer, bytes) else answer for answer in answers]

    def share(self, identifier: str, data: bytes, name: str = "shortcut") -> str:
        """Put a shortcut up as iCloud does; its link."""
        address = f"{self.base}/files/{identifier}/${{f}}"
        record = {"fields": {name: {"value": {"downloadURL": address}}, "name": {"value": "A name"}}}
        self.put(f"/shortcuts/api/records/{identifier}", json.dumps(record).encode())
        self.put(f"/files/{identifier}/Shortcut.shortcut", data)
        return f"https://www.icloud.com/shortcuts/{identifier}"

    def answer(self, path: str) -> Answer:
        self.asked.append(path)
        waiting = self.answers.get(path, [(404, {}, b"")])
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]


@contextmanager
def cloud_server() -> Iterator[Cloud]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = cloud.answer(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    cloud = Cloud(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield cloud
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def trickling_server(start: bytes) -> Iterator[str]:
    """A server that sends `start` at once and then a byte every 50 ms, for ever; its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(65536)
            connection.sendall(start)
            while not ended.wait(0.05):
                connection.sendall(b"x")

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        ended.set()
        listener.close()
