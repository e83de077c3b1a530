"""No regular expression of the package takes more than linear time, whatever text it meets.

Loops of one character are what small models write, and 20,000 blanks once cost `parse_answer` 28 seconds. Every
pattern is run on long runs of suspicious characters and on texts that almost match, made from its own parts. Growth
is judged, not time: eight times the text may take some eight times as long, and a quadratic pattern takes 64.
"""

import ast
import gc
import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import workflowllm
from workflowllm.llm.json_answers import UnreadableAnswer, read_json_answer
from workflowllm.prompts.answers import is_over, parse_answer

try:
    from re import _constants as sre  # fmt: skip
    from re import _parser as sre_parser
except ImportError:  # Python 3.10
    import sre_constants as sre
    import sre_parse as sre_parser

ROOT = Path(workflowllm.__file__).parent
SUSPICIOUS = "` ~\n\t\r\"'\\#*_-+./:,;<>()[]{}=%$&@!?|^a1A0é\u3000\u2028x\0"
LENGTHS = (250, 4_000, 100_000)  # a cubic pattern shows on the first, a quadratic one on the second
MADE_LENGTHS = (250, 4_000, 16_000)  # for texts made from a pattern's own parts, of which there are many
READER_LENGTHS = (250, 2_000, 20_000)  # for whole readers, which parse Python many times over
SLOW = 0.004  # seconds; a linear pattern takes a tenth of it on 4,000 characters
FACTOR = 8
MOST_GROWTH = 24.0  # between 8, which is linear, and 64, which is quadratic
ENDLESS = 1_000  # repeats allowed from here on count as endless
SHARDS = 4  # tests that may run on as many cores
SAME = {"findall": "finditer", "subn": "sub", "split": "finditer"}  # what takes as long as another method
METHODS = ("match", "fullmatch", "search", "finditer", "findall", "sub", "subn", "split")


class Use(NamedTuple):
    """A pattern and one of the ways in which the package applies it."""

    where: str
    pattern: re.Pattern[Any]
    method: str


def applied(use: Use, text: str) -> None:
    subject: Any = text if isinstance(use.pattern.pattern, str) else text.encode("utf-8", "surrogatepass")
    if use.method in ("sub", "subn"):
        use.pattern.sub(subject[:0], subject)
    elif use.method == "finditer":
        for _ in use.pattern.finditer(subject):
            pass
    else:
        getattr(use.pattern, use.method)(subject)


@lru_cache(maxsize=1)
def sources() -> list[tuple[Path, ast.Module]]:
    return [(path, ast.parse(path.read_text("utf-8"))) for path in sorted(ROOT.rglob("*.py"))]


def methods_by_name() -> dict[str, set[str]]:
    """By variable name, how patterns are applied anywhere in the package."""
    methods: dict[str, set[str]] = {}
    for _, tree in sources():
        own: dict[str, set[str]] = {}  # of this module: `pattern` is a variable of many
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in METHODS:
                for name in names_in(node.value):
                    own.setdefault(name, set()).add(SAME.get(node.attr, node.attr))
        for node in ast.walk(tree):  # `any(pattern.match(text) for pattern in _PATTERNS)` applies those of _PATTERNS
            if isinstance(node, (ast.For, ast.comprehension)):
                taken = set().union(*(own.get(name, set()) for name in names_in(node.target)))
                for name in names_in(node.iter) if taken else ():
                    own.setdefault(name, set()).update(taken)
        for name, applied_by in own.items():
            methods.setdefault(name, set()).update(applied_by)
    return methods


def names_in(node: ast.AST) -> Iterator[str]:
    """The variables and attributes that an expression such as `self.patterns[key]` names."""
    for part in ast.walk(node):
        if isinstance(part, (ast.Name, ast.Attribute)):
            yield part.id if isinstance(part, ast.Name) else part.attr


def compiled_patterns() -> Iterator[tuple[str, str, re.Pattern[Any]]]:
    """(where, name, pattern) of every pattern that stands in a module, in its containers and classes too."""
    for info in pkgutil.walk_packages([str(ROOT)], "workflowllm."):
        module = importlib.import_module(info.name)
        for name, value in vars(module).items():
            for pattern in patterns_in(value, info.name):
                yield f"{info.name}.{name}", name, pattern


def patterns_in(value: Any, module: str, depth: int = 0) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth < 3 and isinstance(value, (list, tuple, set, frozenset)):
        for item in list(value)[:1000]:
            yield from patterns_in(item, module, depth + 1)
    elif depth < 3 and isinstance(value, dict):
        for item in list(value.values())[:1000]:
            yield from patterns_in(item, module, depth + 1)
    elif depth == 0 and isinstance(value, type) and value.__module__ == module:
        for item in vars(value).values():
            yield from patterns_in(item, module, depth + 1)


