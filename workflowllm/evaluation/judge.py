"""Verdicts on predictions by a judge: how they are made, pass rates of any verdicts, and agreement with people."""

import asyncio
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pydantic
from tabulate import tabulate

from workflowllm.apis.model import STATEMENTS
from workflowllm.evaluation.prediction_files import prediction_rows
from workflowllm.evaluation.predictions import key_of, read_answer
from workflowllm.llm.client import Client
from workflowllm.llm.replies import NoUsableAnswer
from workflowllm.metrics.agreement import FAIL, PASS, UNREADABLE, Labels, agreement, confusion, kappa
from workflowllm.metrics.execution import told_runs
from workflowllm.prompts.generation import api_stub
from workflowllm.prompts.prompt_files import Message, Prompt
from workflowllm.records.forms import Record, normalised, same_api
from workflowllm.runs.command import CommandError
from workflowllm.shortcuts.dialect.comments import strip_comments

PROMPT_FIELDS = frozenset({"query", "apis", "code", "fence", "run"})
NAMED_BY = ("key", "model", "split")
JUDGE, STATIC, EXECUTION = "judge", "static", "execution"
RULES = (STATIC, EXECUTION)  # backends that ask no model
_STUB_LEVEL = 1  # signatures and what an API does, without words on its parameters
_NO_CODE = "there is no code."
_BACKTICKS = re.compile("`{3,}")


class Verdict(pydantic.BaseModel):
    """What a judge answers."""

    reason: str
    verdict: bool


@dataclass(frozen=True)
class Judge:
    """How verdicts are made. Of several votes each has a seed of its own, and `vote_temperature`.

    `comments`: the judge sees the code's comments; `with_run`: and what happens when the code runs.
    """

    prompt: Prompt
    model: str
    votes: int = 1
    seed: int = 0
    vote_temperature: float = 0.7
    comments: bool = True
    with_run: bool = False

    async def __call__(self, record: Record, client: Client) -> Record:
        """The line of one prediction. Its verdict is None where no vote could be read."""
        line = started_line(record, JUDGE) | {"judge_model": self.model, "prompt_sha256": self.prompt.sha256}
        line |= {"comments": self.comments, "with_run": self.with_run}
        if not record["generated_code"].strip():
            return line | {"verdict": False, "reason": _NO_CODE, "messages": [], "votes": [], "usage": _usage([])}
        messages = self.messages(record)
        votes = await asyncio.gather(*(self._vote(messages, number, client) for number in range(self.votes)))
        verdict = majority([vote["verdict"] for vote in votes])
        reason = next((vote["reason"] for vote in votes if vote["verdict"] == verdict), "the votes are even.")
        return line | {
            "verdict": verdict, "reason": reason, "messages": messages, "votes": votes, "usage": _usage(votes)
        }  # fmt: skip

    def messages(self, record: Record) -> list[Message]:
        """The question about one prediction."""
        names = dict.fromkeys(record["apis"])
        apis = [name for name in names if not any(same_api(name, known) for known in STATEMENTS)]
        code = record["generated_code"] if self.comments else strip_comments(record["generated_code"])
        fields = {
            "query": record["query"].strip(), "code": code.strip(),
            "apis": "\n\n".join(api_stub(name, _STUB_LEVEL) for name in apis),
            "run": told_runs(code) if self.with_run else "",
        }  # fmt: skip
        return self.prompt.messages(**fields, fence=fence_around(fields.values()))

    async def _vote(self, messages: list[Message], number: int, client: Client) -> dict[str, Any]:
        settings = {"seed": self.seed + number}
        if self.votes > 1:
            settings["temperature"] = self.vote_temperature
        try:
            reply = await client.ask(messages, Verdict, **settings)
            verdict, reason = reply.data.verdict, reply.data.reason
        except NoUsableAnswer as unreadable:
            reply, verdict, reason = unreadable.reply, None, str(unreadable)
        return {
            "verdict": verdict, "reason": reason, "seed": settings["seed"], "raw": reply.text,
            "prompt_tokens": reply.prompt_tokens, "completion_tokens": reply.completion_tokens,
        }  # fmt: skip

    def identity(self, line: Record) -> str:
        """What a line of the output judges. Raises CommandError for a line that another judge made."""
        votes = len(line.get("votes", ())) or self.votes  # none were asked for where there is no code
        made = (line["backend"], line["judge_model"], line["prompt_sha256"], votes)
        shown = (line.get("comments", True), line.get("with_run", False))
        if made + shown != (JUDGE, self.model, self.prompt.sha256, self.votes, self.comments, self.with_run):
            raise CommandError(
                f"the output holds verdicts of another judge ({made[0]} {made[1]}, prompt {str(made[2])[:8]}, "
                f"{made[3]} votes, {'with' if shown[0] else 'without'} comments, {'with' if shown[1] else 'without'} "
                "runs); name another output, or use --overwrite."
            )
        return identity(line)


def identity(line: Record) -> str:
    """What tells predictions apart: key, model and split, and among several answers to these the number."""
    number = [line["sample"]] if line.get("sample") else []
    return json.dumps([*(_text(line, name) for name in NAMED_BY), *number], ensure_ascii=False)


