"""The cache of answers: equal questions are paid for once, and nothing of no use is kept."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pydantic
import pytest
from helpers_client import ASKED, GOOD, Answer, settings_for, using

from eval.support.fault_server import fault_server
from workflowllm.llm.client import Client
from workflowllm.llm.replies import NoUsableAnswer
from workflowllm.runs.command import CommandError


def test_equal_questions_are_paid_for_once(tmp_path: Path) -> None:
    with fault_server(lambda messages: GOOD, latency=0.01) as server:
        settings = settings_for(server, cache=tmp_path / "deep" / "answers.sqlite")

        async def talk(client: Client) -> None:
            replies = await asyncio.gather(*(client.ask(ASKED, Answer) for _ in range(5)))
            assert sum(reply.cached for reply in replies) == 4
            assert len({(reply.text, reply.data.name, reply.prompt_tokens) for reply in replies}) == 1
            assert (client.usage.calls, client.usage.cached, client.usage.prompt_tokens) == (1, 4, 10)

        using(settings, talk)
        again = using(settings, lambda client: client.ask(ASKED, Answer))  # another client, as another process
        assert again.cached and again.attempts == 0 and len(server.requests) == 1


def test_what_differs_is_asked_anew(tmp_path: Path) -> None:
    class Other(pydantic.BaseModel):
        ok: bool

    with fault_server(lambda messages: GOOD) as server:
        settings = settings_for(server, cache=tmp_path / "answers.sqlite")
        for changed, messages, schema, overrides in [
            (settings, ASKED, Answer, {}),
            (settings, ASKED, Other, {}),
            (settings, ASKED, None, {}),
            (settings, ASKED, Answer, {"seed": 1}),
            (settings, [*ASKED, *ASKED], Answer, {}),
            (replace(settings, model="gpt-4o"), ASKED, Answer, {}),
            (replace(settings, temperature=1.0), ASKED, Answer, {}),
        ]:
            using(changed, lambda client: client.ask(messages, schema, **overrides))  # noqa: B023
        assert len(server.requests) == 7


def test_an_answer_of_no_use_is_not_kept(tmp_path: Path) -> None:
    """The second reading of an answer is kept under the question itself; a failure is asked again next time."""
    with fault_server(lambda messages: GOOD, script=["broken", "broken", "broken", ""]) as server:
        settings = settings_for(server, cache=tmp_path / "answers.sqlite")
        with pytest.raises(NoUsableAnswer):
            using(settings, lambda client: client.ask(ASKED, Answer))
        assert using(settings, lambda client: client.ask(ASKED, Answer)).attempts == 2
        assert using(settings, lambda client: client.ask(ASKED, Answer)).cached
        assert len(server.requests) == 4


def test_a_kept_answer_that_no_longer_does_is_asked_for_anew(tmp_path: Path) -> None:
    """A validator of one's own is not in the JSON schema that the cache's key holds."""

    def named(least: int) -> type[pydantic.BaseModel]:
        check = pydantic.field_validator("name")(lambda name: _at_least(name, least))
        return pydantic.create_model("Named", name=(str, ...), __validators__={"check": check})

    def _at_least(name: str, least: int) -> str:
        if len(name) < least:
            raise ValueError("too short")
        return name

    answers = iter(['{"name": "Ada"}', '{"name": "Ada Lovelace"}'])
    with fault_server(lambda messages: next(answers)) as server:
        settings = settings_for(server, cache=tmp_path / "answers.sqlite")
        for least, name in [(1, "Ada"), (1, "Ada"), (5, "Ada Lovelace"), (5, "Ada Lovelace")]:
            assert using(settings, lambda client: client.ask(ASKED, named(least))).data.name == name  # noqa: B023
        assert len(server.requests) == 2


def test_a_cache_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    path.write_bytes(b"this is no database" * 100)
    with fault_server(lambda messages: GOOD) as server, pytest.raises(CommandError, match=r"answers\.sqlite.*--cache"):
        using(settings_for(server, cache=path), lambda client: client.ask(ASKED, Answer))
