"""No key and no password is printed or stored, whoever echoes it; prompts, answers and caches are private files."""

import base64
import json
import stat
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from helpers_stage import ask_echo, echo, records, settings_for

from eval.support.fault_server import fault_server
from workflowllm.llm.cache import AnswerCache
from workflowllm.llm.settings import EndpointSettings
from workflowllm.llm.stage import run_stage
from workflowllm.llm.transport import secrets_of


class Echoing(BaseHTTPRequestHandler):
    """Refuses every request and says what it was: address, headers and all."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        message = f"you sent {self.path} {self.headers['Authorization']} {dict(self.headers)}"
        data = json.dumps({"error": {"message": message}}).encode()
        self.send_response(400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.mark.parametrize("user", ["ada:pass%2Dword@", ""])
def test_an_echo_shows_no_secret(
    user: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echoing)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://{user}127.0.0.1:{server.server_port}/v1"
        assert run_stage(records(2), ask_echo, tmp_path / "out.jsonl", EndpointSettings("m", address)) == 1
    finally:
        server.shutdown()
        server.server_close()
    shown = capsys.readouterr().err + "".join(path.read_text("utf-8") for path in tmp_path.iterdir())
    assert "you sent" in shown, "the server's own words are shown"
    for secret in ("sk-very-secret", "pass-word", "pass%2Dword", base64.b64encode(b"ada:pass-word").decode()):
        assert secret not in shown


def test_what_is_secret_in_an_address() -> None:
    secrets = secrets_of("sk-1234", "https://ada:p%40ss@example.com/v1?api_key=k-99")
    assert {"sk-1234", "p%40ss", "p@ss", "ada:p%40ss", "k-99", "YWRhOnBAc3M="} <= set(secrets)
    assert secrets_of(None, None) == [] and "example.com" not in secrets


def test_what_a_stage_writes_is_its_users_alone(tmp_path: Path) -> None:
    with fault_server(echo, script=["400"]) as server:
        run_stage(records(3), ask_echo, tmp_path / "out.jsonl", settings_for(server, cache=tmp_path / "cache.sqlite"))
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert {"out.jsonl", "out.jsonl.errors.jsonl", "out.jsonl.run.json", "cache.sqlite"} <= modes.keys()
    assert set(modes.values()) == {0o600}


def test_a_cache_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    path.touch(0o644)
    cache = AnswerCache(path)
    cache.put("k", {"text": "mine"})
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}
    cache.close()
