"""Odd Python, by a seed: near the dialect, damaged samples, and texts that look like a model's answer."""

from collections.abc import Sequence
from random import Random

_NAMES = ("x", "text", "result", "item", "dictionary", "_", "été", "x_2", "Repeat_Item", "input", "class_", "𝒙")
_CONSTANTS = (
    '""', '"a"', '"5"', "0", "1", "-1", "2**63", "1e309", "True", "None", "...", 'b"x"', "1j", '"\\ud800"', '"\\x00"',
    '"""\n"""', "'\"'", "{}", "[]", "()", "{1}", '{"a": {}}', '{"a": [1, {"b": None}]}', '{**{}}', "[[[]]]",
)  # fmt: skip
_CALLS = (
    "input", "print", "len", "str", "dict", "float", "bool", "coerce", "getattr", "format_date", "modified", "extra",
    "token", "previous", "block_result", "branch", "import_question", "missing", "plain", "bare", "fields", "item",
    "serialized", "all_of", "any_of", "where", "legacy", "listed", "menu", "data", "date", "uid", "text_of", "action",
    "shortcut_input", "clipboard", "current_date", "range", "enumerate", "sorted", "sum", "open", "eval",
    "is_workflow_actions_gettext", "is_workflow_actions_ask", "is_workflow_actions_setvariable",
    "is_workflow_actions_conditional", "is_workflow_actions_repeat_each", "is_workflow_actions_choosefrommenu",
    "is_workflow_actions_downloadurl", "is_workflow_actions_dictionary", "com_example_App_Do", "a__underscore__b_c",
)  # fmt: skip
_KEYS = ("WFInput", "WFItems", "WFTextActionText", "UUID", "GroupingIdentifier", "WFConditions", "x")
_OPERATORS = ("+", "-", "*", "/", "%", "**", "//", "@", "<<", "and", "or", "==", "!=", "<", "in", "not in", "is", "if")
_NASTY = (
    "if x == {}:\n    pass", "if {} != []:\n    pass", "if plain({}) == 1:\n    pass", "if bare(x) == bare(y): pass",
    "x[0][1] = 2", "x: {} = 1", "del x", "for x in x: pass", "match x:\n    case {'a': 1}:\n        pass",
    "match menu():\n    case _:\n        pass", "x = lambda: 0", "@a\ndef f(): pass", "x = (yield)", "async def f(): x",
    "f'{x!r:>{y}}'", "x = f'{f\"{x}\"}'", "*a, b = x", "global x", "import os", "while 1: break", "x += 1; x -= x",
)  # fmt: skip
_MARKS = (
    "```python\n", "```", "Thought:", "Code:", "</think>", "<think>", "[PYTHON]", '{"code": "', "~~~", "\r", "\ufeff",
)  # fmt: skip


def odd_program(rng: Random, samples: Sequence[str]) -> str:
    """One program: made of odd parts, or a sample with its lines damaged."""
    if samples and rng.random() < 0.5:
        return _damaged(rng.choice(samples), rng)
    return "\n".join(_statement(rng, 0) for _ in range(rng.randint(1, 8))) + "\n"


def odd_answer(rng: Random, samples: Sequence[str]) -> str:
    """Something that a model could have written: code, prose and marks in any order, or a loop of one text."""
    if rng.random() < 0.2:
        return rng.choice([*_MARKS, " ", "\n", "(", "x = ", "#", "\\", '"']) * rng.choice((10, 1000, 20000))
    parts = [rng.choice((*_MARKS, "I would do this.\n", odd_program(rng, samples))) for _ in range(rng.randint(1, 9))]
    return "".join(parts)


def _damaged(code: str, rng: Random) -> str:
    lines = code.split("\n")
    for _ in range(rng.choice((1, 1, 2, 5))):
        index = rng.randrange(len(lines))
        change = rng.randrange(6)
        if change == 0:
            del lines[index]
            lines = lines or [""]
        elif change == 1:
            lines.insert(index, rng.choice(_NASTY))
        elif change == 2:
            lines[index] = lines[index][: rng.randrange(len(lines[index]) + 1)]
        elif change == 3:
            lines[index] = " " * rng.randrange(9) + lines[index].lstrip()
        elif change == 4:
            other = rng.randrange(len(lines))
            lines[index], lines[other] = lines[other], lines[index]
        else:
            lines[index] = lines[index].replace(rng.choice(("(", ")", '"', "=", ".", ",")), rng.choice(_CONSTANTS), 1)
    return "\n".join(lines)


def _statement(rng: Random, depth: int) -> str:
    indent = "    " * depth
    if depth < 4 and rng.random() < 0.25:
        head = rng.choice(
            (
                f"if {_expression(rng, 2)}:",
                f"for {rng.choice(_NAMES)} in {_expression(rng, 2)}:",
                f"for i, {rng.choice(_NAMES)} in enumerate({_expression(rng, 1)}, start=1):",
            )
        )
        body = "\n".join(_statement(rng, depth + 1) for _ in range(rng.randint(1, 3)))
        return f"{indent}{head}\n{body}"
    if rng.random() < 0.1:
        return "\n".join(indent + line for line in rng.choice(_NASTY).split("\n"))
    target = rng.choice(("", f"{rng.choice(_NAMES)} = ", f"{rng.choice(_NAMES)}[{_expression(rng, 1)}] = "))
    return f"{indent}{target}{_expression(rng, 3)}"


def _expression(rng: Random, depth: int) -> str:
    kind = rng.randrange(6) if depth else rng.randrange(2)
    if kind == 0:
        return rng.choice(_NAMES)
    if kind == 1:
        return rng.choice(_CONSTANTS)
    if kind == 2:
        return f"{_expression(rng, depth - 1)} {rng.choice(_OPERATORS)} {_expression(rng, depth - 1)}"
    if kind == 3:
        return f"{_expression(rng, depth - 1)}[{_expression(rng, depth - 1)}]"
    if kind == 4:
        return f'f"{{{rng.choice(_NAMES)}}} {{{rng.choice(_NAMES)}["a"]}}"'.replace('["a"]', "['a']")
    arguments = [_expression(rng, depth - 1) for _ in range(rng.randrange(3))]
    keywords = [f"{rng.choice(_KEYS)}={_expression(rng, depth - 1)}" for _ in range(rng.randrange(2))]
    return f"{rng.choice(_CALLS)}({', '.join([*arguments, *keywords])})"
