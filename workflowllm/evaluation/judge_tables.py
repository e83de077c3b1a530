"""What a file of verdicts says: pass rates by model and split, and agreement with people."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from workflowllm.dataset.records import Record
from workflowllm.evaluation.agreement import (
    FAIL,
    PASS,
    UNREADABLE,
    Labels,
    agreement,
    confusion,
    kappa,
)
from workflowllm.evaluation.judge import JUDGE

_VERDICTS = {True: PASS, False: FAIL, None: UNREADABLE}


def judge_name(line: Record) -> str:
    """Who made a verdict: the judge's model, or `static`."""
    return f"judge {line['judge_model']}" if line["backend"] == JUDGE else "static (no judge)"


def pass_rates(lines: Iterable[Record]) -> Iterator[str]:
    """A table: by who judged, model and split, the share that passed. What could not be read did not pass."""
    groups: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for line in lines:
        groups[judge_name(line), line["model"] or "-", line["split"] or "-"][_VERDICTS[line["verdict"]]] += 1
    rows = [("backend", "model", "split", "pass rate", "passed", "of", "unreadable")]
    for (made_by, model, split), counts in sorted(groups.items()):
        total = counts.total()
        unreadable = f"{counts[UNREADABLE]} ({counts[UNREADABLE] / total:.1%})"
        rate = f"{counts[PASS] / total:.1%}"
        rows.append((made_by, model, split, rate, str(counts[PASS]), str(total), unreadable))
    yield from aligned(rows)


def aligned(rows: list[tuple[str, ...]]) -> Iterator[str]:
    """Rows of text in columns."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()


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
    chance_free = kappa(counts)
    agreed = sum(count for (label, verdict), count in counts.items() if label == verdict)
    yield f"agreement {agreed} of {total} ({agreement(counts):.1%}; the paper's judge: 268 of 330, 81.2%)"
    yield f"Cohen's kappa {'undefined: one class alone' if chance_free is None else f'{chance_free:.3f}'}"
    columns = [PASS, FAIL] + [UNREADABLE] * any(verdict == UNREADABLE for _, verdict in counts)
    table = [("people \\ verdict", *columns)]
    table += [(label, *(str(counts[label, verdict]) for verdict in columns)) for label in (PASS, FAIL)]
    yield from aligned(table)
