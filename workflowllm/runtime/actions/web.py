"""Requests to the world's web."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from workflowllm.runtime.call import Call
from workflowllm.runtime.coercions import parse_dictionary, url_of
from workflowllm.runtime.data_forms import from_world
from workflowllm.runtime.items import Dictionary, Item, Thing, from_plain
from workflowllm.runtime.markup import looks_like_html, parsed, rich_text_of_html, title_of
from workflowllm.runtime.placeholders import placeholder
from workflowllm.runtime.rule import ActionRule
from workflowllm.runtime.world import Page

_FORM_KEYS = {"JSON": "WFJSONValues", "Form": "WFFormValues"}
_FILES = frozenset(["file", "image", "media", "pdf"])


def url(call: Call) -> list[Thing]:
    return [Thing("url", {"url": text.strip()}) for text in call.texts("WFURLActionURL") if text.strip()]


def download(call: Call) -> list[Item]:
    """Facts 127 and 128: one result for each URL."""
    method = call.choice("WFHTTPMethod", "GET").upper()
    headers = call.dictionary("WFHTTPHeaders")
    body = None
    if method != "GET":
        body, kind = _body(call)
        headers = _with_content_type(headers, kind) if body is not None else headers
    return [_contents(call, address, method, headers, body) for address in addresses(call, "WFURL")]


def addresses(call: Call, key: str) -> list[str]:
    """The URLs of a parameter: one line of text each, without the empty ones."""
    return [line.strip() for text in call.texts(key) for line in text.splitlines() if line.strip()]


def _body(call: Call) -> tuple[Any, str | None]:
    """A request's body and its type: JSON where nothing else is chosen; a form with a file has several parts."""
    kind = call.choice("WFHTTPBodyType", "JSON")
    if kind not in _FORM_KEYS:
        return call.first("WFRequestVariable"), None
    body = call.dictionary(_FORM_KEYS[kind])
    if kind == "JSON":
        return body, "application/json"
    has_file = body is not None and any(
        type(value) is Thing and value.type in _FILES for value in body.entries.values()
    )
    return body, "multipart/form-data" if has_file else "application/x-www-form-urlencoded"


def _with_content_type(headers: Dictionary | None, kind: str | None) -> Dictionary | None:
    """The headers with the body's type, unless the shortcut sets one."""
    entries = dict(headers.entries) if headers else {}
    if kind is None or any(name.lower() == "content-type" for name in entries):
        return headers
    return Dictionary({**entries, "Content-Type": kind})


def _contents(call: Call, address: str, method: str, headers: Dictionary | None, body: Any) -> Item:
    page = request(call, address, method, headers, body)
    return placeholder(call, "dictionary") if page is None else content_of(call, page, address)


def request(
    call: Call, address: str, method: str = "GET", headers: Dictionary | None = None, body: Any = None
) -> Page | None:
    """Record a request and give the entry that serves it. Without one the run breaks; None in the stock world."""
    page = page_at(call, address, method)
    if page is None and call.session.makes_up:
        call.made_up()
    call.effect("http", method=method, url=address, headers=headers, body=body)
    if page is None and not call.session.makes_up:
        call.fail(f"the world's web has no entry for {method} {address[:200]}")
    return page


def page_at(call: Call, address: str, method: str = "GET") -> Page | None:
    """The entry of the world's web that serves an address, if one does."""
    return call.world.page_for(method, lambda entry: serves(entry.url, address))


def serves(entry: str, address: str) -> bool:
    """Whether an entry's URL serves an address: any query where it has none, else the same parameters in any order."""
    try:
        wanted, actual = urlsplit(entry.strip()), urlsplit(address)
    except ValueError:
        return entry == address
    same = (wanted.scheme.lower(), wanted.netloc.lower(), wanted.path.rstrip("/")) == (
        actual.scheme.lower(), actual.netloc.lower(), actual.path.rstrip("/"),
    )  # fmt: skip
    if not same or not wanted.query:
        return same
    return sorted(parse_qsl(wanted.query, True)) == sorted(parse_qsl(actual.query, True))


def content_of(call: Call, page: Page, address: str) -> Item:
    """What an entry serves: JSON as a dictionary, a page as rich text, other text as text, or a file."""
    if page.json_ is not None:
        return from_plain(page.json_)
    if page.file is not None:
        return from_world(page.file, call.world)
    body = page.body or ""
    if "html" in (header_of(page.headers, "Content-Type") or "") or looks_like_html(body):
        call.lean("html-response")
        return rich_text_of_html(body, url_of(address), name=title_of(parsed(body)))
    dictionary = parse_dictionary(body) if body.lstrip()[:1] in ("{", "[") else None
    return body if dictionary is None else dictionary


def header_of(headers: Mapping[str, str], name: str) -> str | None:
    return next((value for key, value in headers.items() if key.lower() == name.lower()), None)


ACTIONS: dict[str, ActionRule] = {
    "url": ActionRule(url, gives="url"),
    "downloadurl": ActionRule(download, input="WFURL", gives="any"),
}