def literal_calls() -> Iterator[Use]:
    """`re.sub(r"...", ...)` and the like, and `re.compile` inside functions, with the pattern written out."""
    for path, tree in sources():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                continue
            is_re = isinstance(node.func.value, ast.Name) and node.func.value.id == "re"
            if is_re and node.func.attr in (*METHODS, "compile") and isinstance(node.args[0], ast.Constant):
                where = f"{path.relative_to(ROOT.parent)}:{node.lineno}"
                pattern = re.compile(node.args[0].value, flags_of(node))
                applying = SAME.get(node.func.attr, node.func.attr)
                for method in ("search", "fullmatch") if applying == "compile" else (applying,):
                    yield Use(where, pattern, method)


def flags_of(node: ast.Call) -> int:
    flags = [word.value for word in node.keywords if word.arg == "flags"]
    if node.func.attr in ("compile", "match", "search", "fullmatch", "findall", "finditer"):  # type: ignore[attr-defined]
        flags += node.args[1 if node.func.attr == "compile" else 2 :][:1]  # type: ignore[attr-defined]
    names = [part.attr for flag in flags for part in ast.walk(flag) if isinstance(part, ast.Attribute)]
    return sum(int(getattr(re, name)) for name in set(names))


def all_uses() -> list[Use]:
    methods, uses = methods_by_name(), []
    compiled = list(compiled_patterns())
    sources_seen = {pattern.pattern for _, _, pattern in compiled}
    uses += [use for use in literal_calls() if use.method in METHODS and use.pattern.pattern not in sources_seen]
    for where, name, pattern in compiled:
        for method in sorted(methods.get(name, {"search", "fullmatch"})):
            uses.append(Use(where, pattern, method))
    return list({(use.pattern, use.method): use for use in uses}.values())


def example(items: Any) -> str:
    """A short text that matches a parsed pattern, roughly."""
    return "".join(example_of(*item) for item in items)


def example_of(kind: Any, value: Any) -> str:
    if kind is sre.LITERAL:
        return chr(value)
    if kind in (sre.NOT_LITERAL, sre.ANY):
        return "a"
    if kind is sre.IN:
        return member(value)
    if kind is sre.BRANCH:
        return example(value[1][0])
    if kind is sre.SUBPATTERN:
        return example(value[-1])
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, getattr(sre, "POSSESSIVE_REPEAT", None)):
        return example(value[2]) * max(1, value[0])
    return ""


CATEGORIES = {sre.CATEGORY_DIGIT: "1", sre.CATEGORY_WORD: "a", sre.CATEGORY_SPACE: " ", sre.CATEGORY_NOT_SPACE: "a",
              sre.CATEGORY_NOT_WORD: "-", sre.CATEGORY_NOT_DIGIT: "a"}  # fmt: skip


def member(items: Any) -> str:
    """A character of a class; of a negated one, any that it does not name."""
    if items[0][0] is sre.NEGATE:
        named = {chr(value) for kind, value in items if kind is sre.LITERAL}
        return next(character for character in "a-1 \n.x" if character not in named)
    kind, value = items[0]
    if kind is sre.RANGE:
        return chr(value[0])
    return CATEGORIES.get(value, "a") if kind is sre.CATEGORY else chr(value)


def repeats(items: Any) -> Iterator[tuple[str, str]]:
    """(text before, text repeated) of every endless repeat in a parsed pattern."""
    before = ""
    for kind, value in items:
        if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT) and value[1] >= ENDLESS:
            yield before, example(value[2])
        for inner in inner_patterns(kind, value):
            for start, repeated in repeats(inner):
                yield before + start, repeated
        before += example_of(kind, value)


def inner_patterns(kind: Any, value: Any) -> list[Any]:
    if kind is sre.BRANCH:
        return list(value[1])
    if kind is sre.SUBPATTERN:
        return [value[-1]]
    return [value[2]] if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT) else []


