"""What the tests of the client share: an answer, a question, and one conversation with a local server."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pydantic

from eval.support.fault_server import FaultServer
from workflowllm.llm.client import Client
from workflowllm.llm.settings import EndpointSettings


class Answer(pydantic.BaseModel):
    ok: bool
    name: str = pydantic.Field(min_length=1)


GOOD = '{"ok": true, "name": "Ada"}'
ASKED = [{"role": "user", "content": "Answer in JSON."}]


def settings_for(server: FaultServer, **changes: Any) -> EndpointSettings:
    return replace(EndpointSettings("gpt-4o-mini", server.base_url, first_pause=0.01, timeout=5), **changes)


def using(settings: EndpointSettings, talk: Callable[[Client], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with Client(settings) as client:
            return await talk(client)

    return asyncio.run(run())
