"""Opening, sharing, printing, and what other programs run: links, applications, share sheets, scripts."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus

from workflowllm.runtime.actions.outside import from_outside
from workflowllm.runtime.call import Call
from workflowllm.runtime.items import Thing
from workflowllm.runtime.properties import name_of
from workflowllm.runtime.rule import NONE, PASSES, ActionRule

_SEARCHES = {
    "Google": "https://www.google.com/search?q=",
    "Bing": "https://www.bing.com/search?q=",
    "DuckDuckGo": "https://duckduckgo.com/?q=",
    "Yahoo!": "https://search.yahoo.com/search?p=",
    "YouTube": "https://www.youtube.com/results?search_query=",
    "Amazon": "https://www.amazon.com/s?k=",
    "eBay": "https://www.ebay.com/sch/i.html?_nkw=",
    "Reddit": "https://www.reddit.com/search/?q=",
    "Twitter": "https://twitter.com/search?q=",
}


def open_urls(call: Call) -> None:
    """Each address of the input is opened, in order."""
    for item in call.input.items:
        text = call.text_of(item).strip()
        for url in text.split("\n") if "\n" in text else [text]:
            if url.strip():
                call.effect("open", url=url.strip())


def app_of(call: Call, *keys: str) -> tuple[str | None, str | None]:
    """The name and the identifier of the application that a picker's parameter holds."""
    for key in keys:
        raw = call.raw(key)
        if isinstance(raw, Mapping) and ("BundleIdentifier" in raw or "Name" in raw):
            name, identifier = raw.get("Name"), raw.get("BundleIdentifier")
            return (name if isinstance(name, str) else None), (identifier if isinstance(identifier, str) else None)
        if raw is not None:
            item = call.first(key)
            if type(item) is Thing:
                return name_of(item, call.world), item.get("identifier")
            text = call.text(key)
            if text:
                return (None, text) if "." in text and " " not in text else (text, None)
    return None, None


def open_app(call: Call) -> Thing | None:
    name, identifier = app_of(call, "WFSelectedApp", "WFAppIdentifier", "WFAppName")
    if not (name or identifier):
        call.fail("Open App names no application")
    call.effect("open", app=name or identifier)
    return Thing("app", {"name": name or identifier, "identifier": identifier})


def open_file(call: Call) -> None:
    """Open File, in the application that is named."""
    name, identifier = app_of(call, "WFSelectedApp", "WFOpenInAppIdentifier", "WFAppName")
    for item in call.input.items:
        call.effect("open", item=item, app=name or identifier)


def open_shortcut(call: Call) -> None:
    raw = call.raw("WFWorkflow")
    name = raw.get("workflowName") if isinstance(raw, Mapping) else None
    call.effect("open", app="Shortcuts", item=name if isinstance(name, str) else call.text("WFWorkflow"))


def show_web_page(call: Call) -> None:
    for item in call.input.items:
        call.effect("open", url=call.text_of(item).strip())


def search_web(call: Call) -> None:
    start = _SEARCHES.get(call.choice("WFSearchWebDestination", "Google"), _SEARCHES["Google"])
    call.effect("open", url=start + quote_plus(call.text("WFInputText")))


def show_definition(call: Call) -> None:
    call.effect("show", text=call.text("Word"), title="Definition")


def share(call: Call) -> None:
    call.effect("share", items=call.shown_items(call.input))


def print_items(call: Call) -> None:
    call.effect("print", items=call.shown_items(call.input))


def callback(call: Call) -> Any:
    """Fact 135: the application answers with one text or with a dictionary: the world's `apps` say which."""
    call.effect("open", url=call.text("WFXCallbackURL").strip())
    return from_outside(call, "text", reads=True)


def my_shortcuts(call: Call) -> list[Thing]:
    """The shortcuts of the world, by name."""
    return [Thing("shortcut", {"name": name}) for name in sorted(call.world.description.shortcuts)]


def script(call: Call) -> Any:
    """A script is recorded and never run; the world's `apps` hold what it would give."""
    return from_outside(call, "text", reads=False)


def asks_outside(call: Call) -> Any:
    """What only gives a value that lies outside the world: a store's search, a model's answer."""
    return from_outside(call, "text")


def other_service(call: Call) -> Any:
    """A service's action inside Shortcuts that changes something outside."""
    return from_outside(call, "text", reads=False)


# Where the input of a script is stored: a Mac's actions say Input
_SCRIPTS = {
    "runshellscript": "Input", "runapplescript": "Input", "runjavascriptforautomation": "Input",
    "runsshscript": "WFInput", "runjavascriptonwebpage": "WFInput",
}  # fmt: skip
_ASKS_OUTSIDE = (
    "askllm", "text.translate", "detectlanguage", "searchappstore", "searchitunes", "searchpodcasts", "getarticle.ai",
    "searchlocalbusinesses", "giphy", "getnameofemoji", "gethomeaccessorystate", "getpodcastsfromlibrary",
    "getepisodesforpodcast", "correctspelling", "evernote.get", "evernote.getlink", "pinboard.get", "pocket.get",
    "instapaper.get", "dropbox.getlink", "file.getlink", "safari.geturl", "getcurrentapp", "getonscreencontent",
)  # fmt: skip
_SERVICES = (
    "homeaccessory", "useractivity.open", "sirikit.donation.handle", "runextension", "tumblr.post", "wordpress.post",
    "evernote.append", "evernote.new", "evernote.delete", "tweet", "postonfacebook", "ifttt", "imgur.upload",
    "avairyeditphoto", "trello.add.list", "trello.add.board", "trello.add.card", "pinboard.add", "pocket.add",
    "instapaper.add", "venmo.pay", "venmo.request", "cloudapp.upload", "lightroom.import", "dropbox.save",
    "dropbox.append", "ride.requestride", "goodreader.open", "showinblindsquare", "handoffplayback",
)  # fmt: skip
ACTIONS: dict[str, ActionRule] = {
    **{name: ActionRule(script, input=key, gives="text", grade="?") for name, key in _SCRIPTS.items()},
    **{name: ActionRule(asks_outside, input="WFInput", gives="text", grade="?") for name in _ASKS_OUTSIDE},
    **{name: ActionRule(other_service, input="WFInput", gives="text", grade="?") for name in _SERVICES},
    "openurl": ActionRule(open_urls, input="WFInput", flow=PASSES),
    "openapp": ActionRule(open_app, gives="app"),
    "openin": ActionRule(open_file, input="WFInput", flow=PASSES),
    "openworkflow": ActionRule(open_shortcut, flow=NONE),
    "showwebpage": ActionRule(show_web_page, input="WFURL", flow=PASSES),
    "searchweb": ActionRule(search_web, input="WFInputText", flow=PASSES),
    "showdefinition": ActionRule(show_definition, input="Word", flow=PASSES),
    "share": ActionRule(share, input="WFInput", flow=PASSES),
    "airdropdocument": ActionRule(share, input="WFInput", flow=PASSES),
    "print": ActionRule(print_items, input="WFInput", flow=PASSES),
    "openxcallbackurl": ActionRule(callback, input="WFXCallbackURL", gives="any"),
    "getmyworkflows": ActionRule(my_shortcuts, gives="shortcut"),
}
