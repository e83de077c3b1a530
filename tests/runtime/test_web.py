"""Requests, pages, articles, feeds, URLs, rich text: all from a world's web."""

import pytest
from worlds import effects_of, error_of, outcome_of, shown

A = "is_workflow_actions_"
API = "https://api.example.com/v1/tasks"
PAGE = """<!DOCTYPE html><html><head><title>The Title</title>
<meta name="author" content="Ada Lovelace"><meta name="description" content="In short.">
<meta property="og:image" content="https://x.example/i.png">
<meta property="article:published_time" content="2026-03-01T10:00:00Z">
<link rel="alternate" type="application/rss+xml" href="/feed.rss"><style>p {}</style><script>alert("x")</script></head>
<body><nav>Menu</nav><article><h1>Heading</h1><p>First <b>bold</b>&nbsp;&amp; <a href="/two">link</a>.</p>
<ul><li>one</li><li>two</li></ul></article></body></html>"""


def requested(arguments: str, **world):
    effects = effects_of(f'{A}downloadurl(WFURL="{API}", {arguments})', web=[{"url": API, "body": "ok"}], **world)
    return effects[0]


def test_f127_get_is_the_default_and_has_no_body():
    effect = requested('WFHTTPBodyType="JSON", WFJSONValues={"a": 1}')
    assert (effect["method"], effect.get("body")) == ("GET", None)


def test_f127_json_is_the_default_body_of_the_others():
    effect = requested('WFHTTPMethod="POST", WFJSONValues={"title": "Milk", "n": 2, "tags": ["a", "b"], "done": False}')
    assert effect["body"] == {"title": "Milk", "n": 2, "tags": ["a", "b"], "done": False}
    assert effect["headers"] == {"Content-Type": "application/json"}


def test_f127_a_form_has_several_parts_when_it_holds_a_file():
    plain = requested('WFHTTPMethod="POST", WFHTTPBodyType="Form", WFFormValues={"a": "1"}')
    assert plain["body"] == {"a": "1"}
    assert plain["headers"]["Content-Type"] == "application/x-www-form-urlencoded"
    image = {"type": "image", "name": "a.png", "width": 1, "height": 1}
    file = "item(5, WFTokenAttachmentParameterState(shortcut_input()))"
    form = f'WFHTTPMethod="PUT", WFHTTPBodyType="Form", WFFormValues={{"file": {file}, "a": "1"}}'
    effect = requested(form, input=image)
    assert effect["body"]["file"]["name"] == "a.png"
    assert effect["headers"]["Content-Type"] == "multipart/form-data"


def test_a_file_as_body_and_headers_of_ones_own():
    form = (
        'WFHTTPMethod="PUT", WFHTTPBodyType="File", WFRequestVariable=shortcut_input(), '
        'WFHTTPHeaders={"content-type": "text/csv", "X-Key": "k"}'
    )
    effect = requested(form, input={"type": "file", "name": "a.csv", "text": "1,2"})
    assert effect["body"]["text"] == "1,2"
    assert effect["headers"] == {"content-type": "text/csv", "X-Key": "k"}
    json = requested(
        'WFHTTPMethod="POST", WFJSONValues={"a": 1}, WFHTTPHeaders={"Content-Type": "application/vnd+json"}'
    )
    assert json["headers"] == {"Content-Type": "application/vnd+json"}


def test_f128_several_urls_give_several_results():
    web = [{"url": "https://a.example", "json": {"n": 1}}, {"url": "https://b.example", "body": "two"}]
    code = f"result = {A}downloadurl(WFURL=shortcut_input())"
    assert shown(code, input=["https://a.example", "https://b.example"], web=web) == [{"n": 1}, "two"]


@pytest.mark.parametrize(
    ("entry", "wanted"),
    [
        ({"json": [1, {"a": None}]}, [1, {"a": None}]),
        ({"body": '{"a": 1}'}, {"a": 1}),
        ({"body": '{"a": 1'}, '{"a": 1'),
        ({"body": ""}, ""),
        ({"body": "error", "status": 500}, "error"),
    ],
)
def test_what_is_served_is_a_dictionary_where_it_is_json_and_text_else(entry, wanted):
    assert shown(f'result = {A}downloadurl(WFURL="{API}")', web=[{"url": API, **entry}]) == wanted


def test_a_page_of_html_is_rich_text_whose_text_has_no_tags():
    code = f'page = {A}downloadurl(WFURL="{API}")\nresult = f"{{page}}"'
    text = shown(code, web=[{"url": API, "body": PAGE}])
    assert "Heading" in text and "<" not in text and "alert" not in text and "p {}" not in text
    code = f'page = {A}downloadurl(WFURL="{API}")\nresult = {A}gethtmlfromrichtext(WFInput=page)'
    assert shown(code, web=[{"url": API, "body": PAGE}]) == PAGE


