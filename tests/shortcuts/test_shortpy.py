"""OS 27's pseudo-Python is compiled, and printed where every action has a name there."""

from pathlib import Path

import pytest

from workflowllm.shortcuts.compare import differences
from workflowllm.shortcuts.dialect.problems import DialectError
from workflowllm.shortcuts.from_python.program import compile_code
from workflowllm.shortcuts.model.errors import ShortcutError
from workflowllm.shortcuts.model.shortpy_table import tools
from workflowllm.shortcuts.model.workflow import build_workflow
from workflowllm.shortcuts.outline import outline
from workflowllm.shortcuts.shortpy_style import in_shortpy_style
from workflowllm.shortcuts.training_form import training_form

CODES = sorted((Path(__file__).parents[2] / "data/shortcuts").glob("*.py"))


def made(code: str) -> list[str]:
    return [line.strip() for line in outline(build_workflow(compile_code(code)))]


def test_a_program_as_os_27_writes_it() -> None:
    code = '''def shortcut(input: list) -> str:
    """Log"""
    names = []
    for item in input:
        names.append(item)
    for i in range(3):
        com_apple_shortcuts_wait(delay_time=i)
    match com_apple_shortcuts_choose_from_menu(prompt="Which?"):
        case "One":
            com_apple_shortcuts_show_content(content=input)
        case f"{names} more":
            clock_start_timer(duration=shortcuts_builtin_ask())
            return
    return com_apple_shortcuts_text(text=f"{shortcuts_builtin_current_date()}")
'''
    assert made(code) == [
        '0 is.workflow.actions.comment WFCommentActionText="Log"',
        "1 is.workflow.actions.repeat.each WFControlFlowMode=0 WFInput=ExtensionInput",
        '2   is.workflow.actions.appendvariable WFVariableName="names" WFInput=variable Repeat Item',
        "3 is.workflow.actions.repeat.each WFControlFlowMode=2",
        "4 is.workflow.actions.repeat.count WFControlFlowMode=0 WFRepeatCount=3",
        "5   is.workflow.actions.delay WFDelayTime=variable Repeat Index",
        "6 is.workflow.actions.repeat.count WFControlFlowMode=2",
        '7 is.workflow.actions.choosefrommenu WFControlFlowMode=0 WFMenuPrompt="Which?" '
        'WFMenuItems=["One", {WFItemType: 0, WFValue: "{variable names} more"}]',
        '8 is.workflow.actions.choosefrommenu WFControlFlowMode=1 WFMenuItemTitle="One"',
        '9   is.workflow.actions.showresult Text="{ExtensionInput}"',
        '10 is.workflow.actions.choosefrommenu WFControlFlowMode=1 WFMenuItemAttributedTitle="{variable names} more"',
        "11   is.workflow.actions.timer.start WFDuration=Ask",
        "12   is.workflow.actions.exit",
        "13 is.workflow.actions.choosefrommenu WFControlFlowMode=2",
        '14 is.workflow.actions.gettext WFTextActionText="{CurrentDate}" UUID=#1',
        '15 is.workflow.actions.output WFOutput="{#1}"',
    ]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('com_apple_shortcuts_show_alert("x")', "takes keyword arguments only"),
        ('com_apple_shortcuts_show_alert(titel="x")', "no parameter titel; it has title, message, show_cancel_button"),
        ("com_apple_shortcuts_count(x=1)", "has no parameter x"),
    ],
)
def test_what_a_tool_does_not_take_is_said(line: str, why: str) -> None:
    with pytest.raises(DialectError, match=why):
        compile_code(line + "\n")


def test_what_has_no_name_there_is_said() -> None:
    for code in ("com_nobody_Has(x=1)\n", "is_workflow_actions_alert(Odd=1)\n", 'is_workflow_actions_url({"a": 1})\n'):
        with pytest.raises(ShortcutError, match=r"^line 1: .*OS 27's style"):
            in_shortpy_style(code)


def test_ours_come_back_from_that_style() -> None:
    count = 0
    for path in CODES:
        code = training_form(path.read_text("utf-8"))
        try:
            other = in_shortpy_style(code)
        except ShortcutError:
            continue
        count += 1
        assert list(differences(build_workflow(compile_code(code)), build_workflow(compile_code(other)))) == []
    assert count >= 5


def test_every_name_of_the_table_is_a_name() -> None:
    for name, tool in tools().items():
        assert name.isidentifier() and "." in tool.identifier
        assert all(word.isidentifier() and key for word, key in tool.keywords.items()), name
