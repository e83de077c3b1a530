"""HTML, Markdown and rich text: one form into another, and what a page says about itself."""

import html as escapes
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import urljoin

from bs4 import BeautifulSoup, NavigableString, Tag
from markdown_it import MarkdownIt
from markdownify import ATX, markdownify

from workflowllm.runtime.errors import Broken
from workflowllm.runtime.limits import check_size
from workflowllm.runtime.values import Item, Thing

MAX_HTML = 4 << 20  # characters; a parsed page takes some 30 times as much
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tr",
        "ul",
        "title",
    ]
)
_HIDDEN = frozenset(["script", "style", "head", "template", "noscript", "svg"])
_LOOKS_LIKE_HTML = re.compile(r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_Result = TypeVar("_Result")


def looks_like_html(text: str) -> bool:
    """Whether a text is a page of HTML."""
    return bool(_LOOKS_LIKE_HTML.match(text[:5000]))


def _guarded(work: Callable[[], _Result]) -> _Result:
    """The parsers walk recursively: what is nested too deeply for them is one sentence."""
    try:
        return work()
    except RecursionError:
        raise Broken("the HTML is nested too deeply") from None


def parsed(html: str) -> BeautifulSoup:
    if len(html) > MAX_HTML:
        raise Broken(f"the HTML has more than {MAX_HTML:,} characters")
    return _guarded(lambda: BeautifulSoup(html, "html.parser"))


def text_of_html(html: str) -> str:
    """What a reader sees of HTML: one line for each block, blanks as a browser shows them."""
    pieces: list[str] = []
    for node in _visible(parsed(html)):
        pieces.append(node)
    text = re.sub(r"[ \t\f\v]*\n[ \t\f\v]*", "\n", "".join(pieces))
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]{2,}", " ", text)).strip()


def _visible(root: Tag) -> list[str]:
    """The texts of a tree in order, with line ends where blocks begin and end. A stack, since pages nest deeply."""
    pieces: list[str] = []
    stack: list[Any] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, str) and not isinstance(node, NavigableString):
            _line_end(pieces, node)
        elif isinstance(node, NavigableString):
            if type(node) is NavigableString:  # comments and doctypes are subclasses
                pieces.append(re.sub(r"\s+", " ", str(node)) if node.find_parent("pre") is None else str(node))
        elif node.name == "br":
            pieces.append("\n")
        elif node.name not in _HIDDEN:
            around = ["\n"] if node.name in _BLOCKS else []
            mark = [NavigableString("• ")] if node.name == "li" else []
            stack += around + list(reversed(node.contents)) + mark + around
    return pieces


def _line_end(pieces: list[str], end: str) -> None:
    """A block's end, unless a line has just ended."""
    if pieces and not pieces[-1].endswith("\n"):
        pieces.append(end)


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"])


def html_of_markdown(markdown: str) -> str:
    check_size(8 * len(markdown))
    return _guarded(lambda: _markdown().render(markdown)).strip()


def markdown_of_html(html: str) -> str:
    if len(html) > MAX_HTML:
        raise Broken(f"the HTML has more than {MAX_HTML:,} characters")
    text = _guarded(lambda: markdownify(html, heading_style=ATX, bullets="*", strip=["script", "style", "title"]))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def html_of_text(text: str) -> str:
    """A plain text as HTML: a paragraph for each block of lines."""
    blocks = [block for block in re.split(r"\n\s*\n", text.strip()) if block]
    return "\n".join(f"<p>{escapes.escape(block, quote=False).replace(chr(10), '<br>')}</p>" for block in blocks)


def rich_text_of_html(html: str, made_from: Item = None, **fields: Any) -> Thing:
    """A rich text that shows a piece of HTML."""
    shown = {key: value for key, value in fields.items() if value is not None}
    return Thing("rich_text", {**shown, "text": text_of_html(html), "html": html}, made_from)


def title_of(soup: BeautifulSoup) -> str | None:
    """A page's title."""
    return _clean(soup.title.get_text()) if soup.title else None


def meta_of(soup: BeautifulSoup, *names: str) -> str | None:
    """The content of the first meta element with one of these names."""
    for name in names:
        for key in ("property", "name", "itemprop"):
            found = soup.find("meta", attrs={key: name})
            if found and found.get("content"):
                return _clean(str(found["content"]))
    return None


def _clean(text: str) -> str | None:
    return " ".join(text.split()) or None


def article_html(soup: BeautifulSoup) -> str:
    """The part of a page that is its article: its article or main element, else its body."""
    return str(soup.find("article") or soup.find("main") or soup.body or soup)


def links_of(html: str, base: str = "") -> list[str]:
    """The addresses that a piece of HTML links to, in order, each once."""
    addresses = [urljoin(base, str(link["href"])) for link in parsed(html).find_all("a", href=True)]
    return list(dict.fromkeys(address for address in addresses if ":" in address))


def feeds_of(soup: BeautifulSoup, base: str) -> list[str]:
    """The feeds that a page names."""
    feeds = [
        urljoin(base, str(link.get("href")))
        for link in soup.find_all("link", href=True)
        if "alternate" in (link.get("rel") or []) and re.search(r"rss|atom|feed\+json", str(link.get("type")))
    ]
    return list(dict.fromkeys(feeds))
