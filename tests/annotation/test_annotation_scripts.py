"""The scripts that check annotated records and count what they save."""

import json
import subprocess
import sys
from pathlib import Path

from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from workflowllm.annotation.rules.annotator import annotate_offline
from workflowllm.shortcuts.files.containers import read_file
from workflowllm.shortcuts.model.workflow import to_json
from workflowllm.shortcuts.records_from_files import list_files, passed_over
from workflowllm.shortcuts.to_python.printer import to_python

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "data" / "shortcuts"


def run(script, *arguments):
    command = [sys.executable, str(ROOT / "eval" / script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def write(path, records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path


def sample_records():
    for key in list_files(SAMPLES):
        if not passed_over(key):
            conversion = to_python(read_file(SAMPLES / key).workflow)
            record = {"key": key, "code": conversion.code, "metadata": to_json(conversion.metadata)}
            yield annotate_offline(record | {"source": {"path": key}, "apis": conversion.apis})


def test_the_samples_pass_and_equal_their_files(tmp_path):
    done = run("check_annotations.py", "--records", write(tmp_path / "a.jsonl", sample_records()), "--plain", SAMPLES)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("25 of 25 have") == 5 and "25 equal (455 actions), 0 differ" in done.stdout


ARBITER = """import os, sys
_, flag, one, other = sys.argv
print(flag, sorted(os.listdir(one)) == sorted(os.listdir(other)), len(os.listdir(one)))
sys.exit(len(os.listdir(one)) == 1)
"""


def test_another_program_may_compare(tmp_path):
    """Called as `--dir ORIGINALS MADE`, with files of the same names; its status counts, and so does a missing file."""
    arbiter = tmp_path / "arbiter.py"
    arbiter.write_text(ARBITER)
    first, second, *_ = sample_records()
    for records, status, said in [
        ([first, second], 0, "--dir True 2"),
        ([first], 1, "--dir True 1"),
        ([first, second, first | {"key": "gone", "source": {"path": "gone.shortcut"}}], 1, "--dir True 2"),
    ]:
        done = run("check_annotations.py", "--records", write(tmp_path / "a.jsonl", records), "--plain", SAMPLES,
                   "--arbiter", arbiter)  # fmt: skip
        assert done.returncode == status and said in done.stdout, done.stdout + done.stderr
    assert f"gone: there is no {SAMPLES / 'gone.shortcut'}." in done.stdout


def test_records_of_the_same_file_are_no_end(tmp_path):
    """Two have two names to go by; a third has none and is named."""
    first = next(sample_records())
    records = [first, first | {"key": "again"}, first | {"key": "once more"}]
    done = run("check_annotations.py", "--records", write(tmp_path / "a.jsonl", records), "--plain", SAMPLES)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "once more: an earlier record has its file." in done.stdout and "2 equal (" in done.stdout


def test_what_is_missing_is_counted_and_shown(tmp_path):
    good = annotate_offline({"key": "good", "code": "print('a')\n", "apis": []})
    bad = [good | {"key": "bad", "workflow_code": "print('b')\n", "query": ""}, {"key": "bare"}, "no record"]
    done = run("check_annotations.py", "--records", write(tmp_path / "a.jsonl", [good, *bad]))
    assert done.returncode == 1 and "Traceback" not in done.stderr
    counts = [int(line.split()[0]) for line in done.stdout.splitlines() if " of 4 have " in line]
    assert counts == [1, 2, 1, 2, 1]
    assert "bad: equal: the shortcuts differ" in done.stdout and "bare: plan: there is none" in done.stdout


def test_wrong_folders_and_commands_are_one_sentence(tmp_path):
    records = write(tmp_path / "a.jsonl", [annotate_offline({"key": "k", "code": "print('a')\n"})])
    for arguments in (
        ["--records", records, "--plain", tmp_path / "none"],
        ["--records", tmp_path / "none.jsonl"],
        ["--records", records, "--plain", SAMPLES, "--arbiter", "no-such-command"],
        ["--records", records, "--arbiter", __file__],
    ):
        done = run("check_annotations.py", *arguments)
        assert done.returncode == 2 and "Traceback" not in done.stderr and len(done.stderr.splitlines()) == 1


def test_tokens_of_dictionaries_and_of_the_code_are_counted(tmp_path):
    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()  # one token a word
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[UNK]").save_pretrained(tmp_path / "words")
    record = {"code": 'text = "a b c d e f g h"\nprint(text)\n', "key": "k"}
    record["workflow_code"] = '# Say it\ngreeting = "a b c d e f g h"\n# Show it\nprint(greeting)\n'
    records = write(tmp_path / "a.jsonl", [record, record | {"key": "long", "code": "x = 1\n" * 1000}])
    done = run("measure_annotation_tokens.py", "--records", records, "--tokenizer", tmp_path / "words",
               "--longest", "1000")  # fmt: skip
    assert done.returncode == 0, done.stderr
    # {"names": {"text": "greeting"}, "comments": {"1": "Say it", "2": "Show it"}}  and  3 + 10 + 3 + 1 words
    assert "1 records (1 longer ones left out)" in done.stdout
    assert "10 in all, median 10" in done.stdout and "17 in all, median 17" in done.stdout
    assert "41% of all, median 41% of a record" in done.stdout
