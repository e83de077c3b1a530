"""Data-flow: what is extracted, what each switch adds, and that size and depth are no problem."""

from dataclasses import replace

import pytest

from workflowllm.metrics.codebleu.dataflow import FlowGrammar
from workflowllm.metrics.codebleu.flow_state import Item
from workflowllm.metrics.codebleu.options import COMPAT, FIXED, Options
from workflowllm.metrics.codebleu.trees import Grammar

GRAMMAR = Grammar()


def items(code: str, options: Options = COMPAT) -> list[Item]:
    return FlowGrammar(GRAMMAR, options).data_flow(GRAMMAR.parse(code)).items


def sources(code: str, name: str, options: Options = FIXED) -> set[str]:
    """What a name is computed from, all over the code."""
    return {
        source
        for item, relation, from_ in items(code, options)
        if item == name and relation == "computedFrom"
        for source in from_
    }


def test_assignment_and_read() -> None:
    assert items("a = b\nc = a") == [
        ("a", "computedFrom", ("b",)),
        ("b", "comesFrom", ()),
        ("c", "computedFrom", ("a",)),
        ("a", "comesFrom", ("a",)),
    ]


def test_what_takes_no_part_is_left_out() -> None:
    assert items("print(1)") == []
    assert items("x = 1\n") == [("x", "computedFrom", ("1",)), ("1", "comesFrom", ())]


def test_sides_of_equal_length_are_paired() -> None:
    assert items("a, b = c, d")[:2] == [("a", "computedFrom", ("c",)), ("b", "computedFrom", ("d",))]
    call = "a, b = f(c, d)"  # the package takes a call's two parts, name and arguments, for a pair of values
    assert items(call)[:2] == [("a", "computedFrom", ("f",)), ("b", "computedFrom", ("c", "d"))]
    paired = replace(COMPAT, pair_sequences=True)
    assert items(call, paired)[:2] == [(name, "computedFrom", ("f", "c", "d")) for name in "ab"]


def test_branches_are_united_and_else_starts_before_the_condition() -> None:
    code = "x = 1\nif y:\n    x = 2\nelse:\n    x = 3\nz = x"
    assert [item[1:] for item in items(code) if item[0] == "x"] == [
        *(("computedFrom", (number,)) for number in "123"),
        ("comesFrom", ("x",)),
    ]
    # the import of x has no source of its own: it stays only where something comes from it
    for last, stays in (("else:\n    x = 2", False), ("elif b:\n    x = 2", True), ("", True)):
        found = items(f"import x\nif a:\n    x = 1\n{last}\nz = x", FIXED)
        assert (("x", "comesFrom", ()) in found) == stays, last


def test_a_loop_carries_its_last_values_to_its_first() -> None:
    flow = items("for i in r:\n    b = a\n    a = i")
    assert ("a", "comesFrom", ("a",)) in flow
    assert items("b = a\na = i")[1] == ("a", "comesFrom", ())


def test_one_unreadable_statement_empties_the_file_unless_asked() -> None:
    code = "x = 1\ny = x\na.b = 'text'"
    assert items(code) == []
    assert len(items(code, replace(COMPAT, keep_partial_flow=True))) == 7


def test_byte_columns() -> None:
    code = "é = 1; value = é"
    assert "value" not in {name for name, _, _ in items(code)}
    assert "value" in {name for name, _, _ in items(code, replace(COMPAT, true_offsets=True))}


@pytest.mark.parametrize(
    ("switch", "code", "name", "from_"),
    [
        ("see_fstrings", "x = f'''{a} and {b!r:>{c}}'''", "x", {"a", "b", "c"}),
        ("see_match", "match s:\n    case [a, *b]:\n        c = a\n    case K(k=d) | q.w:\n        pass", "b", {"s"}),
        ("see_match", "match s:\n    case K(k=d):\n        c = d", "d", {"s"}),
        ("see_with", "with f() as g:\n    pass", "g", {"f"}),
        ("see_with", "try:\n    pass\nexcept E as e:\n    pass", "e", {"E"}),
        ("see_walrus", "if (n := len(a)) > 1:\n    pass", "n", {"len", "a"}),
        ("see_loop_else", "for i in r:\n    x = i\nelse:\n    pass", "x", {"i"}),
    ],
)
def test_each_switch_sees_what_it_says(switch: str, code: str, name: str, from_: set[str]) -> None:
    assert from_ <= sources(code, name, replace(COMPAT, **{switch: True}))
    assert not from_ <= sources(code, name, COMPAT)
    assert from_ <= sources(code, name)


@pytest.mark.parametrize(
    ("switch", "code", "name"),
    [
        ("see_imports", "import os.path as p, sys\nx = p", "p"),
        ("see_imports", "from a import b\nx = b", "b"),
        ("see_parameters", "def f(a, b: int, *c, d: int = 1, **e):\n    x = a + b + c + d + e", "e"),
        ("see_parameters", "f = lambda q: q", "q"),
    ],
)
def test_switches_that_define(switch: str, code: str, name: str) -> None:
    without = replace(FIXED, **{switch: False})
    assert (name, "comesFrom", (name,)) in items(code, FIXED)
    assert (name, "comesFrom", (name,)) not in items(code, without)


def test_a_wildcard_case_is_an_else() -> None:
    code = "import x\nmatch s:\n    case 1:\n        x = 1\n    case {}:\n        x = 2\ny = x"
    assert ("x", "comesFrom", ()) in items(code.format("2"), FIXED)
    assert ("x", "comesFrom", ()) not in items(code.format("_"), FIXED)


def test_only_bindings_define_when_asked() -> None:
    assert ("f", "comesFrom", ("f",)) in items("f(1)\nf(2)")
    assert items("f(a=1)\nf(a=2)", replace(COMPAT, bindings_define=True)) == []


def test_depth_and_nesting() -> None:
    loops = "".join("    " * depth + f"for i{depth} in r:\n" for depth in range(60)) + "    " * 60 + "s = s + i0"
    assert len(items(loops, FIXED)) > 60  # the package would take 2^60 readings
    deep = "a = 1\nx = " + "(" * 20_000 + "a" + ")" * 20_000
    assert items(deep) == []  # the package runs out of stack
    assert ("x", "computedFrom", ("a",)) in items(deep, FIXED)
    branches = "".join(" " * depth + f"if a{depth}:\n" for depth in range(2_000)) + " " * 2_000 + "b = a"
    assert ("b", "computedFrom", ("a",)) in items(branches, FIXED)


def test_code_that_does_not_parse_still_flows() -> None:
    assert ("y", "computedFrom", ("x",)) in items("x = 1\ny = x\nif z\n    b = {{ = x", FIXED)
