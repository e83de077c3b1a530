"""Facts 87 to 116: texts and numbers."""

import pytest
from runtime_helpers import run


def clipboard(code: str, **world):
    result = run(code + "\nis_workflow_actions_setclipboard(WFInput=got)", **world)
    assert result.how == "ok", result.error
    return result.of("clipboard")[0]["value"]


def split(parameters: str, text: str):
    return clipboard(f"got = is_workflow_actions_text_split(text=shortcut_input(){parameters})", input=text)


def test_f087_split_by_lines_blanks_characters_or_a_text():
    assert split("", "a\nb c") == ["a", "b c"]
    assert split(', WFTextSeparator="Spaces"', "a\nb c") == ["a\nb", "c"]
    assert split(', WFTextSeparator="Every Character"', "a👩‍👧é") == ["a", "👩‍👧", "é"]
    assert split(', WFTextSeparator="Custom", WFTextCustomSeparator="--"', "a--b-c") == ["a", "b-c"]


LIST = 'items = is_workflow_actions_list(WFItems=["a", "b"])\n'


def test_f088_combine_by_lines_blanks_or_a_text():
    combine = LIST + "got = is_workflow_actions_text_combine(text=items{})"
    assert clipboard(combine.format(', WFTextSeparator="New Lines"')) == "a\nb"
    assert clipboard(combine.format(', WFTextSeparator="Spaces"')) == "a b"
    assert clipboard(combine.format(', WFTextSeparator="Custom", WFTextCustomSeparator=", "')) == "a, b"
    assert "f88" in run(combine.format("")).unsettled


def test_f089_split_and_combine():
    code = """
parts = is_workflow_actions_text_split(text=shortcut_input(), WFTextSeparator="Custom", WFTextCustomSeparator=",")
got = is_workflow_actions_text_combine(text=parts, WFTextSeparator="Custom", WFTextCustomSeparator="-")
"""
    assert clipboard(code, input="a,b,c") == "a-b-c"


def replace(text: str, find: str, parameters: str):
    code = 'got = is_workflow_actions_text_replace(WFInput=f"{shortcut_input()}", WFReplaceTextFind="%s"%s)'
    return clipboard(code % (find, parameters), input=text)


def test_f090_every_occurrence_is_replaced():
    assert replace("hello", "l", ', WFReplaceTextReplace="r"') == "herro"


def test_f091_case_counts_unless_it_is_switched_off():
    assert replace("heLLo", "l", ', WFReplaceTextReplace="r"') == "heLLo"
    assert replace("heLLo", "l", ', WFReplaceTextReplace="r", WFReplaceTextCaseSensitive=False') == "herro"


def test_f092_regular_expressions_are_off_by_default():
    assert replace("h[aeiou]o", "[aeiou]", ', WFReplaceTextReplace="*"') == "h*o"
    assert replace("hello", "[aeiou]", ', WFReplaceTextReplace="*", WFReplaceTextRegularExpression=True') == "h*ll*"


def test_f092_a_replacement_may_name_groups():
    parameters = ', WFReplaceTextReplace="$2 $1", WFReplaceTextRegularExpression=True'
    assert replace("John Smith", r"(\\w+) (\\w+)", parameters) == "Smith John"


def test_f093_without_a_replacement_the_matches_are_deleted():
    assert replace("a-b-c", "-", "") == "abc"


MATCH = r'got = is_workflow_actions_text_match(text=f"{shortcut_input()}", WFMatchTextPattern="([a-z])([0-9])?")'


def test_f094_f095_matches_are_objects_and_one_alone_is_its_text():
    found = clipboard(MATCH, input="a1 b")
    assert [(match["type"], match["text"]) for match in found] == [("match", "a1"), ("match", "b")]
    shown = run(MATCH + '\nprint(f"{got}")', input="x7").shown
    assert shown == ["x7"]


def test_f096_matching_tells_upper_from_lower_case_and_has_a_default_pattern():
    assert clipboard(MATCH, input="A1") is None
    default = 'got = is_workflow_actions_text_match(text=f"{shortcut_input()}")'
    assert [match["text"] for match in clipboard(default, input="a-B 7!")] == ["a", "B", "7"]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [("", "a"), (", WFGroupIndex=2", "1"), (', WFGetGroupType="All Groups"', ["a", "1"])],
)
def test_f097_groups_count_from_one(parameters, expected):
    code = MATCH.replace("got =", "found =")
    code += f"\ngot = is_workflow_actions_text_match_getgroup(matches=found{parameters})"
    assert clipboard(code, input="a1") == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("UPPERCASE", "HELLO WORLD"),
        ("lowercase", "hello world"),
        ("Capitalize Every Word", "Hello World"),
        ("Capitalize with Title Case", "Hello World"),
        ("Capitalize with sentence case", "Hello world"),
        ("cApItAlIzE wItH aLtErNaTiNg CaSe", "hElLo wOrLd"),
    ],
)
def test_f098_cases(kind, expected):
    code = f'got = is_workflow_actions_text_changecase(text=shortcut_input(), WFCaseType="{kind}")'
    assert clipboard(code, input="hello world") == expected


