"""Pairs of programs of the project's own, and what the package `codebleu` 0.7.0 scores them.

The package runs in an environment of its own (`dev/codebleu_switches.md` says how to make one). Its data-flow score may
depend on the process's hash seed, so every pair is scored under several.
"""

import json
import os
import random
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from workflowllm.metrics.codebleu.scorer import FIGURES
from workflowllm.runs.command import CommandError

from . import metric_damage as damage

HASH_SEEDS = range(7)
LONGEST = 1_500  # characters of a reference, so that the file of pairs stays small
_FIXED_PAIRS = {  # one for each thing that the damage maker cannot make
    "a missing dedent for a body": ("match a:\n    b =", "match a:b = 1\n"),  # of a line end in the candidate
    "match cut in a case": ("match a:\n    case 'b':\n        c = 1\nd = c", "match a:\n    case 'b':\n        "),
    "block without a body": ("if a:\n    b = 1\nc = b", "if a:\nc = b"),
    "no data-flow": ("print(1)", "print(2)"),
    "unclosed text": ("a = 'b'\nc = a", "a = 'b\nc = a"),
    "emoji before names": ("s = '😀'; value = s\nother = value", "s = '😀'; value = s\nother = s"),
    "tabs and a continuation": ("if a:\n\tb = a + \\\n\t\t1\n", "if a:\n    b = a + 1\n"),
    "a docstring and a comment": ('"""Why."""\na = 1  # one\nb = a', "a = 1\nb = a"),
    "a comprehension": ("a = [b for b in c if b]", "a = [d for d in c]"),
    "a loop with else": ("for a in b:\n    c = a\nelse:\n    d = c", "for a in b:\n    c = a\nd = c"),
    "unpacking": ("a, b = c, d\ne = a", "b, a = c, d\ne = a"),
    "nested blocks": ("".join("  " * n + f"if a{n}:\n" for n in range(30)) + "  " * 30 + "b = a1", "if a:\n  b = c"),
    "a with and a walrus": ("with f(a) as b:\n    if (c := b) > 1:\n        d = c", "b = f(a)\nif b > 1:\n    d = b"),
    "an f-string": ("a = 1\nb = f'{a} and {a!r:>{a}}'", "a = 1\nb = f'{c}'"),
    "the empty answer": ("a = 1\nb = a", ""),
    "nothing at all": ("", ""),
}  # fmt: skip

_PROGRAM = """
import json, logging, sys
from codebleu import calc_codebleu
logging.disable(logging.WARNING)
for pair in json.load(sys.stdin):
    score = calc_codebleu([pair["reference"]], [pair["candidate"]], "python", (0.1, 0.1, 0.4, 0.4))
    print(json.dumps(score))
"""


def make_pairs(codes: Sequence[str], seed: int = 0) -> Iterator[dict[str, Any]]:
    """Pairs of `id`, `kind`, `reference` and `candidate`: each short program with damaged ones, and fixed ones."""
    short = [code for code in codes if len(code) <= LONGEST]
    names = sorted({name for code in short for name in damage.called_names(code)})
    values = sorted({value for code in short for value in damage.passed_literals(code)})
    pairs: list[tuple[str, str, str]] = [(kind, *texts) for kind, texts in _FIXED_PAIRS.items()]
    for number, code in enumerate(short):
        rng = random.Random(f"{seed} {number}")
        candidates = {
            "the reference": code,
            "another program": short[number - 1],
            "lines dropped": damage.drop_lines(code, 0.3, rng),
            "calls swapped": damage.swap_calls(code, 0.5, rng, names),
            "arguments changed": damage.change_arguments(code, 0.5, rng, values),
            "lines reordered": damage.reorder_lines(code, 0.5, rng),
            "variables renamed": damage.rename_variables(code),
            "cut anywhere": code[: rng.randrange(len(code))],
            "characters lost": damage.lose_characters(code, 0.02, rng),
        }
        chosen = rng.sample(sorted(candidates), 4)
        pairs += [(kind, code, candidates[kind]) for kind in chosen]
    for number, (kind, reference, candidate) in enumerate(pairs):
        yield {"id": f"pair-{number:03}", "kind": kind, "reference": reference, "candidate": candidate}


def package_scores(pairs: Sequence[dict[str, Any]], python: str) -> list[dict[str, Any]]:
    """For each pair its figures: a number where all hash seeds agree, else [lowest, highest]. Raises CommandError."""
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda seed: _package_run(pairs, python, seed), HASH_SEEDS))
    return [{figure: _range([scores[figure] for scores in by_seed]) for figure in FIGURES} for by_seed in zip(*runs)]


def _range(values: Sequence[float]) -> float | list[float]:
    low, high = min(values), max(values)
    return low if high - low < 1e-12 else [low, high]


def _package_run(pairs: Sequence[dict[str, Any]], python: str, hash_seed: int) -> list[dict[str, float]]:
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed), "PYTHONPATH": ""}
    try:
        done = subprocess.run(
            [python, "-c", _PROGRAM],
            input=json.dumps(pairs),
            capture_output=True,
            text=True,
            env=environment,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        reason = (getattr(error, "stderr", None) or str(error)).strip().splitlines()[-1]
        raise CommandError(f"{python} could not run the package codebleu: {reason}") from None
    return [json.loads(line) for line in done.stdout.splitlines()]
