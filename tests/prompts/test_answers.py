"""Plan and code out of answers as models really write them."""

import ast
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflowllm.prompts.answers import Answer, format_answer, is_over, parse_answer

REAL = Path(__file__).with_name("small_model_answers.jsonl")
CODE = '# Say hello\ntext = "Hello"\nis_workflow_actions_showresult(Text=text)'
PLAN = "1. Make a text\n2. Show it"
FENCED = f"```python\n{CODE}\n```"


def test_the_form_itself_comes_back() -> None:
    assert parse_answer(format_answer(PLAN, CODE)) == Answer(PLAN, CODE)
    assert parse_answer(format_answer("", CODE)) == Answer("", CODE)


@given(plan=st.text(st.characters(exclude_characters="`~\r", exclude_categories=["Cs"])))
def test_any_plan_in_prose_leaves_the_code_whole(plan: str) -> None:
    assert parse_answer(format_answer("1. " + plan, CODE)).code == CODE


MESSY = {
    "no thought": (f"Code:\n{FENCED}", "", CODE),
    "a fence alone": (FENCED, "", CODE),
    "prose around it": (f"Sure! Here it is.\n\n{FENCED}\n\nThis works by magic.", "Sure! Here it is.", CODE),
    "headings in bold": (f"**Thought:**\n{PLAN}\n\n**Code:**\n{FENCED}", PLAN, CODE),
    "headings of Markdown": (f"### Thought\n{PLAN}\n\n### Code\n{FENCED}".replace("Thought", "Thought:"), PLAN, CODE),
    "fence without a language": (f"Thought:\n{PLAN}\n\nCode:\n```\n{CODE}\n```", PLAN, CODE),
    "language in capitals": (f"Code:\n```Python\n{CODE}\n```", "", CODE),
    "tildes": (f"Thought: {PLAN}\nCode:\n~~~python\n{CODE}\n~~~", PLAN, CODE),
    "four marks": (f"Code:\n````python\n{CODE}\n````", "", CODE),
    "CRLF": (format_answer(PLAN, CODE).replace("\n", "\r\n"), PLAN, CODE),
    "old line ends": (format_answer(PLAN, CODE).replace("\n", "\r"), PLAN, CODE),
    "glued opening": (f"Thought:\n{PLAN}\nCode: {FENCED}", PLAN, CODE),
    "glued closing": (f"Code:\n```python\n{CODE}```", "", CODE),
    "glued after": (f"Code:\n```python\n{CODE}\n```This is all.", "", CODE),
    "code on the opening line": (f"Code:\n```python {CODE[12:]}\n```", "", CODE[12:]),
    "indented in a list": ("1. Do this:\n   ```python\n   text = 1\n   print(text)\n   ```\n", "1. Do this:",
                           "text = 1\nprint(text)"),
    "in German": (f"Gedanke: {PLAN}\n\nQuellcode:\n{FENCED}", PLAN, CODE),
    "in Chinese": (f"思考：{PLAN}\n\n代码：\n{FENCED}", PLAN, CODE),
    "in Spanish": (f"Pensamiento:\n{PLAN}\n\nCódigo:\n{CODE}", PLAN, CODE),
    "heading, no fence": (f"Thought:\n{PLAN}\n\nCode:\n{CODE}", PLAN, CODE),
    "heading, no fence, prose behind": (f"Code:\n{CODE}\n\nThis shows a text, isn't it?", "", CODE),
    "neither heading nor fence": (f"Here is the workflow:\n\n{CODE}", "Here is the workflow:", CODE),
    "code alone": (CODE, "", CODE),
    "thoughts only": (f"Thought:\n{PLAN}", PLAN, ""),
    "prose only": ("I cannot do that.", "I cannot do that.", ""),
    "nothing": ("", "", ""),
    "white space": (" \n\t\n", "", ""),
    "thinking aloud": (f"<think>maybe ```python\nx = (\n```</think>\nThought:\n{PLAN}\nCode:\n{FENCED}", PLAN, CODE),
    "thinking without an end": ("<think>hm, ```python\nprint(1)\n```", "", ""),
    "byte order mark": ("\ufeff" + format_answer(PLAN, CODE), PLAN, CODE),
    "quoted": ("> Code:\n> ```python\n> text = 1\n> ```", "", "text = 1"),
}  # fmt: skip


@pytest.mark.parametrize("name", MESSY)
def test_messy(name: str) -> None:
    raw, plan, code = MESSY[name]
    answer = parse_answer(raw)
    assert (answer.plan, answer.code) == (plan, code)


