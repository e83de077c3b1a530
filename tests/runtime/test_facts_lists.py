"""Facts 65 to 86: lists and dictionaries."""

import pytest
from runtime_helpers import run, run_actions

FOUR = 'items = is_workflow_actions_list(WFItems=["a", "b", "c", "d"])\n'


def item(parameters: str, before: str = FOUR):
    code = f"{before}got = is_workflow_actions_getitemfromlist(WFInput=items{parameters})\n"
    result = run(code + "is_workflow_actions_setclipboard(WFInput=got)")
    assert result.how == "ok", result.error
    return result.of("clipboard")[0]["value"]


def test_f065_lists_count_from_one():
    assert item(', WFItemSpecifier="Item At Index", WFItemIndex="1"') == "a"
    assert item(', WFItemSpecifier="Item At Index", WFItemIndex=4') == "d"


def test_f066_first_is_the_default_and_last_and_random_are_choices():
    assert item("") == "a"
    assert item(', WFItemSpecifier="Last Item"') == "d"
    assert item(', WFItemSpecifier="Random Item"') in "abcd"


def test_f066_random_depends_on_the_seed_alone():
    code = (
        FOUR
        + 'got = is_workflow_actions_getitemfromlist(WFInput=items, WFItemSpecifier="Random Item")\nprint(f"{got}")'
    )
    shown = {seed: run(code, seed=seed).shown for seed in range(12)}
    assert len({tuple(texts) for texts in shown.values()}) > 1
    assert all(run(code, seed=seed).shown == texts for seed, texts in shown.items())


def test_f067_a_range_takes_both_ends():
    assert item(', WFItemSpecifier="Items in Range", WFItemRangeStart="2", WFItemRangeEnd="3"') == ["b", "c"]


def test_f068_an_index_stored_beside_last_item_is_ignored():
    assert item(', WFItemSpecifier="Last Item", WFItemIndex="2"') == "d"


@pytest.mark.parametrize(
    ("kind", "expected"), [("Items", "1"), ("Characters", "17"), ("Words", "4"), ("Sentences", "2"), ("Lines", "2")]
)
def test_f069_count_counts_what_it_is_told(kind, expected):
    code = f'n = is_workflow_actions_count(Input=shortcut_input(), WFCountType="{kind}")\nprint(f"{{n}}")'
    assert run(code, input="One two.\nIt ends.").shown == [expected]


def test_f069_an_emoji_of_several_code_points_is_one_character():
    code = 'n = is_workflow_actions_count(Input=shortcut_input(), WFCountType="Characters")\nprint(f"{n}")'
    assert run(code, input="a👩‍👧é").shown == ["3"]


def test_f069_items_are_the_default():
    assert run(FOUR + 'n = is_workflow_actions_count(Input=items)\nprint(f"{n}")').shown == ["4"]


def test_f070_a_row_that_is_a_variable_gives_its_items_and_a_text_around_it_one():
    code = """
both = is_workflow_actions_list(WFItems=[f"{items}", f"<{items}>"])
n = is_workflow_actions_count(Input=both)
print(f"{n}")
"""
    assert run(FOUR + code).shown == ["5"]


def test_f071_a_reference_row_without_its_wrapping_is_an_empty_row():
    token = {"Type": "ActionOutput", "OutputUUID": "T"}
    text = {"string": "\ufffc", "attachmentsByRange": {"{0, 1}": token}}
    wrapped = {"Value": text, "WFSerializationType": "WFTextTokenString"}
    rows = ["plain", {"WFItemType": 0, "WFValue": wrapped}, wrapped]
    actions = [
        ("gettext", {"WFTextActionText": "x", "UUID": "T"}),
        ("list", {"WFItems": rows}),
        ("setclipboard", {}),
    ]
    assert run_actions(actions).of("clipboard")[0]["value"] == ["plain", "x", ""]


def test_f072_choose_from_list_gives_the_item_or_several():
    choose = (
        FOUR
        + "got = is_workflow_actions_choosefromlist(WFInput=items{})\nis_workflow_actions_setclipboard(WFInput=got)"
    )
    assert run(choose.format(""), answers=["b"]).of("clipboard")[0]["value"] == "b"
    many = choose.format(", WFChooseFromListActionSelectMultiple=True")
    assert run(many, answers=[["d", "a"]]).of("clipboard")[0]["value"] == ["d", "a"]
    assert run(choose.format(""), answers=[["d", "a"]]).how == "broken"


def test_f073_a_list_of_one_item_in_a_dictionary_is_the_item():
    code = """
one = is_workflow_actions_list(WFItems=["a"])
two = is_workflow_actions_list(WFItems=["a", "b"])
empty = is_workflow_actions_dictionary(WFItems={})
first = is_workflow_actions_setvalueforkey(WFDictionary=empty, WFDictionaryKey="one", WFDictionaryValue=f"{one}")
both = is_workflow_actions_setvalueforkey(WFDictionary=first, WFDictionaryKey="two", WFDictionaryValue=f"{two}")
print(f"{both}")
"""
    assert run(code).shown == ['{"one":"a","two":["a","b"]}']


def test_f074_random_numbers_include_both_ends():
    code = """
found = []
for _ in range(60):
    n = is_workflow_actions_number_random(WFRandomNumberMinimum="1", WFRandomNumberMaximum="3")
    found.append(n)
print(f"{found}")
"""
    assert set(run(code).shown[0].split("\n")) == {"1", "2", "3"}


