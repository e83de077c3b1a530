"""What is assigned before it is used: dangling references are declared where a reader sees them, nothing else is."""

from helpers import action, attached, mark, output, round_trip, source, text, uuid, variable
from helpers import tested as subject


def show(*parts):
    return action("showresult", Text=text(*parts))


def number(owner):
    return action("number", WFNumberActionNumber=owner, UUID=uuid(owner))


def declared(code):
    """The lines of code that come before the first action."""
    lines = code.splitlines()
    first = next(
        at for at, line in enumerate(lines) if "is_workflow" in line or line.startswith(("if", "for", "match"))
    )
    return lines[:first]


def test_an_output_that_nothing_makes_is_missing_and_keeps_its_uuid():
    code = round_trip(show(output(5, "Contents of URL")))
    assert declared(code) == [f'contents_of_url = missing("{uuid(5)}")']


def test_a_reference_to_a_later_action_is_declared_but_not_missing():
    code = round_trip(show(output(1, "Number")), number(1))
    assert declared(code) == ["number_ = None"]


def test_an_action_that_refers_to_itself():
    code = round_trip(action("number", WFNumberActionNumber=attached(output(1, "Number")), UUID=uuid(1)))
    assert code == "number_ = None\nnumber_ = is_workflow_actions_number(WFNumberActionNumber=number_)\n"


def test_a_variable_that_is_never_set_and_one_that_is_only_added_to():
    code = round_trip(
        show(variable("my list"), variable("Other")),
        action("appendvariable", WFVariableName="my list", WFInput=attached(source("Clipboard"))),
        action("appendvariable", WFVariableName="Fresh", WFInput=attached(source("Clipboard"))),
    )
    assert declared(code) == ['my_list: "my list" = None', "Other = None", "Fresh = []"]


def test_what_one_branch_assigns_is_there_after_the_block_but_not_in_the_other_branch():
    code = round_trip(
        mark("conditional", 0, WFInput=subject(source("Clipboard")), WFCondition=100),
        number(1),
        mark("conditional", 1),
        show(output(1, "Number")),
        mark("conditional", 2),
        show(output(1, "Number")),
    )
    assert declared(code) == ["number_ = None"]
    after = round_trip(
        mark("conditional", 0, WFInput=subject(source("Clipboard")), WFCondition=100),
        number(1),
        mark("conditional", 2),
        show(output(1, "Number")),
    )
    assert declared(after) == []


def test_one_case_of_a_menu_does_not_see_the_other():
    code = round_trip(
        mark("choosefrommenu", 0, WFMenuItems=["a", "b"]),
        mark("choosefrommenu", 1, WFMenuItemTitle="a"),
        number(1),
        mark("choosefrommenu", 1, WFMenuItemTitle="b"),
        show(output(1, "Number")),
        mark("choosefrommenu", 2),
    )
    assert declared(code) == ["number_ = None"]


def test_a_loop_has_what_its_body_assigned_the_round_before():
    code = round_trip(
        mark("repeat.count", 0, WFRepeatCount=3),
        show(output(1, "Number"), variable("x")),
        number(1),
        action("setvariable", WFVariableName="x", WFInput=attached(output(1, "Number"))),
        mark("repeat.count", 2),
    )
    assert declared(code) == []


def test_loop_variables_outside_of_any_loop_are_declared():
    code = round_trip(show(variable("Repeat Item")), mark("repeat.count", 0, WFRepeatCount=2), mark("repeat.count", 2))
    assert declared(code) == ['Repeat_Item: "Repeat Item" = None']


def test_a_loop_variable_used_after_its_loop():
    code = round_trip(
        mark("repeat.each", 0, WFInput=attached(source("Clipboard"))),
        show(variable("Repeat Item")),
        mark("repeat.each", 2),
        show(variable("Repeat Item")),
    )
    assert declared(code) == []


def test_implicit_inputs_are_spelt_out_and_comments_are_passed_over():
    code = round_trip(action("getclipboard"), action("comment", WFCommentActionText="note"), action("hash"))
    assert code.splitlines()[-1] == "is_workflow_actions_hash(WFInput=clipboard_)"
    assert code.splitlines()[0] == "clipboard_ = is_workflow_actions_getclipboard()"


def test_what_the_first_action_of_a_branch_takes_is_left_open():
    code = round_trip(
        action("getclipboard"),
        mark("conditional", 0, WFInput=subject(source("Clipboard")), WFCondition=100),
        mark("conditional", 1),
        action("hash"),
        mark("conditional", 2),
    )
    assert code.splitlines()[-1] == "    is_workflow_actions_hash()"


def test_block_results_are_named_only_where_something_uses_them():
    block = [
        mark("conditional", 0, WFInput=subject(source("Clipboard")), WFCondition=100),
        action("getclipboard"),
    ]
    assert "block_result" not in round_trip(*block, mark("conditional", 2, UUID=uuid(3)))
    used = round_trip(*block, mark("conditional", 2, UUID=uuid(3)), show(output(3, "If Result")))
    assert used.splitlines()[2:] == [
        "if_result = block_result()",
        'is_workflow_actions_showresult(Text=f"{if_result}")',
    ]


def test_several_conditions_take_no_implicit_input():
    several = {"Value": {"WFActionParameterFilterPrefix": 1, "WFActionParameterFilterTemplates": []}}
    several["WFSerializationType"] = "WFContentPredicateTableTemplate"
    code = round_trip(action("getclipboard"), mark("conditional", 0, WFConditions=several), mark("conditional", 2))
    assert code.splitlines()[0] == "is_workflow_actions_getclipboard()"
