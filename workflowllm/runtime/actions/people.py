"""People: contacts, telephone numbers and addresses, messages, mail, calls."""

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from workflowllm.runtime.answering import Prompt, chosen
from workflowllm.runtime.call import Call
from workflowllm.runtime.coercions import coerce
from workflowllm.runtime.items import Item, Thing
from workflowllm.runtime.properties import name_of
from workflowllm.runtime.rule import ActionRule

_CARD_LINE = re.compile(r"^(?:item\d+\.)?(FN|TEL|EMAIL|ORG|BDAY|NOTE)[^:\r\n]*:([^\r\n]*)", re.M)
_CARD_FIELDS = {"FN": "name", "TEL": "phone", "EMAIL": "email", "ORG": "company", "BDAY": "birthday", "NOTE": "notes"}


def card_contact(card: str) -> Thing:
    """A contact out of a vCard: the first of each line that counts."""
    fields: dict[str, Any] = {}
    for word, text in _CARD_LINE.findall(card[:1_000_000]):
        fields.setdefault(_CARD_FIELDS[word], text.strip(" ;"))
    return Thing("contact", fields)


def stored_people(call: Call, key: str) -> list[Item]:
    """The people of a contact, telephone or e-mail field: stored cards, or what a reference gives."""
    raw = call.raw(key)
    if not (isinstance(raw, Mapping) and raw.get("WFSerializationType") in _FIELD_TYPES):
        return list(call.value(key).items)
    value = raw.get("Value")
    entries = next((value[name] for name in _FIELD_TYPES.values() if isinstance(value, Mapping) and name in value), [])
    return [item for entry in entries if isinstance(entry, Mapping) for item in _entry_items(call, entry)]


_FIELD_TYPES = {
    "WFContactFieldValue": "WFContactFieldValues",
    "WFPhoneNumberFieldValue": "WFPhoneNumbers",
    "WFEmailAddressFieldValue": "WFEmailAddresses",
}


def _entry_items(call: Call, entry: Mapping[str, Any]) -> list[Item]:
    card = entry.get("WFContactData")
    if isinstance(card, Mapping):  # a JSON dump
        card = decoded(card.get("__value__"))
    if isinstance(card, bytes):
        return [card_contact(card.decode("utf-8", "replace"))]
    for key in ("WFContactMultivalue", "WFContactHandle", "WFPhoneNumber", "WFEmailAddress", "address", "value"):
        if isinstance(entry.get(key), str):
            return [entry[key]]
    handles = entry.get("SerializedEntry")
    return [value for value in handles.values() if isinstance(value, str)] if isinstance(handles, Mapping) else []


def decoded(text: Any) -> bytes:
    """Base64 as bytes; nothing where it is none."""
    try:
        return base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except ValueError:
        return b""


def contacts(call: Call) -> list[Item]:
    people = (coerce(item, "contact", call.world) for item in stored_people(call, "WFContact"))
    return [person for person in people if person is not None]


def picking(field: str | None, many_key: str = "") -> Callable[[Call], list[Item]]:
    """The person picks contacts by name; `field` gives their number or address instead of them."""

    def run(call: Call) -> list[Item]:
        people = [person for person in call.world.contacts if field is None or person.get(field)]
        names = tuple(name_of(person, call.world) for person in people)
        many = bool(many_key) and call.boolean(many_key)
        prompt = Prompt("pick", ("Select Contact",), "contact", names, many)
        picked = [people[index] for index in chosen(call.ask(prompt, items=list(names)), prompt)]
        return list(picked) if field is None else [coerce(person, field, call.world) for person in picked]

    return run


def stored_handles(key: str, kind: str) -> Callable[[Call], list[Item]]:
    """Phone Number, Email Address: what is stored in the field."""

    def run(call: Call) -> list[Item]:
        return [item for person in stored_people(call, key) if (item := coerce(person, kind, call.world)) is not None]

    return run


def names_of(call: Call, people: Sequence[Item]) -> list[str]:
    """Who something is sent to: a contact's name, a number or an address as it stands; several in one text apart."""
    names: list[str] = []
    for person in people:
        text = name_of(person, call.world) if type(person) is Thing else call.text_of(person)
        names += [line.strip() for line in text.split("\n") if line.strip()]
    return names


def send_message(call: Call) -> None:
    content = call.content("WFSendMessageContent")
    items = [item for item in call.shown_items(content) if isinstance(item, dict)] or None
    to = names_of(call, stored_people(call, "WFSendMessageActionRecipients"))
    call.effect("message", to=to, text=call.text("WFSendMessageContent"), items=items)


