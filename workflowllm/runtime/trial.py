"""Trying a program: run once in a world that is named, or in the stock one, and told line by line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from workflowllm.runtime.limits import time_limit
from workflowllm.runtime.runnable import Program, program_of_code, read_shortcuts
from workflowllm.runtime.running import run_prepared
from workflowllm.runtime.stock_world import stock_world
from workflowllm.runtime.telling import Source, effect_sentence, ending_sentence, unsettled_lines
from workflowllm.runtime.world import World, parse_world, read_yaml

STOCK = "auto"
STOCK_NOTE = "The world is the stock one; what is marked (made up) is nobody's answer."


@dataclass(frozen=True)
class Setting:
    """A world with the shortcuts that it names, read before anything runs."""

    world: World
    shortcuts: Mapping[str, Program]
    is_stock: bool


def load_setting(name: str) -> Setting:
    """The world in a file, or the stock one. Raises WorldError."""
    if name == STOCK:
        return Setting(stock_world(), {}, True)
    path = Path(name)
    world = parse_world(read_yaml(path), str(path))
    return Setting(world, read_shortcuts(world.shortcuts, path.parent), False)


def trial_faults(code: str, setting: Setting) -> Iterator[str]:
    """Where the program broke when it was tried, each as a sentence with its line; nothing where it ran through.

    What no rule of ours can run is not the program's fault. The code must compile.
    """
    program = program_of_code(code, answers=setting.world.import_answers)
    with time_limit():
        outcome = run_prepared(program, setting.world, setting.shortcuts, makes_up=setting.is_stock)
    source = Source(program)
    for ending in outcome.endings:
        if ending.how == "broken" and ending.identifier not in outcome.session.unimplemented:
            yield ending_sentence(ending, source)


def trial_lines(code: str, setting: Setting) -> Iterator[str]:
    """What would happen if the program ran. The code must compile."""
    program = program_of_code(code, answers=setting.world.import_answers)
    with time_limit():
        outcome = run_prepared(program, setting.world, setting.shortcuts, makes_up=setting.is_stock)
    if setting.is_stock:
        yield STOCK_NOTE
    yield from map(effect_sentence, outcome.effects)
    source = Source(program)
    yield from (ending_sentence(ending, source) for ending in outcome.endings)
    yield from (f"leant on: {line}" for line in unsettled_lines(outcome.unsettled))
    yield from (f"not implemented: {identifier}" for identifier in outcome.session.unimplemented)
