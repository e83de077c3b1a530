"""What an answer that knows nothing of the question scores, and what the reference itself does, on the same samples."""

import random
from collections.abc import Mapping, Sequence

from workflowllm.evaluation.predictions import Prediction

EMPTY, ANOTHER, CONSTANT, CEILING = "empty answer", "another sample's answer", "constant answer", "reference"
FLOORS = (EMPTY, ANOTHER, CONSTANT)
PIECES = 20  # other samples that the constant answer is made of
LONGEST_PIECE = 20_000  # characters; half of the published samples and nine of ten real workflows are shorter

Sample = tuple[str, ...]


def distinct_samples(predictions: Sequence[Prediction]) -> dict[Sample, Prediction]:
    """Each sample once, with the first prediction made for it, in order."""
    samples: dict[Sample, Prediction] = {}
    for prediction in predictions:
        samples.setdefault(prediction.sample, prediction)
    return samples


def floor_answers(samples: Mapping[Sample, Prediction], seed: int) -> dict[str, dict[Sample, str]]:
    """By floor, and by sample, the answer given. Where a split has one sample alone, only the empty one is there."""
    answers: dict[str, dict[Sample, str]] = {name: {} for name in FLOORS}
    for split in dict.fromkeys(sample.split for sample in samples.values()):
        chosen = [key for key, sample in samples.items() if sample.split == split]
        references = [samples[key].reference for key in chosen]
        answers[EMPTY].update(dict.fromkeys(chosen, ""))
        chance = random.Random(f"{seed} {split}")
        for name, made in ((ANOTHER, _shuffled(references, chance)), (CONSTANT, _constant(references, chance))):
            answers[name].update(zip(chosen, made))
    return answers


def _shuffled(references: Sequence[str], chance: random.Random) -> list[str]:
    """To each sample the reference of another: the next one of a random circle."""
    circle = list(range(len(references)))
    chance.shuffle(circle)
    if len(circle) < 2:
        return []
    after = dict(zip(circle, circle[1:] + circle[:1]))
    return [references[after[place]] for place in range(len(references))]


def _constant(references: Sequence[str], chance: random.Random) -> list[str]:
    """One answer to all, made of the references of some; these get one made of others, so that none holds its own."""
    short = [place for place, text in enumerate(references) if len(text) <= LONGEST_PIECE]
    pool = short or list(range(len(references)))
    size = min(PIECES, len(pool) // 2)
    if not size:
        return []
    chance.shuffle(pool)
    pieces, instead = set(pool[:size]), pool[size : 2 * size]
    for_all, for_them = (
        "\n".join(references[place].strip("\n") for place in places) + "\n" for places in (pool[:size], instead)
    )
    return [for_them if place in pieces else for_all for place in range(len(references))]