def attacks(pattern: re.Pattern[Any]) -> set[tuple[str, str, str]]:
    """(beginning, repeated part, end) of texts: runs of one character, and texts that almost match the pattern."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    parsed = sre_parser.parse(source, pattern.flags & ~re.DEBUG if isinstance(pattern.pattern, str) else 0)
    whole = example(parsed)
    found = {("", character, "") for character in SUSPICIOUS}
    found |= {("", whole, "\0"), ("", whole[:-1], "\0"), ("", whole[:1], "\0"), ("", whole[:-1] + " ", "")}
    for before, repeated in repeats(parsed):
        found |= {(before, repeated, "\0"), ("", before + repeated, "\0"), (before, repeated + " ", "\0"),
                  (before, repeated + "\n", "\0"), (before, repeated, whole[:-1] + "\0")}  # fmt: skip
    return {attack for attack in found if attack[1]}


def text_of(attack: tuple[str, str, str], length: int) -> str:
    before, repeated, end = attack
    return before + repeated * (length // len(repeated)) + end


def cpu_seconds(work: Callable[[str], Any], text: str) -> float:
    """Without the garbage collector, which walks over all that earlier tests have left in this process."""
    gc.disable()
    try:
        began = time.process_time()
        work(text)
        return time.process_time() - began
    finally:
        gc.enable()


def is_superlinear(
    work: Callable[[str], Any], attack: tuple[str, str, str], lengths: tuple[int, ...] = LENGTHS
) -> bool:
    """Whether the work grows faster than the text. It shows on short texts, before it hangs on long ones."""
    length = lengths[0]
    while True:
        seconds = cpu_seconds(work, text_of(attack, length))
        if seconds > 10 * SLOW and is_growth_confirmed(work, attack, length):
            return True
        if length == lengths[-1]:
            return False
        longer = next(known for known in lengths if known > length)
        length = longer if seconds < SLOW else min(longer, length * 2)


def is_growth_confirmed(work: Callable[[str], Any], attack: tuple[str, str, str], length: int) -> bool:
    """Measured three times against an eighth of the text; the smallest growth counts, so that a busy machine fails
    nothing."""
    short, long = text_of(attack, length // FACTOR), text_of(attack, length)
    ratios = []
    for _ in range(3):
        small = min(cpu_seconds(work, short) for _ in range(3))
        ratios.append(cpu_seconds(work, long) / max(small, 1e-5))
        if ratios[-1] < MOST_GROWTH:
            return False
    return True


def lengths_for(attack: tuple[str, str, str]) -> tuple[int, ...]:
    return LENGTHS if attack[1] in SUSPICIOUS and not attack[0] + attack[2] else MADE_LENGTHS


def faults_of(use: Use) -> list[str]:
    """Up to three faults: each costs seconds to confirm."""
    faults = (
        f"{use.where} .{use.method}() on {attack[0]!r} + {attack[1]!r} * n + {attack[2]!r}"
        for attack in sorted(attacks(use.pattern))
        if is_superlinear(lambda text: applied(use, text), attack, lengths_for(attack))
    )
    return list(islice(faults, 3))


def test_the_attack_sees_patterns_that_are_known_to_be_bad() -> None:
    bad = [(r"\A\s*[ \t]*x", "match"), (r"a*a*a*b", "match"), (r"<b>.*?</b>", "search"), (r"\s+$", "search")]
    for source, method in bad:
        use = Use("here", re.compile(source), method)
        assert any(is_superlinear(lambda text: applied(use, text), attack) for attack in attacks(use.pattern))  # noqa: B023
    good = [(r"\A\s*x", "match"), (r"\s+", "sub"), (r"[^<]*<b>", "match"), (r"\w+", "findall")]
    for source, method in good:
        assert faults_of(Use("here", re.compile(source), method)) == [], source


@pytest.fixture(scope="module")
def uses() -> list[Use]:
    return all_uses()


def test_the_patterns_are_found(uses: list[Use]) -> None:
    assert len(uses) > 15
    assert {"workflowllm.prompts.answers._THOUGHT", "workflowllm.llm.json_answers._FENCE"} <= {
        use.where for use in uses
    }


@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_pattern_of_the_package_is_linear(uses: list[Use], shard: int) -> None:
    faults = [fault for use in uses[shard::SHARDS] for fault in faults_of(use)]
    assert faults == []


READERS = {"parse_answer": parse_answer, "is_over": is_over}
LINES = [
    *" \n`~#1*{",
    "```\n", "```python\n", "```python\nx = (\n```\n", "~~~\n", "Code:\n", "a\n\n", "x = f(1)\n\n", "> ", '{"code": "',
    "``` a\n", "```python x\n", "\n \n(", '"""\n```\n', "Thought: ",
]  # fmt: skip


@pytest.mark.parametrize("reader", READERS)
def test_answers_of_one_thing_without_end_are_read_in_linear_time(reader: str) -> None:
    slow = [
        (start, line)
        for line in LINES
        for start in ("", "```python\n")
        if is_superlinear(READERS[reader], (start, line, ""), READER_LENGTHS)
    ]
    assert slow == []


def test_json_answers_of_one_thing_without_end_are_read_in_linear_time() -> None:
    import pydantic

    class Schema(pydantic.BaseModel):
        text: str

    def read(text: str) -> None:
        with pytest.raises(UnreadableAnswer):
            read_json_answer(text, Schema)

    # What is short enough to be mended is left to json_repair, whose own time is bounded by that length.
    lines = ["```json\n", "``` ", "```", "<think>", "[", "\\ud800", '{"text": 1}', "```\n{}\n"]
    assert [line for line in lines if is_superlinear(read, ("", line, ""))] == []
