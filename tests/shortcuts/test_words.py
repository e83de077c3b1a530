"""The table of words: complete, used by both directions, and in step with the page and the prompt that teach them."""

import re
from pathlib import Path

import pytest
from helpers import action, round_trip

from workflowllm.prompts.language import language_rules
from workflowllm.shortcuts.dialect.problems import DialectError
from workflowllm.shortcuts.dialect.words import NO_ACTIONS, TABLE, Word, words_of
from workflowllm.shortcuts.from_python import python_words, values
from workflowllm.shortcuts.from_python.program import compile_code

PAGE = (Path(__file__).parents[2] / "docs" / "dialect.md").read_text("utf-8")
PROMPT = language_rules()
WORDS = [row for row in TABLE if not row.kind.startswith("refused")]
CALL = re.compile(r"(?<![\w\"])([a-z_]\w*)\(")


def called(text: str) -> set[str]:
    """The names that a text calls, but for identifiers of actions and what OS 27 writes."""
    return {name for name in CALL.findall(text) if not name.startswith(("is_workflow_", "com_", "shortcuts_builtin_"))}


def names(text: str, word: str) -> bool:
    return re.search(rf"\b{word}\b", text) is not None


def test_no_word_means_two_things_of_one_kind() -> None:
    assert len({(row.word, row.kind) for row in TABLE}) == len(TABLE)
    assert len({row.word for row in TABLE} & {"if", "menu", "str", "append", "import_question"}) == 5


def test_what_compiles_words_is_keyed_by_the_table() -> None:
    assert values.VALUE_CALLS.keys() == words_of("value").keys() - {"text_of"}
    assert python_words.FUNCTIONS.keys() == words_of("python").keys() | {"float", "len"}
    of_modules = {word for words in python_words.OF_MODULES.values() for word in words}
    assert python_words.METHODS.keys() | of_modules == words_of("python method").keys()
    assert values.REFERENCE_CALLS.keys() == words_of("reference").keys() | {"block_result"}


def test_the_page_explains_every_word_and_calls_no_other() -> None:
    assert [row.word for row in WORDS if not names(PAGE, row.word)] == []
    assert called(PAGE) - {row.word for row in WORDS} == set()


def test_the_page_lists_the_python_that_people_write_with_its_action() -> None:
    rows = [f"| `{row.example}` | {row.meaning} |" for row in TABLE if row.kind.startswith("python")]
    assert len(rows) > 20
    assert [row for row in rows if row not in PAGE] == []


@pytest.mark.parametrize("row", [row for row in TABLE if row.kind.startswith("python")], ids=lambda row: row.word)
def test_python_becomes_the_action_that_the_table_says(row: Word) -> None:
    made = compile_code(f"x = clipboard()\nd = x\nitems = x\nz = {row.example}").actions
    assert row.stands_for in [action["WFWorkflowActionIdentifier"] for action in made]


def test_the_prompt_teaches_the_words_marked_as_taught_and_calls_no_other() -> None:
    taught = {row.word for row in TABLE if row.taught or row.kind.startswith("python")}
    assert [word for word in taught if not names(PROMPT, word)] == []
    assert called(PROMPT) - taught == set()


# What may stand around a word's example; which of them fits depends on the kind of word.
AROUND = (
    "{}",
    "z = {}",
    "is_workflow_actions_alert(V={})",
    "is_workflow_actions_list(WFItems=[{}])",
    "is_workflow_actions_filter_files(V=all_of({}))",
    "if {}:\n    pass",
    "for i, j in {}:\n    pass",
    "{}\n    pass",
    "{}\n    case 'a':\n        pass",
    "if x:\n    pass\n{}\n    pass",
    "if x:\n    pass\n{}",
    "if x:\n    pass\nelse:\n    {}",
    "match menu('?'):\n    {}\n        pass",
    "{}\nis_workflow_actions_speaktext(WFText='a')",
)


def compiles(code: str) -> bool:
    try:
        compile_code(f"x = clipboard()\ny = x\nd = x\nitems = x\n{code}")
    except DialectError:
        return False
    return True


@pytest.mark.parametrize("row", WORDS, ids=lambda row: f"{row.word}-{row.kind}")
def test_every_example_compiles_with_something_around_it(row: Word) -> None:
    assert names(row.example, row.word)
    assert any(compiles(around.format(row.example)) for around in AROUND)


@pytest.mark.parametrize("row", [row for row in TABLE if row.kind.startswith("refused")], ids=lambda row: row.word)
def test_refused_words_are_refused_with_what_to_write_instead(row: Word) -> None:
    with pytest.raises(DialectError) as refusal:
        compile_code(f"x = clipboard()\nz = {row.example}")
    assert row.stands_for in str(refusal.value)


def test_an_identifier_spelt_as_a_word_is_printed_as_an_identifier() -> None:
    spelt = sorted(word for word in NO_ACTIONS if "_" in word)
    assert {"text_of", "shortcut_input", "import_question"} <= set(spelt)
    for word in spelt:
        identifier = word.replace("_", ".")
        assert round_trip(action(identifier, Key=1)) == f'action("{identifier}", Key=1)\n'
