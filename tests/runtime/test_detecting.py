"""What texts hold: numbers, links, phone numbers, addresses. Encodings, names, types, formats and expressions."""

import base64

import pytest
from worlds import effects_of, error_of, outcome_of, shown

A = "is_workflow_actions_"


def detected(action: str, value):
    found = shown(f"result = {A}detect_{action}(WFInput=%s)" % _reference(action), input=value)
    return [] if found is None else found if isinstance(found, list) else [found]


def _reference(action: str) -> str:
    return 'f"{shortcut_input()}"' if action in ("link", "phonenumber", "emailaddress") else "shortcut_input()"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("42", [42]),
        ("-3.5", [-3.5]),
        ("1,234.5", [1234.5]),
        ("5 apples, 7 pears", [5, 7]),
        ("between 3 and 4.5 km", [3, 4.5]),
        ("no numbers", []),
        ("", []),
        ("😀 9", [9]),
        (7, [7]),
        (["1", "2"], [1, 2]),
        (True, [1]),
    ],
)
def test_numbers(text, wanted):
    assert detected("number", text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("see https://a.example/x?y=1#z.", ["https://a.example/x?y=1#z"]),
        ("(https://en.wikipedia.org/wiki/A_(b))", ["https://en.wikipedia.org/wiki/A_(b)"]),
        ("www.apple.com and example.org/a", ["http://www.apple.com", "http://example.org/a"]),
        ("shortcuts://run?name=a", ["shortcuts://run?name=a"]),
        ("https://a.example/1 https://a.example/2", ["https://a.example/1", "https://a.example/2"]),
        ("nothing. here, e.g. this", []),
        ("mail ada@example.com", []),
        ("", []),
        ("https://пример.example/ü", ["https://пример.example/ü"]),
        ('<a href="https://a.example">', ["https://a.example"]),
    ],
)
def test_links(text, wanted):
    assert [url["url"] for url in detected("link", text)] == wanted


def test_links_of_rich_text_and_of_things_that_have_one():
    page = {
        "type": "rich_text",
        "text": "a b",
        "html": '<a href="https://a.example/1">a</a> <a href="https://b.example">b</a>',
    }
    assert [url["url"] for url in detected("link", page)] == ["https://a.example/1", "https://b.example"]
    assert [url["url"] for url in detected("link", {"type": "url", "url": "https://c.example"})] == [
        "https://c.example"
    ]


def test_phone_numbers_and_email_addresses():
    text = "Call +49 30 1234567 or (202) 555-0175, write to ada@example.com, grace.h+x@navy.example.org."
    assert [phone["number"] for phone in detected("phonenumber", text)] == ["+49 30 1234567", "(202) 555-0175"]
    wanted = ["ada@example.com", "grace.h+x@navy.example.org"]
    assert [email["address"] for email in detected("emailaddress", text)] == wanted
    contact = {"type": "contact", "name": "Ada", "phone": "+1 202 5550100", "email": "a@b.example"}
    assert detected("phonenumber", contact)[0]["number"] == "+1 202 5550100"
    assert detected("emailaddress", contact)[0]["address"] == "a@b.example"


def test_street_addresses():
    text = "Meet at 1 Infinite Loop, Cupertino, CA 95014 or at Musterstraße 12, 10115 Berlin."
    assert [place["address"] for place in detected("address", text)] == [
        "1 Infinite Loop, Cupertino, CA 95014",
        "Musterstraße 12, 10115 Berlin",
    ]
    assert detected("address", "no address 5 here") == []


@pytest.mark.parametrize("action", ["number", "date", "link", "phonenumber", "emailaddress", "address"])
@pytest.mark.parametrize(
    "text", ["a." * 50_000, "@" * 50_000, "1-" * 50_000, "((((" * 20_000, "http://" * 10_000, "1 a " * 20_000]
)
def test_hostile_texts_end(action, text):
    result = outcome_of(f"result = {A}detect_{action}(WFInput={_reference(action)})", input=text)
    assert result.how == "ok" or "takes more than" in result.error


# Encodings


def test_f100_percent_escapes():
    encode = f"result = {A}urlencode(WFInput=f'{{shortcut_input()}}')"
    assert shown(encode, input="a b&c=d/é😀~") == "a%20b%26c%3Dd%2F%C3%A9%F0%9F%98%80~"
    decode = f"result = {A}urlencode(WFInput=f'{{shortcut_input()}}', WFEncodeMode='Decode')"
    assert shown(decode, input="a%20b%26%zz%") == "a b&%zz%"
    assert shown(encode, input=["a b", "c/d"]) == ["a%20b", "c%2Fd"]


def test_f101_base64_has_lines_of_76_characters_by_default():
    text = "x" * 100
    lines = shown(f"result = {A}base64encode(WFInput=shortcut_input())", input=text).split("\n")
    assert [len(line) for line in lines] == [76, 60]
    whole = shown(f"result = {A}base64encode(WFInput=shortcut_input(), WFBase64LineBreakMode='None')", input=text)
    assert whole == base64.b64encode(text.encode()).decode()
    short = f"result = {A}base64encode(WFInput=shortcut_input(), WFBase64LineBreakMode='Every 64 Characters')"
    assert len(shown(short, input=text).split("\n")[0]) == 64


