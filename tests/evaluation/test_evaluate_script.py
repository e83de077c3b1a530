"""eval/evaluate.py as its users call it."""

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from eval.support.metric_damage import drop_lines
from workflowllm.evaluation.floors import FLOORS
from workflowllm.metrics.codebleu.options import COMPAT, FIXED
from workflowllm.metrics.codebleu.scorer import CodeBleu
from workflowllm.metrics.codebleu.stripping import strip_published
from workflowllm.shortcuts.dialect.comments import strip_comments

ROOT = Path(__file__).parents[2]
CODES = {path.stem: path.read_text("utf-8") for path in sorted((ROOT / "data" / "shortcuts").glob("*.py"))}


def call(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "eval" / "evaluate.py", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True)


def predictions(model: str, share: float) -> list[dict]:
    """Our samples with some of their lines gone, as a model's answers."""
    rows = []
    for number, (name, code) in enumerate(CODES.items()):
        answer = drop_lines(code, share, random.Random(name)) if share else code
        row = {"key": name, "query": f"Could you do {name}?", "task_plan": "First this.", "generated_plan": "That."}
        row |= {"workflow_code": "# why\n" + code, "generated_code": answer, "model": model}
        rows.append(row | {"split": "OOD" if number % 2 else "ID"})
    return rows


def write(path: Path, rows: list) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("".join(line + "\n" for line in lines), "utf-8")
    return path


def read_lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def rows_of(summary: dict, kind: str) -> dict[tuple[str, str], dict]:
    return {(row["model"], row["split"]): row for row in summary["rows"] if row["kind"] == kind}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """Two models on our samples, the second one's answers damaged, with two verdicts of a judge on the first."""
    folder = tmp_path_factory.mktemp("evaluated")
    path = write(folder / "predictions.jsonl", predictions("good", 0) + predictions("worse", 0.3))
    names = list(CODES)
    judged = [{"key": names[0], "model": "good", "split": "ID", "verdict": True, "reason": "does it"},
              {"key": names[2], "model": "good", "split": "ID", "verdict": None, "reason": "no JSON"}]  # fmt: skip
    judged.append(judged[0] | {"model": "not here"})
    write(folder / "judged.jsonl", judged)
    done = call("--predictions", path, "--judged", folder / "judged.jsonl", "--output_dir", folder / "out")
    return folder, done


