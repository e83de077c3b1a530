"""The prompt for models that do not know the dialect: short, and each thing that it says is so."""

import re
from typing import Any

import pytest

from workflowllm.checking.checker import check_code
from workflowllm.llm.budget import BYTES_PER_TOKEN
from workflowllm.prompts.generation import FIELDS, generation_prompt
from workflowllm.prompts.language import language_rules
from workflowllm.prompts.prompt_files import load_prompt
from workflowllm.shortcuts.dialect.problems import DialectError
from workflowllm.shortcuts.from_python.program import compile_code

LONGEST = 1_500  # tokens
EXAMPLES = [part.partition("\n")[2] for part in language_rules().split("\nExample: ")[1:]]


def stored(code: str) -> list[dict[str, Any]]:
    return [action["WFWorkflowActionParameters"] for action in compile_code(code).actions]


def names(code: str) -> list[str]:
    return [action["WFWorkflowActionIdentifier"].removeprefix("is.workflow.actions.")
            for action in compile_code(code).actions]  # fmt: skip


@pytest.mark.parametrize("name", ["generate_with_dialect", "edit_with_dialect"])
def test_the_rules_are_short(name: str) -> None:
    prompt = load_prompt(name, FIELDS | {"code"}, texts={"language": language_rules()})
    text = prompt.system.substitute()
    assert len(text.encode()) / BYTES_PER_TOKEN < LONGEST
    assert language_rules() in text


@pytest.mark.parametrize("code", EXAMPLES)
def test_examples_have_no_finding(code: str) -> None:
    assert check_code(code) == []


def test_examples_show_a_menu_a_loop_a_filter_and_a_duration() -> None:
    assert len(EXAMPLES) == 2
    everything = [name for code in EXAMPLES for name in names(code)]
    assert {"choosefrommenu", "repeat.each", "filter.calendarevents", "timer.start"} <= set(everything)
    timer = next(values for values in stored(EXAMPLES[0]) if "WFDuration" in values)
    assert timer["WFDuration"]["Value"] == {"Magnitude": "5", "Unit": "min"}
    find = stored(EXAMPLES[1])[0]
    assert find["WFContentItemFilter"]["WFSerializationType"] == "WFContentPredicateTableTemplate"


# What the rules say in words, as code and the actions that it must become; None where it must be refused.
CLAIMS = [
    ("total = price * 2", ["math"]),
    ("rest = price % 3", ["math"]),
    ('text = name + "!"', ["gettext"]),
    ("first = items[0]", ["getitemfromlist"]),
    ("last = items[-1]", ["getitemfromlist"]),
    ("part = items[1:3]", ["getitemfromlist"]),
    ('value = d["key"]', ["getvalueforkey"]),
    ('d["key"] = name', ["setvalueforkey", "setvariable"]),
    ('for line in name.splitlines():\n    print(line)', ["text.split", "showresult", "repeat.each"]),
    ('parts = name.split(",")', ["text.split"]),
    ('print(f"{photo.Name}\\n{photo.File_Size}")', ["showresult"]),
    ("is_workflow_actions_exit()", ["exit"]),
    ('import_question(ParameterKey="WFTextActionText", Text="Your address?")\nhome = ""', ["gettext"]),
    ("if name == 'a' and price > 2 or items:\n    print(1)", ["showresult", "conditional"]),
    ("while name:\n    pass", None),
    ("for item in items:\n    break", None),
    ("import os", None),
    ("show = lambda x: x", None),
]
BEFORE = 'name = input("Name?")\nprice = 3\nitems = ["a", "b"]\nd = {"key": "v"}\n'
BEFORE += "photo = is_workflow_actions_takephoto()\n"


@pytest.mark.parametrize(("code", "actions"), CLAIMS)
def test_each_claim(code: str, actions: list[str] | None) -> None:
    if actions is None:
        with pytest.raises(DialectError):
            compile_code(BEFORE + code)
        return
    made = [name for name in names(BEFORE + code) if name != "number"]
    assert all(name in made for name in actions)
    assert made[-1] == actions[-1] and len(made) >= len(actions) + 4


def test_a_line_break_in_a_text_is_one() -> None:
    assert stored('text = "a\\nb"')[0]["WFTextActionText"] == "a\nb"


def test_the_first_item_has_the_index_one_in_shortcuts() -> None:
    made = stored(BEFORE + "second = items[1]")[-1]
    assert made["WFItemIndex"] in (2, "2") and made["WFItemSpecifier"] == "Item At Index"


def test_no_form_is_called_not_offered() -> None:
    """Everything that the rules teach may be written, whatever the request offers."""
    code = BEFORE.replace("photo = is_workflow_actions_takephoto()\n", "") + "\n".join(
        code for code, actions in CLAIMS if actions and "photo" not in code
    )
    assert [item.message for item in check_code(code, []) if item.code == "api-not-offered"] == []


def test_both_forms_of_answer_are_asked_for() -> None:
    for plan in (True, False):
        text = generation_prompt("generate_with_dialect", plan=plan).messages(query="q", apis="a")[1]["content"]
        assert ("Thought:" in text) == plan and not re.search(r"\[(no )?plan\]|\$", text)