@pytest.mark.parametrize("text", ["aGkgw6k=", "aGkgw6k", " aGkg\nw6k= ", "data:text/plain;base64,aGkgw6k="])
def test_base64_is_decoded_with_or_without_padding_blanks_and_a_data_url(text):
    assert shown(f"result = {A}base64encode(WFInput=shortcut_input(), WFEncodeMode='Decode')", input=text) == "hi é"


def test_base64_gives_back_what_it_encoded_and_knows_images():
    code = f"""
encoded = {A}base64encode(WFInput=shortcut_input())
result = {A}base64encode(WFInput=encoded, WFEncodeMode="Decode")
"""
    assert shown(code, input="Grüße 😀\n" * 50) == "Grüße 😀\n" * 50
    png = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(20)).decode()
    decode = f"result = {A}base64encode(WFInput=shortcut_input(), WFEncodeMode='Decode')"
    assert shown(decode, input=png)["type"] == "image"
    assert "no Base64" in error_of(decode, input="not base64!?")


def test_an_image_without_pixels_is_encoded_as_something_made_up():
    image = {"type": "image", "name": "a.png", "width": 4, "height": 4}
    effects = effects_of(
        f"result = {A}base64encode(WFInput=shortcut_input())\n{A}setclipboard(WFInput=result)", input=image
    )
    assert effects[-1]["made_up"] is True


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("", "900150983cd24fb0d6963f7d28e17f72"),
        (', WFHashType="SHA1"', "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (', WFHashType="SHA256"', "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ],
)
def test_f102_hashes_md5_by_default(kind, wanted):
    assert shown(f"result = {A}hash(WFInput=shortcut_input(){kind})", input="abc") == wanted  # the standards' examples


# Names and types


@pytest.mark.parametrize(
    ("item", "wanted"),
    [
        ({"type": "file", "name": "a.b.pdf", "text": ""}, "a.b"),
        ({"type": "event", "title": "Stand-up"}, "Stand-up"),
        ({"type": "contact", "name": "Ada"}, "Ada"),
        ({"type": "url", "url": "https://x.example"}, "https://x.example"),
        ("some text", "some text"),
    ],
)
def test_f103_names(item, wanted):
    assert shown(f"result = {A}getitemname(WFInput=shortcut_input())", input=item) == wanted


def test_f103_the_name_of_a_url_is_its_pages_title():
    web = [{"url": "https://x.example", "body": "<html><head><title> A\n title </title></head></html>"}]
    item = {"type": "url", "url": "https://x.example"}
    assert shown(f"result = {A}getitemname(WFInput=shortcut_input())", input=item, web=web) == "A title"
    without = f"result = {A}getitemname(WFInput=shortcut_input(), GetWebPageTitle=False)"
    assert shown(without, input=item, web=web) == "https://x.example"


@pytest.mark.parametrize(
    ("item", "wanted"),
    [
        ("text", "Text"),
        (5, "Number"),
        (True, "Boolean"),
        ({"a": 1}, "Dictionary"),
        ({"type": "url", "url": "https://x.example"}, "URL"),
        ({"type": "image", "width": 1, "height": 1}, "Image"),
        ({"type": "phone", "number": "1"}, "Phone number"),
    ],
)
def test_f104_types(item, wanted):
    assert shown(f"result = {A}getitemtype(WFInput=shortcut_input())", input=item) == wanted


@pytest.mark.parametrize(
    ("arguments", "item", "wanted"),
    [
        ('WFName="menu.vcf"', "BEGIN:VCARD", "menu.vcf"),
        ('WFName="note"', "a", "note.txt"),
        ('WFName="note", WFDontIncludeFileExtension=True', "a", "note"),
        ('WFName="data"', {"a": 1}, "data.json"),
        ('WFName="b"', {"type": "image", "name": "a.jpg", "width": 1, "height": 1}, "b.jpg"),
        ('WFName="v1.2"', "a", "v1.2.txt"),  # no ending
        ('WFName="日本.mp4"', {"type": "media", "name": "x.mov"}, "日本.mp4"),
    ],
)
def test_f105_set_name_gives_a_renamed_copy_with_an_ending(arguments, item, wanted):
    assert shown(f"result = {A}setitemname(WFInput=shortcut_input(), {arguments})", input=item)["name"] == wanted


def test_a_renamed_text_still_reads_as_its_text_and_a_dictionary_as_itself():
    code = f'named = {A}setitemname(WFInput=shortcut_input(), WFName="a.json")\nresult = f"{{named}}"'
    assert shown(code, input="hello") == "hello"
    named = f'named = {A}setitemname(WFInput=shortcut_input(), WFName="a.json")\n'
    code = named + f"result = {A}detect_dictionary(WFInput=named)"
    assert shown(code, input={"a": 1}) == {"a": 1}


