"""A whole run: equal to the recipe written out by hand, whole outputs, the best checkpoint, ablations by flag."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers_train import (
    facts,
    losses,
    metrics,
    plain_loss,
    plain_training,
    records_file,
    small_model,
    train,
    written_out,
)
from transformers import AutoModelForCausalLM, AutoTokenizer

from eval.support.stand_in import small_records
from workflowllm.runs.command import CommandError
from workflowllm.training.checkpoints import checkpoints, is_whole
from workflowllm.training.data import Examples
from workflowllm.training.packing import StepRows


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run on 12 records, with 2 held out."""
    output = tmp_path_factory.mktemp("done") / "run"
    train(output, "--dev_share", "0.15", "--save_steps", "2")
    return output


def encoded(output: Path, part: str) -> Examples:
    return Examples.open(next((output / "encoded").iterdir()) / part)


def samples_of(output: Path, part: str) -> list[tuple[list[int], int]]:
    """The records of a part, tokenised here from the file of records, in the order of the run."""
    tokenizer = AutoTokenizer.from_pretrained(small_model())
    records = {record["key"]: record for record in small_records(14)}
    return [written_out(tokenizer, records[key]) for key in encoded(output, part).keys]


def test_the_losses_are_those_of_the_recipe_written_out(done: Path) -> None:
    samples = samples_of(done, "train")
    rows = StepRows([len(ids) for ids, _ in samples], batch_size=4, epochs=2)
    steps = [[samples[index] for index in step] for epoch in range(2) for step in rows.steps(epoch)]
    assert sorted(map(len, steps)) == [4] * 6
    model = AutoModelForCausalLM.from_pretrained(small_model(), dtype=torch.float32)
    assert np.allclose(losses(done), plain_training(model, steps, 1e-3), atol=1e-4)


def test_every_epoch_takes_every_sample_once_in_another_order(done: Path) -> None:
    lengths = encoded(done, "train").lengths
    rows = StepRows(lengths, batch_size=4, epochs=2)
    first, second = (np.concatenate(rows.steps(epoch)).tolist() for epoch in (0, 1))
    assert sorted(first) == sorted(second) == list(range(12)) and first != second


def test_a_line_of_metrics_for_every_step(done: Path) -> None:
    lines = metrics(done)
    assert [line["step"] for line in lines] == [1, 2, 3, 4, 5, 6]
    assert [line["learning_rate"] for line in lines] == pytest.approx([0, 1e-3, 8e-4, 6e-4, 4e-4, 2e-4])
    assert [line["step"] for line in lines if "dev_loss" in line] == [2, 4, 6]
    counts = encoded(done, "train")
    assert sum(line["answer_tokens"] for line in lines) == 2 * counts.answer_lengths.sum()
    assert sum(line["tokens"] for line in lines) == 2 * counts.lengths.sum()
    assert all(line["padding_share"] == 0 and line["peak_memory_bytes"] > 0 for line in lines)


def test_dev_loss_is_the_mean_over_answer_tokens(done: Path) -> None:
    samples = samples_of(done, "dev")
    assert len(samples) == 2
    for line in metrics(done)[3::2]:
        checkpoint = done / f"checkpoint-{line['step']}"
        model = AutoModelForCausalLM.from_pretrained(checkpoint, dtype=torch.float32)
        assert line["dev_loss"] == pytest.approx(plain_loss(model, samples).item(), abs=1e-5)


def test_the_model_stands_in_the_output_folder(done: Path) -> None:
    names = {path.name for path in done.iterdir()}
    assert {"model.safetensors", "config.json", "generation_config.json", "tokenizer.json", "chat_template.jinja",
            "prompt_form.json", "metrics.jsonl", "train_run.json", "data.errors.jsonl"} <= names  # fmt: skip
    assert (done / "checkpoint-6" / "prompt_form.json").read_bytes() == (done / "prompt_form.json").read_bytes()
    assert not names & {"training_args.bin", "optimizer.pt", "trainer_state.json", "manifest.json"}
    model, tokenizer = AutoModelForCausalLM.from_pretrained(done), AutoTokenizer.from_pretrained(done)
    assert model.generation_config.eos_token_id == [tokenizer.convert_tokens_to_ids("<|im_end|>")]
    assert model.config.use_cache and tokenizer.chat_template
    assert list((done / "runs").rglob("events.out.tfevents*"))


def test_facts_say_what_ran(done: Path) -> None:
    found = facts(done)
    assert found["finished"] and found["starts"][0]["from"] is None
    assert found["records"]["chosen"] == {"records": 14, "train": 12, "dev": 2}
    assert found["engine"]["zero_stage"] is None and found["engine"]["world_size"] == 1
    assert found["identity"]["flags"]["learning_rate"] == 1e-3


def test_the_same_command_again_does_nothing(done: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.stat().st_mtime_ns for path in done.rglob("*") if path.name != ".lock"}
    train(done, "--dev_share", "0.15", "--save_steps", "2")
    assert "finished model already" in capsys.readouterr().err
    assert before == {path: path.stat().st_mtime_ns for path in done.rglob("*") if path.name != ".lock"}


def test_how_samples_lie_in_rows_does_not_matter(done: Path, tmp_path: Path) -> None:
    flags = ("--dev_share", "0.15", "--save_steps", "2")
    for number, other in enumerate((["--no_packing"], ["--row_tokens", "500", "--no_gradient_checkpointing"])):
        train(tmp_path / str(number), *flags, *other)
        assert np.allclose(losses(tmp_path / str(number)), losses(done), atol=1e-5)
    assert facts(tmp_path / "0")["engine"]["rows_per_device_and_step"] == 4


