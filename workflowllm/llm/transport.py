"""One request to an endpoint, sent again with growing pauses while what failed may pass."""

import asyncio
import base64
import json
import os
import random
from contextlib import nullcontext
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from time import time
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import openai
from aiolimiter import AsyncLimiter
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type
from tenacity.wait import wait_random_exponential

from workflowllm.llm.replies import EndpointError, EndpointUnusable, Usage
from workflowllm.llm.settings import KEY, EndpointSettings, shown_url
from workflowllm.runs.command import CommandError

_LONGEST_PAUSE = 60.0  # seconds
_LONGEST_OBEYED = 600.0  # seconds of a Retry-After; a longer one is a server that has had enough for today
_TRUSTED = 3  # attempts after which a Retry-After is taken at its word; later ones also wait for the growing pause
_KNOCKS = 3  # retries where no server has ever answered
_OUTER = 30.0  # seconds over the time-out of a read, for answers that trickle
_LATE = (openai.APITimeoutError, asyncio.TimeoutError)
_SHOWN, _ECHOED = 200, 20_000  # characters of a server's own message that are shown, and looked through


class Passing(Exception):
    """A fault that may pass: what it was, and how many seconds the server asks to wait."""

    def __init__(self, what: str, pause: float = 0.0, unreachable: bool = False):
        super().__init__(what)
        self.pause, self.unreachable = pause, unreachable


class RawAnswer(NamedTuple):
    """What one request brought."""

    text: str
    finish_reason: str
    refusal: str
    prompt_tokens: int
    completion_tokens: int
    attempts: int


@dataclass
class Pauses:
    """How many requests wait to be sent again; `changed` is set when one begins to."""

    count: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)


class _Limited(openai.DefaultAsyncHttpxClient):
    """Sends so many requests at once and per minute as the settings allow.

    A slot is held from a request's first byte to its answer's last: making a request and reading an answer are outside,
    and it is free while a failed request waits to be sent again.
    """

    def __init__(self, settings: EndpointSettings):
        super().__init__()
        self._in_flight = asyncio.Semaphore(settings.concurrency)
        per_minute = settings.requests_per_minute
        # One at a time: a burst at the start would let the first minute see more than its share.
        self._rate = AsyncLimiter(1, 60 / per_minute) if per_minute else nullcontext()
        self._longest = settings.timeout + _OUTER

    async def send(self, request: Any, **options: Any) -> Any:
        async with self._in_flight, self._rate:
            return await asyncio.wait_for(super().send(request, **options), self._longest)


