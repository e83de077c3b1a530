"""What the scripts share: files that are whole or not there, records of every kind, and workers that die."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from workflowllm.runs.command import CommandError
from workflowllm.runs.json_lines import json_line, read_records
from workflowllm.runs.output_files import whole_file
from workflowllm.runs.pools import map_inputs


def double(number: int) -> int:
    """Twice the number; 13 kills the process."""
    if number == 13:
        os._exit(1)
    return 2 * number


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_order_and_inputs_are_taken_as_they_are_needed(workers: int) -> None:
    taken = []
    inputs = (taken.append(number) or number for number in range(100, 600))
    results = map_inputs(double, inputs, workers, crashed=lambda _: -1)
    assert next(results) == 200
    assert len(taken) < 200
    assert list(results) == list(range(202, 1200, 2))


def test_an_input_that_kills_its_worker_is_the_only_one_lost() -> None:
    assert list(map_inputs(double, range(60), 2, crashed=lambda number: -number)) == [
        -13 if number == 13 else 2 * number for number in range(60)
    ]


def test_a_file_is_there_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.txt"
    with pytest.raises(RuntimeError), whole_file(path) as handle:
        handle.write(b"half")
        raise RuntimeError
    assert list(path.parent.iterdir()) == []
    with whole_file(path) as handle:
        handle.write(b"whole")
        assert not path.exists()
    assert path.read_bytes() == b"whole"


def test_records_of_every_kind(tmp_path: Path) -> None:
    rows = [{"a": 1}, {"b": "é"}]
    lines = b"".join(map(json_line, rows))
    (tmp_path / "a.jsonl").write_bytes(lines)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(lines))
    (tmp_path / "a.json").write_text(json.dumps(rows))
    for name in ("a.jsonl", "a.jsonl.gz", "a.json"):
        assert list(read_records(tmp_path / name)) == [(1, rows[0]), (2, rows[1])]


def test_bad_lines_are_values_and_bad_files_are_sentences(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a": 1}\n\n{"a"\n\xff\xfe\n' + b"[" * 100000 + b"\n")
    found = list(read_records(path))
    assert [number for number, _ in found] == [1, 3, 4, 5]
    assert [type(record) for _, record in found] == [dict, ValueError, ValueError, ValueError]
    (tmp_path / "b.json").write_text("{}")
    (tmp_path / "c.jsonl.gz").write_bytes(b"no gzip")
    for name in ("none.jsonl", "b.json", "c.jsonl.gz"):
        with pytest.raises(CommandError):
            list(read_records(tmp_path / name))


def test_half_characters_are_escaped() -> None:
    assert json_line({"a": "\ud83d"}) == b'{"a": "\\ud83d"}\n'
    assert json_line({"a": "🧨"}) == '{"a": "🧨"}\n'.encode()


def test_a_folder_is_not_written_over_and_named_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "out.jsonl").mkdir()
    with pytest.raises(CommandError, match="it is a folder"), whole_file(tmp_path / "out.jsonl"):
        pytest.fail("the body must not begin")
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]


def test_half_characters_of_records_can_be_printed() -> None:
    script = "from workflowllm.runs.command import run_command\nrun_command(lambda: print('model \\ud800') or 0)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "model \\ud800\n", "")