def test_the_best_checkpoint_is_kept_and_becomes_the_model(tmp_path: Path) -> None:
    lines = train(tmp_path, "--dev_share", "0.15", "--save_steps", "1", "--learning_rate", "0.3",
                  "--max_grad_norm", "100", "--checkpoint_limit", "1")  # fmt: skip
    best = min(lines, key=lambda line: line["dev_loss"])["step"]
    assert best < 6  # at this rate it gets worse
    assert facts(tmp_path)["model_of_step"] == best
    assert [path.name for path in checkpoints(tmp_path)] == [f"checkpoint-{best}", "checkpoint-6"]
    weights = [(tmp_path / name / "model.safetensors").read_bytes() for name in (f"checkpoint-{best}", "checkpoint-6")]
    assert (tmp_path / "model.safetensors").read_bytes() == weights[0] != weights[1]


def test_without_held_out_records_the_last_checkpoint_is_the_model(tmp_path: Path) -> None:
    lines = train(tmp_path, "--dev_share", "0", "--epochs", "1", "--max_steps", "2")
    assert [line["step"] for line in lines] == [1, 2] and not any("dev_loss" in line for line in lines)
    assert facts(tmp_path)["model_of_step"] == 2 and is_whole(tmp_path / "checkpoint-2")


def test_a_last_step_of_few_samples(tmp_path: Path) -> None:
    """13 records in steps of 4: the last has one, and no sample is dropped."""
    lines = train(tmp_path, "--dev_share", "0.05", "--epochs", "1", "--no_packing")
    assert len(lines) == math.ceil(13 / 4)
    assert lines[-1]["padding_share"] > 0  # its other rows only fill
    assert sum(line["answer_tokens"] for line in lines) == encoded(tmp_path, "train").answer_lengths.sum()


def test_lora_trains_adapters_and_leaves_a_whole_model(tmp_path: Path) -> None:
    train(tmp_path, "--lora_rank", "4", "--dev_share", "0", "--max_steps", "3")
    tuned, base = (AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32).state_dict()
                   for path in (tmp_path, small_model()))  # fmt: skip
    changed = {name for name in base if not torch.equal(base[name], tuned[name])}
    assert tuned.keys() == base.keys() and changed
    assert all(name.endswith("_proj.weight") for name in changed)
    assert (tmp_path / "adapter" / "adapter_model.safetensors").is_file()


def test_neftune_disturbs_training_alone(tmp_path: Path) -> None:
    """The only step has the learning rate 0, so the weights of the dev loss are the base model's."""
    flags = ("--dev_share", "0.15", "--max_steps", "1", "--neftune")
    base = AutoModelForCausalLM.from_pretrained(small_model(), dtype=torch.float32)
    (weak,), (strong,) = train(tmp_path / "5", *flags, "5"), train(tmp_path / "500", *flags, "500")
    calm = plain_loss(base, samples_of(tmp_path / "5", "dev")).item()
    assert weak["dev_loss"] == strong["dev_loss"] == pytest.approx(calm, abs=1e-5)
    (alone,) = train(tmp_path / "0", *flags[:4])
    assert 0 < abs(weak["loss"] - alone["loss"]) < abs(strong["loss"] - alone["loss"])


def test_ablations_change_the_answers(tmp_path: Path) -> None:
    code = "# say it\nshowresult(Text='# no comment')"
    data = records_file(tmp_path, [record | {"workflow_code": code} for record in small_records(6)])
    train(tmp_path / "bare", "--no_plan", "--no_comments", "--dev_share", "0", "--max_steps", "1", data=data)
    tokenizer = AutoTokenizer.from_pretrained(small_model())
    answer = tokenizer.decode(encoded(tmp_path / "bare", "train")[0].answer)
    assert answer == "Code:\n```python\nshowresult(Text='# no comment')\n```<|im_end|>"


def test_a_loss_that_is_no_number_stops_with_the_keys(tmp_path: Path) -> None:
    model = AutoModelForCausalLM.from_pretrained(small_model(), dtype=torch.float32)
    with torch.no_grad():
        model.model.layers[1].mlp.down_proj.weight[3, 3] = float("nan")
    model.save_pretrained(tmp_path / "broken")
    AutoTokenizer.from_pretrained(small_model()).save_pretrained(tmp_path / "broken")
    with pytest.raises(CommandError, match=r"loss is nan in step 1, records: sample-\d+") as stopped:
        train(tmp_path / "out", model=tmp_path / "broken")
    assert "--learning_rate" in str(stopped.value)
    assert not checkpoints(tmp_path / "out") and not (tmp_path / "out" / "model.safetensors").exists()


def test_a_rate_that_blows_up_stops_and_keeps_the_checkpoint_before(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"is (nan|inf) in step [3-6], records: sample"):
        train(tmp_path, "--learning_rate", "1e30", "--save_steps", "1", "--dev_share", "0")
    assert checkpoints(tmp_path) and all(map(is_whole, checkpoints(tmp_path)))
    assert all(math.isfinite(line["loss"]) for line in metrics(tmp_path))


def test_every_record_is_trained_on_or_held_out_and_never_both(done: Path) -> None:
    keys = [*encoded(done, "train").keys, *encoded(done, "dev").keys]
    assert sorted(keys) == sorted(record["key"] for record in small_records(14))
