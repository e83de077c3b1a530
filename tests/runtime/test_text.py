"""Texts: combining, splitting, replacing, matching, changing case, with what is hard about each."""

import pytest
from worlds import effects_of, error_of, outcome_of, shown

A = "is_workflow_actions_"


def split(arguments: str, text: str):
    return shown(f"result = {A}text_split(text=shortcut_input(), {arguments})", input=text)


@pytest.mark.parametrize(
    ("arguments", "text", "wanted"),
    [
        ("", "a\nb", ["a", "b"]),
        ("", "a\r\nb", ["a", "b"]),
        ('WFTextSeparator="Spaces"', "a b c", ["a", "b", "c"]),
        ('WFTextSeparator="Every Character"', "a👨‍👩‍👧é", ["a", "👨‍👩‍👧", "é"]),
        ('WFTextSeparator="Custom", WFTextCustomSeparator=", "', "a, b,c", ["a", "b,c"]),
        ('WFTextSeparator="Custom", WFTextCustomSeparator="."', "a.b", ["a", "b"]),  # no pattern
    ],
)
def test_f087_text_is_split_at_what_is_chosen(arguments, text, wanted):
    assert split(arguments, text) == wanted


def test_f089_splitting_and_joining_again():
    code = f"""
parts = {A}text_split(text=shortcut_input(), WFTextSeparator="Custom", WFTextCustomSeparator=",")
result = {A}text_combine(text=parts, WFTextSeparator="Custom", WFTextCustomSeparator="-")
"""
    assert shown(code, input="a,b,c") == "a-b-c"


def test_f088_without_a_stored_separator_lines_are_joined_and_the_run_says_that_it_guesses():
    result = outcome_of(f'result = {A}text_combine(text=["a", "b"])\n{A}setclipboard(WFInput=result)')
    assert result.effects[-1]["value"] == "a\nb"
    assert "f88" in result.unsettled


def test_combining_nothing_and_one():
    assert shown(f'nothing = {A}nothing()\nresult = {A}text_combine(text=nothing, WFTextSeparator="Spaces")') == ""
    assert shown(f'result = {A}text_combine(text="alone", WFTextSeparator="Spaces")') == "alone"


@pytest.mark.parametrize(
    ("arguments", "text", "wanted"),
    [
        ('WFReplaceTextFind="l", WFReplaceTextReplace="r"', "hello", "herro"),
        ('WFReplaceTextFind="L", WFReplaceTextReplace="r"', "heLLo", "herro"),
        ('WFReplaceTextFind="L", WFReplaceTextReplace="r", WFReplaceTextCaseSensitive=True', "hello", "hello"),
        ('WFReplaceTextFind="L", WFReplaceTextReplace="r", WFReplaceTextCaseSensitive=False', "heLlo", "herro"),
        ('WFReplaceTextFind="l"', "hello", "heo"),
        ('WFReplaceTextFind=""', "hello", "hello"),
        ('WFReplaceTextFind="[aeiou]", WFReplaceTextReplace="*"', "h[aeiou]", "h*"),
        (
            'WFReplaceTextFind="[aeiou]", WFReplaceTextReplace="*", WFReplaceTextRegularExpression=True',
            "hello",
            "h*ll*",
        ),
        (
            'WFReplaceTextFind=r"(\\w+) (\\w+)", WFReplaceTextReplace="$2 $1", WFReplaceTextRegularExpression=True',
            "one two",
            "two one",
        ),
        (
            'WFReplaceTextFind=r"\\d", WFReplaceTextReplace=r"\\$$0", WFReplaceTextRegularExpression=True',
            "5",
            "$5",
        ),
        ('WFReplaceTextFind="$1", WFReplaceTextReplace="x"', "a$1", "ax"),
    ],
)
def test_f090_to_f093_replacing(arguments, text, wanted):
    assert shown(f"result = {A}text_replace(WFInput=f'{{shortcut_input()}}', {arguments})", input=text) == wanted


REPLACE_O = f"result = {A}text_replace(WFInput=f'{{shortcut_input()}}', WFReplaceTextFind='o')"


def test_f099_many_texts_give_many():
    many = ["one two", "three"]
    assert shown(REPLACE_O, input=many) == [
        "ne tw",
        "three",
    ]
    assert shown(f'result = {A}text_changecase(text=shortcut_input(), WFCaseType="UPPERCASE")', input=many) == [
        "ONE TWO",
        "THREE",
    ]
    assert shown(f'result = {A}text_split(text=shortcut_input(), WFTextSeparator="Spaces")', input=many) == [
        "one",
        "two",
        "three",
    ]


MATCH = f'result = {A}text_match(text=shortcut_input(), WFMatchTextPattern=r"%s")'


def texts(value):
    items = value if isinstance(value, list) else [] if value is None else [value]
    return [item["text"] for item in items]