def send_mail(call: Call) -> None:
    """What is handed in is the body; things become attachments."""
    content = call.content("WFSendEmailActionInputAttachments")
    items = [item for item in call.shown_items(content) if isinstance(item, dict)] or None
    people = [
        person for field in ("To", "Cc", "Bcc") for person in stored_people(call, f"WFSendEmailAction{field}Recipients")
    ]
    call.effect(
        "mail",
        to=names_of(call, people),
        subject=call.text("WFSendEmailActionSubject") or None,
        text=call.text("WFSendEmailActionInputAttachments"),
        items=items,
    )


def telephone(call: Call) -> None:
    """Calls, by telephone or FaceTime, who is stored or handed in."""
    key = next((key for key in ("WFCallContact", "WFFaceTimeContact") if call.has(key)), "")
    people = stored_people(call, key) if key else list(call.input.items)
    call.effect("call", to=names_of(call, people))


def add_contact(call: Call) -> Thing:
    name = " ".join(filter(None, (call.text("WFContactFirstName"), call.text("WFContactLastName"))))
    handles = {
        field: names_of(call, stored_people(call, key))[:1]
        for field, key in (("phone", "WFContactPhoneNumbers"), ("email", "WFContactEmails"))
    }
    fields = {
        "name": name,
        "company": call.text("WFContactCompany") or None,
        "notes": call.text("WFContactNotes") or None,
    }
    fields |= {field: handle[0] for field, handle in handles.items() if handle}
    contact = Thing("contact", {key: value for key, value in fields.items() if value is not None})
    call.world.contacts.append(contact)
    call.effect("contact", change="add", **contact.fields)
    return contact


_FIELDS = {
    "Phone Number": "phone", "Email Address": "email", "Street Address": "address", "Company": "company",
    "Birthday": "birthday", "Notes": "notes", "Group": "group", "URLs": "url", "First Name": "first_name",
}  # fmt: skip


def edit_contact(call: Call) -> list[Item]:
    """Sets or removes one property of the contacts handed in."""
    name = call.choice("WFContentItemPropertyName", "Phone Number")
    field = _FIELDS.get(name, name.lower().replace(" ", "_"))
    removes = call.choice("Mode", "Set") in ("Remove", "RemoveAll", "Remove All")
    value = None if removes else call.text("WFContactContentItem" + name.replace(" ", "")) or None
    changed: list[Item] = []
    for person in call.items("WFInput", "contact"):
        new = person.changed(**{field: value})
        if person in call.world.contacts:
            call.world.contacts[call.world.contacts.index(person)] = new
        call.effect("contact", change="change", **new.fields)
        changed.append(new)
    return changed


def contacts_from_input(call: Call) -> list[Item]:
    """Get Contacts from Input: contacts as they are, and those of the world that a name, number or address means."""
    people: list[Item] = []
    for item in call.input.items:
        if type(item) is Thing and item.type == "contact":
            people.append(item)
            continue
        text = call.text_of(item).strip().casefold()
        people += [person for person in call.world.contacts if text and text in _handles(person)]
    return people


def _handles(person: Thing) -> list[str]:
    return [str(person.get(field)).casefold() for field in ("name", "phone", "email") if person.get(field)]


ACTIONS: dict[str, ActionRule] = {
    "contacts": ActionRule(contacts, gives="contact"),
    "selectcontacts": ActionRule(picking(None, "WFSelectMultiple"), gives="contact"),
    "selectphone": ActionRule(picking("phone"), gives="phone"),
    "selectemail": ActionRule(picking("email"), gives="email"),
    "phonenumber": ActionRule(stored_handles("WFPhoneNumber", "phone"), gives="phone"),
    "email": ActionRule(stored_handles("WFEmailAddress", "email"), gives="email"),
    "sendmessage": ActionRule(send_message, input="WFSendMessageContent", flow="passes"),
    "sendemail": ActionRule(send_mail, input="WFSendEmailActionInputAttachments", flow="passes"),
    "com.apple.mobilephone.call": ActionRule(telephone, input="WFCallContact", flow="passes"),
    "com.apple.facetime.facetime": ActionRule(telephone, input="WFFaceTimeContact", flow="passes"),
    "addnewcontact": ActionRule(add_contact, gives="contact"),
    "setters.contacts": ActionRule(edit_contact, input="WFInput", gives="contact"),
    "detect.contacts": ActionRule(contacts_from_input, input="WFInput", gives="contact"),
}