def started_line(record: Record, backend: str) -> Record:
    """What a verdict's line begins with."""
    number = {"sample": record["sample"]} if record.get("sample") else {}
    return {name: _text(record, name) for name in NAMED_BY} | number | {"backend": backend}


def _text(record: Record, name: str) -> str:
    return "" if record.get(name) is None else str(record[name])


def fence_around(texts: Iterable[str]) -> str:
    """Backticks that no run of backticks in the texts can close."""
    longest = max((len(run) for text in texts for run in _BACKTICKS.findall(text)), default=2)
    return "`" * (longest + 1)


def majority(verdicts: Sequence[bool | None]) -> bool | None:
    """Whether more readable votes pass than fail; as many of each do not pass; None if none could be read."""
    counts = Counter(verdict for verdict in verdicts if verdict is not None)
    return counts[True] > counts[False] if counts else None


def predictions(path: Path) -> Iterator[tuple[str, Record | ValueError]]:
    """(identity, prediction) of a file, named and read as the evaluator does; what cannot be judged is an error."""
    numbers: Counter[str] = Counter()
    for number, row in prediction_rows(path):
        where = f"{path.name} line {number}"
        if isinstance(row, dict):
            row = normalised(row) | {"key": key_of(row) or where}
            numbers[identity(row | {"sample": 0})] += 1
            row["sample"] = numbers[identity(row | {"sample": 0})] - 1
            yield identity(row), _checked(row)
        else:
            yield where, row if isinstance(row, ValueError) else ValueError("this is no JSON object.")


def _checked(row: Record) -> Record | ValueError:
    if not isinstance(row.get("query"), str):
        return ValueError("the prediction has no text `query`.")
    row = row | {"generated_code": read_answer(row)[1]}
    apis = row.get("apis")
    if not (isinstance(apis, list) and all(isinstance(name, str) for name in apis)):
        return ValueError("the prediction has no list `apis`.")
    return row


def _usage(votes: Iterable[dict[str, Any]]) -> dict[str, int]:
    return {name: sum(vote[name] for vote in votes) for name in ("prompt_tokens", "completion_tokens")}


_RULE_NAMES = frozenset(f"{name} (no judge)" for name in RULES)
_VERDICTS = {True: PASS, False: FAIL, None: UNREADABLE}


def judge_name(line: Record) -> str:
    """Who made a verdict: the judge's model and what it was shown beside the code, or which rules."""
    if line["backend"] in RULES:
        return f"{line['backend']} (no judge)"
    return f"judge {line['judge_model']}" + (" with runs" if line.get("with_run") else "")


def pass_rates(lines: Iterable[Record]) -> Iterator[str]:
    """A table: by who judged, model and split, the share that passed.

    An answer of the judge that could not be read is no pass. A verdict by rules that is not possible does not count.
    """
    groups: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for line in lines:
        groups[judge_name(line), line["model"] or "-", line["split"] or "-"][_VERDICTS[line["verdict"]]] += 1
    rows = [("backend", "model", "split", "pass rate", "passed", "of", "no verdict")]
    for (backend, model, split), counts in sorted(groups.items()):
        without = counts[UNREADABLE]
        total = counts.total() - (without if backend in _RULE_NAMES else 0)
        rate = f"{counts[PASS] / total:.1%}" if total else "–"
        share = f"{without} ({without / counts.total():.1%})"
        rows.append((backend, model, split, rate, str(counts[PASS]), str(total), share))
    yield tabulate(rows, tablefmt="plain", disable_numparse=True)


def compared(lines: Iterable[Record], labels: Labels) -> Iterator[str]:
    """Agreement, Cohen's kappa and the confusion table of verdicts and labels, in words.

    Raises ValueError where a label could mean several verdicts.
    """
    verdicts: dict[tuple[str, ...], str] = {}
    for line in lines:
        name = tuple(line[column] for column in labels.columns)
        if name in verdicts and name in labels.by_name:
            raise ValueError(f"{', '.join(name)} has several verdicts; label it by key, model and split.")
        verdicts[name] = _VERDICTS[line["verdict"]]
    counts = confusion((label, verdicts[name]) for name, label in labels.by_name.items() if name in verdicts)
    total = counts.total()
    yield f"labels {len(labels.by_name)}, with a verdict {total}"
    if not total:
        return
    beyond_chance = kappa(counts)
    agreed = sum(count for (label, verdict), count in counts.items() if label == verdict)
    yield f"agreement {agreed} of {total} ({agreement(counts):.1%}; the paper's judge: 268 of 330, 81.2%)"
    yield f"Cohen's kappa {'undefined: one class alone' if beyond_chance is None else f'{beyond_chance:.3f}'}"
    columns = [PASS, FAIL] + [UNREADABLE] * any(verdict == UNREADABLE for _, verdict in counts)
    table = [("people \\ verdict", *columns)]
    table += [(label, *(str(counts[label, verdict]) for verdict in columns)) for label in (PASS, FAIL)]
    yield tabulate(table, tablefmt="plain", disable_numparse=True)
