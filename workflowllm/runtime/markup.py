"""HTML, Markdown and rich text: one form into another, and what a page says about itself."""

import html as escapes
import re
import warnings
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import urljoin

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, NavigableString, XMLParsedAsHTMLWarning
from markdown_it import MarkdownIt
from markdownify import ATX, markdownify

from workflowllm.runtime.endings import Broken
from workflowllm.runtime.items import Item, Thing
from workflowllm.runtime.limits import check_size

MAX_HTML = 2 << 20  # characters; a parsed page takes some 30 times as much
MAX_MARKS = 80_000  # of large real pages some 20,000
MAX_DEPTH = 2000  # of elements inside each other
_TAG = re.compile(r"<(/?)([A-Za-z][\w-]*)")
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())  # noqa: SIM905
_OPENS_NOTHING = re.compile(r"<(?!/?[A-Za-z][^<>]*>|!--[^<]{0,100000}?-->|!doctype[^<>]*>|!\[CDATA\[|\?[^<>]*>)", re.I)
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
_COMMENT = re.compile(r"\s*<!--.*?-->", re.S)
_LOOKS_LIKE_HTML = re.compile(r"\s*<(?:!doctype\s+html|html|head|body)\b", re.I)
_Result = TypeVar("_Result")


def looks_like_html(text: str) -> bool:
    """Whether a text is a page of HTML."""
    text, start = text[:5000], 0
    while comment := _COMMENT.match(text, start):
        start = comment.end()
    return bool(_LOOKS_LIKE_HTML.match(text, start))


def _guarded(work: Callable[[], _Result]) -> _Result:
    """The parsers walk recursively: what is nested too deeply for them is one sentence."""
    try:
        return work()
    except RecursionError:
        raise Broken("the HTML is nested too deeply") from None


def parsed(html: str) -> BeautifulSoup:
    text = _checked(html)
    with warnings.catch_warnings():  # about texts that look like an address: they are shown as they are
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)  # a feed is read as far as it reads as HTML
        return _guarded(lambda: BeautifulSoup(text, "html.parser"))


def _checked(html: str) -> str:
    """HTML that the parser reads in time: bounded in size and depth, with every `<` that opens nothing escaped."""
    if len(html) > MAX_HTML:
        raise Broken(f"the HTML has more than {MAX_HTML:,} characters")
    if html.count("<") + html.count("&") > MAX_MARKS:
        raise Broken(f"the HTML has more than {MAX_MARKS:,} tags and entities")
    depth = deepest = 0
    for close, name in _TAG.findall(html):
        if name.lower() not in _VOID:
            depth = max(depth - 1, 0) if close else depth + 1
            deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        raise Broken("the HTML is nested too deeply")
    return _OPENS_NOTHING.sub("&lt;", html)


def text_of_html(html: str) -> str:
    """What a reader sees of HTML: a line for each block, blanks as a browser shows them."""
    lines = _Lines()
    stack: list[tuple[Any, bool]] = [(parsed(html), False)]  # a node, and whether blanks count; pages nest deeply
    while stack:
        node, is_exact = stack.pop()
        if node is _BREAK:
            lines.end()
        elif isinstance(node, NavigableString):
            if type(node) is NavigableString:  # comments and doctypes are subclasses
                lines.add(str(node), is_exact)
        elif node.name == "br":
            lines.pieces.append("\n")
        elif node.name not in _HIDDEN:
            around = [_BREAK] if node.name in _BLOCKS else []
            mark = [NavigableString("• ")] if node.name == "li" else []
            is_exact = is_exact or node.name == "pre"
            stack += [(part, is_exact) for part in (*around, *reversed(node.contents), *mark, *around)]
    return "".join(lines.pieces).strip()


_BREAK = object()  # where a block begins or ends


class _Lines:
    """Pieces of text that become lines."""

    def __init__(self) -> None:
        self.pieces: list[str] = []

    def add(self, text: str, is_exact: bool) -> None:
        """A text; outside `pre`, blanks in a row are one, and none begins a line."""
        if not is_exact:
            text = re.sub(r"[ \t\n\r\f]+", " ", text).replace("\xa0", " ")
            if not self.pieces or self.pieces[-1][-1] in "\n ":
                text = text.lstrip(" ")
        if text:
            self.pieces.append(text)

    def end(self) -> None:
        """The end of a line, unless one has just ended."""
        if self.pieces and self.pieces[-1] != "\n":
            self.pieces[-1] = self.pieces[-1].rstrip(" ")
            self.pieces.append("\n")


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"])


def html_of_markdown(markdown: str) -> str:
    check_size(8 * len(markdown))
    return _guarded(lambda: _markdown().render(markdown)).strip()


def markdown_of_html(html: str) -> str:
    page = _checked(html)
    text = _guarded(lambda: markdownify(page, heading_style=ATX, bullets="*", strip=["script", "style", "title"]))
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