NESTED = '{"a": [{"b": "first"}, {"b": "second"}], "c": {"d": {"e": 7}}}'


def value(key: str, given: str = NESTED):
    code = f"""
entry = is_workflow_actions_detect_dictionary(WFInput=shortcut_input())
got = entry["{key}"]
is_workflow_actions_setclipboard(WFInput=got)
"""
    result = run(code, input=given)
    return result.of("clipboard")[0]["value"] if result.how == "ok" else result.how


def test_f075_dotted_paths_walk_in_and_list_positions_count_from_one():
    assert value("a.1.b") == "first"
    assert value("a.2.b") == "second"
    assert value("c.d.e") == 7


def test_f076_a_flat_key_that_is_missing_gives_nothing():
    assert value("nobody") is None


def test_f077_a_dotted_path_with_a_missing_segment_breaks():
    assert value("c.x.e") == "broken"
    assert value("nobody.x") == "broken"
    assert value("a.0.b") == "broken"
    assert value("a.3.b") == "broken"


def test_f078_setting_a_dotted_key_makes_a_key_of_that_name():
    code = """
entry = is_workflow_actions_detect_dictionary(WFInput=shortcut_input())
new = is_workflow_actions_setvalueforkey(WFDictionary=entry, WFDictionaryKey="a.b", WFDictionaryValue="2")
print(f"{new}")
"""
    assert run(code, input='{"a": {"b": 1}}').shown == ['{"a":{"b":1},"a.b":"2"}']


def test_f079_a_key_of_the_very_name_wins_over_the_path():
    assert value("a.b", '{"a": {"b": "inner"}, "a.b": "outer"}') == "outer"


def test_f080_all_keys_and_all_values_are_lists():
    code = """
entry = is_workflow_actions_detect_dictionary(WFInput=shortcut_input())
keys = entry.keys()
values = entry.values()
print(f"{keys}|{values}")
"""
    assert run(code, input='{"x": 1, "y": "b"}').shown == ["x\ny|1\nb"]


@pytest.mark.parametrize(
    "given",
    [
        '{"a": "1", "b": "two words"}',
        "a=1&b=two%20words",
        '<?xml version="1.0"?><plist version="1.0"><dict><key>a</key><string>1</string><key>b</key>'
        "<string>two words</string></dict></plist>",
    ],
)
def test_f081_json_pairs_and_property_lists_are_read(given):
    code = """
entry = is_workflow_actions_detect_dictionary(WFInput=shortcut_input())
a = entry["a"]
b = entry["b"]
print(f"{a},{b}")
"""
    assert run(code, input=given).shown == ["1,two words"]


def test_f082_setting_a_key_that_is_there_replaces_its_value():
    code = """
entry = is_workflow_actions_dictionary(WFItems={"a": "1", "b": "2"})
new = is_workflow_actions_setvalueforkey(WFDictionary=entry, WFDictionaryKey="a", WFDictionaryValue="3")
print(f"{new}")
"""
    assert run(code).shown == ['{"a":"3","b":"2"}']


def test_f083_a_nested_value_is_reached_through_its_child():
    code = """
entry = is_workflow_actions_dictionary(WFItems={"child": {"key": "deep"}})
child = entry["child"]
inner = is_workflow_actions_detect_dictionary(WFInput=child)
got = inner["key"]
print(f"{got}")
"""
    assert run(code).shown == ["deep"]


def test_f084_an_array_as_text_is_no_dictionary():
    code = """
text = f"{shortcut_input()}"
for item_ in text:
    got = item_["a"]
"""
    result = run(code, input='[{"a": 1}, {"a": 2}]')
    assert result.how == "broken" and "dictionary" in result.error


def test_f085_the_types_of_dictionary_fields():
    code = """
entry = is_workflow_actions_dictionary(WFItems={"t": "5", "d": {"k": "v"}, "l": ["x", 2, True], "n": 5, "b": False})
print(f"{entry}")
"""
    assert run(code).shown == ['{"t":"5","d":{"k":"v"},"l":["x",2,true],"n":5,"b":false}']


@pytest.mark.parametrize("where", ["Values", "beside"])
def test_a_filter_s_operand_stands_in_values_or_as_old_clients_store_it_beside_the_property(where):
    operand = {"Values": {"Bool": True}} if where == "Values" else {"Bool": True}
    row = {"Property": "Is a Screenshot", "Operator": 4, "Removable": True, **operand}
    table = {
        "WFActionParameterFilterPrefix": 1,
        "WFActionParameterFilterTemplates": [row],
        "WFContentPredicateBoundedDate": False,
    }
    stored = {"Value": table, "WFSerializationType": "WFContentPredicateTableTemplate"}
    output = {"Value": {"Type": "ActionOutput", "OutputUUID": "P"}, "WFSerializationType": "WFTextTokenAttachment"}
    result = run_actions(
        [
            ("filter.photos", {"WFContentItemFilter": stored, "UUID": "P"}),
            ("setclipboard", {"WFInput": output}),
        ],
        photos=[{"name": "a", "screenshot": True}, {"name": "b", "screenshot": False}],
    )
    assert [photo["name"] for photo in [result.of("clipboard")[0]["value"]]] == ["a"]
