"""Fetching over HTTP without being a burden: so many requests a minute, robots.txt, patience where a server asks it."""

import email.utils
import http.client
import random
import time
import urllib.error
import urllib.parse
import urllib.request
import urllib.robotparser
from collections.abc import Callable
from dataclasses import dataclass

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from workflowllm.shortcuts.model.errors import ShortcutError

_TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Manners:
    """How politely to ask."""

    requests_a_minute: float = 30
    attempts: int = 5  # of each request
    longest_wait: float = 300  # seconds that a server may ask us to wait; beyond it the request fails
    timeout: float = 30  # seconds without a byte
    most_bytes: int = 16 << 20  # of an answer; the largest of 1,975 real shortcuts has 3 MB
    user_agent: str = "workflowllm-collector/1.0"
    obeys_robots: bool = True


class FetchError(ShortcutError):
    """An address that could not be fetched: one sentence."""


class _TryAgain(Exception):
    """A failure that may pass."""

    def __init__(self, reason: str, wait: float | None = None):
        super().__init__(reason)
        self.wait = wait  # seconds that the server asked for


class Fetcher:
    """Fetches one address at a time. The clock and the pause are arguments so that tests need not wait."""

    def __init__(
        self,
        manners: Manners,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ):
        self.manners, self.pause, self.clock = manners, pause, clock
        self._next = 0.0  # when the next request may go out
        self._robots: dict[str, urllib.robotparser.RobotFileParser | str] = {}
        self._chance = random.Random(0)  # of the jitter, which only keeps several of us apart
        self._opener = urllib.request.build_opener(_OnlyHttp)

    def get(self, address: str) -> bytes:
        """The body at an http(s) address. Raises FetchError."""
        parts = _checked(address)
        if self.manners.obeys_robots:
            self._ask_robots(address, f"{parts.scheme}://{parts.netloc}")
        return self._patiently(address)

    def _patiently(self, address: str) -> bytes:
        """Ask again after failures that may pass, each time after twice as long, or when the server says."""
        retrying = Retrying(
            stop=stop_after_attempt(self.manners.attempts),
            wait=self._wait,
            retry=retry_if_exception_type(_TryAgain),
            sleep=self.pause,
            reraise=True,
        )
        try:
            return retrying(self._once, address)
        except _TryAgain as error:
            raise FetchError(f"{error}; gave up after {self.manners.attempts} attempts.") from None

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.wait if isinstance(error, _TryAgain) else None
        if asked is None:
            return 2 ** (state.attempt_number - 1) * self._chance.uniform(1, 1.5)
        if asked > self.manners.longest_wait:
            raise FetchError(f"{error} and asks to wait {asked:.0f} s; come back later.")
        return asked

    def _once(self, address: str) -> bytes:
        self._take_turn()
        request = urllib.request.Request(address, headers={"User-Agent": self.manners.user_agent})
        shown = address[:200]
        try:
            with self._opener.open(request, timeout=self.manners.timeout) as answer:
                body = answer.read(self.manners.most_bytes + 1)
                length = answer.headers.get("Content-Length", "")
        except urllib.error.HTTPError as error:
            error.close()
            reason = f"{shown} answered {error.code}"
            if error.code in _TRY_AGAIN:
                raise _TryAgain(reason, _retry_after(error.headers.get("Retry-After"))) from None
            raise FetchError(f"{reason}; the link may have expired.") from None
        except ValueError as error:  # an address that urllib cannot use, before anything is sent
            raise FetchError(f"cannot fetch {shown}: {error}.") from None
        except (OSError, http.client.HTTPException) as error:
            raise _TryAgain(f"cannot fetch {shown}: {getattr(error, 'reason', None) or error}") from None
        if len(body) > self.manners.most_bytes:
            raise FetchError(f"{shown} is over {self.manners.most_bytes / 2**20:g} MiB, which no shortcut is.")
        if length.isdecimal() and len(body) < int(length):
            raise _TryAgain(f"{shown} broke off after {len(body)} of {length} bytes")
        return body

    def _take_turn(self) -> None:
        early = self._next - self.clock()
        if early > 0:
            self.pause(early)
        self._next = max(self.clock(), self._next) + 60 / self.manners.requests_a_minute

    def _ask_robots(self, address: str, origin: str) -> None:
        if origin not in self._robots:
            self._robots[origin] = self._read_robots(origin)
        robots = self._robots[origin]
        if isinstance(robots, str):
            raise FetchError(robots)
        if not robots.can_fetch(self.manners.user_agent, address):
            raise FetchError(f"{origin}/robots.txt does not allow {address[:200]}.")

    def _read_robots(self, origin: str) -> urllib.robotparser.RobotFileParser | str:
        """A host's rules: none where it has no such file; why we stay away where it cannot be read."""
        rules = urllib.robotparser.RobotFileParser()
        rules.modified()  # without a time of reading it allows nothing
        try:
            rules.parse(self._patiently(f"{origin}/robots.txt").decode("utf-8", "replace").splitlines())
        except FetchError as error:
            if any(f"answered {code};" in str(error) for code in (404, 410)):
                rules.allow_all = True
            else:
                return f"{origin}/robots.txt cannot be read ({error}); nothing is fetched from there."
        delay = rules.crawl_delay(self.manners.user_agent)
        if delay and float(delay) > 60 / self.manners.requests_a_minute:
            return f"{origin}/robots.txt asks for {delay} s between requests; lower --requests_a_minute."
        return rules


class _OnlyHttp(urllib.request.HTTPRedirectHandler):
    """urllib follows redirects to ftp, too."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):  # type: ignore[no-untyped-def]
        _checked(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _checked(address: str) -> urllib.parse.SplitResult:
    try:
        parts = urllib.parse.urlsplit(address)
    except ValueError as error:
        raise FetchError(f"cannot fetch {address[:200]}: {error}.") from None
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise FetchError(f"{address[:200]!r} is not an http(s) address.")
    return parts


def _retry_after(value: str | None) -> float | None:
    """Seconds, which a server gives as a number or as a date."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError):
        return None