def test_get_file_of_type_changes_the_ending():
    code = f'result = {A}gettypeaction(WFInput=shortcut_input(), WFFileType="public.json")'
    file = shown(code, input={"a": 1})
    assert file["name"].endswith(".json") and file["text"] == '{"a":1}'


# Formats and expressions


@pytest.mark.parametrize(
    ("arguments", "value", "wanted"),
    [
        ("", 3.14159, "3.14"),
        ("", 2, "2.00"),
        ("", 1234567.891, "1,234,567.89"),
        (", WFNumberFormatDecimalPlaces=0", 2.5, "2"),
        (", WFNumberFormatDecimalPlaces=0", 3.5, "4"),
        (", WFNumberFormatDecimalPlaces=6", 0.5, "0.500000"),
        ("", -0.001, "-0.00"),
        (", WFNumberFormatDecimalPlaces=999", 1, "1." + "0" * 30),
    ],
)
def test_f112_numbers_have_two_decimals_by_default(arguments, value, wanted):
    assert shown(f"result = {A}format_number(WFNumber=shortcut_input(){arguments})", input=value) == wanted


def test_numbers_are_formatted_for_the_locale_and_only_numbers():
    assert shown(f"result = {A}format_number(WFNumber=shortcut_input())", input=1234.5, locale="de_DE") == "1.234,50"
    assert "is no number" in error_of(f"result = {A}format_number(WFNumber=shortcut_input())", input="apple")


@pytest.mark.parametrize(
    ("value", "leans"),
    [(3.14, False), (999.99, False), (-12.344, False), (999.995, True), (1000, True), (-4000.5, True), (0.125, True)],
)
def test_only_groups_of_digits_and_halves_lean_on_how_they_are_written(value, leans):
    outcome = outcome_of(f"result = {A}format_number(WFNumber=shortcut_input())", input=value)
    assert ("number-groups" in outcome.unsettled) == leans


@pytest.mark.parametrize(
    ("size", "arguments", "wanted"),
    [
        (1000, "", "1 KB"),
        (999, "", "999 bytes"),
        (1, "", "1 byte"),
        (0, "", "0 bytes"),
        (1_500_000, "", "1.5 MB"),
        (2_000_000_000, "", "2 GB"),
        (1_234_000_000, "", "1.23 GB"),
        (1_500_000, ', WFFileSizeFormat="KB"', "1,500 KB"),
        (1_500_000, ', WFFileSizeFormat="KB", WFFileSizeIncludeUnits=False', "1,500"),
        (10**40, "", "10,000,000,000,000,000 YB"),
    ],
)
def test_f113_file_sizes_count_thousands(size, arguments, wanted):
    assert shown(f"result = {A}format_filesize(WFFileSize=shortcut_input(){arguments})", input=size) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2 * (3 + 4)^2", 98),
        ("2^3^2", 512),
        ("-2^2", -4),
        ("2(3+4)", 14),
        ("7 ÷ 2 × 4", 14),
        ("15 % 4", 3),
        ("50%", 0.5),
        ("sqrt(9) + √16", 7),
        ("max(1, 20, 3)", 20),
        ("1,234 + 1", 1235),
        ("0.1 + 0.2", 0.3),
        ("5! =", 120),
        ("sin(0) + cos(0)", 1),
        ("1e3", 1000),
        ("0^0", 1),
    ],
)
def test_expressions(text, wanted):
    assert shown(f'result = {A}calculateexpression(Input=f"{{shortcut_input()}}")', input=text) == wanted


@pytest.mark.parametrize(
    "text",
    ["1/0", "2+", "apple", "9^9^9", "sqrt(-1)", "ln(0)", '__import__("os")', "(" * 5000, "2^" * 5000 + "2", "1 2",
     "1;2", "√" * 5000 + "4", "9" * 20_000, "(-8)^0.5", "()", "100!!"],
)  # fmt: skip
def test_what_has_no_value_is_one_sentence(text):
    code = f'result = {A}calculateexpression(Input=f"{{shortcut_input()}}")'
    assert "can't calculate" in error_of(code, input=text)


# Measurements


def test_measurements_are_made_and_converted():
    quantity = 'WFQuantityFieldValue(Magnitude="{}", Unit="{}")'
    make = f'm = {A}measurement_create(WFMeasurementUnitType="{{}}", WFMeasurementUnit={quantity})'
    convert = (
        '\nresult = is_workflow_actions_measurement_convert(WFInput=m, WFMeasurementUnit={"WFNSUnitSymbol": "%s"})'
    )
    assert shown(make.format("Length", 1, "mi") + convert % "km")["value"] == 1.609344
    assert shown(make.format("Temperature", 212, "°F") + convert % "°C")["value"] == 100
    assert shown(make.format("Temperature", -40, "°C") + convert % "°F")["value"] == -40
    assert shown(make.format("Speed", 36, "km/h") + convert % "m/s")["value"] == 10
    assert "can't convert" in error_of(make.format("Length", 1, "mi") + convert % "kg")
