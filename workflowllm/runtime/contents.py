"""What an item holds as bytes, and bytes as an item."""

import json

from workflowllm.runtime.call import Call
from workflowllm.runtime.coercions import to_text
from workflowllm.runtime.data_forms import to_json
from workflowllm.runtime.date_texts import Setting
from workflowllm.runtime.items import Item, Thing

# first bytes -> (type, ending)
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image", "png"),
    (b"\xff\xd8\xff", "image", "jpg"),
    (b"GIF8", "image", "gif"),
    (b"%PDF-", "pdf", "pdf"),
    (b"PK\x03\x04", "file", "zip"),
    (b"bplist00", "file", "plist"),
)


def bytes_of(item: Item, setting: Setting) -> bytes | None:
    """The bytes of an item; None for a thing of which only properties are known, such as an image's size."""
    if type(item) is not Thing:
        return encoded(to_text(item, setting))
    data = item.get("data")
    if isinstance(data, bytes):
        return data
    for name in ("html", "text"):
        text = item.get(name)
        if isinstance(text, str):
            return encoded(text)
    return None if item.type in ("image", "media", "pdf", "file", "folder") else encoded(to_text(item, setting))


def bytes_or_description(call: Call, item: Item) -> bytes:
    """Like `bytes_of`. A thing whose content the world does not hold stands as its description, marked as made up."""
    data = bytes_of(item, call.world)
    if data is not None:
        return data
    call.made_up()
    return encoded(json.dumps(to_json(item, call.world), ensure_ascii=False))


def encoded(text: str) -> bytes:
    """A text in UTF-8; half of a surrogate pair becomes a question mark."""
    return text.encode("utf-8", "replace")


def item_of_bytes(data: bytes, name: str = "File") -> Item:
    """Bytes as what they are: a text where they are one, else an image, a PDF or a file."""
    for start, kind, ending in _MAGIC:
        if data.startswith(start):
            return Thing(kind, {"name": f"{name}.{ending}", "data": data})
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return Thing("file", {"name": name, "data": data})
