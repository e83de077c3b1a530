"""Files of every kind, and everything else that people hand in as a shortcut."""

import json
import plistlib
import random
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from workflowllm.shortcuts.files import binary as bplist
from workflowllm.shortcuts.files import containers, icloud
from workflowllm.shortcuts.files.containers import is_icloud_link, read_file, read_shortcut
from workflowllm.shortcuts.files.icloud import fetch_icloud
from workflowllm.shortcuts.model.errors import ShortcutError

COMMENT = {
    "WFWorkflowActionIdentifier": "is.workflow.actions.comment",
    "WFWorkflowActionParameters": {"t": "ü", "n": 1.5},
}
TREE = {
    "WFWorkflowActions": [COMMENT, {"WFWorkflowActionIdentifier": "is.workflow.actions.exit"}],
    "WFWorkflowIcon": {},
}
BINARY = plistlib.dumps(TREE, fmt=plistlib.FMT_BINARY)
XML = plistlib.dumps(TREE)
JSON = json.dumps(TREE).encode()
ID = "0123456789abcdef0123456789abcdef"
LINK = f"https://www.icloud.com/shortcuts/{ID}"


@pytest.mark.parametrize(
    ("data", "container"),
    [
        (BINARY, "binary"),
        (XML, "xml"),
        (b"\n\n " + XML, "xml"),
        (b"\xef\xbb\xbf" + XML, "xml"),
        (XML.decode().replace(' encoding="UTF-8"', "").encode("utf-16"), "xml"),
        (XML[XML.index(b"<plist") :], "xml"),
        (JSON, "json"),
        (b"\xef\xbb\xbf \n" + JSON, "json"),
        (json.dumps(TREE, ensure_ascii=False).encode("utf-16"), "json"),
    ],
)
def test_every_container_gives_the_same_tree(data, container):
    shortcut = read_shortcut(data)
    assert shortcut.workflow == TREE
    assert shortcut.container == container


def test_json_keeps_pairs_of_surrogates():
    assert read_shortcut(json.dumps({**TREE, "a": "\N{GRINNING FACE}"}).encode()).workflow["a"] == "\N{GRINNING FACE}"


OTHER_FILES = {
    b"": "empty",
    b" \n": "empty",
    b"\0" * 50: "empty",
    b"<!DOCTYPE html><html></html>": "web page",
    b"\r\n<HTML><body>404": "web page",
    b"<?xml version='1.0'?><html/>": "the XML root is 'html'",
    b"PK\x03\x04\x14\0\0\0": "archive",
    b"\x1f\x8b\x08\0": "archive",
    LINK.encode() + b"\n": "iCloud link",
    b"{ WFWorkflowActions = ( ); }": "OpenStep",
    b'{ "WFWorkflowActions" = (); }': "OpenStep",
    b"// !$*UTF8*$!\n{ a = b; }": "OpenStep",
    b"(1, 2)": "OpenStep",
    b"bplist15" + bytes(50): "unknown version",
    b"bplist": "cut off",
    b"\x89PNG\r\n\x1a\n": "begins with b.*PNG",
    b"\xff\xfe": "empty",
    b"some words": "begins with b'some words'",
    b"[]": "root is a list",
    b'{"WFWorkflowActions": {}}': "is a dict, not a list",
    b'{"a\\nb": 1}': r"it has 'a\\nb'",
    b"{}": "no keys at all",
    b'{"WFWorkflowActions": [{"WFWorkflowActionIdentifier": "a"}, 5]}': "Action 1 is a int",
    b'{"WFWorkflowActions": [{}]}': "Action 0 has no text",
    b'{"WFWorkflowActions": [{"WFWorkflowActionIdentifier": 1}]}': "Action 0 has no text",
    b'{"WFWorkflowActions": [{"WFWorkflowActionIdentifier": "a", "WFWorkflowActionParameters": []}]}': "Action 0 .'a'.",
    b'{"a": NaN}': "NaN",
    b'{"a": -Infinity}': "-Infinity",
    b'{"a": 1e999}': "too large",
    b'{"a": ' + b"7" * 100_000 + b"}": "100,000 digits",
    b'{"a": ' + b"[" * 100_000: "deeper",
    b'{"a": ' + b"[" * 600 + b"]" * 600 + b"}": "deeper",
    b'{"a": "\\ud83d"}': "not valid Unicode",
    b'{"a": "\xff"}': "not valid Unicode",
    b'{"a": 1': "JSON is damaged",
    b'\xff\xfe{\x00"': "not valid Unicode",
}


@pytest.mark.parametrize(
    "data", OTHER_FILES, ids=lambda data: data[:20].decode("latin-1").encode("unicode_escape").decode()
)
def test_other_files_are_named_in_one_sentence(data):
    with pytest.raises(ShortcutError, match=OTHER_FILES[data]) as caught:
        read_shortcut(data)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 400


