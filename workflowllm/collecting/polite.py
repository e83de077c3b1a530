"""Fetching over HTTP politely and carefully: a limited rate, robots.txt, patience, public addresses only.

urllib does the work: each redirect and each connection must be admitted first, and its handlers allow just that.
"""

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
from typing import Any

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from workflowllm.collecting.connections import Connections, FetchError

_TRANSIENT_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
_ABSENT_STATUSES = (404, 410)
_ROBOTS_BYTES = 512 << 10  # of robots.txt that are read, as RFC 9309 asks for at least
_CHUNK = 64 << 10
_SHOWN_ADDRESS = 200  # characters of an address in a message


@dataclass(frozen=True, slots=True)
class Manners:
    """How politely and how carefully to fetch."""

    requests_a_minute: float = 30
    attempts: int = 5  # of each request
    longest_wait: float = 300  # seconds that a server may ask us to wait; beyond it the request fails
    timeout: float = 30  # seconds without a byte
    deadline: float = 300  # seconds for one attempt as a whole, however steadily bytes trickle in
    most_bytes: int = 16 << 20  # of an answer; the largest of 1,975 real shortcuts has 3 MB
    user_agent: str = "workflowllm-collector/1.0"
    obeys_robots: bool = True
    allows_private: bool = False  # whether addresses of this machine and its network may be fetched


