"""Parts of several processes become one file in order, whatever a kill has left of them."""

import json
from pathlib import Path

import pytest

from workflowllm.inference.journal import Part, Processes, begin, check_same_run, gather
from workflowllm.runs.command import CommandError

NAMES = ["a", "b", "c", "d", "e"]


def keys(path: Path) -> list[str]:
    return [json.loads(line)["key"] for line in path.read_bytes().splitlines()] if path.exists() else []


def parts(output: Path) -> None:
    """Two processes answered d, b and a, c failed in one, and the last line of each is torn or whole."""
    for rank, answered, failed in ((0, ["d", "b"], ["c"]), (1, ["a"], ["e"])):
        part = Part(output, rank)
        for name in answered:
            part.add({"key": name, "text": "\u2028\ud800"})
        for name in failed:
            part.fail(name, "why not")
        part.close()
    with output.with_name(f"{output.name}.part1").open("ab") as file:
        file.write(b'{"key": "e", "te')


def test_what_killed_processes_left_is_taken_in(tmp_path: Path) -> None:
    output = tmp_path / "out[1].jsonl"
    parts(output)
    assert begin(output, NAMES, Processes(), overwrite=False, shared={}) == {"a", "b", "d"}
    assert keys(output) == ["a", "b", "d"]
    assert keys(Path(f"{output}.errors.jsonl")) == ["c", "e"]
    assert [path.name for path in tmp_path.iterdir() if ".part" in path.name] == []
    part = Part(output, 0)
    part.add({"key": "c"})
    part.close()
    assert gather(output, NAMES) == 1
    assert keys(output) == ["a", "b", "c", "d"] and keys(Path(f"{output}.errors.jsonl")) == ["e"]
    assert gather(output, ["a", "b"]) == 0, "failures of other records are not this run's"


def test_overwrite_forgets_all(tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    parts(output)
    assert begin(output, NAMES, Processes(), overwrite=True, shared={}) == set()
    assert keys(output) == [] and not Path(f"{output}.errors.jsonl").exists()


def test_two_runs_do_not_write_one_output(tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    part = Part(output, 0)
    with pytest.raises(CommandError, match="another run is writing"):
        begin(output, NAMES, Processes(), overwrite=False, shared={})
    part.close()


def test_predictions_of_another_run_are_not_gone_on_with(tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    check_same_run(output, {"model": "a"})
    output.write_text(json.dumps({"key": "a", "model": "m", "settings": {"seed": 1}}) + '\n{"key": "torn', "utf-8")
    check_same_run(output, {"model": "m", "seed": 1, "unknown then": 3})
    for other in ({"model": "n"}, {"model": "m", "seed": 2}):
        with pytest.raises(CommandError, match="--overwrite"):
            begin(output, NAMES, Processes(), overwrite=False, shared=other)
    assert keys(output) == ["a"]
    assert begin(output, NAMES, Processes(), overwrite=True, shared={"model": "n"}) == set()
    output.write_text("[1]\n", "utf-8")
    with pytest.raises(CommandError, match="line 1 is no record"):
        check_same_run(output, {"model": "m"})


def test_shares_are_all_there_is_and_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "3")
    shares = []
    for rank in range(3):
        monkeypatch.setenv("RANK", str(rank))
        shares.append(Processes().share(list(range(10))))
    assert sorted(item for share in shares for item in share) == list(range(10))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1
