"""Questions to an OpenAI-compatible endpoint: cached, counted, limited, and answered in a schema where one is given.

As a stage uses it:

    async with Client(settings) as client:
        reply = await client.ask(messages, Verdict)
"""

from asyncio import Lock
from contextlib import nullcontext
from functools import lru_cache
from typing import Any
from weakref import WeakValueDictionary

import pydantic

from workflowllm.llm.budget import Budget
from workflowllm.llm.cache import AnswerCache, question_key
from workflowllm.llm.json_answers import UnreadableAnswer, read_json_answer, whole_characters
from workflowllm.llm.replies import NoUsableAnswer, Reply, Usage
from workflowllm.llm.settings import EndpointSettings
from workflowllm.llm.transport import RawAnswer, Transport
from workflowllm.prompts.prompt_files import Message

_SAMPLING = ("temperature", "top_p", "max_tokens", "seed", "stop")


class Client:
    """One endpoint under one set of settings. `usage` counts what this client has asked."""

    def __init__(self, settings: EndpointSettings):
        self.settings = settings
        self.usage = Usage()
        self._budget = Budget(settings, self.usage)
        self._transport = Transport(settings, self.usage)
        self.pauses = self._transport.pauses
        self._cache = AnswerCache(settings.cache)
        self._asking: WeakValueDictionary[str, Lock] = WeakValueDictionary()

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(self, *failure: Any) -> None:
        await self._transport.close()
        self._cache.close()

    async def ask(
        self, messages: list[Message], schema: type[pydantic.BaseModel] | None = None, **overrides: Any
    ) -> Reply:
        """The answer to `messages`; with a schema, its JSON as `data`.

        `overrides` replace settings for this question: temperature, top_p, max_tokens, seed, stop. An answer that the
        schema does not accept, or that was cut off, is asked for once more with the error shown. Raises EndpointError,
        or its kind NoUsableAnswer where the model did answer. An answer without a schema may be cut (`finish_reason`
        is `length`) or empty.
        """
        request = self._request(messages, schema, overrides)
        key = question_key([self.settings.base_url, request, schema and _schema_json(schema)])
        # Equal questions at the same time wait for the first one's answer, where there is a cache for it.
        lock = self._asking.setdefault(key, Lock()) if self.settings.cache else nullcontext()
        async with lock:
            reply = _from_cache(self._cache.get(key), schema)
            if reply is not None:
                self.usage.cached += 1
                return reply
            reply = await self._answered(request, schema)
            self._cache.put(key, {name: getattr(reply, name) for name in _STORED})
            return reply

    def _request(
        self, messages: list[Message], schema: type[pydantic.BaseModel] | None, overrides: dict[str, Any]
    ) -> dict[str, Any]:
        if unknown := overrides.keys() - set(_SAMPLING):
            raise TypeError(f"ask() has no {', '.join(sorted(unknown))}")
        values = {name: getattr(self.settings, name) for name in _SAMPLING} | overrides
        request: dict[str, Any] = {"model": self.settings.model}
        request |= {name: value for name, value in values.items() if value is not None}
        request["messages"] = [{name: whole_characters(text) for name, text in message.items()} for message in messages]
        # OpenAI refuses JSON mode where the prompt does not speak of JSON.
        if schema and self.settings.json_mode and any("json" in message["content"].lower() for message in messages):
            request["response_format"] = {"type": "json_object"}
        return request

    async def _answered(self, request: dict[str, Any], schema: type[pydantic.BaseModel] | None) -> Reply:
        first = await self._call(request)
        if schema is None:
            return _reply(first, None)
        try:
            return _reply(first, _read(first, schema))
        except UnreadableAnswer as fault:
            again = await self._call(request | {"messages": request["messages"] + _complaint(first, fault)}, first)
        try:
            return _reply(again, _read(again, schema), first)
        except UnreadableAnswer as fault:
            raise NoUsableAnswer(
                f"the answer could not be read twice over: {fault}.", _reply(again, None, first)
            ) from None

    async def _call(self, request: dict[str, Any], first: RawAnswer | None = None) -> RawAnswer:
        """One paid call, within the budget; `first` is the one before it, if any, to the same question."""
        async with self._budget.reserved(request) as paid:
            raw = await self._transport.send(request)
            paid(raw.prompt_tokens, raw.completion_tokens)
        if raw.refusal:
            raise NoUsableAnswer(f"the model refuses: {raw.refusal[:200]}", _reply(raw, None, first))
        if raw.finish_reason == "content_filter":
            raise NoUsableAnswer("the endpoint's content filter stopped the answer.", _reply(raw, None, first))
        return raw


@lru_cache(maxsize=64)
def _schema_json(schema: type[pydantic.BaseModel]) -> dict[str, Any]:
    return schema.model_json_schema()  # 0.7 ms, a tenth of a whole call


_STORED = ("text", "finish_reason", "prompt_tokens", "completion_tokens")


def _from_cache(stored: dict[str, Any] | None, schema: type[pydantic.BaseModel] | None) -> Reply | None:
    """A stored answer, unless the schema has validators, which the key does not hold, that no longer accept it."""
    if stored is None:
        return None
    try:
        data = read_json_answer(stored["text"], schema) if schema else None
    except UnreadableAnswer:
        return None
    return Reply(**stored, data=data, cached=True, attempts=0)


def _read(raw: RawAnswer, schema: type[pydantic.BaseModel]) -> pydantic.BaseModel:
    if raw.finish_reason == "length":
        # Half an answer can be mended to JSON that the schema accepts, and nobody would notice what is missing.
        raise UnreadableAnswer(
            f"it was cut off after {raw.completion_tokens} tokens (finish_reason length); answer more briefly"
        )
    return read_json_answer(raw.text, schema)


def _complaint(raw: RawAnswer, fault: UnreadableAnswer) -> list[Message]:
    return [
        {"role": "assistant", "content": whole_characters(raw.text)},
        {"role": "user", "content": f"That answer cannot be used: {fault}. Answer again, with the JSON object alone."},
    ]


def _reply(raw: RawAnswer, data: pydantic.BaseModel | None, first: RawAnswer | None = None) -> Reply:
    return Reply(
        text=whole_characters(raw.text or raw.refusal),
        data=data,
        finish_reason=raw.finish_reason,
        prompt_tokens=raw.prompt_tokens + (first.prompt_tokens if first else 0),
        completion_tokens=raw.completion_tokens + (first.completion_tokens if first else 0),
        cached=False,
        attempts=raw.attempts + (first.attempts if first else 0),
    )
