"""Rates, retries, Retry-After, robots.txt and limits, on a clock of the test's own."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from cloud_server import Cloud, cloud_server, trickling_server

from workflowllm.collecting.connections import FetchError, check_public
from workflowllm.collecting.polite import Fetcher, Manners

DENIED = "User-agent: *\nDisallow: /files/\n"


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with cloud_server() as running:
        yield running


class Clock:
    """Time that passes only in pauses."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


def fetcher(clock: Clock, **manners: object) -> Fetcher:
    usual = {"requests_a_minute": 6000.0, "obeys_robots": False, "timeout": 5.0, "allows_private": True}
    return Fetcher(Manners(**(usual | manners)), clock.pause, lambda: clock.now)  # type: ignore[arg-type]


def test_requests_keep_the_rate(cloud: Cloud) -> None:
    clock = Clock()
    cloud.put("/a", b"x")
    asking = fetcher(clock, requests_a_minute=30)
    for _ in range(5):
        asking.get(f"{cloud.base}/a")
    assert clock.now == pytest.approx(8)  # five requests, two seconds between each two
    clock.now += 100
    asking.get(f"{cloud.base}/a")
    asking.get(f"{cloud.base}/a")
    assert clock.now == pytest.approx(110)  # a rest is no credit for a burst


def test_waits_grow_and_the_answer_comes(cloud: Cloud) -> None:
    clock = Clock()
    cloud.put("/a", (503, {}, b""), (500, {}, b""), (429, {}, b""), b"here")
    assert fetcher(clock).get(f"{cloud.base}/a") == b"here"
    waits = [pause for pause in clock.pauses if pause >= 1]
    assert [1 <= waits[0] <= 1.5, 2 <= waits[1] <= 3, 4 <= waits[2] <= 6] == [True] * 3 and len(waits) == 3


@pytest.mark.parametrize("as_date", [False, True])
def test_retry_after_is_honoured(cloud: Cloud, as_date: bool) -> None:
    clock = Clock()
    soon = datetime.now(timezone.utc) + timedelta(seconds=40)
    cloud.put("/a", (429, {"Retry-After": format_datetime(soon, usegmt=True) if as_date else "40"}, b""), b"here")
    assert fetcher(clock).get(f"{cloud.base}/a") == b"here"
    assert max(clock.pauses) == pytest.approx(40, abs=3 if as_date else 0.01)


@pytest.mark.parametrize(
    ("answers", "message", "asked"),
    [
        ([(404, {}, b"")], "answered 404; the link may have expired", 1),
        ([(403, {}, b"")], "answered 403", 1),
        ([(503, {}, b"")], "answered 503; gave up after 5 attempts", 5),
        ([(429, {"Retry-After": "86400"}, b"")], "asks to wait 86400 s; come back later", 1),
        ([b"x" * 2000], "is over", 1),
        ([(200, {"Content-Length": "100"}, b"x" * 10)], "gave up after 5 attempts", 5),
        ([(302, {"Location": "ftp://127.0.0.1/x"}, b"")], "not an http", 1),
        ([(302, {"Location": "file:///etc/hostname"}, b"")], "answered 302", 1),
        ([(302, {"Location": "/a"}, b"")], "answered 302", None),  # as often as urllib likes
    ],
)
def test_failures_are_one_sentence(cloud: Cloud, answers: list, message: str, asked: int | None) -> None:
    cloud.put("/a", *answers)
    with pytest.raises(FetchError, match=message.replace("(", r"\(")):
        fetcher(Clock(), most_bytes=1000).get(f"{cloud.base}/a")
    assert asked in (None, cloud.asked.count("/a"))


@pytest.mark.parametrize(
    "address", ["file:///etc/hostname", "ftp://x/y", "", "http://", "http://[bad", "/etc/hostname", "http:///x"]
)
def test_only_http(address: str) -> None:
    with pytest.raises(FetchError):
        fetcher(Clock()).get(address)


def test_nobody_listens() -> None:
    with pytest.raises(FetchError, match="gave up after 2 attempts"):
        fetcher(Clock(), attempts=2).get("http://127.0.0.1:1/")


def test_robots_are_read_once_and_obeyed(cloud: Cloud) -> None:
    cloud.put("/robots.txt", DENIED.encode())
    cloud.put("/a", b"x")
    cloud.put("/files/b", b"x")
    asking = fetcher(Clock(), obeys_robots=True)
    assert asking.get(f"{cloud.base}/a") == b"x"
    with pytest.raises(FetchError, match="does not allow"):
        asking.get(f"{cloud.base}/files/b")
    assert cloud.asked == ["/robots.txt", "/a"]


def test_a_rule_for_us_by_name(cloud: Cloud) -> None:
    cloud.put("/robots.txt", b"User-agent: workflowllm-collector\nDisallow: /\n\nUser-agent: *\nAllow: /\n")
    with pytest.raises(FetchError, match="does not allow"):
        fetcher(Clock(), obeys_robots=True).get(f"{cloud.base}/a")


@pytest.mark.parametrize(("status", "is_fetched"), [(404, True), (410, True), (403, False), (503, False)])
def test_robots_that_cannot_be_read(cloud: Cloud, status: int, is_fetched: bool) -> None:
    """A host without the file allows all; one that hides it, or is ill, is left alone."""
    cloud.put("/robots.txt", (status, {}, b""))
    cloud.put("/a", b"x")
    asking = fetcher(Clock(), obeys_robots=True)
    if is_fetched:
        assert asking.get(f"{cloud.base}/a") == b"x"
    else:
        with pytest.raises(FetchError, match="cannot be read"):
            asking.get(f"{cloud.base}/a")
        assert "/a" not in cloud.asked


