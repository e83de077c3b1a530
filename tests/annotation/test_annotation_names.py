"""New names: where they go in the text, which are mended, and which are refused."""

import ast

import pytest

from workflowllm.annotation.rename import code_names, rename
from workflowllm.shortcuts.compare import differences
from workflowllm.shortcuts.from_python.program import compile_code
from workflowllm.shortcuts.model.workflow import build_workflow


def made(code):
    return build_workflow(compile_code(code), None)


def assert_equal_shortcut(code, new):
    assert list(differences(made(code), made(new))) == []
    assert list(differences(made(new), made(code))) == []


@pytest.mark.parametrize(
    ("code", "new"),
    [
        ('t = "t"\nu = f"t {t} {{t}} t"\n', 'n = "t"\nu = f"t {n} {{t}} t"\n'),
        ("t = 'x'\nu = f'''{t!s:>{t}} \"t\" {t:t}'''\n", "n = 'x'\nu = f'''{n!s:>{n}} \"t\" {n:t}'''\n"),
        ("t = 'x'\nu = rf'\\{t} \\N{t}'\n", "n = 'x'\nu = rf'\\{n} \\N{n}'\n"),
        ("t = 'x'\nu = f'\\N{EM DASH} \\'{t}\\' \\\\{t}'\n", "n = 'x'\nu = f'\\N{EM DASH} \\'{n}\\' \\\\{n}'\n"),
        ("t = 'x'\nu = f'{dict(t)[\"t\"]} {t.t}'\n", "n = 'x'\nu = f'{dict(n)[\"t\"]} {n.t}'\n"),
        ("t = 'x'\nu = f'👋{t}👩‍👧'; v = f\"{t}\"\n", "n = 'x'\nu = f'👋{n}👩‍👧'; v = f\"{n}\"\n"),
        ("t = 'x'\nf(t=t, u={'t': t}, v=[t == t])\n", "n = 'x'\nf(t=n, u={'t': n}, v=[n == n])\n"),
        ("t = 'x'\nu = (t\n# t\n + t)  # t\n", "n = 'x'\nu = (n\n# t\n + n)  # t\n"),
        ("t = 'x'\nu = b't' + rb't' + u't' + 't'\n", "n = 'x'\nu = b't' + rb't' + u't' + 't'\n"),
        ("t = 1e5\nu = 0xt if 0 else t\n".replace("0xt", "0x1f"), "n = 1e5\nu = 0x1f if 0 else n\n"),
        ('t = """\nt = t\n"""\nu = t\n', 'n = """\nt = t\n"""\nu = n\n'),
        ("t = 'x'\nu = f\"{'{'}{t}{'}'}\"\n", "n = 'x'\nu = f\"{'{'}{n}{'}'}\"\n"),
        ("t = 'x'\nu = f'{(t != t)} {t!r}'\n", "n = 'x'\nu = f'{(n != n)} {n!r}'\n"),
    ],
)
def test_only_the_names_in_the_text_are_found(code, new):
    pieces, end = [], 0
    for name in code_names(code):
        pieces += [code[end : name.start], "n" if name.text == "t" else name.text]
        end = name.end
    assert "".join(pieces) + code[end:] == new
    ast.parse(new)


def test_all_uses_of_an_output_are_renamed_and_nothing_else():
    code = (
        'text = "text"\n'
        "for Repeat_Index, Repeat_Item in enumerate(shortcut_input(), start=1):\n"
        '    text_2 = f"{text} text {Repeat_Item.text} {Repeat_Index}"\n'
        'is_workflow_actions_text_split(text=text, **{"text": 1})\n'
    )
    renamed = rename(code, {"text": "greeting", "Repeat_Item": "each", "Repeat_Index": "place", "text_2": "line"})
    assert renamed.code == (
        'greeting = "text"\n'
        "for place, each in enumerate(shortcut_input(), start=1):\n"
        '    line = f"{greeting} text {each.text} {place}"\n'
        'is_workflow_actions_text_split(text=greeting, **{"text": 1})\n'
    )
    assert_equal_shortcut(code, renamed.code)


def test_a_variable_keeps_what_shortcuts_calls_it():
    code = 'text = "a"\nGreeting = text\nGreeting = text\nList = []\nList.append(text)\nprint(f"{Greeting}{List}")\n'
    renamed = rename(code, {"Greeting": "hello", "List": "found", "text": "words"})
    assert 'hello: "Greeting" = words\nhello = words\nfound: "List" = []\n' in renamed.code
    assert_equal_shortcut(code, renamed.code)


