"""The client against a real server: what counts is that answers come, are counted, and that bad ones are caught."""

import asyncio

import pydantic
import pytest
from real_server import RealServer

from workflowllm.llm.client import Client
from workflowllm.llm.replies import EndpointError, EndpointUnusable
from workflowllm.llm.settings import EndpointSettings


class Verdict(pydantic.BaseModel):
    """What a model of this size does not answer."""

    verdict: bool
    reason: str


def test_answers_come_and_bad_ones_are_caught(real_server: RealServer) -> None:
    settings = EndpointSettings(real_server.model, real_server.base_url, max_tokens=8)

    async def talk() -> None:
        async with Client(settings) as client:
            question = [{"role": "user", "content": "Name a colour."}]
            reply = await client.ask(question)
            assert reply.text.strip() and reply.finish_reason in ("stop", "length")
            assert reply.prompt_tokens > 5 and 0 < reply.completion_tokens <= 8
            assert client.usage.calls == 1 and client.usage.dollars is None
            with pytest.raises(EndpointError, match="could not be read twice over"):
                await client.ask([{"role": "user", "content": "Tell me a story in JSON."}], Verdict)
            assert client.usage.calls == 3

    asyncio.run(talk())


def test_a_model_that_is_not_there(real_server: RealServer) -> None:
    async def talk() -> None:
        async with Client(EndpointSettings("no-such-model", real_server.base_url, retries=0)) as client:
            with pytest.raises((EndpointUnusable, EndpointError)):
                await client.ask([{"role": "user", "content": "Hello"}])

    asyncio.run(talk())
