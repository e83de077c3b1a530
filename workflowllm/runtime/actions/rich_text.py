"""Rich text, HTML and Markdown into each other."""

from workflowllm.runtime.call import Call
from workflowllm.runtime.items import Item, Thing
from workflowllm.runtime.markup import html_of_markdown, html_of_text, markdown_of_html, rich_text_of_html
from workflowllm.runtime.rule import ActionRule


def html_of(call: Call, item: Item) -> str:
    """An item as HTML: a rich text's own, a file's where it holds some, else its text as paragraphs."""
    if type(item) is Thing:
        html = item.get("html")
        if isinstance(html, str):
            return html
        markdown = item.get("markdown")
        if isinstance(markdown, str):
            return html_of_markdown(markdown)
    return html_of_text(call.text_of(item))


def make_html(call: Call) -> list[str]:
    """Make HTML from Rich Text: a whole page where the switch is on."""
    full = call.boolean("WFMakeFullDocument")
    call.lean("html-form")
    texts = [html_of(call, item) for item in call.input.items]
    return [_whole_page(text) if full and "<html" not in text[:500].lower() else text for text in texts]


def _whole_page(html: str) -> str:
    return f'<!DOCTYPE html>\n<html>\n<head><meta charset="utf-8"></head>\n<body>\n{html}\n</body>\n</html>'


def rich_text_from_html(call: Call) -> list[Thing]:
    return [rich_text_of_html(_source(call, item), item) for item in call.input.items]


def _source(call: Call, item: Item) -> str:
    """The HTML that an item holds as its text; a rich text's own."""
    html = item.get("html") if type(item) is Thing else None
    return html if isinstance(html, str) else call.text_of(item)


def markdown_from_rich_text(call: Call) -> list[str]:
    return [_markdown(call, item) for item in call.input.items]


def _markdown(call: Call, item: Item) -> str:
    """Plain text has no marks, so it is Markdown as it is."""
    if type(item) is not Thing:
        return call.text_of(item)
    markdown = item.get("markdown")
    if isinstance(markdown, str):
        return markdown
    html = item.get("html")
    return markdown_of_html(html) if isinstance(html, str) else call.text_of(item)


def rich_text_from_markdown(call: Call) -> list[Thing]:
    texts = call.content_texts("WFInput")
    return [
        Thing("rich_text", {**rich_text_of_html(html_of_markdown(text)).fields, "markdown": text}) for text in texts
    ]


ACTIONS: dict[str, ActionRule] = {
    "gethtmlfromrichtext": ActionRule(make_html, input="WFInput", gives="text"),
    "getrichtextfromhtml": ActionRule(rich_text_from_html, input="WFHTML", gives="rich_text"),
    "getmarkdownfromrichtext": ActionRule(markdown_from_rich_text, input="WFInput", gives="text"),
    "getrichtextfrommarkdown": ActionRule(rich_text_from_markdown, input="WFInput", gives="rich_text"),
}
