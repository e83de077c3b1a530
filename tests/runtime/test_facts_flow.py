"""Facts 47 to 64: repeats, menus, and what ends a run."""

from runtime_helpers import run, run_actions


def test_f047_f048_repeat_runs_so_often_and_counts_from_one():
    code = """
found = []
for index in range(1, 4):
    found.append(index)
print(f"{found}")
"""
    assert run(code).shown == ["1\n2\n3"]


def test_f049_repeat_with_each_runs_once_an_item_in_order():
    code = """
items = is_workflow_actions_list(WFItems=["a", "b"])
found = []
for index, item_ in enumerate(items, start=1):
    text = f"{index}{item_}"
    found.append(text)
print(f"{found}")
"""
    assert run(code).shown == ["1a\n2b"]


def test_f050_inner_loops_have_variables_of_their_own_and_outer_ones_stay_readable():
    code = """
letters = is_workflow_actions_list(WFItems=["a", "b"])
digits = is_workflow_actions_list(WFItems=["1", "2"])
found = []
for i, letter in enumerate(letters, start=1):
    for j, digit in enumerate(digits, start=1):
        for k in range(1, 2):
            text = f"{i}{letter}{j}{digit}{k}"
            found.append(text)
    after = f"{letter}{i}"
    found.append(after)
print(f"{found}")
"""
    assert run(code).shown == ["1a111\n1a221\na1\n2b111\n2b221\nb2"]


def test_f051_repeat_results_are_what_each_round_gave():
    code = """
items = is_workflow_actions_list(WFItems=["a", "b"])
for item_ in items:
    text = f"<{item_}>"
results = block_result()
count = is_workflow_actions_count(Input=results)
print(f"{count}{results}")
"""
    assert run(code).shown == ["2<a>\n<b>"]


def test_f051_a_round_may_give_several_items():
    code = """
for _ in range(2):
    items = is_workflow_actions_list(WFItems=["a", "b"])
results = block_result()
count = is_workflow_actions_count(Input=results)
print(f"{count}")
"""
    assert run(code).shown == ["4"]


def test_f052_a_round_that_ends_in_nothing_adds_no_item():
    code = """
items = is_workflow_actions_list(WFItems=["a", "b", "c"])
for item_ in items:
    if item_ == "b":
        is_workflow_actions_nothing()
    else:
        text = f"{item_}"
results = block_result()
count = is_workflow_actions_count(Input=results)
print(f"{count}{results}")
"""
    assert run(code).shown == ["2a\nc"]


def test_f053_a_text_is_one_item_whatever_its_lines():
    code = """
text = f"{shortcut_input()}"
for item_ in text:
    print(f"<{item_}>")
"""
    assert run(code, input="a\nb").shown == ["<a\nb>"]
    assert run(code, input='["a", "b"]').shown == ['<["a", "b"]>']


def test_f054_the_end_of_a_loop_is_its_results_and_its_variables_are_plain():
    item = {
        "Value": {"Type": "Variable", "VariableName": "Repeat Item"},
        "WFSerializationType": "WFTextTokenAttachment",
    }
    results = {"Value": {"Type": "ActionOutput", "OutputUUID": "E"}, "WFSerializationType": "WFTextTokenAttachment"}
    actions = [
        ("list", {"WFItems": ["a", "b"]}),
        ("repeat.each", {"WFControlFlowMode": 0, "GroupingIdentifier": "G"}),
        ("getvariable", {"WFVariable": item}),
        ("repeat.each", {"WFControlFlowMode": 2, "GroupingIdentifier": "G", "UUID": "E"}),
        ("setclipboard", {"WFInput": results}),
    ]
    assert run_actions(actions).of("clipboard")[0]["value"] == ["a", "b"]


MENU = """
match menu("Which?"):
    case "One":
        text = "1"
    case "one":
        text_2 = "2"
result = block_result()
print(f"{result}")
"""


def test_f055_the_case_with_the_chosen_title_runs():
    assert run(MENU, answers=["one"]).shown == ["2"]
    assert run(MENU, answers=[{"index": 1}]).shown == ["1"]
    assert run(MENU, answers=["ONE"]).how == "broken"


def test_f057_cancel_stops_and_ok_goes_on():
    code = """
is_workflow_actions_alert(WFAlertActionMessage="Go on?", WFAlertActionCancelButtonShown=True)
print("on")
"""
    cancelled = run(code, answers=[{"cancel": True}])
    assert (cancelled.how, len(cancelled.of("show"))) == ("cancelled", 0)
    assert run(code).of("show")[0]["text"] == "on"