@pytest.mark.parametrize("line", REAL.read_text("utf-8").splitlines())
def test_answers_of_the_small_model(line: str) -> None:
    """Real answers of SmolLM2-135M-Instruct, untrained, at temperature 0.9; what to find in them was read by eye."""
    row = json.loads(line)
    answer = parse_answer(row["raw"])
    assert answer.plan.startswith(row["plan_begins"]) and answer.plan.endswith(row["plan_ends"])
    assert bool(answer.plan) == bool(row["plan_begins"]) and bool(answer.code) == bool(row["code_begins"])
    assert answer.code.startswith(row["code_begins"]) and answer.code.endswith(row["code_ends"])
    assert answer.is_cut == row["is_cut"]


def test_of_several_fences_the_longest_python_one_counts() -> None:
    raw = f"First ```json\n{{}}\n```\n```python\nx = 1\n```\nBetter:\n{FENCED}\n```text\n{'long ' * 50}\n```\n"
    assert parse_answer(raw).code == CODE


def test_fences_of_the_plan_do_not_count() -> None:
    draft = "```python\n" + "draft(a=1)\n" * 20 + "```"
    assert parse_answer(f"Thought:\nlike this\n{draft}\nthen\n\nCode:\n{FENCED}").code == CODE


@pytest.mark.parametrize("cut", range(len("Code:\n```python\n"), len(f"Code:\n{FENCED}") - 3, 7))
def test_an_answer_cut_anywhere_gives_what_there_is(cut: int) -> None:
    raw = f"Code:\n{FENCED}"[:cut]
    answer = parse_answer(raw)
    assert answer.is_cut and answer.code == raw.partition("```python\n")[2].rstrip()


def test_a_mark_inside_a_string_closes_nothing() -> None:
    code = 'text = """Use\n```\nx\n```\nso."""\nprint(text)'
    assert parse_answer(f"Code:\n```python\n{code}\n```\nDone.").code == code
    assert parse_answer(f"Code:\n```python\n{code}\n```").code == code


def test_marks_in_a_string_of_code_that_is_no_python_anyway() -> None:
    code = 'text = """a\n```\nb"""\nbroken('
    assert parse_answer(f"```python\n{code}\n```\nend").code == code


def test_json_answers() -> None:
    fields = '{"thought": ["Make it", "Show it"], "code": "text = 1\\nprint(text)"}'
    assert parse_answer(fields) == Answer("Make it\nShow it", "text = 1\nprint(text)")
    assert parse_answer(f"```json\n{fields}\n```") == Answer("Make it\nShow it", "text = 1\nprint(text)")
    assert parse_answer('{"plan": "p", "workflow_code": "```python\\nx = 1\\n```"}') == Answer("p", "x = 1")
    assert parse_answer('{"answer": 3}').code == ""


def test_a_fence_that_never_closes_is_cut_and_a_closed_one_not() -> None:
    assert parse_answer(f"Code:\n```python\n{CODE}").is_cut
    assert parse_answer(f"Code:\n```python\n{CODE}\n").is_cut
    assert not parse_answer(f"Code:\n{FENCED}").is_cut
    assert parse_answer("Thought:\nhm").is_cut


def test_an_answer_is_over_when_its_fence_closes_and_not_before() -> None:
    whole = format_answer(PLAN, CODE) + "\n"
    for end in range(len(whole)):
        assert not is_over(whole[:end])
    assert is_over(whole)
    assert is_over(whole + "And then some")


@pytest.mark.parametrize("text", [
    f"Thought:\n```\n{PLAN}\n```\n",  # the plan's own fence
    f"Thought:\n```text\n{PLAN}\n```\nCode:\n",
    'Code:\n```python\ntext = """a\n```\n',  # inside a string
    "Code:\n```\n",  # that is the opening
    "Code:\n```python\n",
])  # fmt: skip
def test_not_over(text: str) -> None:
    assert not is_over(text)


@pytest.mark.parametrize("text", [
    "```python\nnot python at all (\n```\n",  # nothing better will come
    "Code:\n```\nx = 1\n```\n",
    "Code:\n~~~python\nx = 1\n~~~\n",
    'Code:\n```python\ntext = """a\n```\nb"""\n```\n',
])  # fmt: skip
def test_over(text: str) -> None:
    assert is_over(text)


@given(st.text(st.sampled_from("`~\n \"'#Code:Thought python x=1()\r\ud800\0"), max_size=80))
def test_no_text_is_too_strange(text: str) -> None:
    answer = parse_answer(text)
    assert isinstance(answer.code, str) and isinstance(answer.plan, str)
    is_over(text)


def test_thousands_of_marks_are_read_in_time_that_grows_with_them() -> None:
    """Each try parses; their number is bounded."""
    answer = parse_answer("```python\n" + "x = (\n```\n" * 3000)
    assert answer.code.startswith("x = (")
    assert parse_answer("(" * 20_000).code == ""
    assert parse_answer("```python\n" + "(" * 20_000 + "\n```").code == "(" * 20_000


def test_code_that_reads_stays_as_it_is_written() -> None:
    code = "if a:\n    x = 1\nelse:\n    x = '''\n  odd\n'''"
    ast.parse(code)
    assert parse_answer(format_answer("p", code)).code == code