def test_f099_many_texts_give_many():
    assert clipboard(LIST + 'got = is_workflow_actions_text_changecase(text=items, WFCaseType="UPPERCASE")') == [
        "A",
        "B",
    ]
    assert clipboard(LIST + 'got = is_workflow_actions_text_split(text=items, WFTextSeparator="Every Character")') == [
        "a",
        "b",
    ]


def calculate(left: str, parameters: str):
    code = f'n = is_workflow_actions_number(WFNumberActionNumber="{left}")\n'
    return clipboard(code + f"got = is_workflow_actions_math(WFInput=n{parameters})")


@pytest.mark.parametrize(
    ("left", "operation", "right", "expected"),
    [("7", "+", "2", 9), ("7", "-", "2", 5), ("7", "×", "2", 14), ("7", "÷", "2", 3.5)],
)
def test_f106_the_four_operations(left, operation, right, expected):
    assert calculate(left, f', WFMathOperation="{operation}", WFMathOperand="{right}"') == expected


def test_f106_without_an_operator_it_adds():
    assert calculate("7", ', WFMathOperand="2"') == 9


@pytest.mark.parametrize(
    ("left", "operation", "right", "expected"),
    [("17", "Modulus", "5", 2), ("2", "x^y", "10", 1024), ("-3", "abs(x)", "", 3), ("0", "sin(x)", "", 0)],
)
def test_f107_other_operations_are_stored_beside_the_dots(left, operation, right, expected):
    operand = f', WFScientificMathOperand="{right}"' if right else ""
    parameters = f', WFMathOperation="…", WFScientificMathOperation="{operation}"{operand}'
    assert calculate(left, parameters) == expected


def test_f108_squares_and_roots():
    assert calculate("4", ', WFMathOperation="…", WFScientificMathOperation="x^2"') == 16
    assert calculate("9", ', WFMathOperation="…", WFScientificMathOperation="√x"') == 3


@pytest.mark.parametrize(
    ("number", "mode", "expected"),
    [("3.7", "Normal", 4), ("3.1", "Always Round Up", 4), ("3.9", "Always Round Down", 3), ("2.5", "Normal", 3)],
)
def test_f109_rounding(number, mode, expected):
    code = f'n = is_workflow_actions_number(WFNumberActionNumber="{number}")\n'
    assert clipboard(code + f'got = is_workflow_actions_round(WFInput=n, WFRoundMode="{mode}")') == expected


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ('WFRoundTo="Tens Place"', 1230),
        ('WFRoundTo="Hundredths"', 1234.57),
        ('WFRoundTo="Right of Decimal", WFRoundDecimalPlaces=1', 1234.6),
        ('WFRoundTo="Left of Decimal", WFRoundDecimalPlaces=2', 1200),
        ('WFRoundTo="10^", TenToThePowerOf="3"', 1000),
    ],
)
def test_f110_rounding_to_places_named_in_both_ways(parameters, expected):
    code = 'n = is_workflow_actions_number(WFNumberActionNumber="1234.567")\n'
    assert clipboard(code + f"got = is_workflow_actions_round(WFInput=n, {parameters})") == expected


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("", 5),
        ("Minimum", 2),
        ("Maximum", 9),
        ("Sum", 40),
        ("Median", 4.5),
        ("Mode", 4),
        ("Range", 7),
        ("Standard Deviation", 2),
    ],
)
def test_f111_statistics(operation, expected):
    """Of 2 4 4 4 5 5 7 9: the mean is 5, and the deviation of the whole population is 2."""
    code = 'items = is_workflow_actions_list(WFItems=["2", "4", "4", "4", "5", "5", "7", "9"])\n'
    chosen = f', WFStatisticsOperation="{operation}"' if operation else ""
    assert clipboard(code + f"got = is_workflow_actions_statistics(Input=items{chosen})") == expected


def test_f114_number_fields_may_be_texts_with_a_comma():
    code = 'got = is_workflow_actions_number(WFNumberActionNumber="1,5")'
    assert clipboard(code, locale="de_DE") == 1.5


def test_f115_integers_and_reals_run_alike():
    for literal in ("7", "7.0", '"7"'):
        code = f'n = is_workflow_actions_number(WFNumberActionNumber={literal})\nif n == 7:\n    print("seven")'
        assert run(code).shown == ["seven"]


def test_f116_divisions_keep_fractions():
    assert calculate("1999", ', WFMathOperation="÷", WFMathOperand="100"') == 19.99
    assert calculate("0.1", ', WFMathOperation="+", WFMathOperand="0.2"') == 0.3
