"""Base64, percent escapes and hashes."""

import base64
import binascii
import hashlib
import re
from urllib.parse import quote, unquote

from workflowllm.runtime.call import Call
from workflowllm.runtime.contents import bytes_or_description, item_of_bytes
from workflowllm.runtime.items import Item
from workflowllm.runtime.limits import check_size
from workflowllm.runtime.rule import ActionRule

_UNESCAPED = "-._~"  # beside letters and digits; RFC 3986 calls them unreserved
_LINE = {"None": 0, "Every 64 Characters": 64, "Every 76 Characters": 76}
_BETWEEN = re.compile(r"[^A-Za-z0-9+/=_-]+")


def url_encode(call: Call) -> list[str]:
    """Fact 100. What is no proper escape stays as it is when decoding."""
    if call.choice("WFEncodeMode", "Encode") == "Decode":
        return [unquote(text) for text in call.content_texts("WFInput")]
    texts = call.content_texts("WFInput")
    check_size(3 * sum(map(len, texts)))
    return [quote(text, safe=_UNESCAPED, errors="replace") for text in texts]


def base64_encode(call: Call) -> list[Item]:
    """Fact 101."""
    if call.choice("WFEncodeMode", "Encode") == "Decode":
        return [_decoded(call, text) for text in call.content_texts("WFInput")]
    width = _LINE.get(call.choice("WFBase64LineBreakMode", "Every 76 Characters"), 76)
    if width:
        call.lean("base64-line-break")
    return [_encoded(bytes_or_description(call, item), width) for item in call.input.items]


def _encoded(data: bytes, width: int) -> str:
    check_size(2 * len(data))
    text = base64.b64encode(data).decode("ascii")
    if not width:
        return text
    return "\n".join(text[start : start + width] for start in range(0, len(text), width))


def _decoded(call: Call, text: str) -> Item:
    """The bytes that a Base64 text stands for; blanks between its characters and missing padding do no harm."""
    if text.lstrip().startswith("data:"):
        text = text.partition(",")[2]
    letters = _BETWEEN.sub("", text).rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        data = base64.b64decode(letters + "=" * (-len(letters) % 4), validate=True)
    except (binascii.Error, ValueError):
        call.fail(f"Base64 Encode can't decode {text[:40]!r}: it is no Base64")
    return item_of_bytes(data)


def generate_hash(call: Call) -> list[str]:
    """Fact 102."""
    kind = call.choice("WFHashType", "MD5").replace("-", "").lower()
    if kind not in ("md5", "sha1", "sha256", "sha512"):
        call.fail(f"Generate Hash knows no {call.choice('WFHashType', 'MD5')!r}; it has MD5, SHA1, SHA256 and SHA512")
    return [hashlib.new(kind, bytes_or_description(call, item)).hexdigest() for item in call.input.items]


ACTIONS: dict[str, ActionRule] = {
    "urlencode": ActionRule(url_encode, input="WFInput", gives="text"),
    "base64encode": ActionRule(base64_encode, input="WFInput", gives="text"),
    "hash": ActionRule(generate_hash, input="WFInput", gives="text"),
}
