"""The build, as a user runs it: every file, every record accounted for, nothing of the tests in training."""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from made_records import RARE, exact_jaccard, many, record

from workflowllm.apis.model import application_of, published_key
from workflowllm.apis.pickles import safe_unpickle
from workflowllm.dataset import examining
from workflowllm.dataset.filters import Rules
from workflowllm.records.forms import record_file_rows
from workflowllm.records.release import data_rows, read_split, read_statistics, read_stubs, split_path
from workflowllm.runs.json_lines import json_line
from workflowllm.shortcuts.dialect.comments import strip_comments
from workflowllm.shortcuts.from_python.program import compile_code

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "preprocess" / "build_dataset.py"
SIZES = ("--test_share", "0.1", "--dev_share", "0.1")


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([sys.executable, SCRIPT, *map(str, arguments)], capture_output=True, text=True)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def write(path: Path, records: list[Any]) -> Path:
    path.write_bytes(b"".join(line if isinstance(line, bytes) else json_line(line) for line in records))
    return path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """160 collected records and 40 synthetic ones of one shared key, near-duplicates among them."""
    folder = tmp_path_factory.mktemp("build")
    seeds = write(folder / "seeds.jsonl", many(160))
    made = write(folder / "made.jsonl", [one | {"key": "synthesized_training_data"} for one in many(40, seed=1)])
    done = run("--seed_data", seeds, "--synthesized", made, "--output", folder / "data", "--workers", 2,
               "--near_dropped", 2, *SIZES)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder / "data"


def rows_by_key(folder: Path) -> dict[str, dict[str, Any]]:
    rows = [row for _, row in data_rows(folder)]
    found = {row["key"]: row for row in rows}
    assert len(found) == len(rows)
    return found


