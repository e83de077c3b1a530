"""What the tests of stages share: a stage that asks a local server for each record's key."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pydantic

from eval.support.fault_server import FaultServer
from workflowllm.llm.client import Client
from workflowllm.llm.settings import EndpointSettings

Rows = list[dict[str, Any]]


class Echo(pydantic.BaseModel):
    said: str


def echo(messages: list[dict[str, str]]) -> str:
    """The last word of the first message, as the JSON that is asked for."""
    return json.dumps({"said": messages[0]["content"].split()[-1]})


async def ask_echo(record: dict[str, Any], client: Client) -> dict[str, Any]:
    reply = await client.ask([{"role": "user", "content": f"Say in JSON: {record['key']}"}], Echo)
    return {"key": record["key"], "said": reply.data.said}


def records(count: int) -> list[tuple[str, dict[str, Any]]]:
    return [(f"k{number}", {"key": f"k{number}"}) for number in range(count)]


def settings_for(server: FaultServer, **changes: Any) -> EndpointSettings:
    return replace(EndpointSettings("local", server.base_url, first_pause=0.01, concurrency=4), **changes)


def rows_of(path: Path) -> Rows:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def errors_of(output: Path) -> dict[str, str]:
    return {row["key"]: row["error"] for row in rows_of(Path(f"{output}.errors.jsonl"))}
