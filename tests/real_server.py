"""`transformers serve` with the small model: a real endpoint for what a made-up one cannot show.

The model is small and its answers are weak; tests that use it are about transport and about what is caught, never
about what it says.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

MODEL = Path(__file__).parents[1] / "output" / "models" / "smollm2-135m-instruct"
_PATIENCE = 120  # seconds to start on a busy machine; 9 on a free one


class RealServer(NamedTuple):
    """Where it is, and the name its model goes by."""

    base_url: str
    model: str


@pytest.fixture(scope="session")
def real_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    """The server, started once for all tests that ask for it."""
    command = Path(sys.executable).with_name("transformers")
    if not (MODEL / "config.json").is_file():
        pytest.skip("NOT TESTED: no small model; fetch it with `python scripts/fetch_small_model.py`")
    if not command.is_file():
        pytest.skip("NOT TESTED: no `transformers serve` beside this Python")
    home = tmp_path_factory.mktemp("hub")
    (home / "hub").mkdir()  # /v1/models fails without it
    port = _free_port()
    settings = os.environ | {"HF_HOME": str(home), "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            [command, "serve", MODEL, "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"],
            env=settings, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        try:
            _wait(server, f"http://127.0.0.1:{port}/health", home / "log")
            yield RealServer(f"http://127.0.0.1:{port}/v1", str(MODEL))
        finally:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _wait(server: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    for _ in range(_PATIENCE * 5):
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"transformers serve did not start:\n{log.read_text('utf-8', 'replace')[-2000:]}")
