"""Verdicts of a judge, as `eval/judge_pass_rate.py` writes them, put to the predictions they are on."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from workflowllm.evaluation.predictions import Prediction
from workflowllm.runs.command import CommandError
from workflowllm.runs.json_lines import read_records


class Judged(NamedTuple):
    """A judge's verdict (None: unreadable) and reason."""

    verdict: bool | None
    reason: str


Identity = tuple[str, str, str]  # key, model, split


def read_judged(path: Path) -> dict[Identity, Judged]:
    """The verdicts of a file. Raises CommandError where it holds none, or static ones, which no table may mix."""
    found: dict[Identity, Judged] = {}
    for number, line in read_records(path):
        if not isinstance(line, dict) or "verdict" not in line or not isinstance(line.get("key"), str):
            raise CommandError(f"{path} line {number} is no verdict; name a file of eval/judge_pass_rate.py.")
        if line.get("backend") == "static":
            raise CommandError(f"{path} holds static verdicts; they are computed here anyway, and are not a judge's.")
        verdict = line["verdict"] if isinstance(line["verdict"], bool) else None
        identity = (line["key"], str(line.get("model") or ""), str(line.get("split") or ""))
        found[identity] = Judged(verdict, str(line.get("reason") or ""))
    return found


def verdicts_on(
    predictions: Sequence[Prediction], judged: dict[Identity, Judged]
) -> tuple[list[Judged | None], list[Identity]]:
    """Each prediction's verdict, if it has one, and the verdicts that are on none of them.

    A judge's line may leave out model and split where the prediction did. Released synthetic records share their keys:
    a verdict that could be on several predictions is on none.
    """
    named: dict[Identity, list[int]] = {}
    for place, prediction in enumerate(predictions):
        record = prediction.record
        own = (prediction.key, str(record.get("model") or ""), str(record.get("split") or ""))
        for identity in dict.fromkeys((own, (prediction.key, prediction.model, prediction.split))):
            named.setdefault(identity, []).append(place)
    found: list[Judged | None] = [None] * len(predictions)
    unused = []
    for identity, verdict in judged.items():
        places = named.get(identity, [])
        if len(places) == 1:
            found[places[0]] = verdict
        else:
            unused.append(identity)
    return found, unused
