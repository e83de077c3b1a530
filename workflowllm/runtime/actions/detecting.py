"""What a text holds: numbers, dates, links, phone numbers, email addresses, street addresses."""

from typing import NamedTuple

import phonenumbers
import regex
from babel import Locale

from workflowllm.runtime.call import Call
from workflowllm.runtime.coercions import coerce, is_plain_number, kind_of, parse_number, url_of
from workflowllm.runtime.date_texts import parse_date
from workflowllm.runtime.date_words import date_texts
from workflowllm.runtime.endings import Broken
from workflowllm.runtime.items import Item, Thing, flat
from workflowllm.runtime.markup import links_of
from workflowllm.runtime.regexes import SECONDS, find_all
from workflowllm.runtime.rule import ActionRule

_NUMBER = regex.compile(r"(?<![\w.])[-+−]?(?:\d[\d,]*(?:[.,]\d+)?|\.\d+)(?:[eE][-+]?\d+)?")
_DOMAINS = "com|org|net|edu|gov|io|co|de|uk|fr|it|es|nl|ch|at|eu|us|ca|au|jp|cn|ru|br|in|info|app|dev|me|tv|ly|gl|be"
_LINK = regex.compile(
    r"(?<![\w@])(?:(?:[a-z][a-z0-9+.-]{0,30}+://|mailto:|tel:)[^\s<>\"”“]+"
    rf"|(?<![.-])(?:[a-z0-9](?:[a-z0-9-]{{0,61}}[a-z0-9])?\.){{1,8}}(?:{_DOMAINS})(?:[/?#:][^\s<>\"”“]*)?(?![\w@-]|\.\w))",
    regex.IGNORECASE,
)
_EMAIL = regex.compile(
    r"(?<![\w.+-])[\w+-](?:[\w.+-]{0,62}[\w+-])?@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}\b",
    regex.IGNORECASE,
)
_STREET_WORDS = (
    "Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Way|Court|Ct|Place|Pl|Square|Loop|Parkway|Pkwy"
)
_ADDRESS = regex.compile(
    rf"\d{{1,5}}[a-z]?\s(?:[\w.'-]+\s){{1,4}}?(?:{_STREET_WORDS})\b\.?"
    r"(?:,?\s(?:[A-Z][\w.'-]+\s?){1,3}(?:,\s?[A-Z]{2})?(?:\s\d{5}(?:-\d{4})?)?)?"
    r"|[A-ZÄÖÜ][\wäöüß.-]*(?:straße|strasse|str\.|allee|weg|platz|gasse|damm|ufer)\s\d{1,4}[a-z]?(?:,?\s\d{5}\s[A-ZÄÖÜ][\wäöüß-]+)?"
)
_MAX_TEXT = 1 << 20  # characters of a text that is searched


class Texts(NamedTuple):
    """An input's things of the wanted kind, and the texts of the rest."""

    things: list[Item]
    texts: list[str]


def _split(call: Call, key: str, kind: str) -> Texts:
    """What is of a kind already, and the texts to search. Contacts give their phone numbers and email addresses."""
    things: list[Item] = []
    texts: list[str] = []
    for item in flat(call.content(key).items):
        ready = coerce(item, kind, call.world) if type(item) is not str and kind_of(item) in _READY[kind] else None
        if ready is not None:
            things.append(ready)
        else:
            texts.append(call.text_of(item)[:_MAX_TEXT])
    return Texts(things, texts)


# The kinds of items that are taken as they are, or have what is wanted in a field.
_READY: dict[str, frozenset[str]] = {
    "number": frozenset(["number", "boolean", "quantity", "health"]),
    "date": frozenset(["date", "event", "reminder", "image", "health"]),
    "url": frozenset(["url", "article", "feed_item", "web_page", "song", "product", "podcast", "episode"]),
    "phone": frozenset(["phone", "contact"]),
    "email": frozenset(["email", "contact"]),
    "location": frozenset(["location", "place", "street_address"]),
}


