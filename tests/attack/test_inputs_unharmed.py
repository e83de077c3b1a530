"""Every script that writes, run with each output equal to an input: it refuses, and the input is as it was."""

import ast
import re
import runpy
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted([*ROOT.glob("*.py"), *(ROOT / "eval").glob("*.py"), *(ROOT / "preprocess").glob("*.py")])
OUTPUT_FLAGS = ("--output", "--output_dir", "--python_dir", "--table", "--make", "--effects", "--html", "--keep",
                "--folder")  # fmt: skip
# Flags of these names that need no attack, and why.
HARMLESS = {
    "eval/benchmark_growth.py --output": "reads nothing that is named on the command line",
    "eval/check_runtime.py --folder": "is read",
    "eval/fuzz_conversion.py --folder": "is read",
    "eval/fuzz_conversion.py --keep": "gets files named by the run's own numbers",
    "eval/fuzz_everything.py --keep": "gets files named by the hash of their content",
}

# A script with flags; `IN` is the input that must survive, `D` its folder. Behind `:` stands the input's name.
ATTACKS = """
eval/benchmark_build.py --samples IN --folder D : records.jsonl
eval/benchmark_inference.py --model none --input IN --output IN
eval/benchmark_training.py --model D --data IN --output IN
eval/check_codebleu.py --samples IN --table IN
eval/check_codebleu.py --samples other --pairs IN --table IN
eval/check_codebleu.py --samples IN --package_python none --make IN
eval/check_metrics.py --samples IN --table IN
eval/check_training.py equality --data_path IN --output_dir D : equality.jsonl
eval/check_workflows.py IN --output IN
eval/codebleu.py --pairs IN --output IN
eval/evaluate.py --predictions IN --output_dir D : scored.jsonl
eval/evaluate.py --predictions IN --output_dir D : scored.jsonl.errors.jsonl
eval/evaluate.py --predictions other IN --output_dir D : summary.json
eval/evaluate.py --predictions other --references IN --output_dir D : table.md
eval/evaluate.py --predictions other --judged IN --output_dir D : report.html
eval/judge_pass_rate.py --backend static --input IN --output IN --overwrite
eval/judge_pass_rate.py --backend static --input other --human IN --output IN --overwrite
eval/judge_pass_rate.py --backend static --input other --prompt IN --output IN --overwrite : judge.txt
eval/reproduce_table.py --data IN --output_dir D : predictions.jsonl
eval/reproduce_table.py --data IN --output_dir D : differences.md
eval/run_tasks.py IN --output IN : task.yaml
eval/run_tasks.py D --output D/results.jsonl : task.yaml
eval/run_tasks.py other.yaml --predictions IN --output IN
eval/run_workflow.py IN --effects IN : x.py
eval/run_workflow.py IN --html IN : x.py
eval/run_workflow.py other.py --world IN --html IN : world.yaml
eval/run_workflow.py other.py --world IN --effects IN : world.yaml
eval/search_apis.py --input IN --output IN
eval/t_eval_plan.py --predictions IN --output IN
infer.py --model none --base_url http://127.0.0.1:9/v1 --input IN --output IN --overwrite
preprocess/Convert_Python_to_ShortCut.py IN -o IN : x.py
preprocess/Convert_Python_to_ShortCut.py --input IN --output_dir IN
preprocess/Convert_ShortCut_to_Python.py --folder_path D --output IN
preprocess/Convert_ShortCut_to_Python.py --folder_path D --output other.jsonl --python_dir D/python
preprocess/annotate_workflows.py --input IN --output IN --overwrite
preprocess/annotate_workflows.py --input other --metadata IN --output IN --overwrite
preprocess/build_api_docs.py --wfactions IN --output_dir D : identifier2json.json
preprocess/build_api_docs.py --wfactions IN --output_dir D : identifier2python.pkl
preprocess/build_dataset.py --seed_data IN --output D : seed_data.json
preprocess/build_dataset.py --synthesized IN --output D : dropped.jsonl
preprocess/collect_shortcuts.py --input IN --output D --overwrite : metadata.jsonl
preprocess/confirm_quality.py --input IN --output IN --overwrite
preprocess/confirm_quality.py --input IN --output D/out --overwrite : out.refined.jsonl
preprocess/confirm_quality.py --input IN --output D/out --overwrite : out.dropped.jsonl
preprocess/confirm_quality.py --input IN --output D/out --overwrite : out.summary.json
preprocess/convert_t_eval.py --input IN --output IN
preprocess/count_api_usage.py --input D --output IN : a.shortcut
preprocess/expand_queries.py --input IN --output IN --overwrite
preprocess/expand_queries.py --input IN --output D/out --overwrite : out.answers.jsonl
preprocess/expand_queries.py --input IN --output D/out --overwrite : out.dropped.jsonl
preprocess/generate_workflows.py --model none --base_url http://127.0.0.1:9/v1 --input IN --output IN --overwrite
preprocess/generate_workflows.py --model none --base_url http://x/v1 --input IN --output D/out : out.predictions.jsonl
preprocess/plot_statistics.py --folder_path D --output_dir IN : statistics.json
train.py --base_model D --data_path other --output_dir D : model.safetensors
train.py --base_model D --data_path other --output_dir . : model.safetensors
train.py --base_model none --data_path IN --output_dir D : metrics.jsonl
train.py --base_model none --data_path IN --output_dir IN
"""
REFUSALS = r"is an input|in the input folder|would be written twice|writes over|lies in|give the output a name"
LINES = [line.partition(" : ") for line in ATTACKS.strip().splitlines()]


def declared_outputs() -> Iterator[str]:
    """`script --flag` of every flag of the scripts that names an output."""
    for path in SCRIPTS:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
            name = name or (node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else "")
            if name in ("add_argument", "add"):
                flags = [part.value for part in node.args if isinstance(part, ast.Constant)]
                for flag in set(flags) & set(OUTPUT_FLAGS):
                    yield f"{path.relative_to(ROOT).as_posix()} {flag}"


def test_every_output_of_every_script_is_attacked() -> None:
    attacked = {f"{line.split()[0]} {flag}" for line, _, _ in LINES for flag in re.findall(r" (--\w+)", line)}
    attacked.add("preprocess/Convert_Python_to_ShortCut.py --output")  # as -o
    declared = set(declared_outputs())
    assert len(declared) > 25
    assert declared - attacked - set(HARMLESS) == set()
    assert set(HARMLESS) <= declared


@pytest.mark.parametrize(("line", "name"), [(line, name or "in.jsonl") for line, _, name in LINES])
def test_the_input_is_unharmed(
    line: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, other = tmp_path / "d", tmp_path / "other"
    folder.mkdir()
    source = folder / name
    content = b'{"key": "a", "query": "q", "code": "x = 1"}\n'
    for path in (source, other, tmp_path / "other.py", tmp_path / "other.yaml"):
        path.write_bytes(content)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(ROOT / "eval")
    script, *words = shlex.split(line)
    words = [str(source) if word == "IN" else re.sub(r"^D\b", str(folder), word) for word in words]
    monkeypatch.setattr("sys.argv", [script, *words])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(ROOT / script), run_name="__main__")
    errors = capsys.readouterr().err
    assert (ended.value.code, source.read_bytes()) == (2, content), errors
    assert re.search(REFUSALS, errors), errors
