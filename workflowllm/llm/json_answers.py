"""JSON out of a model's answer: fences, prose and small faults of form are tolerated, faults of the schema are not."""

import json
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

import json_repair
import pydantic

_FENCE = re.compile(r"```[ \t]*(?:\w+[ \t]*)?\n(.*?)(?:\n[ \t]*```|\Z)", re.DOTALL)
_THINKING = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_BRACKETS = re.compile(r"[{}\[\]]")
_MOST_FAILURES = 1_000  # to read an object; each looks through the text before it
_MEANT = re.compile(r"\s{0,99}(?:[\"'{]|\Z)")  # what follows a brace that begins an object, broken or not
_SHOWN = 3  # faults named in the message to the model
# Bounds of what is mended: the mender took 24 s for 100,000 opening braces, 0.25 s for 20,000 colons.
_MENDED_LENGTH, _MENDED_DEPTH, _MENDED_PARTS = 50_000, 64, 8
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")  # an escape of one, alone or in a pair


class UnreadableAnswer(Exception):
    """No JSON of the schema in an answer: what is wrong, in words for the model that wrote it."""


def read_json_answer(text: str, schema: type[pydantic.BaseModel]) -> pydantic.BaseModel:
    """The last JSON object in `text` that the schema accepts: a model that corrects itself has the last word.

    What has to be mended is read only where nothing stands there as it should. Raises UnreadableAnswer.
    """
    text, fault = _THINKING.sub("", text), "it holds no JSON object"
    for value in chain(reversed(list(_literal_objects(text))), _objects(text)):
        try:
            return schema.model_validate(value)
        except pydantic.ValidationError as error:
            fault = _in_words(error)
        except RecursionError:
            fault = "it is nested too deeply"
    raise UnreadableAnswer(fault)


def _literal_objects(text: str) -> Iterator[dict[str, Any]]:
    """The objects that stand in the text, in order, none inside another. A broken one ends the search: what it holds
    is no answer."""
    decoder = json.JSONDecoder(strict=False)
    start, failures = text.find("{"), 0
    while start >= 0 and failures < _MOST_FAILURES:
        end = start + 1
        try:
            value, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            failures += 1
            if _MEANT.match(text, end):
                return
        else:
            yield from _loaded(lambda _, value=value: value, text[start:end])
        start = text.find("{", end)


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """Every reading of `text` that gives an object, the most literal first."""
    parts = [text, *(match[1] for match in _FENCE.finditer(text))]
    for part in parts:
        yield from _loaded(json.loads, part.strip())
    start = text.find("{")
    if start < 0:
        return
    yield from _loaded(lambda part: json.JSONDecoder(strict=False).raw_decode(part)[0], text[start:])
    for part in (*parts[1:_MENDED_PARTS], text[start:]):
        if len(part) <= _MENDED_LENGTH and _depth(part) <= _MENDED_DEPTH:
            yield from _loaded(json_repair.loads, part)


def _depth(part: str) -> int:
    """How deep brackets are nested at most, those in strings included."""
    deepest = depth = 0
    for bracket in _BRACKETS.findall(part):
        depth = max(0, depth + (1 if bracket in "{[" else -1))
        deepest = max(deepest, depth)
    return deepest


def whole_characters(text: str) -> str:
    """The text without lone surrogates, which can be neither sent nor written."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _loaded(load: Any, part: str) -> Iterator[dict[str, Any]]:
    try:
        value = load(part)
        if _SURROGATE.search(part):
            value = json.loads(whole_characters(json.dumps(value, ensure_ascii=False)))
    except (ValueError, RecursionError):
        return
    if isinstance(value, dict):
        yield value


def _in_words(error: pydantic.ValidationError) -> str:
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    words = [f"{'.'.join(map(str, fault['loc'])) or 'the object'}: {fault['msg']}" for fault in faults[:_SHOWN]]
    return "; ".join(words) + (f"; and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else "")
