"""Synthetic records in any number, joined from the samples' code, no two alike unless one copies the other."""

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workflowllm.apis.catalogue import catalogue
from workflowllm.records.forms import normalised, record_file_rows
from workflowllm.runs.command import CommandError
from workflowllm.shortcuts.from_python.program import compile_code, parse_program
from workflowllm.shortcuts.model.errors import ShortcutError

SAMPLES = Path(__file__).parents[2] / "data" / "data_samples.json"
ACTIONS = 55  # to stop at: a record then has 78 on average
COPIES = 0.05
LETTERS = "abcdefghiklmnoprstuvw"
Block = tuple[str, re.Pattern[str], int]


def blocks_of(path: Path) -> list[Block]:
    """(code, the names that it assigns, actions) of each sample."""
    blocks = []
    for _, record in record_file_rows(path):
        code = normalised(record).get("workflow_code") if isinstance(record, dict) else None
        try:
            actions = compile_code(code or "").actions
        except ShortcutError:
            continue
        if actions and all(action["WFWorkflowActionIdentifier"] in catalogue() for action in actions):
            names = "|".join(map(re.escape, parse_program(code).bindings)) or "(?!)"
            blocks.append((code.rstrip() + "\n", re.compile(rf"\b({names})\b(?!=[^=])"), len(actions)))
    if not blocks:
        raise CommandError(f"{path} holds no code that compiles.")
    return blocks


def made_records(count: int, blocks: list[Block], seed: int) -> Iterator[dict[str, Any]]:
    rng = random.Random(seed)
    words = ["".join(rng.choices(LETTERS, k=rng.randint(3, 9))) for _ in range(20_000)]
    functions = [api.function for api in map(catalogue().__getitem__, sorted(catalogue())) if api.function]
    rng.shuffle(functions)
    weights = [1 / rank for rank in range(1, len(functions) + 1)]
    copied = ""
    for _ in range(count):
        is_copy = bool(copied) and rng.random() < COPIES
        calls = rng.choices(functions, weights, k=3)
        code = copied if is_copy else made_code(rng, blocks, words) + "".join(f"\n{name}()" for name in calls)
        copied = code if rng.random() < COPIES else copied
        plan = "\n".join(f"{step}. {' '.join(rng.choices(words, k=8))}" for step in range(1, 20))
        query = f"How can I {' '.join(rng.choices(words, k=30))}?"
        yield {"key": "synthesized_training_data", "category": rng.choice(("Utilities", "Games", "Music")),
               "query": query, "task_plan": plan, "workflow_code": code, "apis": []}  # fmt: skip


def made_code(rng: random.Random, blocks: list[Block], words: list[str]) -> str:
    lines: list[str] = []
    actions = part = 0
    while actions < ACTIONS:
        code, names, size = rng.choice(blocks)
        part += 1
        renamed = names.sub(lambda match, part=part: f"{match[0]}_part_{part}", code)
        for line in renamed.split("\n"):
            if line[:1].isalpha() and not line.startswith(("else", "elif", "block_result")) and '"""' not in renamed:
                lines.append(f"# {' '.join(rng.choices(words, k=8)).capitalize()}.")
            lines.append(line)
        lines.append(f'note_{part} = "{" ".join(rng.choices(words, k=40))}"')
        actions += size + 1
    return "\n".join(lines)
