"""Flags, prices and the cache's file."""

import argparse
import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from workflowllm.llm.budget import PRICES, price_of
from workflowllm.llm.cache import AnswerCache, question_key
from workflowllm.llm.replies import Usage
from workflowllm.llm.settings import EndpointSettings, add_endpoint_arguments, endpoint_settings
from workflowllm.llm.stage import RunFacts
from workflowllm.runs.command import CommandError
from workflowllm.runs.facts import flag_facts


def parsed(*flags: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_endpoint_arguments(parser)
    return parser.parse_args(flags)


def test_flags_become_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    assert endpoint_settings(parsed()) == EndpointSettings(
        "gpt-4o-mini", seed=0, cache=Path("output/answers.sqlite")
    )  # fmt: skip
    flags = (
        "--base_url http://localhost:8000 --model m --temperature 0.5 --top_p 0.9 --max_tokens 7 --seed 3 "
        "--no-json_mode --concurrency 2 --requests_per_minute 30 --timeout 9 --retries 0 --cache none "
        "--max_cost 1.5 --dry_run"
    )
    assert endpoint_settings(parsed(*flags.split())) == EndpointSettings(
        "m", "http://localhost:8000/v1", 0.5, 0.9, 7, 3, None, False, 2, 30.0, 9.0, 0, max_cost=1.5, dry_run=True
    )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("http://localhost:8000", "http://localhost:8000/v1"),
        ("http://localhost:8000/", "http://localhost:8000/v1"),
        ("http://localhost:8000/v1/", "http://localhost:8000/v1"),
        ("https://example.com/openai/v1", "https://example.com/openai/v1"),
    ],
)
def test_addresses(given: str, meant: str) -> None:
    assert endpoint_settings(parsed("--base_url", given)).base_url == meant


@pytest.mark.parametrize(
    "flags",
    [
        ["--base_url", "localhost:8000"], ["--base_url", "http://"], ["--base_url", "http://x:port/"],
        ["--temperature", "-1"], ["--temperature", "nan"], ["--concurrency", "0"], ["--timeout", "0"],
        ["--max_cost", "0"], ["--requests_per_minute", "inf"], ["--retries", "-1"], ["--max_tokens", "x"],
    ],
)  # fmt: skip
def test_flags_that_cannot_be_right(flags: list[str]) -> None:
    with pytest.raises((CommandError, SystemExit)):
        endpoint_settings(parsed(*flags))


def test_no_flag_takes_a_key() -> None:
    parser = argparse.ArgumentParser()
    add_endpoint_arguments(parser)
    assert not [flag for flag in parser._option_string_actions if "key" in flag]


def test_what_is_stored_of_a_run_holds_no_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    arguments = parsed("--base_url", "http://user:pass-word@localhost:1/v1?api_key=pass-word")
    settings = endpoint_settings(arguments)
    RunFacts(tmp_path / "out.jsonl", settings, flag_facts(arguments), False).save("complete", {}, Usage())
    text = (tmp_path / "out.jsonl.run.json").read_text("utf-8")
    assert "pass-word" not in text and "sk-very" not in text and '"http://localhost:1/v1"' in text


def test_runs_are_added_up_in_one_file(tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    for overwrite, runs in [(False, 1), (False, 2), (True, 1)]:
        facts = RunFacts(output, EndpointSettings("m"), {"note": "x"}, overwrite)
        facts.save("running", {}, Usage())
        facts.save("complete", {"done": 3}, Usage(calls=3))
        stored = json.loads(Path(f"{output}.run.json").read_text("utf-8"))["runs"]
        assert [run["end"] for run in stored] == ["complete"] * runs and stored[-1]["usage"]["calls"] == 3


def test_prices() -> None:
    """A million tokens each way: 0.15 + 0.60 dollars, as the price list has it."""
    price = price_of("gpt-4o-mini")
    assert price and price.dollars(1_000_000, 1_000_000) == pytest.approx(0.75)
    assert price_of("gpt-4o-mini-2024-07-18") == price
    assert price_of("gpt-4o-2024-08-06") == price_of("gpt-4o") != price
    assert price_of("gpt-4o-mini-audio") is None and price_of("my-model") is None
    assert "date" in PRICES.read_text("utf-8")


@pytest.mark.parametrize("text", ["[1]", "m: 3", "m: {input: 1}", "m: {input: x, output: 1}", ": :", "\0"])
def test_a_price_file_that_is_none(text: str, tmp_path: Path) -> None:
    path = tmp_path / "prices.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(CommandError, match=r"prices\.yaml must have lines such as"):
        price_of("m", path)


def test_an_empty_price_file_knows_no_model(tmp_path: Path) -> None:
    (tmp_path / "prices.yaml").write_text("# none\n", "utf-8")
    assert price_of("m", tmp_path / "prices.yaml") is None
    with pytest.raises(CommandError, match="cannot read the prices"):
        price_of("m", tmp_path / "absent.yaml")


def test_the_key_of_a_question() -> None:
    assert question_key({"a": 1, "b": ["é\ud800", None]}) == question_key({"b": ["é\ud800", None], "a": 1})
    assert question_key({"a": 1}) != question_key({"a": "1"})


def test_a_cache_of_several_processes(tmp_path: Path) -> None:
    """Four processes write 50 answers each at once."""
    path = tmp_path / "answers.sqlite"
    script = (
        "import sys; from pathlib import Path; from workflowllm.llm.cache import AnswerCache\n"
        "cache = AnswerCache(Path(sys.argv[1]))\n"
        "for n in range(50): cache.put(f'{sys.argv[2]}-{n}', {'text': '\\ud800é' * n})\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", script, path, name]) for name in "abcd"]
    assert [writer.wait(60) for writer in writers] == [0] * 4
    cache = AnswerCache(path)
    assert all(cache.get(f"{name}-{n}") == {"text": "\ud800é" * n} for name in "abcd" for n in range(50))
    assert cache.get("e-0") is None
    cache.close()


def damaged(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[100:] = b"\xff" * (len(data) - 100)
    path.write_bytes(data)


def foreign(path: Path) -> None:
    path.unlink()
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE answers (other TEXT)")
    database.commit()
    database.close()


@pytest.mark.parametrize("harm", [damaged, foreign, lambda path: (path.unlink(), path.mkdir())])
def test_a_cache_that_cannot_be_used_is_one_sentence(harm, tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    cache = AnswerCache(path)
    cache.put("k", {"text": "x"})
    cache.close()
    harm(path)
    with pytest.raises(CommandError, match=r"the cache .*answers\.sqlite cannot be used .* --cache\.$"):
        AnswerCache(path).get("k")


def test_without_a_path_nothing_is_kept() -> None:
    cache = AnswerCache(None)
    cache.put("k", {"text": "x"})
    assert cache.get("k") is None
