"""XML property lists: equal to plistlib, whether they take the quick way or the one through expat."""

import datetime
import plistlib
import random
import struct

import pytest

from workflowllm.shortcuts.files import xml as xmlplist
from workflowllm.shortcuts.model.errors import ShortcutError

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" '
    '"http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n<plist version="1.0">'
)
TREE = {
    "text": "plain",
    "empty": "",
    "unicode": "Gr\u00f6\u00dfe \N{GRINNING FACE} \N{OBJECT REPLACEMENT CHARACTER}\n\ttwo lines ",
    "marks": "<a & b> \"c\" 'd' ]",
    "integers": [0, 1, 2**64 - 1, -(2**63)],
    "reals": [0.0, -0.0, 1.5, 1e300, float("inf")],
    "flags": [True, False],
    "date": datetime.datetime(2026, 11, 23, 18, 19, 20),
    "data": [b"", b"\x00\xff" * 90],
    "nested": {"a": {"b": [{"c": [[[]]]}, {}]}},
}
WHOLE = plistlib.dumps(TREE, sort_keys=False)


def typed(value: object) -> object:
    """A form in which 1, 1.0 and True differ, and 0.0 and -0.0 as well."""
    if isinstance(value, dict):
        return [(key, typed(item)) for key, item in value.items()]
    if isinstance(value, list):
        return [typed(item) for item in value]
    return type(value).__name__, struct.pack(">d", value) if isinstance(value, float) else value


def plist(body: str) -> bytes:
    return f"{HEAD}{body}</plist>\n".encode()


def test_everything_plistlib_writes_is_read_alike():
    assert typed(xmlplist.loads(WHOLE)) == typed(plistlib.loads(WHOLE))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("<plist", "<!-- a comment --><plist"),
        lambda text: text.replace("<dict>", '<dict note="an attribute">'),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("plain", "<![CDATA[plain]]>"),
        lambda text: text.replace("plain", "p&#108;a&#x69;n"),
        lambda text: text.replace("<true/>", "<true></true>"),
        lambda text: text.replace('encoding="UTF-8"', "encoding='utf-8'"),
        lambda text: "\ufeff" + text,
    ],
)
def test_unusual_spellings_are_read_alike(change):
    data = change(WHOLE.decode()).encode()
    assert typed(xmlplist.loads(data)) == typed(plistlib.loads(data)) == typed(plistlib.loads(WHOLE))


def test_other_encodings():
    text = WHOLE.decode().replace(' encoding="UTF-8"', "")
    assert xmlplist.loads(text.encode("utf-16")) == TREE
    latin = plist("<string>Gr\u00f6\u00dfe</string>").decode().replace("UTF-8", "ISO-8859-1").encode("latin-1")
    assert xmlplist.loads(latin) == "Gr\u00f6\u00dfe"


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("<integer>0x1F</integer>", 31),
        ("<integer> -7 </integer>", -7),
        ("<string/>", ""),
        ("<data>\n\taGVsbG8=\n\t</data>", b"hello"),
        ("<dict><key/><string> kept </string></dict>", {"": " kept "}),
        ("<dict><key>a</key><true/><key>a</key><false/></dict>", {"a": False}),
    ],
)
def test_values(body, value):
    assert typed(xmlplist.loads(plist(body))) == typed(plistlib.loads(plist(body))) == typed(value)


def test_depth_is_bounded():
    xmlplist.loads(plist("<array>" * 511 + "</array>" * 511))
    for levels in (600, 100_000):
        for extra in ("", "<!-- through expat -->"):
            with pytest.raises(ShortcutError, match="deeper than 512"):
                xmlplist.loads(plist(extra + "<array>" * levels + "</array>" * levels))


HOSTILE = {
    "nothing": b"",
    "cut": WHOLE[: len(WHOLE) // 2],
    "another root": b"<?xml version='1.0'?><html><body/></html>",
    "no value": plist(""),
    "two values": plist("<true/><true/>"),
    "text after the end": plist("<true/>") + b"x",
    "key in an array": plist("<array><key>a</key></array>"),
    "key without a value": plist("<dict><key>a</key></dict>"),
    "two keys": plist("<dict><key>a</key><key>b</key></dict>"),
    "value without a key": plist("<dict><true/></dict>"),
    "unfinished tag": plist("<string</string>"),
    "wrong end": plist("<dict></array>"),
    "element in text": plist("<string>a<b/>c</string>"),
    "unknown element": plist("<set></set>"),
    "unknown empty element": plist("<set/>"),
    "not a number": plist("<integer>one</integer>"),
    "no number": plist("<integer/>"),
    "many digits": plist(f"<integer>{'9' * 100_000}</integer>"),
    "not a real": plist("<real>1,5</real>"),
    "not a date": plist("<date>yesterday</date>"),
    "no such date": plist("<date>2026-02-30T00:00:00Z</date>"),
    "bad data": plist("<data>a</data>"),
    "control character": plist("<string>\x01</string>"),
    "bad UTF-8": plist("<string>@</string>").replace(b"@", b"\xff"),
    "unknown entity": plist("<string>&nbsp;</string>"),
    "half a surrogate pair": plist("<string>&#xD83D;</string>"),
    "unknown encoding": plist("<true/>").replace(b"UTF-8", b"no-such"),
    "not an encoding of text": plist("<true/>").replace(b"UTF-8", b"rot13"),
    "laughs": b"""<?xml version="1.0"?><!DOCTYPE plist [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>
        <plist><string>&b;</string></plist>""",
    "external entity": b"""<?xml version="1.0"?><!DOCTYPE plist [<!ENTITY a SYSTEM "file:///etc/hostname">]>
        <plist><string>&a;</string></plist>""",
    "declared elements": b"<?xml version='1.0'?><!DOCTYPE plist [<!ELEMENT plist ANY>]><plist><true/></plist>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_lists_are_refused_in_one_sentence(name):
    with pytest.raises(ShortcutError) as caught:
        xmlplist.loads(HOSTILE[name])
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 400


def test_too_many_values(monkeypatch):
    monkeypatch.setattr(xmlplist, "MAX_NODES", 10)
    with pytest.raises(ShortcutError, match="over 10 tags"):
        xmlplist.loads(plist("<array>" + "<true/>" * 30 + "</array>"))


def test_damage_anywhere_gives_what_plistlib_gives_or_a_shortcut_error():
    rng = random.Random(2)
    small = plistlib.dumps({key: TREE[key] for key in ("text", "marks", "nested", "reals", "date", "flags")})
    for _ in range(400):
        data = bytearray(small)
        for _ in range(rng.choice((1, 1, 2))):
            offset = rng.randrange(len(data))
            data[offset : offset + rng.randrange(2)] = bytes([rng.choice(b"<>/&;\"'!-[] \n\rad0")])
        try:
            value = xmlplist.loads(bytes(data))
        except ShortcutError:
            continue
        assert typed(value) == typed(plistlib.loads(bytes(data), fmt=plistlib.FMT_XML))
