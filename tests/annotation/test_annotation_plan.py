"""Plans: numbered, nested, and short however long the program is."""

import re

import pytest

from workflowllm.annotation.rules.plan import LONGEST_PLAN, MOST_CHARACTERS, plan_text
from workflowllm.annotation.rules.steps import comment_of, steps_of
from workflowllm.shortcuts.from_python.program import parse_program


def plan_of(code):
    return plan_text(steps_of(parse_program(code), code))


def comments_of(code):
    return [comment_of(step) for top in steps_of(parse_program(code), code) for step in top.walk()]


CODE = '''"""Tells the time politely."""
answer = input("Your name?")
Name = answer
if Name == "":
    is_workflow_actions_alert(WFAlertActionTitle="Oh", WFAlertActionMessage="No name")
    is_workflow_actions_exit()
else:
    for _ in range(3):
        is_workflow_actions_speaktext(WFText=f"Hello {Name}")
        is_workflow_actions_delay(WFDelayTime=2.0)
match menu("Next?"):
    case "Copy":
        is_workflow_actions_setclipboard(WFInput=Name)
    case "Nothing":
        pass
'''


def test_a_plan_says_what_happens_under_which_condition():
    assert plan_of(CODE) == (
        '1. Ask the user "Your name?", stored as name.\n'
        "2. If the name is an empty text:\n"
        '   2.1. Show an alert titled "Oh" saying "No name".\n'
        "   2.2. Stop the shortcut.\n"
        "   Otherwise:\n"
        "   2.3. Repeat 3 times:\n"
        '      2.3.1. Speak "Hello [name]".\n'
        "      2.3.2. Wait 2 seconds.\n"
        '3. Show the menu "Next?":\n'
        '   3.1. "Copy": copy the name to the clipboard.\n'
        '   3.2. "Nothing": do nothing.'
    )


def test_each_line_has_a_comment_in_words():
    assert comments_of(CODE) == [
        "Note: Tells the time politely.",
        'Ask the user "Your name?"',
        "Store the answer as name",
        *["Check whether the name is an empty text"] * 2,
        'Show an alert titled "Oh" saying "No name"',
        "Stop the shortcut",
        "Otherwise, take this path",
        "Repeat 3 times",
        'Speak "Hello [name]"',
        "Wait 2 seconds",
        'Let the user choose from a menu: "Next?"',
        'When the user chooses "Copy"',
        "Copy the name to the clipboard",
        'When the user chooses "Nothing"',
        "Do nothing",
    ]


def nested(depth):
    return "".join(f"{'    ' * level}for _ in range(2):\n" for level in range(depth)) + "    " * depth + "print('x')\n"


def menu(count):
    cases = (f'    case "{number}":\n        print("a")\n        print("b")\n' for number in range(count))
    return 'match menu("?"):\n' + "".join(cases)


def branches(count):
    return 'x = "1"\nif x == "0":\n    print(x)\n' + "".join(
        f'elif x == "{number}":\n    print(x)\n    print("{number}")\n' for number in range(count)
    )


@pytest.mark.parametrize(
    "code",
    [
        "".join(f'print("{number}")\n' for number in range(800)),
        menu(150),
        branches(80),
        nested(18),
        "".join(f'if clipboard():\n    print("{number}")\n    print("b")\n' for number in range(200)),
        "".join(nested(4) for _ in range(60)),
        'text = """' + "long " * 20_000 + '"""\n' + "".join(f"a{n} = text\n" for n in range(100)),
    ],
)
def test_a_long_program_has_a_plan_of_bounded_length(code):
    plan = plan_of(code)
    lines = plan.split("\n")
    assert len(lines) <= LONGEST_PLAN
    assert len(plan) <= MOST_CHARACTERS
    numbers = [match[0] for line in lines if (match := re.match(r"\d+(\.\d+)*(?=\. )", line.strip()))]
    assert len(numbers) == len(set(numbers)) and numbers[0] == "1"
    for number in numbers:  # every step stands beneath one that is there
        assert "." not in number or number.rpartition(".")[0] in numbers


@pytest.mark.parametrize("code", ["", "# nothing\n", '"""a note"""\n', "x = None\n"])
def test_a_program_without_actions_has_a_plan_too(code):
    assert plan_of(code) == "1. Do nothing: the workflow has no actions."


@pytest.mark.parametrize(
    ("line", "comment"),
    [
        ('x = is_workflow_actions_downloadurl(WFURL="https://a.b", WFHTTPMethod="POST")',
         'Download the contents of "https://a.b" with a POST request'),
        ("is_workflow_actions_math(WFInput=clipboard(), WFMathOperand=3)", "Add 3 to the clipboard"),
        ('is_workflow_actions_math(WFInput=clipboard(), WFMathOperand="2", WFMathOperation="÷")',
         "Divide the clipboard by 2"),
        ("is_workflow_actions_wifi_set(OnValue=False)", "Turn Wi-Fi off"),
        ('is_workflow_actions_alert(WFAlertActionTitle="{WFInput} [x?y]")', 'Show an alert titled "{WFInput} [x?y]"'),
        ("is_workflow_actions_openurl()", "Open the link"),
        ('is_workflow_actions_text_split(text="a", WFTextSeparator="Custom", WFTextCustomSeparator=";")',
         'Split "a" at ";"'),
        ('x = clipboard()["user name"]', "Get the user name of the clipboard"),
        ('x = clipboard()["a.b"]', 'Get the value for "a.b" in the clipboard'),
        ('action("no.such.app.DoItIntent", a="some words")', 'Use "Do it" of App with the a "some words"'),
        ('is_workflow_actions_filter_photos(WFContentItemFilter=all_of(where("Is a Screenshot", "==", Bool=True)))',
         "Find Photos where each is a screenshot"),
        ("is_workflow_actions_setbrightness(WFBrightness=0.25)", "Set the brightness of the screen to 25%"),
        ("x = f'{shortcut_input()}'", "Take the shortcut's input as text"),
        ("x = '''a\n\"b\"'''", "Write the text \"a 'b'\""),
    ],
)  # fmt: skip
def test_an_action_in_words(line, comment):
    assert comments_of(line) == [comment]