def test_sizes_are_bounded(monkeypatch, tmp_path):
    monkeypatch.setattr(containers, "MAX_BYTES", 1 << 20)
    (tmp_path / "large").write_bytes(bytes((1 << 20) + 1))
    with pytest.raises(ShortcutError, match="over 1 MiB"):
        read_file(tmp_path / "large")
    monkeypatch.setattr(bplist, "MAX_NODES", 100)
    with pytest.raises(ShortcutError, match="over 100 values"):
        read_shortcut(b'{"a": [' + b"[]," * 300 + b"0]}")


def test_read_file(tmp_path):
    (tmp_path / "a.txt").write_bytes(XML)  # the name says nothing
    assert read_file(tmp_path / "a.txt") == read_file(str(tmp_path / "a.txt")) == read_shortcut(XML)
    for name in ("missing", ".", "a.txt/b", "zero\0byte"):
        with pytest.raises(ShortcutError, match="Cannot read"):
            read_file(f"{tmp_path}/{name}")


def test_damage_anywhere_gives_a_shortcut_or_a_shortcut_error():
    rng = random.Random(4)
    for _ in range(600):
        data = bytearray(rng.choice((BINARY, XML, JSON)))
        for _ in range(rng.choice((1, 2, 5))):
            data[rng.randrange(len(data))] = rng.randrange(256)
        if rng.random() < 0.2:
            del data[rng.randrange(len(data)) :]
        try:
            assert isinstance(read_shortcut(bytes(data)).workflow["WFWorkflowActions"], list)
        except ShortcutError as error:
            assert "\n" not in str(error)


def test_icloud_links():
    for link in (LINK, f" {LINK}\n", LINK.replace("www.", ""), LINK + "/", LINK + "?a=b", LINK.upper().replace(
        "HTTPS://WWW.ICLOUD.COM/SHORTCUTS", "https://www.icloud.com/shortcuts")):  # fmt: skip
        assert is_icloud_link(link), link
    for link in ("", "https://www.icloud.com/shortcuts/", LINK + " x", LINK.replace("icloud", "example"), "x" + LINK):
        assert not is_icloud_link(link), link


@pytest.fixture
def cloud():
    """A stand-in for icloud.com on this machine: a table of addresses and answers."""
    answers: dict[str, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = answers.get(self.path)
            self.send_response(404 if body is None else 200)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", answers
    server.shutdown()
    thread.join()
    server.server_close()


def record(**addresses: str) -> bytes:
    return json.dumps({"fields": {name: {"value": {"downloadURL": url}} for name, url in addresses.items()}}).encode()


def test_fetching_a_link(cloud):
    base, answers = cloud
    answers["/files/Shortcut.shortcut"], answers["/signed"] = BINARY, b"AEA1"
    api = f"/shortcuts/api/records/{ID}"
    answers[api] = record(signedShortcut=f"{base}/signed", shortcut=base + "/files/${f}")
    assert fetch_icloud(LINK, timeout=5, base=base) == BINARY
    answers[api] = record(signedShortcut=f"{base}/signed")
    assert fetch_icloud(LINK, timeout=5, base=base) == b"AEA1"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (None, "answered 404"),
        (b"<html>", "names no file"),
        (b"[]", "names no file"),
        (b'{"fields": {"shortcut": {"value": 5}}}', "names no file"),
        (b'{"fields": {}}', "names no file"),
        (b'{"fields": ' + b"[" * 100_000, "names no file"),
        (record(shortcut="file:///etc/hostname"), "not an http"),
        (record(shortcut="http://[bad"), "Cannot fetch"),
        (record(shortcut="http://a b/"), "Cannot fetch"),
        (record(shortcut="http://127.0.0.1:1/"), "Cannot fetch"),
    ],
)
def test_fetching_fails_in_one_sentence(cloud, answer, message):
    base, answers = cloud
    if answer is not None:
        answers[f"/shortcuts/api/records/{ID}"] = answer
    with pytest.raises(ShortcutError, match=message) as caught:
        fetch_icloud(LINK, timeout=5, base=base)
    assert "\n" not in str(caught.value)


def test_fetching_nothing_but_icloud_links_and_bounded_bodies(cloud, monkeypatch):
    base, answers = cloud
    with pytest.raises(ShortcutError, match="not an iCloud link"):
        fetch_icloud("https://example.org/x", base=base)
    answers[f"/shortcuts/api/records/{ID}"] = bytes(2000)
    monkeypatch.setattr(icloud, "MAX_BYTES", 1000)
    with pytest.raises(ShortcutError, match="over 0 MiB"):
        fetch_icloud(LINK, timeout=5, base=base)