def test_a_slower_rate_that_robots_ask_for(cloud: Cloud) -> None:
    cloud.put("/robots.txt", b"User-agent: *\nCrawl-delay: 10\n")
    with pytest.raises(FetchError, match="asks for 10 s between requests"):
        fetcher(Clock(), obeys_robots=True, requests_a_minute=30).get(f"{cloud.base}/a")
    cloud.put("/a", b"x")
    assert fetcher(Clock(), obeys_robots=True, requests_a_minute=6).get(f"{cloud.base}/a") == b"x"


def test_a_redirect_asks_the_robots_of_its_target(cloud: Cloud) -> None:
    with cloud_server() as other:
        other.put("/robots.txt", DENIED.encode())
        other.put("/files/b", b"x")
        other.put("/b", b"x")
        cloud.put("/denied", (302, {"Location": f"{other.base}/files/b"}, b""))
        cloud.put("/allowed", (302, {"Location": f"{other.base}/b"}, b""))
        asking = fetcher(Clock(), obeys_robots=True)
        with pytest.raises(FetchError, match="does not allow"):
            asking.get(f"{cloud.base}/denied")
        assert other.asked == ["/robots.txt"]
        assert asking.get(f"{cloud.base}/allowed") == b"x"
        assert other.asked == ["/robots.txt", "/b"]


def test_a_robots_file_that_redirects_in_a_circle_ends(cloud: Cloud) -> None:
    with cloud_server() as other:
        cloud.put("/robots.txt", (302, {"Location": f"{other.base}/robots.txt"}, b""))
        other.put("/robots.txt", (302, {"Location": f"{cloud.base}/robots.txt"}, b""))
        with pytest.raises(FetchError, match=r"robots.txt cannot be read"):
            fetcher(Clock(), obeys_robots=True).get(f"{cloud.base}/a")


@pytest.mark.parametrize("delay", ["9" * 400, "9" * 5000, "²", "1²"])
def test_a_crawl_delay_that_is_no_usable_number_is_one_sentence(cloud: Cloud, delay: str) -> None:
    cloud.put("/robots.txt", f"User-agent: *\nCrawl-delay: {delay}\nDisallow: /x\n".encode())
    cloud.put("/a", b"x")
    try:
        assert fetcher(Clock(), obeys_robots=True).get(f"{cloud.base}/a") == b"x"
    except FetchError as error:
        assert len(str(error)) < 300 and "robots.txt" in str(error)


@pytest.mark.parametrize("length", ["9" * 5000, "9" * 30, "²", "٣", "-1", "x", ""])
def test_a_content_length_that_is_no_usable_number_is_not_believed(cloud: Cloud, length: str) -> None:
    cloud.put("/a", (200, {"Content-Length": length}, b"here"))
    cloud.put("/c", b"x")
    try:
        assert fetcher(Clock(), attempts=2).get(f"{cloud.base}/a") == b"here"
    except FetchError as error:
        assert len(str(error)) < 300
    assert fetcher(Clock()).get(f"{cloud.base}/c") == b"x"


BAD_DATES = ["Sun, 99 Foo 99999 99:99:99 GMT", "Mon, 01 Jan 9999999 00:00:00"]


@pytest.mark.parametrize("after", ["9" * 5000, "²", "-1", *BAD_DATES])
def test_a_retry_after_that_is_no_usable_time_is_no_traceback(cloud: Cloud, after: str) -> None:
    cloud.put("/a", (429, {"Retry-After": after.encode("latin-1", "replace").decode("latin-1")}, b""), b"here")
    try:
        assert fetcher(Clock()).get(f"{cloud.base}/a") == b"here"
    except FetchError as error:
        assert "come back later" in str(error)


@pytest.mark.parametrize("stalls_in", ["headers", "body"])
def test_a_server_that_trickles_is_cut_off(stalls_in: str) -> None:
    """It sends a byte before every timeout, for ever."""
    start = b"HTTP/1.0 200 OK\r\n" + (b"X: " if stalls_in == "headers" else b"\r\n")
    too_slow = pytest.raises(FetchError, match=r"not complete after 0.3 s; gave up after 2 attempts")
    with trickling_server(start) as base, too_slow:
        fetcher(Clock(), deadline=0.3, attempts=2, timeout=2.0).get(f"{base}/a")


PRIVATE_V4 = ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1", "100.64.0.1"]
PRIVATE_V6 = ["::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "2002:7f00:1::"]


@pytest.mark.parametrize("ip", [*PRIVATE_V4, *PRIVATE_V6])
def test_addresses_that_are_not_public_are_refused(ip: str) -> None:
    with pytest.raises(FetchError, match="not public"):
        check_public("host", ip)


@pytest.mark.parametrize("ip", ["17.253.144.10", "2606:4700::6810:84e5", "::ffff:17.253.144.10"])
def test_public_addresses_are_admitted(ip: str) -> None:
    check_public("host", ip)


def test_this_machine_is_not_fetched_from_unless_allowed(cloud: Cloud) -> None:
    cloud.put("/a", b"x")
    for base in (cloud.base, cloud.base.replace("127.0.0.1", "localhost"), cloud.base.replace("127.0.0.1", "0x7f.1")):
        with pytest.raises(FetchError, match="not public"):
            fetcher(Clock(), allows_private=False).get(f"{base}/a")
    assert cloud.asked == []
