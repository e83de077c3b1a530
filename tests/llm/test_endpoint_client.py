"""The client against a local endpoint that fails in every way that real ones do."""

import asyncio
import json
import time

import pytest
from helpers_client import ASKED, GOOD, Answer, settings_for, using

from eval.support.fault_server import fault_server
from workflowllm.llm.client import Client
from workflowllm.llm.replies import CostReached, EndpointError, EndpointUnusable, NoUsableAnswer
from workflowllm.llm.settings import EndpointSettings
from workflowllm.llm.transport import Transport
from workflowllm.runs.command import CommandError


def test_what_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings and overrides, and the key in the header alone."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    with fault_server(lambda messages: GOOD) as server:
        settings = settings_for(server, temperature=0.5, max_tokens=9, seed=4, stop=("END",))
        reply = using(settings, lambda client: client.ask(ASKED, Answer, seed=7, top_p=0.9))
    assert reply.data == Answer(ok=True, name="Ada") and reply.text == GOOD and reply.finish_reason == "stop"
    assert (reply.prompt_tokens, reply.completion_tokens, reply.cached, reply.attempts) == (10, 5, False, 1)
    [sent] = server.requests
    headers = sent.pop("headers")
    assert headers["authorization"] == "Bearer sk-very-secret"
    assert sent == {
        "model": "gpt-4o-mini", "messages": ASKED, "temperature": 0.5, "top_p": 0.9, "max_tokens": 9, "seed": 7,
        "stop": ["END"], "response_format": {"type": "json_object"},
    }  # fmt: skip


def test_json_mode_is_asked_for_only_where_it_is_allowed() -> None:
    silent = [{"role": "user", "content": "Answer."}]
    with fault_server(lambda messages: GOOD) as server:
        for messages, schema, json_mode in [(silent, Answer, True), (ASKED, None, True), (ASKED, Answer, False)]:
            using(settings_for(server, json_mode=json_mode), lambda client: client.ask(messages, schema))  # noqa: B023
        assert not any("response_format" in sent for sent in server.requests) and len(server.requests) == 3


def test_an_override_that_is_none() -> None:
    with fault_server(lambda messages: GOOD) as server, pytest.raises(TypeError, match="model"):
        using(settings_for(server), lambda client: client.ask(ASKED, model="other"))


@pytest.mark.parametrize("fault", ["429", "408", "409", "500", "503", "cut", "garbage", "nothing", "parts"])
def test_faults_that_pass_are_asked_again(fault: str) -> None:
    with fault_server(lambda messages: GOOD, script=[fault, fault]) as server:

        async def talk(client: Client) -> None:
            reply = await client.ask(ASKED, Answer)
            assert reply.data.ok and reply.attempts == 3
            assert (client.usage.calls, client.usage.retries) == (1, 2)

        using(settings_for(server), talk)
        assert len(server.requests) == 3


@pytest.mark.parametrize("fault", ["500", "cut", "garbage"])
def test_faults_that_stay_are_one_sentence(fault: str) -> None:
    with (
        fault_server(lambda messages: GOOD, script=[fault] * 9) as server,
        pytest.raises(EndpointError, match=r"3 times over\.$"),
    ):
        using(settings_for(server, retries=2), lambda client: client.ask(ASKED, Answer))
    assert len(server.requests) == 3


def test_a_wrong_request_is_not_sent_again() -> None:
    with fault_server(lambda messages: GOOD, script=["400"]) as server, pytest.raises(EndpointError, match="400"):
        using(settings_for(server), lambda client: client.ask(ASKED, Answer))
    assert len(server.requests) == 1


def test_retry_after_is_obeyed() -> None:
    with fault_server(lambda messages: GOOD, script=["429"], retry_after="0.4") as server:
        using(settings_for(server), lambda client: client.ask(ASKED, Answer))
        first, second = server.times
        assert second - first >= 0.4


