"""Facts 29 to 46: If and its conditions."""

import pytest
from runtime_helpers import run, run_actions


def holds(test: str, before: str = "", **world) -> bool:
    """Whether a test of the dialect is true in a run."""
    result = run(f'{before}\nif {test}:\n    print("yes")\nelse:\n    print("no")\n', **world)
    assert result.how == "ok", result.error
    return result.shown == ["yes"]


FIVE = 'five = is_workflow_actions_number(WFNumberActionNumber="5")'


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("five < 6", True),
        ("five < 5", False),
        ("five <= 5", True),
        ("five > 4", True),
        ("five > 5", False),
        ("five >= 5", True),
        ("five == 5", True),
        ("five != 5", False),
        ("five != 6", True),
        ("4 <= five <= 6", True),
        ("6 <= five <= 9", False),
        ("five", True),
        ("not five", False),
    ],
)
def test_f029_codes_of_numbers(test, expected):
    assert holds(test, FIVE) is expected


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ('word.startswith("he")', True),
        ('word.startswith("lo")', False),
        ('word.endswith("lo")', True),
        ('"ell" in word', True),
        ('"x" in word', False),
        ('"x" not in word', True),
        ('"ell" not in word', False),
        ('word == "hello"', True),
        ('word != "hello"', False),
    ],
)
def test_f029_codes_of_texts(test, expected):
    assert holds(test, 'word = "hello"') is expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2026-03-14T00:10:00", True), ("2026-03-13T23:59:00", False), ("2026-03-15T00:00:00", False)],
)
def test_f029_is_today_looks_at_the_day_in_the_worlds_zone(day, expected):
    value = {"Type": "Variable", "Variable": {"Value": {"Type": "ExtensionInput"}}}
    value["Variable"]["WFSerializationType"] = "WFTextTokenAttachment"
    result = run_actions(
        [
            ("conditional", {"WFControlFlowMode": 0, "GroupingIdentifier": "G", "WFCondition": 1002, "WFInput": value}),
            ("showresult", {"Text": "today"}),
            ("conditional", {"WFControlFlowMode": 2, "GroupingIdentifier": "G"}),
        ],
        now="2026-03-14T09:00:00+01:00",
        input=day,
    )
    assert (result.shown == ["today"]) is expected


def test_f030_is_serves_numbers_by_value():
    assert holds("five == 5.0", FIVE)


def test_f031_is_on_text_is_exact_and_contains_looks_inside():
    assert not holds('word == "hell"', 'word = "hello"')
    assert not holds('word == "hello "', 'word = "hello"')
    assert holds('"hell" in word', 'word = "hello"')


def test_f032_one_item_that_meets_the_condition_is_enough():
    assert holds('items == "b"', 'items = is_workflow_actions_list(WFItems=["a", "b"])')
    assert not holds('items == "c"', 'items = is_workflow_actions_list(WFItems=["a", "b"])')


def test_f033_contains_on_a_list_looks_at_each_item():
    before = 'items = is_workflow_actions_list(WFItems=["apple", "pear"])'
    assert holds('"ppl" in items', before)
    assert holds('"pear" in items', before)
    assert not holds('"apple\\npear" in items', before)


def test_f034_greater_and_less_do_not_compare_texts():
    """Text "b" is not greater than "a": on a text that is typed as such the test breaks the run."""
    result = run('word = "b"\nif extra(word > 1):\n    print("yes")')
    assert result.how == "broken"


def test_f035_f036_a_numeric_test_on_a_text_breaks_and_a_coercion_mends_it():
    result = run('text = "42"\nif extra(text > 5):\n    print("yes")')
    assert result.how == "broken" and "'42'" in result.error and "number" in result.error
    assert holds("float(text) > 5", 'text = "42"')


def test_f037_between_includes_what_lies_inside():
    assert holds("1 <= five <= 10", FIVE)
    assert not holds("1 <= five <= 4", FIVE)


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ('{} < date("2026-03-14T00:00:00")', True),
        ('{} > date("2026-03-14T00:00:00")', False),
        ('date("2026-03-01T00:00:00") <= {} <= date("2026-03-31T00:00:00")', True),
        ('date("2026-04-01T00:00:00") <= {} <= date("2026-04-30T00:00:00")', False),
    ],
)
def test_f038_dates_compare_with_the_same_codes(test, expected):
    assert holds(test.format('coerce(shortcut_input(), "Date")'), input="2026-03-10 12:00") is expected


