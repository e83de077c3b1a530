"""Nothing of the machine is touched: a run with files, sockets, the clock and processes taken away is the same run."""

import builtins
import datetime as datetime_module
import io
import os
import random
import socket
import subprocess
import time
from pathlib import Path

import pytest

from workflowllm.runtime.runnable import program_of
from workflowllm.runtime.running import run_prepared
from workflowllm.runtime.stock_world import stock_world

SAMPLES = sorted(
    path for path in (Path(__file__).parents[2] / "data" / "shortcuts").iterdir() if path.suffix in (".py", ".shortcut")
)


def effects(program, seed: int = 1):
    outcome = run_prepared(program, stock_world(), {}, seed=seed, makes_up=True)
    return [(ending.how, ending.error) for ending in outcome.endings], outcome.effects


def forbidden(name: str):
    def refuse(*arguments, **named):
        raise AssertionError(f"{name} was called during a run")

    return refuse


@pytest.fixture
def no_machine(monkeypatch):
    """Every way out that the standard library has, closed. Compiled programs and loaded locales stay."""

    def close():
        for module, names in (
            (builtins, ["open"]),
            (io, ["open"]),
            (os, ["open", "system", "popen", "stat", "listdir", "scandir"]),
            (socket, ["socket", "create_connection", "getaddrinfo"]),
            (subprocess, ["Popen", "run"]),
            (time, ["time", "time_ns", "monotonic", "perf_counter", "sleep", "localtime", "gmtime"]),
            (random, ["random", "randint", "choice", "shuffle", "randrange"]),
        ):
            for name in names:
                monkeypatch.setattr(module, name, forbidden(f"{module.__name__}.{name}"))

        class NoNow(datetime_module.datetime):
            now = utcnow = today = classmethod(forbidden("datetime.now"))

        monkeypatch.setattr(datetime_module, "datetime", NoNow)

    return close


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_a_run_without_the_machine_gives_the_same_effects(path, no_machine, monkeypatch):
    before = effects(program_of(path))
    program = program_of(path)
    _ = program.steps
    stock_world()
    with monkeypatch.context():
        no_machine()
        try:
            after = effects(program)
        finally:
            monkeypatch.undo()
    assert after == before


@pytest.mark.parametrize("path", SAMPLES[:6], ids=lambda path: path.name)
def test_equal_file_world_and_seed_give_equal_effects_and_no_global_random(path):
    random.seed(1)
    first = effects(program_of(path), seed=7)
    random.seed(2)
    assert effects(program_of(path), seed=7) == first
