"""Facts 1 to 28: values, variables and coercion. The numbers are those of the facts (docs/runtime.md)."""

from runtime_helpers import run, run_actions

TEXT = {"Type": "ActionOutput", "OutputUUID": "T", "OutputName": "Text"}


def attachment(token):
    return {"Value": token, "WFSerializationType": "WFTextTokenAttachment"}


def text_with(token, text="\ufffc", start=0):
    value = {"string": text, "attachmentsByRange": {f"{{{start}, 1}}": token}}
    return {"Value": value, "WFSerializationType": "WFTextTokenString"}


def test_f001_a_variable_holds_every_item_of_what_it_is_set_to():
    code = """
lines = is_workflow_actions_text_split(text=shortcut_input())
Several = lines
count = is_workflow_actions_count(Input=Several)
print(f"{count}")
"""
    assert run(code, input="a\nb\nc").shown == ["3"]


def test_f002_add_to_variable_makes_the_variable_and_appends():
    code = """
found = []
one = "x"
found.append(one)
two = "y"
found.append(two)
count = is_workflow_actions_count(Input=found)
print(f"{count} {found}")
"""
    assert run(code).shown == ["2 x\ny"]


def test_f003_add_to_variable_gives_the_whole_contents():
    actions = [
        ("gettext", {"WFTextActionText": "x", "UUID": "A"}),
        ("appendvariable", {"WFVariableName": "V", "WFInput": attachment({**TEXT, "OutputUUID": "A"})}),
        ("appendvariable", {"WFVariableName": "V", "WFInput": attachment({**TEXT, "OutputUUID": "A"}), "UUID": "B"}),
        ("setclipboard", {"WFInput": attachment({**TEXT, "OutputUUID": "B"})}),
    ]
    assert run_actions(actions).of("clipboard")[0]["value"] == ["x", "x"]


def test_f004_appending_keeps_the_order():
    code = """
items = is_workflow_actions_list(WFItems=["x", "y"])
All = items
z = "z"
All.append(z)
w = "w"
All.append(w)
third = is_workflow_actions_getitemfromlist(WFInput=All, WFItemSpecifier="Item At Index", WFItemIndex="3")
last = is_workflow_actions_getitemfromlist(WFInput=All, WFItemSpecifier="Last Item")
print(f"{third}{last}")
"""
    assert run(code).shown == ["zw"]


def test_f006_setting_a_value_makes_a_new_dictionary():
    code = """
old = is_workflow_actions_dictionary(WFItems={"a": "1"})
new = is_workflow_actions_setvalueforkey(WFDictionary=old, WFDictionaryKey="a", WFDictionaryValue="2")
before = old["a"]
after = new["a"]
print(f"{before}{after}")
"""
    assert run(code).shown == ["12"]


def test_f007_an_output_is_reached_without_a_variable():
    code = """
first = "one"
second = "two"
is_workflow_actions_setclipboard(WFInput=first)
"""
    assert run(code).of("clipboard")[0]["value"] == "one"


def test_f008_the_receiver_decides_the_conversion():
    code = """
text = "12"
sum_ = is_workflow_actions_math(WFInput=text, WFMathOperation="+", WFMathOperand="1")
length = is_workflow_actions_count(Input=text, WFCountType="Characters")
print(f"{sum_} {length}")
"""
    assert run(code).shown == ["13 2"]


def test_f009_a_dictionary_in_a_text_is_json():
    code = """
entry = is_workflow_actions_dictionary(WFItems={"name": "Ada", "born": 1815, "tags": ["a", 2.5], "on": True})
print(f"{entry}")
"""
    assert run(code).shown == ['{"name":"Ada","born":1815,"tags":["a",2.5],"on":true}']


def test_f010_adjustments_apply_from_left_to_right():
    code = """
print(f'{dict(shortcut_input())["user"]["name"]}')
"""
    assert run(code, input='{"user": {"name": "Ada"}}').shown == ["Ada"]


def test_f011_each_class_of_coercion_is_served():
    code = """
print(f'{str(shortcut_input())}|{float(shortcut_input())}|{coerce(shortcut_input(), "URL")}')
print(f'{coerce(shortcut_input(), "GenericFile").Name}|{bool(shortcut_input())}')
"""
    assert run(code, input="1").shown == ["1|1|1", "Text|1"]


def test_f012_a_whole_number_has_no_decimals_in_text():
    code = """
number_ = is_workflow_actions_number(WFNumberActionNumber=42.0)
half = is_workflow_actions_math(WFInput=number_, WFMathOperation="÷", WFMathOperand="4")
print(f"{number_} inside {half}")
"""
    assert run(code).shown == ["42 inside 10.5"]


def test_f013_a_text_of_digits_is_that_number():
    code = """
text = "42"
if float(text) == 42:
    print("equal")
"""
    assert run(code).shown == ["equal"]


def test_f015_a_text_without_a_number_has_no_numeric_value_and_nothing_fails():
    code = """
text = f"{shortcut_input()}"
if float(text) < 5:
    print("less")
else:
    print("not less")
"""
    for given in ("null", ""):
        result = run(code, input=given)
        assert (result.how, result.shown) == ("ok", ["not less"])