def test_a_retry_after_is_taken_at_its_word_three_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the growing pause counts too, which is a random part of 60 seconds here from the first fault on."""
    pauses = []

    async def note(transport: Transport, seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(Transport, "_sleep", note)
    with fault_server(lambda messages: GOOD, script=["429"] * 40, retry_after="0.5") as server:
        using(settings_for(server, retries=40, first_pause=1000), lambda client: client.ask(ASKED, Answer))
    assert len(pauses) == 40 and all(0.5 <= pause <= 60 for pause in pauses)
    assert max(pauses[:3]) <= 0.55 and max(pauses[3:]) > 5


def test_a_retry_after_of_hours_is_not_waited_for() -> None:
    with (
        fault_server(lambda messages: GOOD, script=["429"], retry_after="86400") as server,
        pytest.raises(EndpointError, match="429"),
    ):
        using(settings_for(server), lambda client: client.ask(ASKED, Answer))


def test_a_slow_answer_is_given_up_and_asked_again() -> None:
    with fault_server(lambda messages: GOOD, latency=0.5) as server:
        settings = settings_for(server, timeout=0.1, retries=1)
        with pytest.raises(EndpointError, match=r"no answer within 0.1 seconds, 2 times over"):
            using(settings, lambda client: client.ask(ASKED, Answer))
        assert len(server.requests) == 2


def test_an_answer_that_trickles_is_given_up_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """No single read takes long, all of them together do."""
    monkeypatch.setattr("workflowllm.llm.transport._OUTER", 0.0)
    with fault_server(lambda messages: GOOD, script=["trickle", "trickle"]) as server:
        settings = settings_for(server, timeout=0.2, retries=1, concurrency=1)
        with pytest.raises(EndpointError, match=r"no answer within 0.2 seconds, 2 times over"):
            using(settings, lambda client: client.ask(ASKED, Answer))
        assert len(server.requests) == 2


@pytest.mark.parametrize("status", ["401", "403", "404"])
def test_what_no_request_can_get_past(status: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "fault")  # the server's message says `fault 401`
    with fault_server(lambda messages: GOOD, script=[status]) as server, pytest.raises(EndpointUnusable) as caught:
        using(settings_for(server), lambda client: client.ask(ASKED, Answer))
    assert "fault" not in str(caught.value) and len(server.requests) == 1


def test_no_server() -> None:
    settings = EndpointSettings("m", "http://127.0.0.1:9/v1", first_pause=0.01)
    with pytest.raises(EndpointUnusable, match=r"cannot reach http://127\.0\.0\.1:9/v1 .* is it running\?"):
        using(settings, lambda client: client.ask(ASKED))


def test_no_key_and_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(CommandError, match="OPENAI_API_KEY"):
        using(EndpointSettings("m"), lambda client: client.ask(ASKED))


def test_an_unreadable_answer_is_asked_for_once_more_with_the_error() -> None:
    answers = iter(['{"ok": true, "name": ""}', GOOD])
    with fault_server(lambda messages: next(answers)) as server:
        reply = using(settings_for(server), lambda client: client.ask(ASKED, Answer))
    assert reply.data.ok and (reply.prompt_tokens, reply.completion_tokens, reply.attempts) == (20, 10, 2)
    *before, shown, complaint = server.requests[1]["messages"]
    assert before == ASKED
    assert shown == {"role": "assistant", "content": '{"ok": true, "name": ""}'}
    assert "name: String should have at least 1 character" in complaint["content"]


@pytest.mark.parametrize(
    ("faults", "sentence", "requests"),
    [
        (["broken", "broken"], "could not be read twice over", 2),
        (["length", "length"], "cut off after 5 tokens (finish_reason length)", 2),
        (["empty", "empty"], "holds no JSON object", 2),
        (["refusal"], "refuses: I cannot help with that.", 1),
        (["broken", "refusal"], "refuses", 2),
        (["filter"], "content filter", 1),
    ],
)
def test_answers_that_cannot_be_used(faults: list[str], sentence: str, requests: int) -> None:
    with fault_server(lambda messages: GOOD, script=faults) as server:

        async def talk(client: Client) -> None:
            with pytest.raises(NoUsableAnswer) as caught:
                await client.ask(ASKED, Answer)
            assert sentence in str(caught.value)
            assert caught.value.reply.data is None and caught.value.reply.prompt_tokens == 10 * requests
            assert client.usage.calls == requests  # they were paid for

        using(settings_for(server), talk)
    assert len(server.requests) == requests


def test_half_an_answer_is_never_mended() -> None:
    """The first half of this text would be accepted once mended."""
    long = '{"ok": true, "name": "' + "x" * 100 + '"}'
    with fault_server(lambda messages: long, script=["length"]) as server:
        reply = using(settings_for(server), lambda client: client.ask(ASKED, Answer))
    assert reply.data.name == "x" * 100 and len(server.requests) == 2


def test_text_may_be_cut_or_empty() -> None:
    with fault_server(lambda messages: "abcdef", script=["length", "empty"]) as server:

        async def talk(client: Client) -> None:
            cut = await client.ask(ASKED)
            empty = await client.ask(ASKED)
            assert (cut.text, cut.finish_reason, cut.data) == ("abc", "length", None)
            assert (empty.text, empty.finish_reason) == ("", "stop")

        using(settings_for(server), talk)


def test_texts_that_no_one_expects() -> None:
    """Half characters cannot be sent and are replaced; NUL and the rest go through."""
    question = [{"role": "user", "content": "json \ud800 \x00 😀 \udcff"}]
    with fault_server(lambda messages: json.dumps({"ok": True, "name": messages[0]["content"]})) as server:
        reply = using(settings_for(server), lambda client: client.ask(question, Answer))
    assert reply.data.name == "json \ufffd \x00 😀 \ufffd"


def test_no_more_requests_in_flight_than_allowed() -> None:
    with fault_server(lambda messages: "x", latency=0.02) as server:
        settings = settings_for(server, concurrency=3)
        using(settings, lambda client: asyncio.gather(*(client.ask(ASKED, seed=number) for number in range(20))))
        assert server.most_at_once == 3 and len(server.requests) == 20


def test_no_more_requests_a_minute_than_allowed() -> None:
    began = time.monotonic()
    with fault_server(lambda messages: "x") as server:
        settings = settings_for(server, requests_per_minute=1200)  # one every 50 ms
        using(settings, lambda client: asyncio.gather(*(client.ask(ASKED, seed=number) for number in range(11))))
        assert server.times[-1] - began >= 0.5


def test_money_is_counted_and_never_passed() -> None:
    """10 tokens in and 5 out of gpt-4o-mini are $0.0000045 by the price list; 8 tokens of answer are held for each."""
    cost = 10 * 0.15e-6 + 5 * 0.60e-6
    with fault_server(lambda messages: "x") as server:

        async def talk(client: Client) -> None:
            asked = [client.ask(ASKED, seed=number) for number in range(50)]
            results = await asyncio.gather(*asked, return_exceptions=True)
            stopped = [result for result in results if isinstance(result, CostReached)]
            assert len(stopped) == 50 - client.usage.calls > 0
            assert client.usage.dollars == pytest.approx(client.usage.calls * cost)
            assert 8 * cost < client.usage.dollars <= 10 * cost

        using(settings_for(server, max_cost=10 * cost, max_tokens=8), talk)


def test_a_limit_needs_a_price() -> None:
    with pytest.raises(CommandError, match="needs the price of local"):
        Client(EndpointSettings("local", "http://127.0.0.1:9/v1", max_cost=1.0))


def test_a_key_is_never_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "fault 400")  # which this server repeats, as some do
    with fault_server(lambda messages: GOOD, script=["400"]) as server, pytest.raises(EndpointError) as caught:
        using(settings_for(server), lambda client: client.ask(ASKED, Answer))
    assert "fault 400" not in str(caught.value) and "***" in str(caught.value)
