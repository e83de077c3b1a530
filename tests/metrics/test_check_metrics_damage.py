"""What damage does to code, and what it leaves alone."""

import ast
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.support.metric_damage import (
    blanked,
    called_names,
    change_arguments,
    negate_conditions,
    pad,
    passed_literals,
    remove_arguments,
    rename_bound_names,
    reorder_lines,
    swap_calls,
    swap_operators,
)
from workflowllm.metrics.codebleu.trees import Grammar

CODE = '''\
text = "is_workflow_actions_url(text=1)"
url = is_workflow_actions_url(text=f"{text} text", count=1)  # text = 2
x.is_workflow_actions_url(flag=True)
if url:
    result = is_workflow_actions_output(text="""a
b = c""", url=url.text)
    is_workflow_actions_exit()
'''
NAMES = ["is_workflow_actions_url", "is_workflow_actions_output", "is_workflow_actions_exit", "is_workflow_actions_ask"]
TEXTS = st.text(alphabet=st.sampled_from("ab_=(),'\"\n #:.\\{}0\0\ud800é"), max_size=60)


def calls(code: str) -> list[str]:
    called = [node.func for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    return [function.id for function in called if isinstance(function, ast.Name)]


def test_all_calls_are_swapped_for_others_and_nothing_else() -> None:
    swapped = swap_calls(CODE, 1.0, random.Random(0), NAMES)
    assert len(calls(swapped)) == 3 and all(name in NAMES for name in calls(swapped))
    assert all(old != new for old, new in zip(called_names(CODE), called_names(swapped)))
    assert 'text = "is_workflow_actions_url(text=1)"' in swapped and "x.is_workflow_actions_url(flag=True)" in swapped


@pytest.mark.parametrize(("share", "changed"), [(0.1, 1), (0.5, 2), (1.0, 4)])
def test_as_many_arguments_change_as_asked(share: float, changed: int) -> None:
    assert list(passed_literals(CODE)) == ['f"{text} text"', "1", "True", '"""a\nb = c"""']
    damaged = change_arguments(CODE, share, random.Random(0), ['"other"', "9"])
    assert sum(old != new for old, new in zip(passed_literals(CODE), passed_literals(damaged))) == changed
    assert list(called_names(damaged)) == list(called_names(CODE))


def test_whole_statements_move_and_stay_whole() -> None:
    moved = reorder_lines(CODE, 1.0, random.Random(0))
    assert Counter(line.strip() for line in moved.split("\n")) == Counter(line.strip() for line in CODE.split("\n"))
    assert Counter(calls(moved)) == Counter(calls(CODE)) and calls(moved) != calls(CODE)
    lines, before = moved.split("\n"), CODE.split("\n")
    assert lines[3:6] == before[3:6]  # the block's head and the statement on two lines
    assert all(lines[index] != before[index] for index in (0, 1, 2, 6))


def test_whole_programs_are_damaged() -> None:
    code = "if a == 'b == c' and d <= 2:\n    e = f_g(h=1)\nelif x_y(z=k_l(m=2)) != {}:\n    pass\n"
    assert negate_conditions(code) == (
        "if not (a == 'b == c' and d <= 2):\n    e = f_g(h=1)\nelif not (x_y(z=k_l(m=2)) != {}):\n    pass\n"
    )
    assert swap_operators(code) == code.replace("a ==", "a !=").replace("and", "or").replace("<=", ">").replace(
        ") !=", ") =="
    )
    assert remove_arguments(code) == code.replace("h=1", "").replace("m=2", "")


def test_padding_goes_behind_and_has_its_length() -> None:
    others = ["a = 1\nb = 2\nc = 3", "d = 4\ne = 5"]
    padded = pad(CODE, 0.5, random.Random(0), others).split("\n")
    assert "\n".join(padded[: CODE.count("\n") + 1]) == CODE
    assert len(padded) == CODE.count("\n") + 1 + 4
    assert pad("x", 3.0, random.Random(0), ["only"]) == "x\nonly"


def test_renaming_spares_texts_parameters_and_attributes() -> None:
    renamed = rename_bound_names(CODE, Grammar())
    assert renamed == CODE.replace('text = "is', 'v_0 = "is').replace('{text} text"', '{v_0} text"').replace(
        "\nurl = is", "\nv_1 = is"
    ).replace("if url:", "if v_1:").replace("result =", "v_2 =").replace("url=url.text", "url=v_1.text")


def test_code_without_a_place_comes_back_as_it_was() -> None:
    for code in ("", "x", "if x:\n    pass"):
        assert swap_calls(code, 0.5, random.Random(0), NAMES) == code
        assert change_arguments(code, 0.5, random.Random(0), ["1"]) == code
    assert reorder_lines("x = 1", 0.5, random.Random(0)) == "x = 1"


@given(TEXTS, st.sampled_from((0.1, 0.5, 1.0)))
def test_any_text_can_be_damaged(code: str, share: float) -> None:
    rng = random.Random(0)
    assert len(blanked(code)) == len(code)
    assert isinstance(swap_calls(code, share, rng, NAMES), str)
    assert isinstance(change_arguments(code, share, rng, ["1", "2"]), str)
    assert Counter(line.strip() for line in reorder_lines(code, share, rng).split("\n")) == Counter(
        line.strip() for line in code.split("\n")
    )
    assert pad(code, share, rng, [code, "x"]).startswith(code)
    for way in (negate_conditions, swap_operators, remove_arguments):
        assert isinstance(way(code), str)
    assert rename_bound_names(code, Grammar()).count("\n") == code.count("\n")
