"""Calendar, reminders and notes: adding, changing, removing, and what comes next."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from workflowllm.runtime.answering import Prompt, chosen
from workflowllm.runtime.call import Call
from workflowllm.runtime.coercions import coerce
from workflowllm.runtime.items import Date, Item, Thing
from workflowllm.runtime.rule import ActionRule

_NAMES = ("Title", "displayString", "DisplayString", "Name", "name")  # of what a picker stores, by client


def named(call: Call, *keys: str) -> str | None:
    """The name of a calendar, list or folder: a picker's title, or a text; None where none is stored."""
    for key in keys:
        raw = call.raw(key)
        if isinstance(raw, Mapping) and "WFSerializationType" not in raw:
            shown = next((raw[name] for name in _NAMES if isinstance(raw.get(name), str)), None)
            if shown is not None:
                return shown
        if raw is not None and (text := call.text(key)):
            return text
    return None


# Events


def add_event(call: Call) -> Thing:
    """An event without an end lasts an hour, without a start it begins now."""
    start = call.date("WFCalendarItemStartDate") or Date(call.world.now())
    end = call.date("WFCalendarItemEndDate") or Date(later(start.moment, timedelta(hours=1)), start.has_time)
    fields = {
        "title": call.text("WFCalendarItemTitle"),
        "start": start,
        "end": end,
        "calendar": named(call, "WFCalendarDescriptor", "WFCalendarItemCalendar") or "Calendar",
        "location": call.text("WFCalendarItemLocation") or None,
        "notes": call.text("WFCalendarItemNotes") or None,
        "all_day": call.boolean("WFCalendarItemAllDay"),
    }
    return _added(call, "event", call.world.events, fields)


def later(moment: datetime, span: timedelta) -> datetime:
    """A moment later by a span; at the end of the calendar, the moment itself."""
    try:
        return moment + span
    except OverflowError:
        return moment


def _added(call: Call, kind: str, library: list[Thing], fields: dict[str, Any]) -> Thing:
    thing = Thing(kind, {key: value for key, value in fields.items() if value is not None})
    library.append(thing)
    call.effect(kind, change="add", **thing.fields)
    return thing


def upcoming_events(call: Call) -> list[Thing]:
    """The next events of a calendar, or of all: of any day from now on, or those of one day."""
    calendar = named(call, "WFGetUpcomingItemCalendar")
    picked = [
        event for event in call.world.events if calendar in (None, event.get("calendar")) and _on_day(call, event)
    ]
    picked.sort(key=lambda event: event.get("start").moment)
    return picked[: max(call.integer("WFGetUpcomingItemCount", 1), 0)]


def _on_day(call: Call, event: Thing) -> bool:
    start, now = event.get("start"), call.world.now()
    if type(start) is not Date:
        return False
    word = call.choice("WFDateSpecifier", "Any Day")
    if word == "Any Day":
        end = event.get("end")
        return (end.moment if type(end) is Date else start.moment) >= now
    day = {"Today": now, "Tomorrow": later(now, timedelta(days=1))}.get(word)
    if day is None:
        date = call.date("WFSpecifiedDate")
        day = date.moment if date else now
    return start.moment.astimezone(call.world.zone).date() == day.astimezone(call.world.zone).date()


def removing(kind: str, key: str) -> Callable[[Call], None]:
    """Remove events or reminders that the world holds."""

    def run(call: Call) -> None:
        library = call.world.events if kind == "event" else call.world.reminders
        for item in call.items(key):
            if type(item) is Thing and item in library:
                library.remove(item)
                call.effect(kind, change="delete", **item.fields)

    return run


def show_in_calendar(call: Call) -> None:
    for item in call.input.items:
        call.effect("open", app="Calendar", item=item)


# Reminders


def add_reminder(call: Call) -> Thing:
    alert = call.choice("WFAlertEnabled", "No Alert") in ("Alert", "1") or call.has("WFAlertCustomTime")
    fields = {
        "title": call.text("WFCalendarItemTitle"),
        "list": named(call, "WFCalendarDescriptor", "WFCalendarItemCalendar") or "Reminders",
        "due": call.date("WFAlertCustomTime") if alert else None,
        "completed": False,
        "notes": call.text("WFCalendarItemNotes") or None,
        "priority": _unless_none(call.text("WFPriority")),
        "flagged": call.boolean("WFFlag") or None,
        "url": call.text("WFURL") or None,
        "tags": tuple(call.texts("WFTags")) or None if call.has("WFTags") else None,
    }
    return _added(call, "reminder", call.world.reminders, fields)


def _unless_none(text: str) -> str | None:
    return None if text in ("", "None") else text


def upcoming_reminders(call: Call) -> list[Thing]:
    """The reminders that are not done, the next due first; those without a date come last."""
    wanted = named(call, "WFGetUpcomingItemCalendar")
    open_ones = [
        reminder
        for reminder in call.world.reminders
        if not reminder.get("completed") and wanted in (None, reminder.get("list"))
    ]
    open_ones.sort(key=lambda reminder: _due(reminder))
    return open_ones[: max(call.integer("WFGetUpcomingItemCount", 1), 0)]


def _due(reminder: Thing) -> float:
    due = reminder.get("due")
    return due.moment.timestamp() if type(due) is Date else float("inf")


def show_list(call: Call) -> None:
    call.effect("open", app="Reminders", item=named(call, "WFList"))


