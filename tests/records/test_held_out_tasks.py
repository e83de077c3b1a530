"""The test part of the tasks: named by a rule, and refused in training and data sets."""

from pathlib import Path

import pytest
import yaml

from workflowllm.records.held_out_tasks import NAMED_IN, is_held_out, is_test_key, list_lines

ROOT = Path(__file__).parents[2]
NAMED = (ROOT / NAMED_IN).read_text("utf-8").splitlines()


def test_the_list_is_what_the_rule_says_of_the_tasks():
    """Where this fails: python eval/run_tasks.py data/tasks --list > data/tasks/test_keys.txt"""
    tasks = []
    for path in (ROOT / "data" / "tasks").glob("*.yaml"):
        task = yaml.load(path.read_text("utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        tasks.append((str(task.get("key", path.stem)), task["request"]))
    assert list_lines(tasks) == NAMED
    assert 0.2 < len(NAMED) / len(tasks) < 0.45


def test_the_rule_takes_a_third_of_any_keys():
    assert 900 < sum(is_test_key(f"task-{n}") for n in range(3_000)) < 1_100


@pytest.mark.parametrize("line", NAMED[::10])
def test_key_and_request_are_refused(line):
    key, request = line.split("\t")
    assert is_held_out({"key": key, "query": "something else"})
    assert is_held_out({"key": "x", "query": f"  {request.upper()}\n"})
    assert not is_held_out({"key": f"{key}-2", "query": f"{request}, please"})


def test_odd_records_are_not_held_out():
    assert not any(map(is_held_out, ({}, {"key": 3}, {"key": ""}, {"query": None}, {"query": ""})))