class Transport:
    """Sends requests again and again, until an answer comes or patience ends."""

    def __init__(self, settings: EndpointSettings, usage: Usage):
        self._settings, self._usage, self._key = settings, usage, os.environ.get(KEY)
        self._secrets = secrets_of(self._key, settings.base_url)
        self._openai = openai.AsyncOpenAI(
            api_key=self._key or "none",
            base_url=settings.base_url,
            timeout=settings.timeout,
            max_retries=0,
            http_client=_Limited(settings),
        )
        self._growing = wait_random_exponential(multiplier=settings.first_pause, max=_LONGEST_PAUSE)
        self.pauses = Pauses()
        self._unreachable = 0  # requests in a row that found no server
        self._was_reached = False

    async def close(self) -> None:
        await self._openai.close()

    async def send(self, request: dict[str, Any]) -> RawAnswer:
        """The answer to a chat request. Raises EndpointError, or EndpointUnusable where no request can succeed."""
        # Only now: a run that finds all in its cache or output needs no key.
        if not self._key and not self._settings.base_url:
            raise CommandError(f"set {KEY} in the environment, or name a server of your own with --base_url.")
        attempts = 0
        try:
            async for attempt in AsyncRetrying(
                stop=self._is_enough,
                wait=self._pause,
                sleep=self._sleep,
                retry=retry_if_exception_type(Passing),
                reraise=True,
            ):
                with attempt:
                    attempts = attempt.retry_state.attempt_number
                    self._usage.retries += attempts > 1
                    return _raw(await self._once(request), attempts)
        except Passing as fault:
            raise self._given_up(fault, attempts) from None
        raise AssertionError("tenacity neither returned nor raised")

    def _pause(self, state: RetryCallState) -> float:
        """Seconds until the next attempt: what the server asked for, or a random part of a growing pause.

        After _TRUSTED attempts, the longer of the two: what it asks for has not been enough.
        """
        fault = state.outcome.exception() if state.outcome else None
        # Somewhat more than the server asks for, or all requests that got the same answer would come back at once.
        asked = getattr(fault, "pause", 0.0) * random.uniform(1.0, 1.1)
        return asked if asked and state.attempt_number <= _TRUSTED else max(self._growing(state), asked)

    async def _sleep(self, seconds: float) -> None:
        self.pauses.count += 1
        self.pauses.changed.set()
        try:
            await asyncio.sleep(seconds)
        finally:
            self.pauses.count -= 1

    def _is_enough(self, state: RetryCallState) -> bool:
        """A server that was never there is not waited for as long as one that went away."""
        fault = state.outcome.exception() if state.outcome else None
        is_absent = isinstance(fault, Passing) and fault.unreachable and not self._was_reached
        return state.attempt_number > min(self._settings.retries, _KNOCKS if is_absent else self._settings.retries)

    def _given_up(self, fault: Passing, attempts: int) -> Exception:
        patience = max(self._settings.retries, self._settings.concurrency) if self._was_reached else 0
        if fault.unreachable and self._unreachable > patience:
            return EndpointUnusable(f"cannot reach {shown_url(self._settings.base_url)} ({fault}); is it running?")
        return EndpointError(f"{fault}, {attempts} times over." if attempts > 1 else f"{fault}.")

    async def _once(self, request: dict[str, Any]) -> Any:
        """One attempt."""
        try:
            completion = await self._openai.chat.completions.create(**request)
        except Exception as error:
            fault = self._judged(error)
            self._note(reached=not getattr(fault, "unreachable", False))
            raise fault from None
        self._note(reached=True)
        return completion

    def _note(self, reached: bool) -> None:
        self._was_reached |= reached
        self._unreachable = 0 if reached else self._unreachable + 1

    def _judged(self, error: Exception) -> Exception:
        """What a failure means: it may pass, it is this request's own, or it is every request's."""
        # The outer time-out comes as it is or, by some of the library's versions, as a lost connection's cause.
        if isinstance(error, _LATE) or isinstance(error.__cause__, _LATE):
            return Passing(f"no answer within {self._settings.timeout:g} seconds")
        if isinstance(error, openai.APIConnectionError):
            cause = error.__cause__ or error
            kind = type(cause).__name__
            words = self._clean(str(cause) or kind)
            return Passing(f"the connection failed ({words})", unreachable=kind == "ConnectError")
        if isinstance(error, openai.APIStatusError):
            return self._status(error)
        if isinstance(error, (json.JSONDecodeError, UnicodeDecodeError, openai.APIResponseValidationError)):
            return Passing("the server's answer was broken JSON")
        return error

    def _status(self, error: openai.APIStatusError) -> Exception:
        status, message = error.status_code, self._clean(_words(error.body))
        if status in (401, 403):
            return EndpointUnusable(f"{shown_url(self._settings.base_url)} refuses the key in {KEY} ({status}).")
        if error.code == "insufficient_quota":
            return EndpointUnusable(f"the account has no money left: {message}")
        if status == 404:
            return EndpointUnusable(
                f"{shown_url(self._settings.base_url)} has no model {self._settings.model} there: {message}"
            )
        pause = _retry_after(error.response.headers)
        if (status in (408, 409, 429) or status >= 500) and pause <= _LONGEST_OBEYED:
            return Passing(f"the server said {status} ({message})", pause)
        return EndpointError(f"the server refuses this request ({status}): {message}")

    def _clean(self, text: str) -> str:
        """A short message of one line without anything secret, which a server may echo."""
        text = " ".join(text[:_ECHOED].split())
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text[:_SHOWN]


def secrets_of(key: str | None, base_url: str | None) -> list[str]:
    """Every text that must not be printed: the key, and what a server's address holds in addition to host and path.

    A password is a secret as it is written, decoded, and as the header of basic authentication has it.
    """
    found = {key or ""}
    parts = urlsplit(base_url or "")
    if parts.username or parts.password:
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        found |= {parts.netloc.rpartition("@")[0], parts.password or "", password}
        found.add(base64.b64encode(f"{user}:{password}".encode("utf-8", "replace")).decode("ascii"))
    for name, value in parse_qsl(parts.query):
        found |= {value, quote(value), f"{name}={value}"}
    return sorted(filter(None, found), key=len, reverse=True)  # a longer one may hold a shorter one


def _words(body: Any) -> str:
    """What a server says of a failure, in the part of its answer that is meant for people."""
    if isinstance(body, dict):
        body = body.get("message") or body.get("detail") or body
    return str(body) if body else "no reason given"


def _retry_after(headers: Any) -> float:
    """Seconds in `Retry-After`, a number or a date; 0 where there is none."""
    text = headers.get("retry-after", "")
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time())
    except (TypeError, ValueError, OverflowError, IndexError):
        return 0.0


def _raw(completion: Any, attempts: int) -> RawAnswer:
    """The parts of a completion that count. Raises Passing where it is none."""
    choices = getattr(completion, "choices", None)
    message = getattr(choices[0], "message", None) if isinstance(choices, list) and choices else None
    if message is None or not isinstance(getattr(message, "content", None), str | None):
        raise Passing("the server's answer was no chat completion")
    usage = completion.usage
    return RawAnswer(
        text=message.content or "",
        finish_reason=choices[0].finish_reason or "stop",
        refusal=getattr(message, "refusal", None) or "",
        prompt_tokens=_count(usage, "prompt_tokens"),
        completion_tokens=_count(usage, "completion_tokens"),
        attempts=attempts,
    )


def _count(usage: Any, name: str) -> int:
    """Tokens that the server says it used; 0 where it says nothing of use."""
    number = getattr(usage, name, None)
    return number if isinstance(number, int) and number > 0 else 0