@pytest.mark.parametrize(
    ("code", "unit", "expected"), [(1001, "days", True), (1001, "hr", False), (1000, "days", False)]
)
def test_f039_in_the_last_and_in_the_next_take_a_duration(code, unit, expected):
    """The input lies five hours back: within the last 2 days, not the last 2 hours, not the next 2 days."""
    value = {"Type": "Variable", "Variable": {"Value": {"Type": "ExtensionInput"}}}
    value["Variable"]["WFSerializationType"] = "WFTextTokenAttachment"
    span = {"Value": {"Unit": unit, "Magnitude": "2"}, "WFSerializationType": "WFQuantityFieldValue"}
    start = {"WFControlFlowMode": 0, "GroupingIdentifier": "G", "WFCondition": code, "WFInput": value}
    result = run_actions(
        [
            ("conditional", {**start, "WFDuration": span}),
            ("showresult", {"Text": "within"}),
            ("conditional", {"WFControlFlowMode": 2, "GroupingIdentifier": "G"}),
        ],
        now="2026-03-14T12:00:00+00:00",
        input="2026-03-14T07:00:00+00:00",
    )
    assert (result.shown == ["within"]) is expected


def test_f040_several_conditions_are_joined_by_any_or_by_all():
    before = FIVE + '\nword = "hello"'
    assert holds('five == 5 and word == "hello"', before)
    assert not holds('five == 5 and word == "x"', before)
    assert holds('five == 6 or word == "hello"', before)
    assert not holds('five == 6 or word == "x"', before)


def test_f041_both_branches_get_the_ifs_input_first():
    for operand, branch in (("a", 1), ("b", 2)):
        result = run_actions(
            [
                ("gettext", {"WFTextActionText": "a"}),
                ("conditional", {"WFControlFlowMode": 0, "GroupingIdentifier": "G", "WFCondition": "Equals",
                                 "WFConditionalActionString": operand}),
                ("setvariable", {"WFVariableName": "V1"}),
                ("previewdocument", {}),
                ("conditional", {"WFControlFlowMode": 1, "GroupingIdentifier": "G"}),
                ("previewdocument", {}),
                ("gettext", {"WFTextActionText": "else"}),
                ("conditional", {"WFControlFlowMode": 2, "GroupingIdentifier": "G"}),
            ]
        )  # fmt: skip
        assert result.shown == ["a"], branch


def test_f042_if_result_is_the_last_output_of_the_branch():
    code = """
if shortcut_input():
    first = "one"
    second = "two"
else:
    third = "three"
result = block_result()
print(f"{result}")
"""
    assert run(code, input="x").shown == ["two"]
    assert run(code).shown == ["three"]


def test_f043_a_branch_that_does_not_run_or_ends_in_nothing_gives_nothing():
    code = """
if shortcut_input():
    text = "one"
result = block_result()
print(f"<{result}>")
"""
    assert run(code).shown == ["<>"]
    ends = """
if shortcut_input():
    text = "one"
    is_workflow_actions_nothing()
result = block_result()
print(f"<{result}>")
"""
    assert run(ends, input="x").shown == ["<>"]


def test_f045_a_word_must_match_exactly():
    assert not holds('state == "CLOSE"', 'state = "CLOSED"')


def test_f063_a_broken_condition_breaks_only_when_it_is_reached():
    code = """
text = "a"
if not shortcut_input():
    print("fine")
else:
    if extra(text > 3):
        print("never")
"""
    assert run(code).shown == ["fine"]
    assert run(code, input="x").how == "broken"


def chain(value: str):
    """If, Otherwise If, Otherwise on the input, as OS 27 stores them."""
    token = {"Value": {"Type": "ExtensionInput"}, "WFSerializationType": "WFTextTokenAttachment"}
    group = {"GroupingIdentifier": "G"}

    def condition(mode: int, text: str) -> tuple[str, dict]:
        operand = {"WFCondition": 4, "WFConditionalActionString": text}
        return "conditional", {
            **group,
            "WFControlFlowMode": mode,
            **operand,
            "WFInput": {"Type": "Variable", "Variable": token},
        }

    result = run_actions(
        [
            condition(0, "a"),
            ("showresult", {"Text": "first"}),
            condition(1, "b"),
            ("showresult", {"Text": "second"}),
            condition(1, "c"),
            ("showresult", {"Text": "third"}),
            ("conditional", {**group, "WFControlFlowMode": 1}),
            ("showresult", {"Text": "none"}),
            ("conditional", {**group, "WFControlFlowMode": 2}),
        ],
        input=value,
    )
    assert result.how == "ok", result.error
    return result.shown


def test_f044_a_middle_action_with_a_condition_is_otherwise_if():
    assert [chain(value) for value in "abcd"] == [["first"], ["second"], ["third"], ["none"]]
