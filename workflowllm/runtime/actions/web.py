"""Requests to the world's web."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from workflowllm.runtime.call import Call
from workflowllm.runtime.coercions import parse_dictionary
from workflowllm.runtime.data_forms import from_world
from workflowllm.runtime.placeholders import placeholder
from workflowllm.runtime.rule import ActionRule
from workflowllm.runtime.values import Dictionary, Item, Thing, from_plain
from workflowllm.runtime.world import Page

_FORM_KEYS = {"JSON": "WFJSONValues", "Form": "WFFormValues"}


def url(call: Call) -> list[Thing]:
    return [Thing("url", {"url": text.strip()}) for text in call.texts("WFURLActionURL") if text.strip()]


def download(call: Call) -> list[Item]:
    """Facts 127 and 128: one result for each URL."""
    method = call.choice("WFHTTPMethod", "GET").upper()
    headers = call.dictionary("WFHTTPHeaders")
    body = _body(call) if method != "GET" else None
    return [request(call, address.strip(), method, headers, body) for address in call.texts("WFURL") if address.strip()]


def _body(call: Call) -> Any:
    kind = call.choice("WFHTTPBodyType", "JSON")
    if kind in _FORM_KEYS:
        return call.dictionary(_FORM_KEYS[kind])
    return call.first("WFRequestVariable")


def request(call: Call, address: str, method: str, headers: Dictionary | None, body: Any) -> Item:
    """Record a request and give what the world serves; one that no entry serves breaks the run."""
    page = call.world.page_for(method, lambda entry: serves(entry.url, address))
    if page is None and call.session.makes_up:
        call.made_up()
    call.effect("http", method=method, url=address, headers=headers, body=body)
    if page is None:
        if not call.session.makes_up:
            call.fail(f"the world's web has no entry for {method} {address[:200]}")
        return placeholder(call, "dictionary")
    return content_of(call, page, address)


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
    """What an entry serves: JSON as a dictionary, text as text, or a file."""
    if page.json_ is not None:
        return from_plain(page.json_)
    if page.file is not None:
        return from_world(page.file, call.world)
    body = page.body or ""
    parsed = parse_dictionary(body) if body.lstrip()[:1] in ("{", "[") else None
    return body if parsed is None else parsed


def header_of(headers: Mapping[str, str], name: str) -> str | None:
    return next((value for key, value in headers.items() if key.lower() == name.lower()), None)


ACTIONS: dict[str, ActionRule] = {
    "url": ActionRule(url, gives="url"),
    "downloadurl": ActionRule(download, input="WFURL", gives="any"),
}
