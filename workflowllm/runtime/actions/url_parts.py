"""URLs: their parts, what they stand for, and what a server says about them."""

from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit, urlunsplit

from workflowllm.runtime.actions.web import addresses, header_of, page_at, request
from workflowllm.runtime.call import Call
from workflowllm.runtime.coercions import url_of
from workflowllm.runtime.items import Dictionary, Item, Thing
from workflowllm.runtime.placeholders import placeholder
from workflowllm.runtime.rule import ActionRule

MAX_REDIRECTS = 10
_TRACKING = frozenset(["fbclid", "gclid", "dclid", "msclkid", "mc_cid", "mc_eid", "igshid", "yclid", "twclid"])


def component(call: Call) -> str | None:
    """One part of a URL; nothing where it has none."""
    text = next(iter(addresses(call, "WFURL")), "")
    kind = call.choice("WFURLComponent", "Scheme")
    try:
        parts = urlsplit(text)
        values = {
            "Scheme": parts.scheme, "User": parts.username, "Password": parts.password, "Host": parts.hostname,
            "Port": str(parts.port) if parts.port is not None else None, "Path": unquote(parts.path),
            "Query": parts.query, "Fragment": parts.fragment,
        }  # fmt: skip
    except ValueError as error:
        call.fail(f"Get Component of URL can't read {text[:80]!r}: {error}")
    if kind not in values:
        call.fail(f"a URL has no component {kind!r}; it has {', '.join(values)}")
    return values[kind] or None


def expand(call: Call) -> list[Thing]:
    """Fact 137: follows redirects that the world's web serves and drops parameters that only track."""
    return [url_of(without_tracking(_followed(call, address))) for address in addresses(call, "URL")]


def _followed(call: Call, address: str) -> str:
    """Where an address leads: entries of the status 301 to 308 name the next one in their header Location."""
    for _ in range(MAX_REDIRECTS):
        page = page_at(call, address, "HEAD") or page_at(call, address)
        target = header_of(page.headers, "Location") if page else None
        if page is None or target is None or not 300 <= page.status < 400:
            break
        call.effect("http", method="HEAD", url=address)
        address = urljoin(address, target)
    return address


def without_tracking(address: str) -> str:
    """An address without parameters such as utm_source. Without any it stays as it is written."""
    try:
        parts = urlsplit(address)
        pairs = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=1000)
    except ValueError:
        return address
    wanted = [(name, value) for name, value in pairs if not _tracks(name)]
    return address if len(wanted) == len(pairs) else urlunsplit(parts._replace(query=urlencode(wanted)))


def _tracks(name: str) -> bool:
    return name.lower().startswith("utm_") or name.lower() in _TRACKING


def headers(call: Call) -> list[Item]:
    """Get Headers of URL: a dictionary for each URL."""
    return [_headers(call, address) for address in addresses(call, "WFInput")]


def _headers(call: Call, address: str) -> Item:
    page = request(call, address, "HEAD" if page_at(call, address, "HEAD") else "GET")
    return placeholder(call, "dictionary") if page is None else Dictionary(dict(page.headers))


ACTIONS: dict[str, ActionRule] = {
    "geturlcomponent": ActionRule(component, input="WFURL", gives="text"),
    "url.expand": ActionRule(expand, input="URL", gives="url"),
    "url.getheaders": ActionRule(headers, input="WFInput", gives="dictionary"),
}
