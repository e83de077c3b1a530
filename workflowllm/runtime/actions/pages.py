"""Web pages: their contents, articles, feeds, and the reading list."""

import io
import re
from typing import Any

import feedparser

from workflowllm.runtime.actions.web import addresses, page_at, request
from workflowllm.runtime.call import Call
from workflowllm.runtime.coercions import coerce, kind_of, url_of
from workflowllm.runtime.contents import encoded
from workflowllm.runtime.data_forms import date_field
from workflowllm.runtime.items import Item, Thing, from_plain
from workflowllm.runtime.json_text import json_text
from workflowllm.runtime.markup import (
    article_html,
    feeds_of,
    meta_of,
    parsed,
    rich_text_of_html,
    text_of_html,
    title_of,
)
from workflowllm.runtime.placeholders import placeholder
from workflowllm.runtime.rule import PASSES, ActionRule
from workflowllm.runtime.world import Page

_DECLARATIONS = re.compile(r"<!DOCTYPE[^\[>]{0,1000}\[", re.IGNORECASE)
_DECLARATIONS_END = re.compile(r"\]\s*>")
EXCERPT = 200  # characters of an article whose page names no description


def _without_declarations(text: str) -> str:
    """A feed without entities of its own, which could grow without end; no real feed needs them."""
    parts, at = [], 0
    while start := _DECLARATIONS.search(text, at):
        parts.append(text[at : start.start()])
        end = _DECLARATIONS_END.search(text, start.end())
        at = end.end() if end else len(text)
    return "".join(parts) + text[at:]


def html_at(page: Page) -> str:
    """The text that an entry of the world's web serves."""
    return json_text(from_plain(page.json_)) if page.json_ is not None else page.body or ""


def page_title(call: Call, address: str) -> str | None:
    """The title of a page, where the world's web has it."""
    page = page_at(call, address)
    if page is None:
        return None
    call.effect("http", method="GET", url=address)
    return title_of(parsed(html_at(page)))


def page_contents(call: Call) -> list[Item]:
    """Get Contents of Web Page: each page as rich text."""
    return [_rich_page(call, address) for address in addresses(call, "WFInput")]


def _rich_page(call: Call, address: str) -> Item:
    page = request(call, address)
    if page is None:
        return placeholder(call, "rich_text")
    html = html_at(page)
    return rich_text_of_html(html, url_of(address), name=title_of(parsed(html)))


def get_article(call: Call) -> list[Item]:
    """Get Article using Safari Reader: what a page says about itself, and its text."""
    return [_article(call, item) for item in call.input.items]


def _article(call: Call, item: Item) -> Item:
    if kind_of(item) == "article":
        return item
    address = call.text_of(coerce(item, "url", call.world) or item).strip()
    page = request(call, address)
    html = html_at(page) if page else ""
    if page is None:
        html = "<title>(article)</title><p>(article)</p>"
    call.lean("article-parts")
    soup = parsed(html)
    body = text_of_html(article_html(soup))
    published = meta_of(soup, "article:published_time", "datePublished", "date", "pubdate")
    fields: dict[str, Any] = {
        "title": meta_of(soup, "og:title") or title_of(soup) or address,
        "author": meta_of(soup, "author", "article:author"),
        "published": date_field(published, call.world) if published else None,
        "excerpt": meta_of(soup, "og:description", "description") or body[:EXCERPT],
        "body": body,
        "html": article_html(soup),
        "image": meta_of(soup, "og:image"),
        "url": address,
        "words": from_plain(len(re.findall(r"\w+", body))),
    }
    return Thing("article", {key: value for key, value in fields.items() if value is not None}, url_of(address))


def feed_items(call: Call) -> list[Thing]:
    """Get Items from RSS Feed: the newest of each feed, as articles."""
    limit = max(call.integer("WFRSSItemQuantity", 10), 0)
    items: list[Thing] = []
    for address in addresses(call, "WFRSSFeedURL"):
        page = request(call, address)
        if page is None:
            items.append(Thing("article", {"title": "(article)", "url": "https://example.com/article"}))
            continue
        feed = feedparser.parse(io.BytesIO(encoded(_without_declarations(html_at(page)))))
        items += [_feed_item(call, entry) for entry in feed.entries[:limit]]
    return items


def _feed_item(call: Call, entry: Any) -> Thing:
    html = entry["content"][0].get("value") if entry.get("content") else entry.get("summary")
    published = entry.get("published") or entry.get("updated")
    fields = {
        "title": entry.get("title"),
        "url": entry.get("link"),
        "author": entry.get("author"),
        "published": date_field(published, call.world) if published else None,
        "excerpt": text_of_html(entry["summary"]) if entry.get("summary") else None,
        "body": text_of_html(html) if html else None,
    }
    return Thing("article", {key: value for key, value in fields.items() if value is not None})


def feeds_from_page(call: Call) -> list[Thing]:
    """Get RSS Feeds from Page: the feeds that each page names."""
    feeds: list[str] = []
    for address in addresses(call, "WFURLs"):
        page = request(call, address)
        feeds += feeds_of(parsed(html_at(page)), address) if page else ["https://example.com/feed.rss"]
    return [url_of(feed) for feed in feeds]


def add_to_reading_list(call: Call) -> None:
    for address in addresses(call, "WFURL"):
        call.effect("device", identifier=call.identifier, parameters={"WFURL": address})


ACTIONS: dict[str, ActionRule] = {
    "getwebpagecontents": ActionRule(page_contents, input="WFInput", gives="rich_text"),
    "getarticle": ActionRule(get_article, input="WFWebPage", gives="article"),
    "rss": ActionRule(feed_items, input="WFRSSFeedURL", gives="article"),
    "rss.extract": ActionRule(feeds_from_page, input="WFURLs", gives="url"),
    "readinglist": ActionRule(add_to_reading_list, input="WFURL", flow=PASSES),
}
