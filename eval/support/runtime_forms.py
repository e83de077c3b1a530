"""One workflow in all the forms that the project writes it in, run in the same world: the effects must be equal.

The training form may say less: entries that it leaves out (identifiers, developers' teams) are missing from its
effects, and where it leaves out data it is not compared, since data are what the effects are made of.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workflowllm.annotation.rules.annotator import annotate_offline
from workflowllm.prompts.answers import parse_answer
from workflowllm.prompts.examples import answer_text
from workflowllm.runtime.endings import Broken
from workflowllm.runtime.limits import time_limit
from workflowllm.runtime.runnable import Program, program_of_code
from workflowllm.runtime.running import run_prepared
from workflowllm.runtime.stock_world import stock_world
from workflowllm.shortcuts.files.containers import read_file
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.to_python.printer import to_python
from workflowllm.shortcuts.training_form import training_form

TRAINING = "training form"
LEFT_OUT = re.compile(r"\bplaceholder\(|\(Base64, \d")
NAME = "workflow"  # of every form, so that what asks for its own name gets the same


@dataclass
class Compared:
    """How the forms of one file ran."""

    key: str
    forms: int = 0
    differences: list[str] = field(default_factory=list)
    without_data: int = 0  # forms that leave out data
    unreadable: str = ""


def codes_of(workflow: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The forms that are Python: the converter's, the annotator's, and what a model is trained to answer."""
    code = to_python(workflow).code
    yield "Python", code
    record = annotate_offline({"key": NAME, "code": code, "apis": []})
    yield "annotated Python", record["workflow_code"]
    answer = answer_text({**record, "workflow_code": training_form(record["workflow_code"])})
    yield TRAINING, parse_answer(answer).code


def effects_of(program: Program) -> tuple[str, ...]:
    """How a run ended and what it did, as lines."""
    try:
        with time_limit():
            outcome = run_prepared(program, stock_world(), {}, makes_up=True)
    except Broken as error:
        return (str(error),)
    endings = [f"{ending.how} {ending.error}" for ending in outcome.endings]
    return (*endings, *(json.dumps(effect, sort_keys=True) for effect in outcome.effects))


def compare_file(key: str, folder: Path) -> Compared:
    """Run a file and its Python in every form."""
    try:
        workflow = read_file(folder / key).workflow
        codes = dict(codes_of(workflow))
        programs = {form: program_of_code(code, NAME) for form, code in codes.items()}
    except ShortcutError as error:
        return Compared(key, unreadable=str(error))
    from_file = effects_of(Program(workflow, NAME))
    compared = Compared(key)
    for form, program in programs.items():
        if form == TRAINING and LEFT_OUT.search(codes[form]):
            compared.without_data += 1
            continue
        compared.forms += 1
        effects = effects_of(program)
        is_alike = says_no_more(effects, from_file) if form == TRAINING else effects == from_file
        if not is_alike:
            difference = first_difference(from_file, effects)
            compared.differences.append(f"{key}: the {form} does not do what the file does: {difference}")
    return compared


def says_no_more(short: tuple[str, ...], full: tuple[str, ...]) -> bool:
    """Whether effects are the full ones, apart from entries that their dictionaries lack."""
    return len(short) == len(full) and all(_is_part(_parsed(one), _parsed(two)) for one, two in zip(short, full))


def _is_part(short: Any, full: Any) -> bool:
    if isinstance(short, dict) and isinstance(full, dict):
        return all(key in full and _is_part(value, full[key]) for key, value in short.items())
    if isinstance(short, list) and isinstance(full, list):
        return len(short) == len(full) and all(map(_is_part, short, full))
    if isinstance(full, dict) and full.get("type") == "url":
        return short == full.get("url")  # a name above it is stored as a text, what is implicit stays a URL
    if isinstance(short, str) and isinstance(full, str) and short != full:
        return short.startswith("{") and full.startswith("{") and _is_part(_parsed(short), _parsed(full))
    return short == full


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return line


def first_difference(first: tuple[str, ...], second: tuple[str, ...]) -> str:
    for one, two in zip(first, second):
        if one != two:
            return f"{one[:200]} against {two[:200]}"
    return f"{len(first)} lines against {len(second)}"


def comparison_crashed(key: str) -> Compared:
    return Compared(key, differences=[f"{key}: the process that ran it died"])
