"""One workflow in all the forms that the project writes it in, run in the same world: the effects must be equal."""

import json
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

NAME = "workflow"  # of every form, so that what asks for its own name gets the same


@dataclass(frozen=True)
class Compared:
    """How the forms of one file ran."""

    key: str
    forms: int = 0
    differences: list[str] = field(default_factory=list)
    unreadable: str = ""


def codes_of(workflow: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The forms that are Python: the converter's, the annotator's, and what a model is trained to answer."""
    code = to_python(workflow).code
    yield "Python", code
    record = annotate_offline({"key": NAME, "code": code, "apis": []})
    yield "annotated Python", record["workflow_code"]
    answer = answer_text({**record, "workflow_code": training_form(record["workflow_code"])})
    yield "training form", parse_answer(answer).code


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
    differing = [
        f"{key}: the {form} does not do what the file does: {first_difference(from_file, effects_of(program))}"
        for form, program in programs.items()
        if effects_of(program) != from_file
    ]
    return Compared(key, len(programs), differing)


def first_difference(first: tuple[str, ...], second: tuple[str, ...]) -> str:
    for one, two in zip(first, second):
        if one != two:
            return f"{one[:200]} against {two[:200]}"
    return f"{len(first)} lines against {len(second)}"


def comparison_crashed(key: str) -> Compared:
    return Compared(key, differences=[f"{key}: the process that ran it died"])
