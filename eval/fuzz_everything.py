"""Feed odd input to every part that reads what others wrote, for a while, and keep what fails.

    python eval/fuzz_everything.py --minutes 10
    python eval/fuzz_everything.py --minutes 1 --only compiler answers --seed 7 --keep output/fuzz
    python eval/fuzz_everything.py --replay tests/attack/corpus

Readers of shortcut files get damaged files; the converter, the compiler, the checker, the reader of answers, the
measures and the runtime get odd programs and answers. Each may end well or refuse in its own way; any other exception,
and any item that takes over 5 s of CPU, is a failure. Inputs depend on the seed alone. Failing inputs are written to
the folder `--keep`, named by their target; `--replay` runs a folder of such files. Status 0: nothing failed; 1: some
input did.
"""

import argparse
import hashlib
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from support.mutations import mutated
from support.odd_programs import odd_answer, odd_program

from workflowllm.checking.checker import check_code
from workflowllm.metrics.measures import Case, measure
from workflowllm.prompts.answers import parse_answer
from workflowllm.runs.command import ALL_DONE, SOME_FAILED, CommandError, run_command
from workflowllm.runs.flags import positive
from workflowllm.runtime.runnable import program_of_code
from workflowllm.runtime.running import run_world
from workflowllm.runtime.world import parse_world
from workflowllm.shortcuts.files.containers import read_shortcut
from workflowllm.shortcuts.from_python.program import compile_code
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.to_python.printer import to_python

SAMPLES = Path(__file__).parents[1] / "data" / "shortcuts"
MAX_SECONDS = 5.0  # of CPU for one item; the slowest real file takes 0.2 s
WORLD = parse_world({"input": "hello", "clipboard": {"a": [1, None]}})


@dataclass(frozen=True)
class Target:
    """A part under attack: what makes its input, and what it does with it."""

    name: str
    make: Callable[[Random], bytes]
    take: Callable[[bytes], object]


def text_of(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def convert(data: bytes) -> object:
    return to_python(read_shortcut(data).workflow, repair=True)


def run(data: bytes) -> object:
    return run_world(program_of_code(text_of(data)), WORLD, makes_up=True)


def targets() -> list[Target]:
    """Every target, with the bundled samples to damage."""
    files = [path.read_bytes() for path in sorted(SAMPLES.iterdir()) if path.suffix in (".shortcut", ".wflow", ".json")]
    codes = [path.read_text("utf-8") for path in sorted(SAMPLES.glob("*.py"))]

    def damaged(rng: Random) -> bytes:
        return mutated(rng.choice(files), rng)

    def program(rng: Random) -> bytes:
        return odd_program(rng, codes).encode("utf-8", "surrogateescape")

    def answer(rng: Random) -> bytes:
        return odd_answer(rng, codes).encode("utf-8", "surrogateescape")

    return [
        Target("readers", damaged, read_shortcut),
        Target("converter", damaged, convert),
        Target("compiler", program, lambda data: compile_code(text_of(data))),
        Target("checker", program, lambda data: check_code(text_of(data))),
        Target("answers", answer, lambda data: parse_answer(text_of(data))),
        Target("measures", program, lambda data: measure(Case(codes[0], text_of(data), ()))),
        Target("runtime", program, run),
    ]


@dataclass(frozen=True)
class Flags:
    """What a command line asks for."""

    minutes: float
    items: int | None
    only: list[str] | None
    seed: int
    keep: Path | None
    replay: Path | None


def parse_flags() -> Flags:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=positive, default=1.0, help="how long (default: %(default)s)")
    parser.add_argument("--items", type=int, help="items for each target, whatever time they take (default: by time)")
    parser.add_argument("--only", nargs="+", metavar="TARGET", help="targets (default: all)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the inputs (default: %(default)s)")
    parser.add_argument("--keep", type=Path, help="folder for inputs that fail (default: none)")
    parser.add_argument("--replay", type=Path, help="run the inputs in this folder instead: TARGET-NAME files")
    return Flags(**vars(parser.parse_args()))


def failure_of(target: Target, data: bytes) -> str:
    """What is wrong with how a target takes an input; "" where nothing is."""
    begun = time.process_time()
    try:
        target.take(data)
    except ShortcutError:
        pass
    except Exception as error:  # any other is the failure that is looked for
        frame = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__}: {str(error)[:100]} (at {Path(frame.filename).name} line {frame.lineno})"
    seconds = time.process_time() - begun
    return f"took {seconds:.1f} s of CPU" if seconds > MAX_SECONDS else ""


Failure = tuple[Target, bytes, str]  # the target, its input, what was wrong


def fuzz(chosen: list[Target], flags: Flags, tried: Counter[str]) -> Iterator[Failure]:
    """Failures, target by target in turn, until the time is up or every target has had its items."""
    end = time.monotonic() + 60 * flags.minutes
    number = 0
    while number < flags.items if flags.items else time.monotonic() < end:
        for target in chosen:
            data = target.make(Random(f"{flags.seed} {target.name} {number}"))
            tried[target.name] += 1
            failure = failure_of(target, data)
            if failure:
                yield target, data, failure
        number += 1


def replayed(folder: Path, chosen: list[Target], tried: Counter[str]) -> Iterator[Failure]:
    by_name = {target.name: target for target in chosen}
    for path in sorted(folder.iterdir()):
        target = by_name.get(path.name.split("-")[0])
        if target is None:
            continue
        tried[target.name] += 1
        data = path.read_bytes()
        failure = failure_of(target, data)
        if failure:
            yield target, data, failure


def main() -> int:
    flags = parse_flags()
    chosen = [target for target in targets() if not flags.only or target.name in flags.only]
    if not chosen:
        raise CommandError(f"there is no such target; there are {', '.join(target.name for target in targets())}.")
    tried: Counter[str] = Counter()
    failures: dict[str, str] = {}
    if flags.replay and not flags.replay.is_dir():
        raise CommandError(f"{flags.replay} is no folder.")
    found = replayed(flags.replay, chosen, tried) if flags.replay else fuzz(chosen, flags, tried)
    for target, data, failure in found:
        kind = f"{target.name}: {failure}"
        if kind in failures:
            continue
        failures[kind] = name = f"{target.name}-{hashlib.sha256(data).hexdigest()[:12]}"
        print(f"{kind}; input {name}", flush=True)
        if flags.keep:
            flags.keep.mkdir(parents=True, exist_ok=True)
            (flags.keep / name).write_bytes(data)
    counts = ", ".join(f"{name} {count}" for name, count in tried.items())
    print(f"tried {counts}; {len(failures)} kinds of failure")
    return SOME_FAILED if failures else ALL_DONE


if __name__ == "__main__":
    run_command(main)