def test_f057_an_alert_without_a_cancel_button_cannot_be_cancelled():
    code = """
is_workflow_actions_alert(WFAlertActionMessage="Go on?", WFAlertActionCancelButtonShown=False)
print("on")
"""
    result = run(code, answers=[{"prompt": {"contains": "Go"}, "cancel": True}])
    assert (result.how, result.of("show")[0]["text"]) == ("ok", "on")


def test_f058_stop_ends_the_run_at_once():
    result = run('is_workflow_actions_exit()\nprint("never")')
    assert (result.how, result.effects) == ("stopped", [])


def test_f058_stop_inside_a_loop_ends_everything():
    result = run('for i in range(1, 9):\n    print(f"{i}")\n    if i == 2:\n        is_workflow_actions_exit()')
    assert (result.how, result.shown) == ("stopped", ["1", "2"])


def test_f059_nothing_leaves_the_next_action_without_input():
    actions = [("gettext", {"WFTextActionText": "x"}), ("nothing", {}), ("setclipboard", {})]
    assert run_actions(actions).of("clipboard")[0]["value"] is None


def test_f060_a_comment_does_nothing_and_the_next_action_sees_past_it():
    actions = [("gettext", {"WFTextActionText": "x"}), ("comment", {"WFCommentActionText": "c"}), ("setclipboard", {})]
    result = run_actions(actions)
    assert [effect["value"] for effect in result.effects] == ["x"]


def test_f061_wait_moves_the_clock_by_its_seconds_and_by_one_without():
    code = """
before = is_workflow_actions_format_date(WFDate=f"{current_date()}", WFDateFormatStyle="Custom", WFDateFormat="ss")
is_workflow_actions_delay(WFDelayTime=5)
is_workflow_actions_delay()
after = is_workflow_actions_format_date(WFDate=f"{current_date()}", WFDateFormatStyle="Custom", WFDateFormat="ss")
"""
    result = run(code, now="2026-03-14T09:26:53+01:00")
    assert result.outcome.session.world.now().second == 59
    assert [effect["seconds"] for effect in result.of("passing")] == [5, 1]


DOUBLE = """
doubled = is_workflow_actions_math(WFInput=shortcut_input(), WFMathOperation="×", WFMathOperand="2")
is_workflow_actions_output(WFOutput=f"{doubled}")
print("never")
"""


def test_f062_run_shortcut_hands_its_input_over_and_gives_the_result():
    code = """
number_ = is_workflow_actions_number(WFNumberActionNumber="21")
result = is_workflow_actions_runworkflow(WFWorkflowName="Double", WFInput=number_)
is_workflow_actions_setclipboard(WFInput=result)
"""
    result = run(code, shortcuts={"Double": DOUBLE})
    assert result.of("shortcut")[0] | {"n": 1} == {
        "n": 1, "run": 1, "action": 1, "kind": "shortcut", "name": "Double", "input": 21,
    }  # fmt: skip
    assert result.of("clipboard")[0]["value"] == 42
    assert result.of("output")[0]["shortcut"] == "Double"
    assert result.how == "ok"


def test_f062_variables_of_a_shortcut_are_its_own():
    code = """
Name = shortcut_input()
result = is_workflow_actions_runworkflow(WFWorkflowName="Set", WFInput="x")
print(f"{Name}")
"""
    assert run(code, shortcuts={"Set": 'text = "inner"\nName = text'}, input="outer").shown == ["outer"]


def test_f063_errors_are_raised_when_an_action_runs():
    code = """
print("before")
if shortcut_input():
    number_ = is_workflow_actions_number(WFNumberActionNumber="1")
    bad = is_workflow_actions_math(WFInput=number_, WFMathOperation="÷", WFMathOperand="0")
print("after")
"""
    assert run(code).shown == ["before", "after"]
    broken = run(code, input="x")
    assert (broken.how, broken.shown) == ("broken", ["before"])


def test_f064_blocks_nest_to_depth_seven_and_beyond():
    lines = ["text = 'a'"]
    for depth in range(20):
        lines.append("    " * depth + ("for _ in range(1):" if depth % 2 else "if text:"))
    lines.append("    " * 20 + 'print("deep")')
    assert run("\n".join(lines)).shown == ["deep"]