_REMINDER_FIELDS = {
    "Title": "title", "List": "list", "Is Completed": "completed", "Notes": "notes", "URL": "url", "Due Date": "due",
    "Priority": "priority", "Is Flagged": "flagged", "Parent Reminder": "parent", "Tags": "tags",
}  # fmt: skip
_EVENT_FIELDS = {
    "Title": "title", "Start Date": "start", "End Date": "end", "Calendar": "calendar", "Location": "location",
    "Notes": "notes", "Is All Day": "all_day", "URL": "url",
}  # fmt: skip
_FLAGS = frozenset({"completed", "flagged", "all_day"})


def changing(kind: str, prefix: str, fields: Mapping[str, str]) -> Callable[[Call], list[Item]]:
    """Edit Reminder, Edit Calendar Event: sets one property; Mode says Set, Append, Remove or Remove All."""

    def run(call: Call) -> list[Item]:
        library = call.world.events if kind == "event" else call.world.reminders
        property_name = call.choice("WFContentItemPropertyName", "Title")
        field = fields.get(property_name, property_name.lower().replace(" ", "_"))
        value = _new_value(call, prefix + property_name.replace(" ", ""), field)
        changed: list[Item] = []
        for item in call.input.items:
            if type(item) is not Thing:
                continue
            new = item.changed(**{field: value})
            if item in library:
                library[library.index(item)] = new
            complete = kind == "reminder" and field == "completed" and value is True
            call.effect(kind, change="complete" if complete else "change", **new.fields)
            changed.append(new)
        return changed

    return run


def _new_value(call: Call, key: str, field: str) -> Item | None:
    if call.choice("Mode", "Set") in ("Remove", "RemoveAll", "Remove All"):
        return None
    if field in _FLAGS:
        return call.boolean(key)
    if field in ("due", "start", "end"):
        return call.date(key)
    return call.first(key) if field == "parent" else call.text(key) or None


# Notes


def create_note(call: Call) -> Thing:
    """A note's name is its first line; what follows is its body."""
    text = call.text("WFCreateNoteInput")
    first, _, rest = text.lstrip("\n").partition("\n")
    name = call.text("name") or first
    folder = named(call, "folder", "WFNoteGroup", "OpenWhenRun.folder") or "Notes"
    now = Date(call.world.now())
    body = text if call.text("name") else rest.lstrip("\n")
    note = Thing("note", {"name": name, "body": body, "folder": folder, "created": now, "modified": now})
    call.world.notes.append(note)
    call.effect("note", change="add", name=name, body=body, folder=folder, added=text)
    return note


def append_to_note(call: Call) -> Thing:
    """Adds text at the end of the note that is named or handed in."""
    note = _note_of(call)
    added = call.text("WFInput")
    body = f"{note.get('body') or ''}\n{added}" if note.get("body") else added
    new = note.changed(body=body, modified=Date(call.world.now()))
    call.world.notes[call.world.notes.index(note)] = new
    call.effect("note", change="append", name=new.name, body=body, added=added, folder=new.get("folder"))
    return new


def _note_of(call: Call) -> Thing:
    """The note of `WFNote`: a note, or the name of one; without it, the person picks one."""
    notes, stored = call.world.notes, call.raw("WFNote")
    shown = stored.get("displayString") if isinstance(stored, Mapping) else None  # what the editor has picked
    by_name = next((note for note in notes if note.name == shown), None)
    if by_name is not None:
        return by_name
    for item in call.value("WFNote").items:
        if type(item) is Thing and item in notes:
            return item
        name = item.name if type(item) is Thing else call.text_of(item)
        note = next((note for note in notes if note.name == name), None)
        if note is not None:
            return note
    if call.has("WFNote"):
        call.fail("Append to Note is given no note that exists")
    names = tuple(note.name for note in notes)
    prompt = Prompt("pick", ("Which note?",), "note", names)
    return notes[chosen(call.ask(prompt, items=list(names)), prompt)[0]]


def show_note(call: Call) -> None:
    for item in call.input.items:
        note = item if type(item) is Thing else coerce(item, "text", call.world)
        call.effect("open", app="Notes", item=note)


ACTIONS: dict[str, ActionRule] = {
    "addnewevent": ActionRule(add_event, gives="event"),
    "addnewcalendar": ActionRule(
        lambda call: call.effect("calendar-list", change="add", name=call.text("CalendarName")), gives="", grade="?"
    ),
    "getupcomingevents": ActionRule(upcoming_events, gives="event"),
    "removeevents": ActionRule(removing("event", "WFInputEvents"), input="WFInputEvents", flow="none"),
    "showincalendar": ActionRule(show_in_calendar, input="WFEvent", flow="passes"),
    "setters.calendarevents": ActionRule(
        changing("event", "WFCalendarEventContentItem", _EVENT_FIELDS), input="WFInput", gives="event"
    ),
    "addnewreminder": ActionRule(add_reminder, gives="reminder"),
    "getupcomingreminders": ActionRule(upcoming_reminders, gives="reminder"),
    "removereminders": ActionRule(removing("reminder", "WFInputReminders"), input="WFInputReminders", flow="none"),
    "reminders.showlist": ActionRule(show_list, flow="none"),
    "setters.reminders": ActionRule(
        changing("reminder", "WFReminderContentItem", _REMINDER_FIELDS), input="WFInput", gives="reminder"
    ),
    "com.apple.mobilenotes.SharingExtension": ActionRule(create_note, input="WFCreateNoteInput", gives="note"),
    "appendnote": ActionRule(append_to_note, input="WFInput", gives="note"),
    "shownote": ActionRule(show_note, input="WFInput", flow="passes"),
}