def test_f016_booleans_are_one_and_zero():
    code = """
entry = is_workflow_actions_dictionary(WFItems={"yes": True, "no": False})
if bool(entry["yes"]) == 1:
    print("true")
if bool(entry["no"]) == 1:
    print("wrong")
"""
    assert run(code).shown == ["true"]


def test_f017_a_boolean_of_json_does_not_contain_the_word_true():
    code = """
entry = is_workflow_actions_detect_dictionary(WFInput=shortcut_input())
on = entry["on"]
if "true" in on:
    print("word")
elif float(on) == 1:
    print("one")
"""
    assert run(code, input='{"on": true}').shown == ["one"]


def test_f018_a_json_null_is_nothing():
    code = """
entry = is_workflow_actions_detect_dictionary(WFInput=shortcut_input())
if entry["gone"] == "null":
    print("null")
elif not entry["gone"]:
    print("nothing")
"""
    assert run(code, input='{"gone": null}').shown == ["nothing"]


def test_f019_a_list_in_a_text_is_joined_by_line_ends():
    code = """
items = is_workflow_actions_list(WFItems=["a", "b"])
print(f"[{items}]")
"""
    assert run(code).shown == ["[a\nb]"]


def test_f020_an_empty_text_counts_as_a_value():
    code = """
text = ""
if text:
    print("value")
else:
    print("none")
"""
    assert run(code).shown == ["value"]


def test_f021_a_variable_with_nothing_in_it_has_no_value():
    code = """
nothing = is_workflow_actions_nothing()
Empty = nothing
if Empty:
    print("value")
else:
    print("none")
"""
    assert run(code).shown == ["none"]


def test_f022_a_missing_input_adds_nothing_to_a_text():
    assert run('print(f"<{shortcut_input()}>")').shown == ["<>"]


def test_f024_positions_count_utf16_units():
    actions = [
        ("gettext", {"WFTextActionText": "x", "UUID": "T"}),
        ("showresult", {"Text": text_with(TEXT, "👋 \ufffc!", 3)}),
    ]
    assert run_actions(actions).shown == ["👋 x!"]


def test_f025_a_bare_reference_in_a_text_field_reads_as_empty():
    actions = [
        ("gettext", {"WFTextActionText": "x", "UUID": "T"}),
        ("alert", {"WFAlertActionMessage": attachment(TEXT), "WFAlertActionTitle": text_with(TEXT)}),
        ("showresult", {"Text": attachment(TEXT)}),
    ]
    result = run_actions(actions)
    assert (result.of("alert")[0]["title"], result.of("alert")[0]["text"]) == ("x", "")
    assert result.of("show")[0]["text"] == ""


def test_f026_an_unknown_key_is_ignored():
    actions = [("gettext", {"WFTextActionTexts": "x", "UUID": "T"}), ("showresult", {"Text": text_with(TEXT)})]
    assert run_actions(actions).shown == [""]


def test_f028_actions_that_pass_their_input_on():
    token = attachment(TEXT)
    for name, parameters in (
        ("alert", {"WFAlertActionMessage": "m", "WFAlertActionCancelButtonShown": False}),
        ("delay", {"WFDelayTime": 2}),
        ("showresult", {"Text": text_with(TEXT)}),
        ("notification", {"WFInput": token, "WFNotificationActionBody": "b"}),
        ("setvariable", {"WFInput": token, "WFVariableName": "V"}),
        ("setclipboard", {"WFInput": token}),
    ):
        actions = [
            ("gettext", {"WFTextActionText": "kept", "UUID": "T"}),
            (name, {**parameters, "UUID": "P"}),
            ("previewdocument", {"WFInput": attachment({**TEXT, "OutputUUID": "P"})}),
        ]
        assert run_actions(actions).of("preview")[0]["text"] == "kept", name


def test_f133_device_details_are_properties_of_the_device():
    code = "print(f'{device_details().Device_Model} {device_details().System_Version} {device_details()}')"
    world = {"device": {"name": "Ada's iPhone", "model": "iPhone 15", "system": "27.1"}}
    assert run(code, **world).shown == ["iPhone 15 27.1 Ada's iPhone"]


def test_f010_a_measurement_is_shown_in_another_unit():
    code = """
length = is_workflow_actions_measurement_create(WFMeasurementUnit=WFQuantityFieldValue(Magnitude="2500", Unit="m"), WFMeasurementUnitType="Length")
print(f'{modified(length, {"Type": "WFUnitVariableAggrandizement", "WFUnitType": "Length", "WFUnitSymbol": "km"})}')
"""  # noqa: E501
    assert run(code).shown == ["2.5 km"]


def test_an_adjustment_that_is_not_known_is_named():
    result = run('print(f\'{modified(shortcut_input(), {"Type": "WFFutureAggrandizement"})}\')', input="x")
    assert (result.shown, result.unsettled) == (["x"], ["unknown-adjustment"])
