"""The judge's verdicts, as `eval/judge_pass_rate.py` writes them, and the predictions that they are on."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from workflowllm.evaluation.judge import RULES
from workflowllm.evaluation.predictions import Identity, Prediction, key_of
from workflowllm.runs.command import CommandError
from workflowllm.runs.json_lines import read_records


class JudgeVerdict(NamedTuple):
    """A judge's verdict (None: unreadable) and reason."""

    verdict: bool | None
    reason: str


def read_verdicts(path: Path) -> dict[Identity, JudgeVerdict]:
    """The verdicts of a file. Raises CommandError where it holds none, or static ones, which no table may mix."""
    verdicts: dict[Identity, JudgeVerdict] = {}
    for number, line in read_records(path):
        if not isinstance(line, dict) or "verdict" not in line or not key_of(line):
            raise CommandError(f"{path} line {number} is no verdict; name a file of eval/judge_pass_rate.py.")
        if (backend := line.get("backend")) in RULES:
            raise CommandError(f"{path} holds {backend} verdicts; they are computed here anyway, and are no judge's.")
        verdict = line["verdict"] if isinstance(line["verdict"], bool) else None
        sample = line["sample"] if isinstance(line.get("sample"), int) else 0
        identity = (key_of(line), str(line.get("model") or ""), str(line.get("split") or ""), sample)
        verdicts[identity] = JudgeVerdict(verdict, str(line.get("reason") or ""))
    return verdicts


def verdicts_on(
    predictions: Sequence[Prediction], verdicts: dict[Identity, JudgeVerdict]
) -> tuple[list[JudgeVerdict | None], list[Identity]]:
    """Each prediction's verdict, if it has one, and the verdicts that are on none of them.

    A judge's line may leave out model and split where the prediction did. A verdict that could be on several
    predictions is on none.
    """
    named: dict[Identity, list[int]] = {}
    for index, prediction in enumerate(predictions):
        record = prediction.record
        as_written = (str(record.get("model") or ""), str(record.get("split") or ""))
        identities = ((prediction.key, *as_written, prediction.number), prediction.identity)
        for identity in dict.fromkeys(identities):
            named.setdefault(identity, []).append(index)
    matched: list[JudgeVerdict | None] = [None] * len(predictions)
    unmatched = []
    for identity, verdict in verdicts.items():
        indices = named.get(identity, [])
        if len(indices) == 1:
            matched[indices[0]] = verdict
        else:
            unmatched.append(identity)
    return matched, unmatched
