"""The rows of the results table."""

import argparse
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from workflowllm.evaluation.paper_rows import (
    HEADINGS,
    StandIn,
    difference_lines,
    load_row,
    row_keys,
    why_not,
    with_stand_in,
)
from workflowllm.inference.run_options import add_inference_flags
from workflowllm.runs.command import CommandError

ROOT = Path(__file__).parents[2]
PRINTED = {row["model"]: row for row in json.loads((ROOT / "data" / "paper_results.json").read_text())["rows"]}


def test_there_is_one_file_for_every_printed_row() -> None:
    assert sorted(load_row(key).name for key in row_keys()) == sorted(PRINTED) and len(PRINTED) == 11


@pytest.mark.parametrize("key", row_keys())
def test_a_row_has_flags_that_infer_knows(key: str) -> None:
    row = load_row(key)
    parser = argparse.ArgumentParser()
    add_inference_flags(parser)
    for split in ("ID", "OOD"):
        parsed = parser.parse_args(row.flags(split))
        assert parsed.temperature == 0 and parsed.icl == row.name.endswith("w/ ICL")


def test_the_trained_row_asks_the_ood_test_of_a_model_that_has_not_seen_it(tmp_path: Path) -> None:
    row = load_row("workflowllama-8b")
    assert row.flags("ID")[3] == "models/workflowllama-8b" and "models/workflowllama-8b-ood" in row.flags("OOD")
    assert row.flags("OOD").count("--model") == 1
    (tmp_path / "config.json").write_text("{}")
    half = replace(row, infer={"backend": "hf", "model": str(tmp_path)})
    assert why_not(half).endswith("models/workflowllama-8b-ood)")
    assert "-ood" not in str(with_stand_in(row, StandIn(str(tmp_path))).flags("OOD"))


@pytest.mark.parametrize("key", ["llama-3.1-70b", "llama-3.1-70b-icl"])
def test_a_served_row_asks_for_the_name_under_which_it_is_served(key: str) -> None:
    text = (ROOT / "configs" / "models" / f"{key}.yaml").read_text("utf-8")
    (folder,) = re.findall(r"^#   sh scripts/serve_vllm.sh (\S+) 8$", text, re.MULTILINE)
    assert load_row(key).infer["model"] == Path(folder).name  # what serve_vllm.sh calls it


def test_an_unknown_row_names_the_known() -> None:
    with pytest.raises(CommandError, match="gpt-4o-icl"):
        load_row("gpt-5")


def test_a_stand_in_is_named_and_keeps_the_rows_settings() -> None:
    row = with_stand_in(load_row("llama-3.1-70b-icl"), StandIn("output/models/small"))
    assert row.name == "Llama-3.1-70B w/ ICL (stand-in small)" and "--base_url" not in row.flags("ID")
    assert row.infer["backend"] == "hf" and row.infer["icl"] == 1
    served = with_stand_in(load_row("qwen2-7b"), StandIn("m", "http://127.0.0.1:9/v1"))
    assert served.infer["backend"] == "openai" and served.infer["base_url"] == "http://127.0.0.1:9/v1"


def test_what_is_missing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert "OPENAI_API_KEY is not set" in why_not(load_row("gpt-4o"))
    monkeypatch.setenv("OPENAI_API_KEY", "a key")
    assert why_not(load_row("gpt-4o")) == ""
    row = load_row("qwen2-7b")
    assert "weights are not there" in why_not(with_stand_in(row, StandIn(str(tmp_path))))
    (tmp_path / "config.json").write_text("{}")
    assert why_not(with_stand_in(row, StandIn(str(tmp_path)))) == ""
    assert "no server answers" in why_not(with_stand_in(row, StandIn("m", "http://127.0.0.1:9/v1")))


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_differences_are_ours_less_theirs() -> None:
    figures = {name: {"mean": 0.25} for name in HEADINGS if name != "pass_rate"}
    ours = {"kind": "model", "model": "A", "split": "ID", "count": 3, "modes": {"compat": figures},
            "pass_rate": {"judge": None, "static": {"mean": 0.9}, "execution": {"mean": 0.5}},
            "execution": {"effect_f1": {"mean": 0.75}}, "execution_samples": 2}  # fmt: skip
    printed = dict.fromkeys(HEADINGS, 20.5)
    lines = difference_lines({"rows": [ours, ours | {"kind": "floor"}]}, {"A": {"ID": printed}})
    assert cells(lines[2]) == ["A", "ID", "3", *["25.0 / 20.5 (+4.5)"] * 5, "– / 20.5", "50.0", "75.0", "2 of 3"]
    judged = ours | {"pass_rate": {"judge": {"mean": 0.2}, "static": None, "execution": None}}
    judged |= {"execution": {"effect_f1": None}, "execution_samples": 0}
    last = cells(difference_lines({"rows": [judged]}, {"A": {"ID": printed}})[2])[-4:]
    assert last == ["20.0 / 20.5 (-0.5)", "–", "–", "0 of 3"]