def test_a_request_that_nothing_serves_breaks_the_run_after_it_is_recorded():
    result = outcome_of(f'{A}downloadurl(WFURL="{API}", WFHTTPMethod="DELETE")', web=[{"url": API, "method": "GET"}])
    assert result.how == "broken" and "no entry for DELETE" in result.error
    assert result.effects[0]["method"] == "DELETE"


def test_the_query_may_stand_in_any_order():
    web = [{"url": "https://a.example/s?q=a&n=1", "body": "served"}]
    assert shown(f'result = {A}downloadurl(WFURL="https://a.example/s?n=1&q=a")', web=web) == "served"
    assert "no entry" in error_of(f'{A}downloadurl(WFURL="https://a.example/s?n=2&q=a")', web=web)


def test_contents_of_a_web_page_are_text_with_a_line_for_each_block():
    code = f'page = {A}getwebpagecontents(WFInput="https://x.example/")\nresult = f"{{page}}"'
    text = shown(code, web=[{"url": "https://x.example/", "body": PAGE}])
    assert text.split("\n") == ["Menu", "Heading", "First bold & link.", "• one", "• two"]


def test_articles_and_their_details():
    code = """
article = is_workflow_actions_getarticle(WFWebPage="https://x.example/")
result = is_workflow_actions_properties_articles(WFInput=article, WFContentItemPropertyName="{}")
"""
    web = [{"url": "https://x.example/", "body": PAGE}]
    wanted = {
        "Title": "The Title",
        "Author": "Ada Lovelace",
        "Excerpt": "In short.",
        "Main Image URL": "https://x.example/i.png",
        "Published Date": "2026-03-01T11:00:00+01:00",
        "URL": "https://x.example/",
        "Number of Words": 6,
        "Body": "Heading\nFirst bold & link.\n• one\n• two",
    }
    assert {name: shown(code.format(name), web=web) for name in wanted} == wanted


FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{}</channel></rss>"""
ITEM = """<item><title>A &amp; B {0}</title><link>https://n.example/{0}</link><description>&lt;p&gt;Text&lt;/p&gt;</description>
<pubDate>Sat, 14 Mar 2026 09:00:00 GMT</pubDate></item>"""


def test_a_feeds_items_are_articles_ten_by_default():
    web = [{"url": "https://n.example/rss", "body": FEED.format("".join(map(ITEM.format, range(12))))}]
    items = shown(f'result = {A}rss(WFRSSFeedURL="https://n.example/rss")', web=web)
    assert len(items) == 10
    assert items[0] == {
        "type": "article", "title": "A & B 0", "url": "https://n.example/0", "excerpt": "Text", "body": "Text",
        "published": "2026-03-14T10:00:00+01:00",
    }  # fmt: skip
    assert shown(f'result = {A}rss(WFRSSFeedURL="https://n.example/rss", WFRSSItemQuantity=0)', web=web) is None


@pytest.mark.parametrize("body", ["", "no feed", "<rss><channel><item><title>x", "<" * 50_000, "\x00", "{}"])
def test_a_broken_feed_does_no_harm(body):
    web = [{"url": "https://n.example/rss", "body": body}]
    assert outcome_of(f'result = {A}rss(WFRSSFeedURL="https://n.example/rss")', web=web).how == "ok"


def test_a_feed_that_grows_when_its_entities_are_expanded_is_not_expanded():
    entities = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "lol">{entities}]>' + FEED[21:].format(
        "<item><title>&a9;</title></item>"
    )
    result = outcome_of(
        f'{A}rss(WFRSSFeedURL="https://n.example/rss")', web=[{"url": "https://n.example/rss", "body": bomb}]
    )
    assert result.how == "ok"


def test_feeds_of_a_page():
    code = f'result = {A}rss_extract(WFURLs="https://x.example/")'
    found = shown(code, web=[{"url": "https://x.example/", "body": PAGE}])
    assert found["url"] == "https://x.example/feed.rss"


def test_the_reading_list_takes_each_url_and_hands_its_input_on():
    code = f"result = {A}readinglist(WFURL=shortcut_input())"
    effects = effects_of(code, input=["https://a.example", "https://b.example"])
    assert [effect["parameters"]["WFURL"] for effect in effects] == ["https://a.example", "https://b.example"]


# URLs


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("", "https"),
        ("Scheme", "https"),
        ("User", "ada"),
        ("Password", "p"),
        ("Host", "x.example"),
        ("Port", "8080"),
        ("Path", "/a b/c"),
        ("Query", "q=1&r=2"),
        ("Fragment", "top"),
    ],
)
def test_components_of_a_url(kind, wanted):
    component = f', WFURLComponent="{kind}"' if kind else ""
    code = f'result = {A}geturlcomponent(WFURL="https://ada:p@x.example:8080/a%20b/c?q=1&r=2#top"{component})'
    assert shown(code) == wanted


@pytest.mark.parametrize(
    "address", ["https://x.example", "", "no url", "http://[bad", "http://x.example:notaport/", "😀"]
)
def test_a_component_that_is_not_there_is_nothing_or_one_sentence(address):
    result = outcome_of(
        f'result = {A}geturlcomponent(WFURL=f"{{shortcut_input()}}", WFURLComponent="Port")', input=address
    )
    assert result.how == "ok" or "can't read" in result.error


def test_f137_expanding_follows_redirects_and_drops_what_only_tracks():
    web = [
        {"url": "https://t.example/1", "status": 301, "headers": {"Location": "/2"}},
        {
            "url": "https://t.example/2",
            "status": 302,
            "headers": {"location": "https://x.example/a?id=7&utm_source=t&fbclid=z"},
        },
    ]
    code = f"result = {A}url_expand(URL=f'{{shortcut_input()}}')"
    assert shown(code, input="https://t.example/1", web=web)["url"] == "https://x.example/a?id=7"
    assert shown(code, input="https://long.example/a?b=%20c", web=web)["url"] == "https://long.example/a?b=%20c"
    loop = [{"url": "https://t.example/1", "status": 301, "headers": {"Location": "https://t.example/1"}}]
    assert shown(code, input="https://t.example/1", web=loop)["url"] == "https://t.example/1"


def test_headers_of_a_url():
    web = [{"url": "https://x.example", "headers": {"Content-Type": "text/plain", "X-A": "1"}, "body": "ok"}]
    code = f'result = {A}url_getheaders(WFInput="https://x.example")'
    assert shown(code, web=web) == {"Content-Type": "text/plain", "X-A": "1"}


# Rich text


def test_markdown_html_and_text_into_each_other():
    markdown = "# Title\n\nSome **bold** text with a [link](https://x.example).\n\n* one\n* two"
    rich = f"rich = {A}getrichtextfrommarkdown(WFInput=shortcut_input())\n"
    html = shown(rich + f"result = {A}gethtmlfromrichtext(WFInput=rich)", input=markdown)
    assert "<h1>Title</h1>" in html and "<strong>bold</strong>" in html and 'href="https://x.example"' in html
    text = shown(rich + 'result = f"{rich}"', input=markdown)
    assert text == "Title\nSome bold text with a link.\n• one\n• two"
    again = f"rich = {A}getrichtextfromhtml(WFHTML=shortcut_input())\nresult = {A}getmarkdownfromrichtext(WFInput=rich)"
    assert shown(again, input=html) == markdown


def test_plain_text_as_html_is_escaped():
    html = shown(f"result = {A}gethtmlfromrichtext(WFInput=shortcut_input())", input="a < b & c\nd\n\ne")
    assert html == "<p>a &lt; b &amp; c<br>d</p>\n<p>e</p>"
    full = f"result = {A}gethtmlfromrichtext(WFInput=shortcut_input(), WFMakeFullDocument=True)"
    assert shown(full, input="a").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    "html", ["<div>" * 3000 + "x", "<b><i>x</b></i>", "</p>", "<", "&#xFFFFFFF;", "<p" * 5000, "<table><tr><td>1<td>2"]
)
@pytest.mark.parametrize(
    "action", ["getrichtextfromhtml(WFHTML", "gethtmlfromrichtext(WFInput", "getmarkdownfromrichtext(WFInput"]
)
def test_broken_html_gives_something_or_one_sentence(html, action):
    code = f"rich = {A}getrichtextfromhtml(WFHTML=shortcut_input())\nresult = {A}{action}=rich)"
    result = outcome_of(code, input=html)
    assert result.how == "ok" or "nested too deeply" in result.error


@pytest.mark.parametrize("markdown", [">" * 5000, "[" * 5000, "*" * 20_000, "`" * 20_001, "- " * 3000 + "x", ""])
def test_hostile_markdown_ends(markdown):
    result = outcome_of(f"result = {A}getrichtextfrommarkdown(WFInput=shortcut_input())", input=markdown)
    assert result.how == "ok" or "nested too deeply" in result.error