def test_everything_is_written(run: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, done = run
    assert done.returncode == 1 and done.stderr.startswith(f"done {2 * len(CODES)}, skipped 0, failed 1 ")
    assert {path.name for path in (folder / "out").iterdir()} == {
        "scored.jsonl", "scored.jsonl.errors.jsonl", "summary.json", "table.md", "report.html"
    }  # fmt: skip
    (error,) = read_lines(folder / "out" / "scored.jsonl.errors.jsonl")
    assert error["error"].endswith("(not here, ID) matches no single prediction.")


def test_a_scored_line_is_its_prediction_plus_scores(run: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, _ = run
    scored = read_lines(folder / "out" / "scored.jsonl")
    for before, after in zip(read_lines(folder / "predictions.jsonl"), scored):
        assert before.items() <= after.items()
        texts = strip_comments(before["workflow_code"]), strip_comments(before["generated_code"])
        assert after["scores"]["fixed"] == pytest.approx(CodeBleu(FIXED).score(*texts), abs=1e-12)
        assert after["scores"]["compat"] == pytest.approx(CodeBleu(COMPAT).score(*texts), abs=1e-12)
    passes = {"static": True, "execution": True}
    assert scored[0]["passes"] == passes | {"judge": True} and scored[0]["judge_reason"] == "does it"
    assert scored[1]["passes"] == passes | {"judge": None} and "judge_reason" not in scored[1]
    failed = [row for row in scored if not row["passes"]["static"]]
    assert failed and all(row["static_reason"] for row in failed)
    assert {"code", "line", "message", "severity"} == set(next(row for row in scored if row["findings"])["findings"][0])


def test_floors_and_ceiling_stand_beside_every_model(run: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, _ = run
    summary = json.loads((folder / "out" / "summary.json").read_text("utf-8"))
    floors, models = rows_of(summary, "floor"), rows_of(summary, "model")
    total = {key: {mode: row["modes"][mode]["codebleu"]["mean"] for mode in row["modes"]} for key, row in
             (floors | models | rows_of(summary, "ceiling")).items()}  # fmt: skip
    for split in ("ID", "OOD"):
        assert total["empty answer", split] == {"fixed": 0, "compat": 0.4}
        assert total["reference", split]["fixed"] == total["good", split]["fixed"] == 1
        assert total["another sample's answer", split]["fixed"] < 0.25 < 0.3 < total["worse", split]["fixed"] < 1
        assert total["constant answer", split]["fixed"] < 0.2 < total["constant answer", split]["compat"]
        assert floors["constant answer", split]["samples_of"] == ["good", "worse"]
        rates = {
            name: floors[name, split]["pass_rate"]["static"]["mean"] for name, of_split in floors if of_split == split
        }
        assert set(rates) == set(FLOORS) and not any(rates.values()), rates
    count = len([row for row in predictions("good", 0) if row["split"] == "ID"])
    assert all(row["count"] == count for (_, split), row in (floors | models).items() if split == "ID")
    assert len(rows_of(summary, "paper")) == 22


def test_a_judge_s_rate_counts_what_could_not_be_read_as_failed(
    run: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, _ = run
    models = rows_of(json.loads((folder / "out" / "summary.json").read_text("utf-8")), "model")
    good = models["good", "ID"]
    assert good["pass_rate"]["judge"]["mean"] == 0.5 and (good["judged"], good["unreadable"]) == (1, 1)
    assert models["good", "OOD"]["pass_rate"]["judge"] is models["worse", "ID"]["pass_rate"]["judge"] is None


def test_execution_tells_the_models_from_the_floors(run: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, _ = run
    summary = json.loads((folder / "out" / "summary.json").read_text("utf-8"))
    models = rows_of(summary, "model")
    for split in ("ID", "OOD"):
        good, worse = models["good", split], models["worse", split]
        assert good["pass_rate"]["execution"]["mean"] == good["execution"]["effect_f1"]["mean"] == 1
        assert good["execution_samples"] == worse["execution_samples"] >= 0.7 * good["count"]
        assert worse["pass_rate"]["execution"]["mean"] <= worse["execution"]["effect_f1"]["mean"] < 0.5
    for (name, _), row in rows_of(summary, "floor").items():
        assert row["pass_rate"]["execution"]["mean"] == 0, name
    scored = read_lines(folder / "out" / "scored.jsonl")
    assert scored[0]["side_by_side"]["parts_at"] is None and scored[0]["side_by_side"]["worlds_apart"] == 0
    apart = next(row["side_by_side"] for row in scored if row["passes"]["execution"] is False and "side_by_side" in row)
    rank = apart["parts_at"] - apart["first_line"]
    assert apart["reference"][:rank] == apart["answer"][:rank] and apart["reference"][rank:] != apart["answer"][rank:]
    table = (folder / "out" / "table.md").read_text("utf-8")
    assert "## What the answers do" in table and f"{good['execution_samples']} of {good['count']} (" in table


def test_a_reference_in_another_dialect_has_no_verdict_but_a_tolerant_share(tmp_path: Path) -> None:
    """The published references do not compile: `/*` is no Python."""
    code = "link = is_workflow_actions_url(WFURLActionURL='https://a.example')\n/* then */\n"
    row = {"key": "a", "query": "Q", "code": code, "generated_code": code, "split": "ID", "model": "m"}
    assert call("--predictions", write(tmp_path / "p.jsonl", [row]), "--output_dir", tmp_path / "out").returncode == 0
    figures = rows_of(json.loads((tmp_path / "out" / "summary.json").read_text("utf-8")), "model")["m", "ID"]
    assert figures["pass_rate"] == {"static": None, "judge": None, "execution": None}
    assert figures["execution_samples"] == 0 and figures["measures"]["tolerant_share"]["mean"] == 1
    line = next(line for line in (tmp_path / "out" / "table.md").read_text("utf-8").splitlines() if "0 of 1" in line)
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells[2:] == ["0 of 1 (0%)", "–", "–", "–", "–", "100.0 [100.0, 100.0]"]


def test_breakdowns_add_up(run: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, _ = run
    summary = json.loads((folder / "out" / "summary.json").read_text("utf-8"))
    for (model, split), row in rows_of(summary, "model").items():
        for by in ("actions", "control", "nesting"):
            parts = [part for part in summary["breakdowns"] if (part["by"], part["model"], part["split"]) ==
                     (by, model, split)]  # fmt: skip
            assert sum(part["count"] for part in parts) == row["count"]
            weighted = sum(part["count"] * part["codebleu"]["fixed"]["mean"] for part in parts) / row["count"]
            assert weighted == pytest.approx(row["modes"]["fixed"]["codebleu"]["mean"])


def test_the_table_shows_all_rows_and_names_the_static_rate(run: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, _ = run
    lines = (folder / "out" / "table.md").read_text("utf-8").splitlines()
    heads = [head.strip() for head in lines[2].strip("|").split("|")]
    assert heads[2:6] == ["Samples (ID)", "Samples (OOD)", "BLEU (ID)", "BLEU (OOD)"] and heads[-2:] == [
        "Execution Match (ID)",
        "Execution Match (OOD)",
    ]
    table = {tuple(cells[:2]): dict(zip(heads, cells)) for line in lines[4:40] if line.startswith("|")
             for cells in [[cell.strip() for cell in line.strip("|").split("|")]]}  # fmt: skip
    count = len(CODES) // 2
    assert table["worse", "fixed"]["Samples (OOD)"] == f"{count} of {count}"
    llama = table["Llama-3.1-8B w/ ICL", "printed"]
    assert (llama["Overall (ID)"], llama["Overall (OOD)"], llama["Pass Rate (ID)"]) == ("25.3*", "25.2*", "40.2")
    assert table["WorkflowLlama (8B)", "printed"]["Weighted N-Gram (ID)"] == "11.09"
    assert table["WorkflowLlama (8B)", "printed"]["Static Pass Rate (ID)"] == "–"
    assert table["worse", "fixed"]["Pass Rate (ID)"] == "–" != table["worse", "fixed"]["Static Pass Rate (ID)"]
    assert table["floor: empty answer", "compat"]["Overall (ID)"] == "40.0"
    assert table["ceiling: reference", "fixed"]["Overall (OOD)"] == "100.0"


def test_equal_input_gives_equal_bytes_by_any_number_of_workers(
    run: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    folder, _ = run
    flags = ["--predictions", folder / "predictions.jsonl", "--judged", folder / "judged.jsonl"]
    assert call(*flags, "--output_dir", tmp_path, "--workers", 2).returncode == 1  # a verdict on no prediction
    for name in ("scored.jsonl", "summary.json", "table.md", "report.html"):
        assert (tmp_path / name).read_bytes() == (folder / "out" / name).read_bytes(), name


def test_bad_lines_stop_nothing(tmp_path: Path) -> None:
    good = {"key": "a", "query": "Q", "code": "is_workflow_actions_exit()\n", "split": "ID", "model": "m"}
    odd = ["", "\0", "x = '\ud800'", "(" * 20_000, "x = " + "[" * 5_000, "x = '" + "a" * 10_000_000, "# \U0001f44b"]
    rows = [{**good, "key": f"odd {n}", "generated_code": code} for n, code in enumerate(odd)]
    rows.append({**good, "key": "broken", "code": "if (:", "generated_code": "is_workflow_actions_exit()"})
    rows.append({**good, "key": "nothing", "code": "", "generated_code": "is_workflow_actions_exit()"})
    bad = ["{", "[]", {**good, "generated_code": None}, {**good, "key": "odd 0", "generated_code": "second"}]
    bad += [{"key": "b", "split": "ID", "generated_code": "x"}, {**good, "split": "train", "generated_code": "x"}]
    path = write(tmp_path / "p.jsonl", [*bad[:3], *rows, *bad[3:]])
    empty = write(tmp_path / "empty.jsonl", [])
    done = call("--predictions", path, empty, "--output_dir", tmp_path / "out", "--workers", 2)
    assert done.returncode == 1, done.stderr
    assert done.stderr.splitlines()[-1].startswith("done 11, skipped 0, failed 5 ")
    errors = [row["error"] for row in read_lines(tmp_path / "out" / "scored.jsonl.errors.jsonl")]
    assert [error.partition(":")[0] for error in errors] == [
        *(f"p.jsonl line {n}" for n in (1, 2, 14, 15)), "empty.jsonl holds no line."
    ]  # fmt: skip
    scored = read_lines(tmp_path / "out" / "scored.jsonl")
    assert [row["key"] for row in scored] == ["a", *(row["key"] for row in rows), "odd 0"]
    assert scored[-1]["sample"] == 1 and "sample" not in scored[1]
    assert all(row["scores"]["fixed"]["codebleu"] < 0.3 for row in scored[:8])
    assert "is not read" in scored[6]["static_reason"]
    assert (tmp_path / "out" / "report.html").exists()


def test_published_stripping_changes_mode_compat_alone(tmp_path: Path) -> None:
    row = {"code": "x = '#1'  # c\ny = x", "generated_code": "x = '#2'\ny = x", "split": "ID"}
    done = call("--predictions", write(tmp_path / "p.jsonl", [row]), "--strip", "published", "--output_dir", tmp_path)
    scores = read_lines(tmp_path / "scored.jsonl")[0]["scores"]
    assert done.returncode == 0
    texts = row["code"], row["generated_code"]
    assert scores["compat"] == pytest.approx(CodeBleu(COMPAT).score(*map(strip_published, texts)))
    assert scores["fixed"] == pytest.approx(CodeBleu(FIXED).score(*map(strip_comments, texts)))


def test_models_with_samples_of_their_own_have_floors_of_their_own(tmp_path: Path) -> None:
    own = write(tmp_path / "own.jsonl", [row | {"split": "ID"} for row in predictions("few", 0.3)[:4]])
    all_ = write(tmp_path / "all.jsonl", [row | {"split": "ID"} for row in predictions("many", 0.3)[:9]])
    assert call("--predictions", own, all_, "--output_dir", tmp_path / "out").returncode == 0
    summary = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    floors = [(row["model"], row["samples_of"], row["count"]) for row in summary["rows"] if row["kind"] == "floor"]
    assert ("constant answer", ["few"], 4) in floors and ("constant answer", ["many"], 9) in floors
    assert "floor: empty answer (samples of few)" in (tmp_path / "out" / "table.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--predictions", "absent.jsonl"], "cannot read absent.jsonl: No such file or directory."),
        (["--predictions", "p.jsonl", "--static_share", "2"], "'2' is not a number from 0 to 1"),
        (["--predictions", "out/scored.jsonl"], "is an input, which writing would destroy"),
        (["--predictions", "p.jsonl", "--judged", "static.jsonl"], "static.jsonl holds static verdicts"),
    ],
)
def test_wrong_commands_are_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: list[str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    write(tmp_path / "p.jsonl", predictions("m", 0)[:1])
    write(tmp_path / "out" / "scored.jsonl", predictions("m", 0)[:1])
    write(tmp_path / "static.jsonl", [{"key": "a", "verdict": True, "backend": "static"}])
    done = call(*flags, "--output_dir", "out")
    assert done.returncode == 2 and words in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_nothing_to_score_still_gives_all_files(tmp_path: Path) -> None:
    done = call("--predictions", write(tmp_path / "p.jsonl", ["{"]), "--output_dir", tmp_path / "out")
    assert done.returncode == 1 and done.stderr.startswith("done 0, skipped 0, failed 1 ")
    assert len(json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))["rows"]) == 22
    assert "printed" in (tmp_path / "out" / "table.md").read_text("utf-8")


def test_other_peoples_texts_can_be_left_out(tmp_path: Path) -> None:
    hidden = {"split": "ID", "query": "a secret query", "task_plan": "a secret plan"}
    rows = [row | hidden for row in predictions("m", 0.3)]
    secrets = {word for row in rows for word in row["workflow_code"].split() if len(word) > 20}
    done = call("--predictions", write(tmp_path / "p.jsonl", rows), "--output_dir", tmp_path / "out", "--without_texts")
    assert done.returncode == 0 and secrets
    for name in ("scored.jsonl", "report.html", "summary.json", "table.md"):
        text = (tmp_path / "out" / name).read_text("utf-8")
        assert "secret" not in text and not any(secret in text for secret in secrets)
    scored = [json.loads(line) for line in (tmp_path / "out" / "scored.jsonl").read_text("utf-8").splitlines()]
    assert {row["key"] for row in scored} == {row["key"] for row in rows} and "codebleu" in scored[0]["scores"]["fixed"]


def test_samples_that_a_model_leaves_out_count_for_it(tmp_path: Path) -> None:
    """Leaving out the hard half of the samples must not lift the mean where the references fix them."""
    rows = [row | {"split": "ID"} for row in predictions("m", 0)]
    references = write(tmp_path / "references.jsonl", [{**row, "generated_code": None} for row in rows])
    half = write(tmp_path / "half.jsonl", rows[::2])
    done = call("--predictions", half, "--references", references, "--output_dir", tmp_path / "out")
    summary = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    row = rows_of(summary, "model")["m", "ID"]
    assert done.returncode == 0 and f"{len(rows) // 2} answers count as empty" in done.stderr
    assert (row["count"], row["of"]) == (len(rows), len(rows))
    assert row["modes"]["fixed"]["codebleu"]["mean"] == pytest.approx(len(rows[::2]) / len(rows))


def test_several_answers_to_a_sample_weigh_as_one(tmp_path: Path) -> None:
    first, second = (row | {"split": "ID"} for row in predictions("m", 0)[:2])
    rows = [first, first | {"generated_code": ""}, first | {"generated_code": ""}, second]
    done = call("--predictions", write(tmp_path / "p.jsonl", rows), "--output_dir", tmp_path / "out")
    row = rows_of(json.loads((tmp_path / "out" / "summary.json").read_text("utf-8")), "model")["m", "ID"]
    assert done.returncode == 0 and (row["count"], row["answers"], row["of"]) == (2, 4, 2)
    assert row["modes"]["fixed"]["codebleu"]["mean"] == pytest.approx((1 / 3 + 1) / 2)
    assert "2 of 2 (4 answers)" in (tmp_path / "out" / "table.md").read_text("utf-8")
