"""Rules that nobody has settled: a run that leans on one says so, and one that does not is silent."""

import re
from pathlib import Path

import pytest
from runtime_helpers import run

from workflowllm.runtime.rules import RULES

RUNTIME = Path(__file__).parents[2] / "workflowllm" / "runtime"
NUMBERS = 'n = is_workflow_actions_number(WFNumberActionNumber="5")\n'


def test_every_rule_that_is_leant_on_is_in_the_table():
    texts = "\n".join(path.read_text("utf-8") for path in RUNTIME.rglob("*.py"))
    used = set(re.findall(r'\blean\(\s*"([^"]+)"', texts))
    assert used and used <= set(RULES)


def test_rules_have_grade_u_or_no_grade():
    assert {rule.grade for rule in RULES.values()} == {"U", "?"}
    assert all(rule.sentence.endswith(".") and "\n" not in rule.sentence for rule in RULES.values())


LEANING = {
    "f14": 'if float(shortcut_input()) == 5:\n    print("x")',
    "f18": 'd = is_workflow_actions_detect_dictionary(WFInput=\'{"a": null}\')\nv = d["a"]\nprint(f"{v}")',
    "f37": NUMBERS + 'if 5 <= n <= 9:\n    print("x")',
    "f56": 'match menu("?"):\n    case "A":\n        text = "a"\nr = block_result()\nprint(f"{r}")',
    "f86": 'd = is_workflow_actions_dictionary(WFItems={"a": 1, "b": 2})\nfor k in d:\n    print(f"{k}")',
    "f88": 'c = is_workflow_actions_text_combine(text=shortcut_input())',
    "raw-value": 'd = is_workflow_actions_dictionary(WFItems={"a": "x"})\n'
    'v = d["a"]\nif extra(v == "x"):\n    print("x")',
    "case": 'if str(shortcut_input()) == "FIVE 5":\n    print("x")',
    "zero-is-value": 'n = is_workflow_actions_number(WFNumberActionNumber="0")\nif n:\n    print("x")',
    "division-by-zero": NUMBERS + 'q = is_workflow_actions_math(WFInput=n, WFMathOperation="÷", WFMathOperand="0")',
    "precision": NUMBERS
    + 'q = is_workflow_actions_math(WFInput=n, WFMathOperation="÷", WFMathOperand="3")\nprint(f"{q}")',
    "date-text": 'print(f"{current_date()}")',
    "boolean-text": 'd = is_workflow_actions_dictionary(WFItems={"a": True})\nv = d["a"]\nprint(f"{v}")',
    "json-order": 'd = is_workflow_actions_dictionary(WFItems={"a": 1, "b": 2})\nprint(f"{d}")',
    "many-matches": 'm = is_workflow_actions_text_match(text="a1", WFMatchTextPattern=".")\nprint(f"{m}")',
    "empty-loop": 'for _ in range(0):\n    text = "x"\nr = block_result()\nprint(f"{r}")',
    "append-result": 'f = []\nfor i in range(1, 3):\n    f.append(i)\nr = block_result()\nprint(f"{r}")',
    "variable-before-set": 'Gone = None\nprint(f"{Gone}")',
    "index-outside": "i = is_workflow_actions_getitemfromlist(WFInput=shortcut_input(), "
    'WFItemSpecifier="Item At Index", WFItemIndex="9")',
    "missing-shortcut": 'is_workflow_actions_runworkflow(WFWorkflowName="Nobody")',
    "loose-number": 'if shortcut_input() > 3:\n    print("x")',
}  # fmt: skip


@pytest.mark.parametrize("rule", LEANING)
def test_a_run_that_leans_on_a_rule_says_so(rule):
    result = run(LEANING[rule], input="five 5", answers=["A"])
    assert rule in result.unsettled, (result.unsettled, result.error)


def test_a_run_that_leans_on_nothing_is_silent():
    code = NUMBERS + 'if n > 3:\n    print(f"{n}")\ntext = "abc"\nif "b" in text:\n    print("b")'
    result = run(code)
    assert (result.shown, result.unsettled) == (["5", "b"], [])


def test_f005_a_name_set_inside_a_branch_is_seen_after_it():
    assert run('Seen = None\nif not shortcut_input():\n    text = "x"\n    Seen = text\nprint(f"{Seen}")').shown == [
        "x"
    ]


def test_f014_text_with_words_gives_the_number_in_it():
    assert run('if float(shortcut_input()) == 5:\n    print("x")', input="five 5").shown == ["x"]


def test_f023_absent_input_adds_nothing_between_marks():
    code = 'text = f"<{shortcut_input()}>"\nif text == "<>":\n    print("absent")'
    assert run(code).shown == ["absent"]
    assert run(code, input="a").shown == []


def test_f027_a_minus_sign_alone_is_no_number():
    code = 'n = is_workflow_actions_ask(WFAskActionPrompt="?", WFInputType="Number")'
    assert run(code, answers=["-"]).how == "broken"


def test_f056_a_menus_result_is_the_last_output_of_its_case():
    code = 'match menu("?"):\n    case "A":\n        one = "1"\n        two = "2"\n    case "B":\n        pass\n'
    code += 'r = block_result()\nprint(f"<{r}>")'
    assert run(code, answers=["A"]).shown == ["<2>"]
    assert run(code, answers=["B"]).shown == ["<>"]


def test_f086_a_loop_over_a_dictionary_goes_over_its_keys_but_not_over_a_list_of_one():
    code = 'd = is_workflow_actions_dictionary(WFItems={"a": 1, "b": 2})\nfor k in d:\n    print(f"{k}")'
    assert run(code).shown == ["a", "b"]
    listed = 'd = is_workflow_actions_detect_dictionary(WFInput=shortcut_input())\nl = d["l"]\n'
    listed += 'for x in l:\n    print(f"{x}")'
    assert run(listed, input='{"l": [{"a": 1}]}').shown == ['{"a":1}']
    assert run(listed, input='{"l": [{"a": 1}, {"b": 2}]}').shown == ['{"a":1}', '{"b":2}']