@pytest.mark.parametrize(
    ("pattern", "text", "wanted"),
    [
        (r"[a-z&&[^b]]", "abc", ["a", "c"]),  # sets as ICU has them
        (r"[[a-z]--[aeiou]]+", "abce", ["bc"]),
        (r"\x{1F600}", "a😀b", ["😀"]),
        (r"[\ud83d\ude00-\ud83d\ude4f]", "a😀b", ["😀"]),  # a pair of UTF-16 units is one character
        (r"\Q1+1\E=\d", "1+1=2", ["1+1=2"]),
        (r"(?<word>\w+) \k<word>", "go go", ["go go"]),
        (r"a.c", "a\nc a\r\nc abc", ["abc"]),  # a dot is no end of a line
        (r"(?s)a.c", "a\nc", ["a\nc"]),
        (r"^b", "a\nb", []),
        (r"(?m)^b$", "a\nb\nc", ["b"]),
        (r"\p{Han}+", "漢字 kana", ["漢字"]),
        (r"[\h]+", "a \tb", [" \t"]),
        (r"\b\w", "ab cd", ["a", "c"]),
        (r"[.\]]", "a.]", [".", "]"]),
        (r"[]a]+", "x]a", ["]a"]),
        (r"a(?=b)", "ab ac", ["a"]),
        (r"x*", "", [""]),
    ],
)
def test_patterns_are_icus(pattern, text, wanted):
    assert texts(shown(MATCH % pattern, input=text)) == wanted


def test_f096_matching_tells_upper_from_lower_case_and_has_a_default():
    assert texts(shown(f"result = {A}text_match(text=shortcut_input())", input="a-B")) == ["a", "B"]
    assert texts(shown(MATCH % "AB", input="ab")) == []
    code = f'result = {A}text_match(text=shortcut_input(), WFMatchTextPattern="AB", WFMatchTextCaseSensitive=False)'
    assert texts(shown(code, input="ab")) == ["ab"]


def test_f095_one_match_is_its_text():
    code = MATCH % r"\d+" + "\n" + f'{A}showresult(Text=f"{{result}}")'
    assert effects_of(code, input="a 42 b")[-1]["text"] == "42"


def test_f094_matches_are_objects_with_their_groups_and_f097_groups_count_from_one():
    code = f"""
matches = {A}text_match(text=shortcut_input(), WFMatchTextPattern=r"(\\w)(\\d)?")
result = {A}text_match_getgroup(matches=matches, %s)
"""
    assert shown(code % "WFGroupIndex=1", input="a1 b2") == ["a", "b"]
    assert shown(code % "WFGroupIndex=2", input="a1 b2") == ["1", "2"]
    assert shown(code % 'WFGetGroupType="All Groups"', input="a1") == ["a", "1"]
    assert shown(code % "WFGroupIndex=2", input="x") is None  # a group that took no part
    assert shown(code % "WFGroupIndex=9", input="a1") is None


@pytest.mark.parametrize("pattern", ["(", "[a", "*", "(?<n", r"a{2,1}"])
def test_a_broken_pattern_is_one_sentence(pattern):
    assert "is no regular expression" in error_of(MATCH % pattern, input="a")


@pytest.mark.parametrize("pattern", [r"(a|aa)+$", r"(a*)*b", r"(.*a){25}b"])
def test_a_pattern_that_never_ends_breaks_the_run(pattern):
    result = outcome_of(MATCH % pattern, input="a" * 60 + "c")
    assert result.how == "ok" or "takes more than" in result.error


def test_a_replacement_that_names_no_group_is_one_sentence():
    code = (
        f'result = {A}text_replace(WFInput="a", WFReplaceTextFind="a", WFReplaceTextReplace="$3", '
        "WFReplaceTextRegularExpression=True)"
    )
    assert "group" in error_of(code)


@pytest.mark.parametrize(
    ("kind", "text", "wanted"),
    [
        ("UPPERCASE", "straße", "STRASSE"),
        ("lowercase", "ÀB", "àb"),
        ("Capitalize Every Word", "hello world", "Hello World"),
        ("Capitalize with Title Case", "hello world", "Hello World"),
        ("Capitalize with Title Case", "the lord of the rings", "The Lord of the Rings"),
        ("Capitalize with sentence case", "hello world. and you?", "Hello world. And you?"),
        ("cApItAlIzE wItH aLtErNaTiNg cAsE", "hello", "hElLo"),
        ("UPPERCASE", "", ""),
    ],
)
def test_f098_changing_case(kind, text, wanted):
    assert shown(f'result = {A}text_changecase(text=shortcut_input(), WFCaseType="{kind}")', input=text) == wanted


def test_f022_a_reference_that_gives_nothing_is_an_empty_text():
    replace = f"none = {A}nothing()\nresult = {A}text_replace(WFInput=f'{{none}}', WFReplaceTextFind='a')"
    assert shown(replace) == ""
    assert shown(f"none = {A}nothing()\nresult = {A}urlencode(WFInput=f'{{none}}')") == ""


def test_a_text_that_doubles_is_stopped():
    code = """
text = "ab"
for repeat_index in range(40):
    text = f"{text}{text}"
"""
    assert "MiB" in error_of(code)
