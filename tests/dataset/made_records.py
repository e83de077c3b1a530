"""Records made up for the tests of the build: distinct ones, near-duplicates of them, and some that call rare APIs."""

import random
import re
from typing import Any

COMMON = ["gettext", "alert", "getclipboard", "setclipboard", "openurl", "speaktext", "notification", "number"]
RARE = {
    "dk.simonbs.DataJar": ["GetValueIntent", "SetValueIntent"],
    "com.alexhay.Console": ["LogMessageIntent"],
    "com.openai.chat": ["OpenVoiceModeIntent"],
    "com.brogrammers.charty": ["NewChartWithSeriesIntent", "AddSeriesToChartIntent"],
}
WORDS = ["".join(random.Random(number).choices("abcdefghiklmnoprstuw", k=6)) for number in range(3000)]


def record(key: str, rng: random.Random, calls: list[str] | None = None) -> dict[str, Any]:
    """A record of ten actions with texts of its own."""
    lines = []
    for index in range(10):
        name = rng.choice(COMMON) if index < 8 or not calls else rng.choice(calls)
        function = name if "." in name else f"is.workflow.actions.{name}"
        text = " ".join(rng.choices(WORDS, k=8))
        lines += [f"# Step {index}", f'step_{index} = {function.replace(".", "_")}(Text="{text}")']
    return {
        "key": key,
        "title": key,
        "category": rng.choice(["Utilities", "Music", ""]),
        "query": "How can I " + " ".join(rng.choices(WORDS, k=20)) + "?",
        "task_plan": "1. " + " ".join(rng.choices(WORDS, k=5)),
        "workflow_code": "\n".join(lines) + "\n",
        "metadata": {"WFWorkflowTypes": [key]},
    }


def near_code(made: dict[str, Any], key: str, rng: random.Random) -> dict[str, Any]:
    """The same code with other names, other comments and one word changed, under another query (Jaccard about .86)."""
    code = made["workflow_code"].replace("step_", "result_").replace("# Step", "# Now do")
    word = code.rsplit('"', 2)[1].split()[3]
    return record(key, rng) | {"workflow_code": code.replace(word, "changed", 1)}


def near_query(made: dict[str, Any], key: str, rng: random.Random) -> dict[str, Any]:
    """Other code under the same query with one word more."""
    return record(key, rng) | {"query": made["query"].replace("?", " please?")}


def many(count: int, seed: int = 0) -> list[dict[str, Any]]:
    """`count` distinct records; every fifth calls a rare API; after every tenth a near code, after every tenth a near
    query."""
    rng = random.Random(seed)
    made: list[dict[str, Any]] = []
    applications = list(RARE.items())
    for number in range(count):
        calls = None
        if number % 5 == 0:
            application, actions = applications[number // 5 % len(applications)]
            calls = [f"{application}.{action}" for action in actions]
        new = record(f"record-{number}", rng, calls)
        made.append(new)
        if number % 10 == 3:
            made.append(near_code(new, f"code-{number}", rng))
        if number % 10 == 7:
            made.append(near_query(new, f"query-{number}", rng))
    return made


def exact_jaccard(one: str, other: str, run: int = 3) -> float:
    """Of the sets of runs of words."""
    first, second = ({tuple(words[index : index + run]) for index in range(max(1, len(words) - run + 1))}
                     for words in (re.findall(r"\w+", text.lower()) for text in (one, other)))  # fmt: skip
    return len(first & second) / len(first | second)
