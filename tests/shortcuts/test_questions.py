"""Import questions: each goes to the action that has its parameter, and comes back where it stood."""

import pytest
from helpers import action, rebuilt, workflow

from workflowllm.shortcuts.dialect.problems import DialectError
from workflowllm.shortcuts.from_python.program import compile_code
from workflowllm.shortcuts.model.workflow import QUESTIONS
from workflowllm.shortcuts.to_python.printer import to_python


def asked(code: str) -> list[tuple[int, str]]:
    """(index of the action, parameter) of each question that a program compiles to."""
    return [(question["ActionIndex"], question["ParameterKey"]) for question in compile_code(code).questions]


def question(index: int, key: str | None, text: str = "?") -> dict:
    named = {} if key is None else {"ParameterKey": key}
    return {"ActionIndex": index, "Category": "Parameter", **named, "Text": text}


def test_a_question_fills_the_next_action_that_has_its_parameter() -> None:
    line = 'import_question(ParameterKey="WFText")\n'
    speak = "is_workflow_actions_speaktext(WFText=len([1, 2]))"
    assert asked(line + speak) == [(2, "WFText")]  # after the hoisted List and Count
    assert asked(line + f'"""A comment."""\n{speak}') == [(3, "WFText")]
    assert asked(line + f"if clipboard():\n    {speak}") == [(3, "WFText")]


def test_questions_of_one_action_keep_their_order_whatever_its_parameters_order() -> None:
    code = "".join(f'import_question(ParameterKey="{key}", Text="{text}")\n' for key, text in ("b1", "a2", "b3"))
    questions = compile_code(
        code + "is_workflow_actions_alert(a=1, b=2)\nis_workflow_actions_alert(a=1, b=2)"
    ).questions
    assert [(entry["ActionIndex"], entry["Text"]) for entry in questions] == [(0, "1"), (0, "2"), (0, "3")]


@pytest.mark.parametrize(
    "code",
    [
        'import_question(ParameterKey="WFTest")\nis_workflow_actions_speaktext(WFText="a")',
        'is_workflow_actions_speaktext(WFText="a")\nimport_question(ParameterKey="WFText")',
        'import_question(Text="What?")\nis_workflow_actions_speaktext(WFText="a")',
        'import_question(ParameterKey="UUID")\ntext = "a"',
    ],
)
def test_a_question_that_no_action_can_answer_is_a_problem(code: str) -> None:
    with pytest.raises(DialectError) as refusal:
        compile_code(code)
    ((line, *_),) = refusal.value.problems
    assert line == 1 + code.splitlines().index(next(one for one in code.splitlines() if "import_question" in one))


def test_a_file_s_questions_stand_before_their_action_with_its_index_where_it_lacks_the_parameter() -> None:
    first = workflow(
        action("gettext", WFTextActionText="a"),
        action("gettext"),
        action("url", WFURLActionURL="b"),
        **{QUESTIONS: [question(0, "WFTextActionText"), question(1, "WFTextActionText", "2"), question(1, None, "3"),
                       question(2, "WFURLActionURL"), question(0, "WFTextActionText", "late"),
                       question(9, "WFText")]},
    )  # fmt: skip
    conversion = to_python(first)
    assert conversion.code.splitlines() == [
        'import_question(ParameterKey="WFTextActionText", Text="?")', 'text = "a"',
        'import_question(ActionIndex=1, ParameterKey="WFTextActionText", Text="2")',
        'import_question(ActionIndex=1, Text="3")', "is_workflow_actions_gettext()",
        'import_question(ParameterKey="WFURLActionURL", Text="?")', 'is_workflow_actions_url(WFURLActionURL="b")',
        'import_question(ActionIndex=0, ParameterKey="WFTextActionText", Text="late")',
        'import_question(ActionIndex=9, ParameterKey="WFText", Text="?")']  # fmt: skip
    assert rebuilt(conversion)[QUESTIONS] == first[QUESTIONS]
