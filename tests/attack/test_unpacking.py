"""Small files that unpack to much are refused or read within bounded memory: archives, texts, property lists."""

import plistlib
import struct
import subprocess
import sys
from pathlib import Path

import lzfse
import pytest

from tests.shortcuts.test_signed import FOLDER, aea, entry, path, shorter
from workflowllm.shortcuts.files import signed
from workflowllm.shortcuts.files.containers import MAX_BYTES, read_shortcut
from workflowllm.shortcuts.model.errors import ShortcutError

ROOT = Path(__file__).parents[2]
MOST_MEMORY = 1 << 30  # bytes for reading and converting the largest text that is read
SEGMENT = 1 << 20


def archive_of(workflow: bytes) -> bytes:
    size = b"DATB" + struct.pack("<I", len(workflow))
    return FOLDER + entry(b"TYP1F", path(b"Shortcut.wflow"), size, blobs=workflow)


def packed(archive: bytes) -> bytes:
    return aea(archive, segment=SEGMENT, per_cluster=256, pack=shorter)


def comment_of(characters: int, fmt: plistlib.PlistFormat) -> bytes:
    parameters = {"WFCommentActionText": "a" * characters}
    action = {"WFWorkflowActionIdentifier": "is.workflow.actions.comment", "WFWorkflowActionParameters": parameters}
    return plistlib.dumps({"WFWorkflowActions": [action]}, fmt=fmt)


@pytest.mark.parametrize("header", [b"", b"XXX*" * 500, b"XXX*" * 10_000])
def test_an_archive_of_endless_empty_entries(header: bytes) -> None:
    one = entry(header)
    data = packed(one * (signed.MAX_TOTAL // 2 // len(one)))
    assert len(data) < MAX_BYTES / 30
    with pytest.raises(ShortcutError, match="entries"):
        read_shortcut(data)


def test_an_archive_that_unpacks_to_too_much() -> None:
    root = archive_of(b"")
    data = aea(root, raw=signed.MAX_TOTAL + 1, segment=signed.MAX_TOTAL + 1)
    with pytest.raises(ShortcutError, match="unpacks to over 32 MiB"):
        read_shortcut(data)


def test_segments_that_hold_more_than_they_say() -> None:
    archive = bytes(8 * SEGMENT)
    data = aea(archive, segment=SEGMENT, pack=lambda raw: lzfse.compress(raw * 4))
    with pytest.raises(ShortcutError, match="does not decompress to its size"):
        read_shortcut(data)


CONVERT = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]), int(sys.argv[2])))
from workflowllm.shortcuts.records_from_files import convert_file
from pathlib import Path
converted = convert_file("x.shortcut", Path(sys.argv[1]), None, False)
print(len(converted.line), converted.error)
"""


@pytest.mark.parametrize("container", ["xml", "aea1"])
@pytest.mark.skipif(sys.platform != "linux", reason="needs a limit on memory")
def test_the_largest_text_is_converted_in_bounded_memory(container: str, tmp_path: Path) -> None:
    size = signed.MAX_TOTAL - 10_000
    workflow = comment_of(size, plistlib.FMT_XML if container == "xml" else plistlib.FMT_BINARY)
    data = packed(archive_of(workflow)) if container == "aea1" else workflow
    (tmp_path / "x.shortcut").write_bytes(data)
    words = [sys.executable, "-c", CONVERT, str(tmp_path), str(MOST_MEMORY)]
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    length, _, error = done.stdout.strip().partition(" ")
    assert (int(length) > size, error) == (True, "")
