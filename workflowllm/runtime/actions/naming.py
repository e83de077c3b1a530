"""Names and types of items: reading them, and giving an item another name or type."""

import re
from collections.abc import Mapping

from workflowllm.runtime.actions.pages import page_title
from workflowllm.runtime.call import Call
from workflowllm.runtime.coercions import coerce, kind_of, to_text
from workflowllm.runtime.items import Dictionary, Item, Thing
from workflowllm.runtime.properties import name_of, name_without_ending
from workflowllm.runtime.rule import PASSES, ActionRule

_ENDING = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,8}$|\.(?:7z|3gp|mp[34])$")
_ENDINGS = {
    "text": "txt", "number": "txt", "boolean": "txt", "date": "txt", "quantity": "txt", "list": "txt", "match": "txt",
    "dictionary": "json", "rich_text": "rtf", "image": "png", "media": "mov", "pdf": "pdf", "contact": "vcf",
}  # fmt: skip
_TYPE_NAMES = {
    "text": "Text", "match": "Text", "number": "Number", "boolean": "Boolean", "date": "Date",
    "dictionary": "Dictionary", "url": "URL", "rich_text": "Rich Text", "image": "Image", "photo": "Photo media",
    "media": "Media", "video": "Media", "audio": "Media", "pdf": "PDF", "file": "File", "folder": "Folder",
    "contact": "Contact", "email": "Email address", "phone": "Phone number", "location": "Location",
    "event": "Calendar event", "reminder": "Reminder", "note": "Note", "article": "Article", "song": "Music",
    "web_page": "Safari web page", "health": "Health sample", "weather": "Weather conditions", "app": "App",
    "shortcut": "Shortcut", "quantity": "Measurement", "list": "List",
}  # fmt: skip
# Uniform type identifiers: (the kind that an item becomes, ending)
_FILE_TYPES: Mapping[str, tuple[str, str]] = {
    "public.rtf": ("text", "rtf"), "public.plain-text": ("text", "txt"), "public.text": ("text", "txt"),
    "public.utf8-plain-text": ("text", "txt"), "public.json": ("text", "json"), "public.html": ("html", "html"),
    "public.xml": ("text", "xml"), "com.apple.plist": ("text", "plist"), "com.apple.property-list": ("text", "plist"),
    "com.apple.xml-property-list": ("text", "plist"), "com.apple.binary-property-list": ("text", "plist"),
    "com.apple.webarchive": ("html", "webarchive"), "public.vcard": ("text", "vcf"),
    "public.comma-separated-values-text": ("text", "csv"), "net.daringfireball.markdown": ("text", "md"),
    "com.adobe.pdf": ("pdf", "pdf"), "public.png": ("image", "png"), "public.jpeg": ("image", "jpg"),
    "public.heic": ("image", "heic"), "public.tiff": ("image", "tiff"), "com.compuserve.gif": ("image", "gif"),
    "public.image": ("image", "png"), "public.mpeg-4": ("media", "mp4"), "public.mpeg-4-audio": ("media", "m4a"),
    "public.mp3": ("media", "mp3"), "com.apple.quicktime-movie": ("media", "mov"), "public.zip-archive": ("any", "zip"),
}  # fmt: skip
_CLASSES = {
    "NSString": "text", "NSURL": "url", "NSNumber": "number", "NSDecimalNumber": "number", "NSDate": "date",
    "NSDictionary": "dictionary", "NSAttributedString": "rich_text", "UIImage": "image", "WFImage": "image",
    "WFContact": "contact", "CLLocation": "location", "WFPhoneNumber": "phone", "WFEmailAddress": "email",
}  # fmt: skip


def get_name(call: Call) -> list[str]:
    """Fact 103. A URL's name is its page's title where the world's web has the page, else its address."""
    wants_title = call.boolean("GetWebPageTitle", True)
    return [_name(call, item, wants_title) for item in call.input.items]


def _name(call: Call, item: Item, wants_title: bool) -> str:
    if wants_title and kind_of(item) == "url" and not item.name:
        title = page_title(call, to_text(item, call.world))
        if title:
            return title
    return name_without_ending(item, call.world)


def set_name(call: Call) -> list[Item]:
    """Fact 105: a renamed copy, with the ending of its type unless the name has one or the switch is on."""
    name, bare = call.text("WFName"), call.boolean("WFDontIncludeFileExtension")
    return [renamed(call, item, name, bare) for item in call.input.items]


def renamed(call: Call, item: Item, name: str, bare: bool = False) -> Item:
    """An item with another name. What is no thing becomes a file that holds its text."""
    kind = kind_of(item)
    if not name:
        return item
    if type(item) is not Thing:
        return Thing("file", {"name": _with_ending(name, _ENDINGS.get(kind), bare), "text": call.text_of(item)}, item)
    old = item.name.rpartition(".")[2] if _ENDING.search(item.name) else _ENDINGS.get(kind)
    return item.changed(name=_with_ending(name, old, bare))


def _with_ending(name: str, ending: str | None, bare: bool) -> str:
    if bare or not ending or _ENDING.search(name):
        return name
    return f"{name}.{ending}"


def get_type(call: Call) -> list[str]:
    """Fact 104: the type's name as Shortcuts shows it."""
    call.lean("type-names")
    return [type_name(item) for item in call.input.items]


def type_name(item: Item) -> str:
    kind = kind_of(item)
    return _TYPE_NAMES.get(kind, kind.replace("_", " ").capitalize())


def file_of_type(call: Call) -> list[Item]:
    """Get File of Type: each item as a file of a uniform type, named with that type's ending."""
    identifier = call.choice("WFFileType", "public.rtf").strip()
    kind, ending = _FILE_TYPES.get(identifier, ("any", identifier.rpartition(".")[2]))
    return [_retyped(call, item, kind, ending) for item in call.input.items]


def _retyped(call: Call, item: Item, kind: str, ending: str) -> Thing:
    stem = name_of(item, call.world) if type(item) in (Thing, Dictionary) else "File"
    name = f"{_ENDING.sub('', stem.strip().splitlines()[0][:80] if stem.strip() else 'File')}.{ending}"
    if kind in ("image", "media", "pdf"):
        fields = dict(item.fields) if type(item) is Thing else {"text": call.text_of(item)}
        return Thing(kind, {**fields, "name": name}, item)
    html = item.get("html") if kind == "html" and type(item) is Thing else None
    text = html if isinstance(html, str) else call.text_of(item)
    return Thing("file", {"name": name, "text": text}, item)


def view(call: Call) -> None:
    """View Content Graph shows the input and hands it on."""
    call.effect("preview", text=call.run.text_of(call.input), items=call.shown_items(call.input))


def object_of_class(call: Call) -> list[Item]:
    """Get Object of Class: each item as an object of one of Apple's classes, left out where it can't be one."""
    name = call.choice("Class", "NSURL")
    kind = _CLASSES.get(name)
    if kind is None:
        call.fail(f"Get Object of Class knows no class {name!r}")
    changed = [coerce(item, kind, call.world) for item in call.input.items]
    return [item for item in changed if item is not None]


ACTIONS: dict[str, ActionRule] = {
    "getitemname": ActionRule(get_name, input="WFInput", gives="text"),
    "setitemname": ActionRule(set_name, input="WFInput", gives="any"),
    "getitemtype": ActionRule(get_type, input="WFInput", gives="text"),
    "gettypeaction": ActionRule(file_of_type, input="WFInput", gives="file", grade="?"),
    "viewresult": ActionRule(view, input="WFInput", flow=PASSES),
    "getclassaction": ActionRule(object_of_class, input="Input", gives="any", grade="?"),
}