def test_a_label_that_is_there_stays():
    code = 'x: "Loud greeting" = "a"\ny: "my list" = x\nprint(f"{x}{y}")\n'
    renamed = rename(code, {"x": "z", "y": "w"})
    assert renamed.code == 'z: "Loud greeting" = "a"\nw: "my list" = z\nprint(f"{z}{w}")\n'
    assert_equal_shortcut(code, renamed.code)


def test_match_and_case_may_be_names():
    code = (
        'match = "m"\ncase = match\nmatch menu(f"{match}"):\n    case "case":\n        print(match)\n'
        '    case "x" if shown_as(f"{case}"):\n        case = match\n'
    )
    renamed = rename(code, {"match": "found", "case": "kind"})
    assert renamed.code == (
        'found = "m"\nkind: "case" = found\nmatch menu(f"{found}"):\n    case "case":\n        print(found)\n'
        '    case "x" if shown_as(f"{kind}"):\n        kind = found\n'
    )
    assert_equal_shortcut(code, renamed.code)


@pytest.mark.parametrize(
    ("proposed", "name", "reason"),
    [
        ("a name", "a_name", "no-identifier"),
        ("2nd", "_2nd", "no-identifier"),
        ("class", "class_", "no-identifier"),
        ("x" * 100, "x" * 60, "no-identifier"),
        ("a\nb#c", "a_b_c", "no-identifier"),
        ("ﬁle", "file", "no-identifier"),
        ("date", "date_value", "reserved"),
        ("menu", "menu_value", "reserved"),
        ("print", "print_value", "reserved"),
        ("sum", "sum_value", "reserved"),
        ("is_workflow_actions_url", "is_workflow_actions_url_value", "reserved"),
        ("other", "other_2", "clash"),
    ],
)
def test_a_name_that_cannot_be_is_mended(proposed, name, reason):
    code = 'text = "a"\nother = "b"\nprint(f"{text}{other}")\n'
    renamed = rename(code, {"text": proposed})
    assert renamed.names == {"text": name}
    assert renamed.mended[reason] == 1
    assert_equal_shortcut(code, renamed.code)


@pytest.mark.parametrize("proposed", ["", "   ", "!!!", "\ud800", None, 7, ["a"], {"a": 1}])
def test_what_is_no_name_is_refused_alone(proposed):
    code = 'text = "a"\nother = "b"\nprint(f"{text}{other}")\n'
    renamed = rename(code, {"text": proposed, "other": "second"})
    assert renamed.names == {"other": "second"}
    assert renamed.refused == {"no-name": 1}


def test_names_that_cannot_be_given_are_refused_with_their_reason():
    code = (
        "for Repeat_Item in shortcut_input():\n    pass\nRepeat_Item = clipboard()\nx = 1\n"
        "for _ in range(2):\n    x += 1\ny += 1\n"
    )
    renamed = rename(code, {"Repeat_Item": "a", "_": "b", "nothing_here": "c", "y": "d", "x": "e"})
    assert renamed.refused == {"loop-and-variable": 1, "no-such-variable": 2, "no-place-for-its-shown-name": 1}
    assert renamed.names == {"x": "e"}


def test_two_names_may_be_swapped_and_never_fall_together():
    code = 'a = "1"\nb = "2"\nc = "3"\nprint(f"{a}{b}{c}")\n'
    assert rename(code, {"a": "b", "b": "a"}).code == 'b = "1"\na = "2"\nc = "3"\nprint(f"{b}{a}{c}")\n'
    together = rename(code, {"a": "x", "b": "x", "c": "x"})
    assert sorted(together.names.values()) == ["x", "x_2", "x_3"]
    refused = rename(code, {"a": "b", "b": ""})  # b stays, so a cannot take its name
    assert refused.names == {"a": "b_2"}


def test_a_name_in_a_text_that_shows_itself_changes_nothing():
    code = 'a = "1"\nprint(f"{a=}")\n'
    renamed = rename(code, {"a": "b"})
    assert renamed.code == code
    assert renamed.refused == {"changes-the-shortcut": 1}


def test_comments_inside_a_call_take_time_in_proportion_to_their_length():
    """A comment that could be split at each `#` would take 2 ** 5,000 steps."""
    code = "x = 'a'\nprint(x " + "# " * 5000 + "\n)\nprint(x " + "#\n" * 5000 + ")\n"
    assert rename(code, {"x": "text"}).names == {"x": "text"}
