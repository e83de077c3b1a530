"""The shell scripts around inference, under a plain sh."""

import json
import os
import subprocess
from pathlib import Path

from tiny_checkpoints import save_recitation

SCRIPTS = Path(__file__).parents[2] / "scripts"
ANSWER = 'Thought:\n1. Say hello.\n\nCode:\n```python\n# Say hello\nis_workflow_actions_showresult(Text="Hello")\n```\n'


def run(script: str, *arguments: object, cwd: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"OMP_NUM_THREADS": "1"} | variables
    command = ["sh", SCRIPTS / script, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=cwd, timeout=240)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def data_set(folder: Path) -> Path:
    folder.mkdir()
    fields = {"query": "Say hello", "apis": ["is.workflow.actions.showresult"], "workflow_code": "print('Hello')"}
    rows = [{"key": key, **fields} for key in ("train", "id", "ood")]
    (folder / "seed_data.json").write_text(json.dumps(rows), "utf-8")
    for name, key in (("", "id"), ("_ood", "ood")):
        (folder / f"dataset_split_keys{name}.json").write_text(json.dumps({"train": ["train"], "dev": [key]}), "utf-8")
    return folder


def test_infer_ood_answers_and_scores(tmp_path: Path) -> None:
    model = save_recitation(tmp_path / "my model", ANSWER)
    done = run("infer_OOD.sh", model, data_set(tmp_path / "my data"), "--max_tokens", 99, cwd=tmp_path, PROCESSES="1")
    assert done.returncode == 0, done.stderr
    output = tmp_path / "output" / "predictions" / "my model_OOD"
    [prediction] = map(json.loads, (output / "predictions.jsonl").read_bytes().splitlines())
    assert (prediction["key"], prediction["split"], prediction["raw_output"]) == ("ood", "OOD", ANSWER)
    assert (output / "scores" / "scored.jsonl").read_bytes().count(b"\n") == 1
    assert (output / "scores" / "summary.json").is_file()


def test_a_wrong_command_ends_before_anything_is_scored(tmp_path: Path) -> None:
    assert run("infer.sh", cwd=tmp_path).returncode == 2
    done = run("infer.sh", "nowhere", cwd=tmp_path, PROCESSES="1")
    assert done.returncode == 2 and "there is no folder nowhere" in done.stderr
    assert not list(tmp_path.iterdir())


def test_vllm_gets_its_flags_or_is_said_to_be_absent(tmp_path: Path) -> None:
    done = run("serve_vllm.sh", "/models/big", 4, "--dtype", "bfloat16", cwd=tmp_path, VLLM="echo", PORT="9")
    assert done.stdout.strip() == (
        "serve /models/big --tensor-parallel-size 4 --host 127.0.0.1 --port 9 --served-model-name big --dtype bfloat16"
    )
    absent = run("serve_vllm.sh", "/models/big", cwd=tmp_path, VLLM=str(tmp_path / "none"))
    assert absent.returncode == 2 and "vLLM is not installed" in absent.stderr
    for wrong in ("0", "two", "1.5"):
        done = run("serve_vllm.sh", "/models/big", wrong, cwd=tmp_path, VLLM="echo")
        assert done.returncode == 2 and wrong in done.stderr