def numbers(call: Call) -> list[Item]:
    things, texts = _split(call, "WFInput", "number")
    for text in texts:
        whole = parse_number(text, call.world) if is_plain_number(text) else None
        if whole is not None:
            things.append(whole)
            continue
        found = [parse_number(part, call.world) for part in find_all(_NUMBER, text)]
        if len(found) > 1:
            call.lean("several-numbers")
        things += [number for number in found if number is not None]
    return things


def dates(call: Call) -> list[Item]:
    things, texts = _split(call, "WFInput", "date")
    for text in texts:
        try:
            found = date_texts(text, SECONDS) or [text]
        except TimeoutError:
            raise Broken(f"looking for dates takes more than {SECONDS} s on this text") from None
        parts = [parse_date(part, call.world) for part in found]
        things += [date for date in parts if date is not None]
    return things


def links(call: Call) -> list[Thing]:
    """Every URL of the input: of things that have one, of a rich text's links, and of texts."""
    found: list[Thing] = []
    for item in flat(call.content("WFInput").items):
        html = item.get("html") if type(item) is Thing else None
        url = coerce(item, "url", call.world) if kind_of(item) in _READY["url"] else None
        if isinstance(html, str):
            found += [url_of(address) for address in links_of(html)]
        elif url is not None:
            found.append(url)
        else:
            found += [url_of(address) for address in links_in(call.text_of(item)[:_MAX_TEXT])]
    return found


def links_in(text: str) -> list[str]:
    """The addresses in a text. One without a scheme gets http://, as Apple's detector gives it."""
    found = []
    for link in find_all(_LINK, text):
        address = _trimmed(link)
        has_scheme = regex.match(r"[a-z][a-z0-9+.-]*:", address, regex.IGNORECASE) and not _is_domain_with_port(address)
        found.append(address if has_scheme else "http://" + address)
    return found


def _is_domain_with_port(address: str) -> bool:
    return bool(regex.match(r"[\w.-]+\.[a-z]{2,24}:\d", address, regex.IGNORECASE))


def _trimmed(link: str) -> str:
    """A link without the punctuation of the sentence that it stands in."""
    while link and (
        link[-1] in ".,;:!?'*" or (link[-1] in ")]}" and link.count(link[-1]) > link.count(_OPENS[link[-1]]))
    ):
        link = link[:-1]
    return link


_OPENS = {")": "(", "]": "[", "}": "{"}


def phone_numbers(call: Call) -> list[Thing]:
    things, texts = _split(call, "WFInput", "phone")
    region = Locale.parse(call.world.locale).territory or "US"
    for text in texts:
        matcher = phonenumbers.PhoneNumberMatcher(text, region, leniency=phonenumbers.Leniency.POSSIBLE)
        things += [Thing("phone", {"number": match.raw_string.strip()}) for match in matcher]
    return things


def email_addresses(call: Call) -> list[Thing]:
    things, texts = _split(call, "WFInput", "email")
    for text in texts:
        things += [Thing("email", {"address": address}) for address in find_all(_EMAIL, text)]
    return things


def street_addresses(call: Call) -> list[Thing]:
    things, texts = _split(call, "WFInput", "location")
    if texts:
        call.lean("street-addresses")
    for text in texts:
        found = [address.strip(" ,") for address in find_all(_ADDRESS, text)]
        things += [Thing("location", {"address": address}) for address in found]
    return things


ACTIONS: dict[str, ActionRule] = {
    "detect.number": ActionRule(numbers, input="WFInput", gives="number"),
    "detect.date": ActionRule(dates, input="WFInput", gives="date"),
    "detect.link": ActionRule(links, input="WFInput", gives="url"),
    "detect.phonenumber": ActionRule(phone_numbers, input="WFInput", gives="phone"),
    "detect.emailaddress": ActionRule(email_addresses, input="WFInput", gives="email"),
    "detect.address": ActionRule(street_addresses, input="WFInput", gives="location"),
}