class _TransientError(Exception):
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
        self._next_turn = 0.0  # when the next request may go out, by the clock
        self._robots: dict[str, urllib.robotparser.RobotFileParser | str] = {}
        self._jitter = random.Random(0)  # keeps several collectors from asking at the same moments

    def get(self, address: str) -> bytes:
        """The body at an http(s) address. Raises FetchError."""
        self._admit(address)
        return self._get_patiently(address, self._admit)

    def _admit(self, address: str) -> None:
        """Raise FetchError for an address, of a redirect too, that must not be fetched."""
        parts = checked(address)
        if self.manners.obeys_robots:
            self._check_robots(address, f"{parts.scheme}://{parts.netloc}")

    def _get_patiently(self, address: str, admit: Callable[[str], Any]) -> bytes:
        """Fetch, and again after failures that may pass: each time after twice as long, or when the server says."""
        retrying = Retrying(
            stop=stop_after_attempt(self.manners.attempts),
            wait=self._seconds_to_wait,
            retry=retry_if_exception_type(_TransientError),
            sleep=self.pause,
            reraise=True,
        )
        try:
            return retrying(self._get_once, address, admit)
        except _TransientError as error:
            raise FetchError(f"{error}; gave up after {self.manners.attempts} attempts.") from None

    def _seconds_to_wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        requested = error.wait if isinstance(error, _TransientError) else None
        if requested is None:
            return 2 ** (state.attempt_number - 1) * self._jitter.uniform(1, 1.5)
        if requested > self.manners.longest_wait:
            raise FetchError(f"{error} and asks to wait {requested:.0f} s; come back later.")
        return requested

    def _get_once(self, address: str, admit: Callable[[str], Any]) -> bytes:
        self._take_turn()
        shown = address[:_SHOWN_ADDRESS]
        request = urllib.request.Request(address, headers={"User-Agent": self.manners.user_agent})
        with Connections(self.manners.deadline, self.manners.allows_private) as connections:
            opener = urllib.request.build_opener(*connections.handlers(), _Redirects(admit, self._take_turn))
            try:
                with opener.open(request, timeout=self.manners.timeout) as answer:
                    body, length = self._read(answer), _content_length(answer.headers.get("Content-Length", ""))
            except urllib.error.HTTPError as error:
                error.close()
                raise _status_error(shown, error) from None
            except (FetchError, _TransientError):
                raise
            except Exception as error:  # urllib and http.client raise nearly anything for a hostile server
                if connections.is_over:
                    reason = f"{shown} was not complete after {self.manners.deadline:g} s"
                    raise _TransientError(reason) from None
                if isinstance(error, ValueError):  # an address that urllib cannot use, before anything is sent
                    raise FetchError(f"cannot fetch {shown}: {error}.") from None
                reason = getattr(error, "reason", None) or error
                raise _TransientError(f"cannot fetch {shown}: {reason}") from None
            if connections.is_over:
                raise _TransientError(f"{shown} was not complete after {self.manners.deadline:g} s")
        if len(body) > self.manners.most_bytes:
            raise FetchError(f"{shown} is over {self.manners.most_bytes / 2**20:g} MiB, which no shortcut is.")
        if length is not None and len(body) < length:
            raise _TransientError(f"{shown} broke off after {len(body)} of {length} bytes")
        return body

    def _read(self, answer: http.client.HTTPResponse) -> bytes:
        body = bytearray()
        while len(body) <= self.manners.most_bytes and (chunk := answer.read1(_CHUNK)):
            body += chunk
        return bytes(body)

    def _take_turn(self) -> None:
        early = self._next_turn - self.clock()
        if early > 0:
            self.pause(early)
        self._next_turn = max(self.clock(), self._next_turn) + 60 / self.manners.requests_a_minute

    def _check_robots(self, address: str, origin: str) -> None:
        if origin not in self._robots:
            self._robots[origin] = self._read_robots(origin)
        rules = self._robots[origin]
        if isinstance(rules, str):
            raise FetchError(rules)
        if not rules.can_fetch(self.manners.user_agent, address):
            raise FetchError(f"{origin}/robots.txt does not allow {address[:_SHOWN_ADDRESS]}.")

    def _read_robots(self, origin: str) -> urllib.robotparser.RobotFileParser | str:
        """A host's rules, which allow everything where it has no such file; a sentence where they cannot be read."""
        rules = urllib.robotparser.RobotFileParser()
        rules.modified()  # without a time of reading it allows nothing
        unreadable = "{}/robots.txt cannot be read ({}); nothing is fetched from there."
        try:
            text = self._get_patiently(f"{origin}/robots.txt", checked)[:_ROBOTS_BYTES].decode("utf-8", "replace")
            rules.parse(text.splitlines())
        except FetchError as error:
            if not any(f"answered {status};" in str(error) for status in _ABSENT_STATUSES):
                return unreadable.format(origin, error)
            rules.allow_all = True
        except ValueError:  # a Crawl-delay that int() refuses
            return unreadable.format(origin, "a number in it is malformed")
        delay = rules.crawl_delay(self.manners.user_agent)
        if delay and delay > 60 / self.manners.requests_a_minute:
            return f"{origin}/robots.txt asks for {str(delay)[:20]} s between requests; lower --requests_a_minute."
        return rules


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only to an address that may be fetched, and in its turn."""

    def __init__(self, admit: Callable[[str], Any], take_turn: Callable[[], None]):
        self.admit, self.take_turn = admit, take_turn

    def redirect_request(self, req, fp, code, msg, headers, newurl):  # type: ignore[no-untyped-def]
        self.admit(newurl)
        self.take_turn()
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def checked(address: str) -> urllib.parse.SplitResult:
    """The parts of an http(s) address. Raises FetchError for any other."""
    try:
        parts = urllib.parse.urlsplit(address)
    except ValueError as error:
        raise FetchError(f"cannot fetch {address[:_SHOWN_ADDRESS]}: {error}.") from None
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise FetchError(f"{address[:_SHOWN_ADDRESS]!r} is not an http(s) address.")
    return parts


def _status_error(shown: str, error: urllib.error.HTTPError) -> Exception:
    reason = f"{shown} answered {error.code}"
    if error.code in _TRANSIENT_STATUSES:
        return _TransientError(reason, _retry_after(error.headers.get("Retry-After")))
    return FetchError(f"{reason}; the link may have expired.")


def _content_length(value: str) -> int | None:
    """The number of bytes that a header announces; None where it is no number that a file can have."""
    value = value.strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None


def _retry_after(value: str | None) -> float | None:
    """Seconds, which a server gives as a number or as a date."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
