"""What answers that know nothing of the question score, and what the reference itself scores, on the same samples.

A floor that comes near a model shows that the model's figure means little. Some floors look at nothing (an empty
answer), some at the list of offered APIs alone, some at other samples.
"""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence

from workflowllm.apis.catalogue import catalogue
from workflowllm.apis.model import published_key
from workflowllm.evaluation.predictions import Prediction, Sample
from workflowllm.metrics.workflow_steps import BRANCHING, LOOPING, read_workflow
from workflowllm.shortcuts.model.identifiers import function_name

EMPTY, ANOTHER, CONSTANT = "empty answer", "another sample's answer", "constant answer"
BARE, CHAINED, NEAREST = "offered APIs, bare", "offered APIs, chained", "nearest other workflow"
CEILING = "reference"
FLOORS = (EMPTY, BARE, CHAINED, ANOTHER, NEAREST, CONSTANT)
PIECES = 20  # other samples that the constant answer is made of
LONGEST_PIECE = 20_000  # characters; half of the published samples and nine of ten real workflows are shorter

_INPUT = "WFInput"  # the commonest name of the parameter that takes an input
_BLOCKS = frozenset(map(published_key, BRANCHING | LOOPING))


def distinct_samples(predictions: Sequence[Prediction]) -> dict[Sample, Prediction]:
    """Each sample once, with the first prediction made for it, in order."""
    samples: dict[Sample, Prediction] = {}
    for prediction in predictions:
        samples.setdefault(prediction.sample, prediction)
    return samples


def floor_answers(samples: Mapping[Sample, Prediction], seed: int) -> dict[str, dict[Sample, str]]:
    """The answer of each floor to each sample. Floors made of other samples need at least two in a split."""
    answers: dict[str, dict[Sample, str]] = {name: {} for name in FLOORS}
    for key, sample in samples.items():
        apis = offered_apis(sample)
        answers[EMPTY][key], answers[BARE][key], answers[CHAINED][key] = "", bare_calls(apis), chained_calls(apis)
    for split in dict.fromkeys(sample.split for sample in samples.values()):
        keys = [key for key, sample in samples.items() if sample.split == split]
        references = [samples[key].reference for key in keys]
        rng = random.Random(f"{seed} {split}")
        others = {ANOTHER: _shuffled(references, rng), CONSTANT: _constant(references, rng)}
        for name, texts in (others | {NEAREST: nearest_others(references)}).items():
            answers[name].update(zip(keys, texts))
    return answers


def offered_apis(sample: Prediction) -> list[str]:
    """The identifiers that a sample offers, blocks left out; without a list, those that its reference calls."""
    offered = read_workflow(sample.reference).calls if sample.offered is None else sample.offered
    return [api for api in dict.fromkeys(offered) if published_key(api) not in _BLOCKS]


def bare_calls(apis: Sequence[str]) -> str:
    """Every API called once, without arguments."""
    return "".join(f"{_call(api, '')}\n" for api in apis)


def chained_calls(apis: Sequence[str]) -> str:
    """Every API called once, each with the output of the one before as its input."""
    lines, value = [], "shortcut_input()"
    for number, api in enumerate(apis):
        lines.append(f"output_{number} = {_call(api, f'{_input_key(api)}={value}')}\n")
        value = f"output_{number}"
    return "".join(lines)


def _call(api: str, arguments: str) -> str:
    definition = catalogue().by_key(published_key(api))
    identifier = definition.identifier if definition else api
    name = function_name(identifier) if "." in identifier else identifier
    if name:
        return f"{name}({arguments})"
    return f'action("{identifier}"{", " if arguments else ""}{arguments})'


def _input_key(api: str) -> str:
    """The parameter that takes an input, by the definition; else the first that can."""
    definition = catalogue().by_key(published_key(api))
    if definition is None:
        return _INPUT
    first = next((parameter.key for parameter in definition.parameters if parameter.key.isidentifier()), _INPUT)
    return definition.input_key or first


def nearest_others(references: Sequence[str]) -> list[str]:
    """For each reference the other one whose APIs are most alike (the largest share of the union); [] without one."""
    apis = [frozenset(map(published_key, read_workflow(reference).calls)) for reference in references]
    if len(references) < 2:
        return []
    calling: dict[str, list[int]] = defaultdict(list)
    for number, names in enumerate(apis):
        for name in names:
            calling[name].append(number)
    return [references[_nearest(number, apis, calling)] for number in range(len(references))]


def _nearest(number: int, apis: Sequence[frozenset[str]], calling: Mapping[str, Sequence[int]]) -> int:
    shared: dict[int, int] = defaultdict(int)
    for name in apis[number]:
        for other in calling[name]:
            shared[other] += 1
    shared.pop(number, None)
    following = (number + 1) % len(apis)
    return max(shared, key=lambda other: (shared[other] / len(apis[number] | apis[other]), -other), default=following)


def _shuffled(references: Sequence[str], rng: random.Random) -> list[str]:
    """To each sample the reference of another: the next one of a random circle."""
    circle = list(range(len(references)))
    rng.shuffle(circle)
    if len(circle) < 2:
        return []
    following = dict(zip(circle, circle[1:] + circle[:1]))
    return [references[following[number]] for number in range(len(references))]


def _constant(references: Sequence[str], rng: random.Random) -> list[str]:
    """One answer to all, made of the references of some; these get one made of others, so that none holds its own."""
    short = [number for number, text in enumerate(references) if len(text) <= LONGEST_PIECE]
    pool = short or list(range(len(references)))
    size = min(PIECES, len(pool) // 2)
    if not size:
        return []
    rng.shuffle(pool)
    pieces, substitutes = set(pool[:size]), pool[size : 2 * size]
    for_all, for_pieces = (
        "\n".join(references[number].strip("\n") for number in numbers) + "\n" for numbers in (pool[:size], substitutes)
    )
    return [for_pieces if number in pieces else for_all for number in range(len(references))]
