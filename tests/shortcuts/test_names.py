"""Names of outputs and variables: the user's own, never merged, never a UUID, and assigned before they are read."""

import ast
import re

from helpers import action, attached, mark, output, rebuilt, uuid, variable, workflow

from workflowllm.shortcuts.dialect.reads import early_reads
from workflowllm.shortcuts.dialect.words import RESERVED
from workflowllm.shortcuts.to_python.printer import to_python


def code(*actions: dict) -> str:
    text = to_python(workflow(*actions)).code
    assert early_reads(ast.parse(text)).never == []
    assert not re.search("[0-9A-F]{8}-", re.sub(r"missing\(.*\)", "", text))
    return text


def set_variable(name: str, number: int) -> dict:
    return action("setvariable", WFVariableName=name, WFInput=attached(output(number)))


def text(number: int, words: str = "a", **more: object) -> dict:
    return action("gettext", UUID=uuid(number), WFTextActionText=words, **more)


def test_names_that_look_alike_stay_apart() -> None:
    names = ["My Var", "My_Var", "My-Var", "my var", "词典", "词典!", "1", "class", "📱", "🎧", "", "date", "ﬁ", "fi"]
    printed = code(text(1), *(set_variable(name, 1) for name in names))
    assigned = [line.split("=")[0].split(":")[0].strip() for line in printed.splitlines()[1:]]
    assert len(set(assigned)) == len(names)
    assert not RESERVED.intersection(assigned)
    assert {"My_Var", "词典", "fi"} <= set(assigned)  # a name that Python can have is kept as it is
    assert 'My_Var_2: "My Var" = result' in printed.splitlines()


def test_outputs_are_named_from_the_custom_name_the_shown_name_or_the_action() -> None:
    use = action("setclipboard", WFInput=attached(output(2, "Contents of URL")))
    printed = code(text(1, CustomOutputName="Best Text"), action("downloadurl", UUID=uuid(2)), use,
                   action("detect.text", WFInput=attached(output(3, ""))), text(3))  # fmt: skip
    assert 'Best_Text: "Best Text" = "a"' in printed
    assert "contents_of_url = is_workflow_actions_downloadurl(" in printed
    assert printed == code(text(1, CustomOutputName="Best Text"), action("downloadurl", UUID=uuid(2)), use,
                           action("detect.text", WFInput=attached(output(3, ""))), text(3))  # fmt: skip


def test_dangling_references_are_declared_where_a_reader_sees_them() -> None:
    printed = code(action("setclipboard", WFInput=attached(output(9, "Lost Thing"))),
                   action("setclipboard", WFInput=attached(variable("never set"))))  # fmt: skip
    assert printed.splitlines()[:2] == [f'lost_thing = missing("{uuid(9)}")', 'never_set: "never set" = None']


def test_a_branch_does_not_see_what_the_other_assigns() -> None:
    use = action("setclipboard", WFInput=attached(output(1, "Text")))
    blocks = [mark("conditional", 0, WFCondition=100), text(1), mark("conditional", 1), use, mark("conditional", 2)]
    assert code(*blocks).splitlines()[0] == "text = None"
    inside_a_loop = [mark("repeat.count", 0, "L", WFRepeatCount=2), *blocks, mark("repeat.count", 2, "L")]
    assert "text = None" not in code(*inside_a_loop)


def test_an_output_used_before_it_is_made_is_declared() -> None:
    printed = code(action("setclipboard", WFInput=attached(output(1, "Text"))), text(1))
    assert printed.splitlines() == ["text = None", "is_workflow_actions_setclipboard(WFInput=text)", 'text = "a"']


def test_a_reference_means_the_latest_owner_of_its_uuid() -> None:
    use = action("setclipboard", WFInput=attached(output(1, "Text")))
    printed = code(text(1, "first"), use, text(1, "second"), use)
    assert printed.splitlines() == [
        'text = "first"', "is_workflow_actions_setclipboard(WFInput=text)",
        'text_2 = "second"', "is_workflow_actions_setclipboard(WFInput=text_2)"]  # fmt: skip


def test_a_list_that_is_only_added_to_starts_empty() -> None:
    append = action("appendvariable", WFVariableName="All", WFInput=attached(output(1)))
    assert code(text(1), append).splitlines() == ["All = []", 'result = "a"', "All.append(result)"]


def test_a_variable_is_assigned_whatever_its_action_holds_besides() -> None:
    odd = {**set_variable("Found", 1), "SCPLData": {"a": 1}}
    printed = code(text(1), odd, action("setclipboard", WFInput=attached(variable("Found"))))
    assert printed.splitlines()[1] == 'Found = is_workflow_actions_setvariable({"SCPLData": {"a": 1}}, WFInput=result)'
    assert to_python(rebuilt(to_python(workflow(text(1), odd)))).code == to_python(workflow(text(1), odd)).code