def sides(folder: Path, is_ood: bool) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows of training and dev, and those of the test."""
    rows, split = rows_by_key(folder), read_split(split_path(folder, is_ood))
    return [rows[key] for key in split["train"] + split["dev"]], [rows[key] for key in split["test"]]


def calls(row: dict[str, Any]) -> set[str]:
    return {action["WFWorkflowActionIdentifier"] for action in compile_code(row["workflow_code"]).actions}


def canonical(row: dict[str, Any]) -> str:
    """The words of a code whose assigned names are all one name: what an exact index is taken of."""
    code = strip_comments(row["workflow_code"])
    names = "|".join(re.findall(r"^(\w+) =", code, re.MULTILINE))
    return re.sub(rf"\b({names})\b", "v", code)


@pytest.mark.parametrize("is_ood", [False, True])
def test_no_near_duplicate_of_a_test_record_is_in_training(built: Path, is_ood: bool) -> None:
    """By exact Jaccard indices of all pairs; planted pairs have .85 and more, rng pairs less than .4."""
    train, test = sides(built, is_ood)
    assert len(train) > 100 and len(test) >= 10
    for one, other in product(test, train):
        assert exact_jaccard(canonical(one), canonical(other), 5) < 0.75
        assert exact_jaccard(one["query"], other["query"]) < 0.65
    families = [key for key in rows_by_key(built) if key.startswith(("code-", "query-"))]
    assert len(families) >= 32  # none was dropped, so there was something to keep apart


def test_training_calls_no_held_out_api_and_every_ood_test_record_does(built: Path) -> None:
    train, test = sides(built, True)
    held_out = json.loads((built / "held_out_apis.json").read_text())
    apis = set(held_out["held_out"])
    assert apis
    assert not any((calls(row) | set(row["apis"])) & apis for row in train)
    assert all(calls(row) & apis for row in test)
    trained = set().union(*map(calls, train))
    assert all(calls(row) <= trained | apis for row in test)
    assert set(held_out["applications"]) <= set(RARE)
    assert not {application_of(api) for api in trained} & set(held_out["applications"])


def test_every_api_of_an_id_test_record_is_in_training(built: Path) -> None:
    rows, split = rows_by_key(built), read_split(split_path(built, False))
    trained = set().union(*(calls(rows[key]) for key in split["train"]))
    assert all(calls(rows[key]) <= trained for key in split["test"] + split["dev"])
    assert len(split["test"]) == len(split["dev"]) == round(0.1 * len(rows))


def test_records_statistics_and_api_documents_fit_together(built: Path) -> None:
    rows, statistics = rows_by_key(built), read_statistics(built)
    assert statistics == json.loads((built / "statistics.json").read_text("utf-8"))
    assert statistics.keys() == rows.keys()
    for key, row in rows.items():
        actions = compile_code(row["workflow_code"]).actions
        assert set(statistics[key]["action_names"]) == calls(row)
        assert statistics[key]["actions"] == len(actions) == 10
        assert statistics[key]["category"] == row["category"]
    used = {published_key(api) for row in rows.values() for api in row["apis"]}
    assert read_stubs(built).keys() == safe_unpickle(built / "identifier2json.pkl").keys() == used
    synthetic = [key for key in rows if rows[key]["is_synthetic"]]
    assert synthetic == [f"synthesized-{number:06}" for number in range(1, 49)]


def test_datasets_opens_it(built: Path, tmp_path: Path) -> None:
    program = (
        "import json, sys, datasets\n"
        "datasets.disable_progress_bars()\n"
        "found = {name: {part: split['key'] for part, split in datasets.load_dataset(sys.argv[1], name).items()}\n"
        "         for name in ('id', 'ood')}\n"
        "print(json.dumps({name: {part: list(keys) for part, keys in parts.items()} for name, parts in found.items()}))"
    )
    environment = {"HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1", "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-c", program, built], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found == {name: read_split(split_path(built, name == "ood")) for name in ("id", "ood")}


def test_parquet_holds_the_same_records(built: Path) -> None:
    rows = rows_by_key(built)
    for _, row in record_file_rows(built / "ood" / "test.parquet"):
        assert row["metadata"] == rows[row["key"]]["metadata"]
        for field in ("query", "task_plan", "workflow_code", "apis", "category"):
            assert row[field] == rows[row["key"]][field]


def test_equal_input_and_seed_give_equal_bytes_whatever_the_workers(tmp_path: Path) -> None:
    records = write(tmp_path / "in.jsonl", many(60))
    outputs = []
    for name, flags in (("one", ()), ("two", ("--workers", 2)), ("three", ("--seed", 1))):
        assert run("--seed_data", records, "--output", tmp_path / name, *SIZES, *flags).returncode == 0
        files = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        outputs.append({str(path.relative_to(tmp_path / name)): path.read_bytes() for path in files})
    assert outputs[0] == outputs[1]
    assert outputs[0].keys() == outputs[2].keys()
    assert outputs[0]["dataset_split_keys.json"] != outputs[2]["dataset_split_keys.json"]


def odd_records() -> list[tuple[Any, str]]:
    """Rows of every odd kind, and how each ends."""
    rng = random.Random(5)
    fine = record("fine", rng)
    blob = "QUJD" * 200
    return [
        (fine, "kept"),
        (record("b", rng) | {"query": " "}, "no query"),
        (record("tip-split", rng), "kept"),  # a task of the public part
        (record("bmi", rng), "test task"),
        (record("c", rng) | {"task_plan": None}, "no plan"),
        (record("d", rng) | {"workflow_code": ""}, "no code"),
        (record("e", rng) | {"workflow_code": "while True: pass"}, "does not compile"),
        (record("f", rng) | {"workflow_code": "is_workflow_actions_nosuch()"}, "unknown API"),
        (record("g", rng) | {"workflow_code": f'text = "{blob}"'}, "binary"),
        (record("h", rng) | {"workflow_code": fine["workflow_code"].replace("# Step", "# So")}, "duplicate"),
        (record("i", rng) | {"workflow_code": fine["workflow_code"] + "is_workflow_actions_exit()\n"},
         "near-duplicate"),
        (b"broken\n", "error"),
        (["no record"], "error"),
        (record("fine", rng) | {"query": "a\ud83d?", "metadata": None, "source": 3}, "kept"),
        (record("", rng) | {"key": 7, "apis": "x", "category": 3, "extra": {"a": [1]}}, "kept"),
    ]  # fmt: skip


def test_every_odd_row_is_kept_dropped_or_an_error(tmp_path: Path) -> None:
    odd = odd_records()
    records, output = write(tmp_path / "odd.jsonl", [row for row, _ in odd]), tmp_path / "data"
    done = run("--seed_data", records, "--output", output)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("done 4, skipped 9, failed 2")
    dropped = [json.loads(line) for line in (output / "dropped.jsonl").read_text().splitlines()]
    wanted = [(f"odd.jsonl record {number}", end) for number, (_, end) in enumerate(odd, 1)]
    expected = [pair for pair in wanted if pair[1] not in ("kept", "error")]
    assert sorted((line["place"], line["reason"]) for line in dropped) == sorted(expected)
    errors = [json.loads(line)["key"] for line in Path(f"{output}.errors.jsonl").read_text().splitlines()]
    assert errors == [place for place, end in wanted if end == "error"]
    assert list(rows_by_key(output)) == ["fine", "tip-split", "fine-2", "odd.jsonl record 15"]


def test_every_filter_can_be_turned_off(tmp_path: Path) -> None:
    records = write(tmp_path / "odd.jsonl", [row for row, _ in odd_records()])
    done = run("--seed_data", records, "--output", tmp_path / "data", "--allow_incomplete", "--allow_uncompiled",
               "--allow_unknown_apis", "--allow_duplicates", "--max_binary", -1)  # fmt: skip
    assert done.stderr.splitlines()[-1].startswith("done 11, skipped 2, failed 2")  # no code, and a test task


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", ["seed_data.json", "README.md", "build.json"])
def test_where_a_file_cannot_be_replaced_the_data_set_stays(built: Path, tmp_path: Path, name: str) -> None:
    whole = tmp_path / "data"
    shutil.copytree(built, whole)
    (whole / name).unlink()
    (whole / name).mkdir()
    before = contents(whole)
    done = run("--seed_data", write(tmp_path / "in.jsonl", many(30)), "--output", whole)
    assert done.returncode == 2 and f"{name}: it is a folder" in done.stderr
    assert contents(whole) == before


def test_a_build_into_a_folder_leaves_other_files_and_no_file_of_the_build_before(built: Path, tmp_path: Path) -> None:
    output, records = tmp_path / "data", write(tmp_path / "in.jsonl", many(20))
    shutil.copytree(built, output)
    (output / "notes.txt").write_text("mine")
    fresh = tmp_path / "fresh"
    for folder in (output, fresh):
        assert run("--seed_data", records, "--output", folder, "--dev_share", 0).returncode == 0
    assert contents(output) == contents(fresh) | {"notes.txt": b"mine"}
    assert not (output / "id" / "dev.parquet").exists()  # which the build before had
    assert sorted(path.name for path in tmp_path.iterdir() if "unfinished" in path.name) == []


def test_no_input_is_replaced_and_no_output_is_without_a_name(built: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(built, data)
    os.mkfifo(tmp_path / "pipe.jsonl")
    before = contents(data)
    (tmp_path / "link.jsonl").symlink_to(data / "seed_data.json")
    refusals = {
        (data / "seed_data.json", data): "is an input",
        (data / "seed_data.json", data / "seed_data.json"): "is an input",
        (tmp_path / "link.jsonl", data): "is an input",
        (tmp_path / "pipe.jsonl", tmp_path / "new"): "a FIFO",
        (data / "seed_data.json", data / "README.md"): "it is no folder",
        **{(data / "seed_data.json", name): "give the output a name" for name in (".", "/", "", "..")},
    }
    for (source, output), reason in refusals.items():
        done = run("--seed_data", source, "--output", output)
        assert done.returncode == 2 and reason in done.stderr and len(done.stderr.splitlines()) == 1
    assert contents(data) == before


def test_a_record_that_raises_anything_is_that_record_s_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def raises(*_: object) -> None:
        raise ZeroDivisionError("by chance")

    monkeypatch.setattr(examining, "drop_reason", raises)
    examined = examining.examine(
        examining.InputRow("a.jsonl", 3, record("a", random.Random(0)), False), Rules(), tmp_path
    )
    assert examined.error == "the record cannot be examined (ZeroDivisionError: by chance)."


def test_kills_inside_renames_leave_a_whole_data_set_or_one_that_says_it_is_not(tmp_path: Path) -> None:
    """Kills at file operations drawn by seed; then one run that is left alone gives the undisturbed bytes."""
    records, other = write(tmp_path / "in.jsonl", many(30)), write(tmp_path / "other.jsonl", many(20, seed=1))
    fresh, output, counts = tmp_path / "fresh", tmp_path / "data", tmp_path / "count"
    command = [SCRIPT, "--seed_data", records, "--output"]
    assert run("--seed_data", other, "--output", output).returncode == 0
    assert killed_run(0, [*command, fresh], KILL_AT_COUNTS=str(counts)) == 0
    before, wanted = contents(output), contents(fresh)
    operations = int(counts.read_text())
    assert operations > len(wanted)
    # The first operations make folders; the last 30 publish into the folder that exists, and tidy up.
    for number in (operations - 5, operations + 4, random.Random(1).randrange(5, operations)):
        assert killed_run(number, [*command, output]) == -signal.SIGKILL
        now = contents(output)
        assert "build.json" not in now or now in (before, wanted)
        assert not any(name.startswith(".") for name in now)
    assert run("--seed_data", records, "--output", output).returncode == 0
    assert contents(output) == wanted
    assert sorted(path.name for path in tmp_path.iterdir()) == ["count", "data", "fresh", "in.jsonl", "other.jsonl"]


def killed_run(number: int, command: list[object], **environment: str) -> int:
    """The exit status of a script that is killed at this file operation."""
    words = [sys.executable, ROOT / "eval" / "support" / "kill_at.py", str(number), *command]
    return subprocess.run(list(map(str, words)), capture_output=True, env=os.environ | environment).returncode


def test_a_wrong_command_is_one_sentence(tmp_path: Path) -> None:
    empty = write(tmp_path / "empty.jsonl", [])
    (tmp_path / "object.json").write_text("{}")
    wrong = [(), ("--seed_data", tmp_path / "none.jsonl"), ("--seed_data", empty), ("--released", tmp_path),
             ("--seed_data", tmp_path / "object.json"), ("--test_share", "0.7", "--seed_data", empty)]  # fmt: skip
    for arguments in wrong:
        done = run(*arguments, "--output", tmp_path / "data")
        assert done.returncode == 2 and done.stderr.strip()
