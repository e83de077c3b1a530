"""The collector's script against a local stand-in for iCloud: every form of list, resuming, and what is no shortcut."""

import gzip
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cloud_server import Cloud, cloud_server

from workflowllm.collecting.stores import Listed, read_list, read_metadata
from workflowllm.runs.command import CommandError

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "preprocess" / "collect_shortcuts.py"
SAMPLES = sorted((ROOT / "data" / "shortcuts").glob("*.shortcut"))[:6]
IDS = [hashlib.md5(str(number).encode()).hexdigest() for number in range(20)]


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with cloud_server() as running:
        yield running


def command(cloud: Cloud, *arguments: object) -> list[str]:
    return [sys.executable, str(SCRIPT), "--allow_private", "--base", cloud.base, *map(str, arguments)]


def run(cloud: Cloud, *arguments: object) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command(cloud, "--requests_a_minute", 60000, "--attempts", 2, *arguments),
                          capture_output=True, text=True)  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return done


def metadata(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "metadata.jsonl").read_text("utf-8").splitlines()]


def test_a_store_becomes_files_and_metadata(cloud: Cloud, tmp_path: Path) -> None:
    links = [cloud.share(identifier, path.read_bytes()) for identifier, path in zip(IDS, SAMPLES)]
    store = tmp_path / "store.csv"
    rows = [f'"Tea, ""{number}""",Line one,Utilities,{link}' for number, link in enumerate(links)]
    store.write_text("\n".join(["Name,Description,Category,Link", *rows]), "utf-8-sig")
    done = run(cloud, "--input", store, "--output", tmp_path / "out")
    assert done.returncode == 0 and done.stderr.splitlines()[-1] == f"done {len(links)}, skipped 0, failed 0"
    found = metadata(tmp_path / "out")
    for number, (row, path) in enumerate(zip(found, SAMPLES)):
        assert row["title"] == f'Tea, "{number}"' and row["category"] == "Utilities" and row["link"] == links[number]
        assert (tmp_path / "out" / "files" / row["key"]).read_bytes() == path.read_bytes()
        assert row["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert cloud.asked[0] == "/robots.txt" and cloud.asked.count("/robots.txt") == 1
    described = read_metadata(tmp_path / "out" / "metadata.jsonl")  # what the annotator reads
    assert described[f"{IDS[0]}.shortcut"] == {"title": 'Tea, "0"', "description": "Line one", "category": "Utilities"}


def test_what_is_there_is_not_fetched_again(cloud: Cloud, tmp_path: Path) -> None:
    links = [cloud.share(identifier, path.read_bytes()) for identifier, path in zip(IDS, SAMPLES)]
    listed = tmp_path / "links.txt"
    listed.write_text("# mine\n\n" + "\n".join(links[:3]) + "\n")
    assert run(cloud, "--input", listed, "--output", tmp_path / "out").returncode == 0
    (tmp_path / "out" / "files" / f"{IDS[1]}.shortcut").unlink()
    cloud.asked.clear()
    listed.write_text("\n".join([*links, links[0] + "?x=1"]) + "\n")
    done = run(cloud, "--input", listed, "--output", tmp_path / "out")
    assert done.stderr.splitlines()[-1] == "done 4, skipped 3, failed 0"
    fetched = {path.split("/")[-1] for path in cloud.asked if "/records/" in path}
    assert fetched == {IDS[1], *IDS[3:6]}
    assert {row["key"] for row in metadata(tmp_path / "out")} == {f"{identifier}.shortcut" for identifier in IDS[:6]}


def test_a_kill_loses_the_link_in_flight_at_most(cloud: Cloud, tmp_path: Path) -> None:
    links = [cloud.share(identifier, SAMPLES[0].read_bytes()) for identifier in IDS]
    listed = tmp_path / "links.txt"
    listed.write_text("\n".join(links))
    arguments = ("--input", listed, "--output", tmp_path / "out")
    process = subprocess.Popen(command(cloud, "--requests_a_minute", 1200, *arguments), stderr=subprocess.DEVNULL)
    while len(cloud.asked) < 12 and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    with open(tmp_path / "out" / "metadata.jsonl", "ab") as file:
        file.write(b'{"key": "to')  # a line that the kill tore
    before = len(cloud.asked)
    done = run(cloud, *arguments)
    assert done.returncode == 0
    keys = [row["key"] for row in metadata(tmp_path / "out")]
    assert sorted(keys) == sorted(f"{identifier}.shortcut" for identifier in IDS)
    assert len(cloud.asked) - before <= 2 * (len(IDS) - 4)


def test_what_is_no_shortcut_is_an_error_and_the_rest_goes_on(cloud: Cloud, tmp_path: Path) -> None:
    good = cloud.share(IDS[0], SAMPLES[0].read_bytes(), "signedShortcut")
    page = cloud.share(IDS[1], b"<html>Sign in</html>")
    gone = f"https://www.icloud.com/shortcuts/{IDS[2]}"
    cloud.put(
        f"/shortcuts/api/records/{IDS[3]}", b'{"fields": {"shortcut": {"value": {"downloadURL": "file:///etc/x"}}}}'
    )
    sly = f"https://www.icloud.com/shortcuts/{IDS[3]}"
    rows = [{"link": page}, {"url": gone, "name": "Gone"}, {"link": sly}, {"name": "none"}, 7, "http://example.com/x",
            {"link": "https://www.icloud.com/shortcuts/../../../etc/passwd"}, {"link": good, "name": 5}]  # fmt: skip
    (tmp_path / "store.jsonl.gz").write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    done = run(cloud, "--input", tmp_path / "store.jsonl.gz", "--output", tmp_path / "out")
    assert done.returncode == 1 and done.stderr.splitlines()[-1].startswith("done 1, skipped 0, failed 7")
    errors = [json.loads(line) for line in (tmp_path / "out.errors.jsonl").read_text().splitlines()]
    assert [error["key"] for error in errors][:3] == [page, gone, sly]
    assert "not an http" in errors[2]["error"]
    assert [path.name for path in (tmp_path / "out" / "files").iterdir()] == [f"{IDS[0]}.shortcut"]
    assert sorted(os.listdir(tmp_path)) == ["out", "out.errors.jsonl", "store.jsonl.gz"]


def test_every_form_of_list(tmp_path: Path) -> None:
    link = f"https://www.icloud.com/shortcuts/{IDS[0].upper()}"
    entry = {"Name": "n", "description": "d", "category": "c", "iCloud_Link": link}
    (tmp_path / "a.json").write_text(json.dumps([entry, link]))
    (tmp_path / "a.jsonl").write_text(json.dumps(entry) + "\nbroken\n")
    (tmp_path / "a.csv").write_text(f"name,link\nn,{link}\n,\n")
    (tmp_path / "a.txt").write_text(f"{link}\n")
    found = {path.name: list(read_list(path)) for path in tmp_path.iterdir()}
    assert found["a.json"] == [Listed("a.json line 1", link, "n", "d", "c"), Listed("a.json line 2", link)]
    assert found["a.json"][0].id == IDS[0]
    assert found["a.jsonl"] == [Listed("a.jsonl line 1", link, "n", "d", "c"), Listed("a.jsonl line 2", "")]
    assert found["a.csv"] == [Listed("a.csv line 2", link, "n"), Listed("a.csv line 3", "")]
    assert found["a.txt"] == [Listed("a.txt line 1", link)]


def test_lists_that_cannot_be_read(cloud: Cloud, tmp_path: Path) -> None:
    (tmp_path / "latin.csv").write_bytes(b"name,link\n\xe9,x\n")
    for name in ("none.txt", "latin.csv"):
        with pytest.raises(CommandError):
            list(read_list(tmp_path / name))
        assert run(cloud, "--input", tmp_path / name, "--output", tmp_path / "out").returncode == 2
    assert run(cloud, "--input", tmp_path / "latin.csv", "--requests_a_minute", 0).returncode == 2
