"""Calendar, reminders, notes, contacts, messages, places and weather."""

import pytest
from worlds import effects_of, error_of, shown

EVENTS = [
    {"title": "Stand-up", "start": "2026-03-14T10:00:00+01:00", "end": "2026-03-14T10:15:00+01:00", "calendar": "Work"},
    {
        "title": "Breakfast",
        "start": "2026-03-14T07:00:00+01:00",
        "end": "2026-03-14T08:00:00+01:00",
        "calendar": "Home",
    },
    {"title": "Dentist", "start": "2026-03-15T09:00:00+01:00", "end": "2026-03-15T10:00:00+01:00", "calendar": "Home"},
]
REMINDERS = [
    {"title": "Milk", "list": "Groceries"},
    {"title": "Tax", "list": "Work", "due": "2026-03-16T09:00:00+01:00"},
    {"title": "Done", "list": "Work", "completed": True},
]
NOTES = [{"name": "Team", "body": "Ada\nGrace"}, {"name": "Ideas", "body": ""}]
PEOPLE = [
    {"name": "Ada Lovelace", "phone": "+44 1", "email": "ada@example.com"},
    {"name": "Grace Hopper", "phone": "+1 2"},
]


def test_an_event_is_added_for_an_hour_where_no_end_is_set():
    code = """
result = is_workflow_actions_addnewevent(
    WFCalendarItemTitle="Lunch", WFCalendarItemStartDate="2026-03-14 12:00", WFCalendarItemCalendar="Work"
)
"""
    (effect,) = effects_of(code)
    assert effect["kind"] == "event" and effect["change"] == "add" and effect["title"] == "Lunch"
    assert effect["start"] == "2026-03-14T12:00:00+01:00" and effect["end"] == "2026-03-14T13:00:00+01:00"


@pytest.mark.parametrize(
    ("arguments", "titles"),
    [
        ("WFGetUpcomingItemCount=5", ["Stand-up", "Dentist"]),
        ('WFGetUpcomingItemCount=5, WFDateSpecifier="Today"', ["Breakfast", "Stand-up"]),
        ('WFGetUpcomingItemCount=5, WFDateSpecifier="Tomorrow"', ["Dentist"]),
        ('WFGetUpcomingItemCount=5, WFGetUpcomingItemCalendar={"Title": "Home"}', ["Dentist"]),
        ("", ["Stand-up"]),
    ],
)
def test_upcoming_events_are_those_still_to_come(arguments, titles):
    value = shown(f"result = is_workflow_actions_getupcomingevents({arguments})", events=EVENTS)
    assert [event["title"] for event in (value if isinstance(value, list) else [value])] == titles


def test_a_found_reminder_is_completed_and_found_so_afterwards():
    code = """
open_ones = is_workflow_actions_filter_reminders(
    WFContentItemFilter=all_of(
        where("List", "==", Enumeration=WFStringSubstitutableState("Groceries")),
        where("Is Completed", "==", Bool=False),
    )
)
is_workflow_actions_setters_reminders(
    WFInput=open_ones, Mode="Set", WFContentItemPropertyName="Is Completed", WFReminderContentItemIsCompleted=1
)
done = is_workflow_actions_filter_reminders(
    WFContentItemFilter=all_of(where("Is Completed", "==", Bool=True)),
    WFContentItemSortProperty="Title",
    WFContentItemSortOrder="A to Z",
)
result = is_workflow_actions_properties_reminders(WFInput=done, WFContentItemPropertyName="Title")
"""
    effects = effects_of(code, reminders=REMINDERS)
    assert [(effect["kind"], effect["change"], effect["title"]) for effect in effects] == [
        ("reminder", "complete", "Milk")
    ]
    assert shown(code, reminders=REMINDERS) == ["Done", "Milk"]


def test_a_reminder_has_a_list_a_date_and_a_note():
    code = """
r = is_workflow_actions_addnewreminder(
    WFCalendarItemTitle="Call", WFCalendarDescriptor={"Title": "Work"}, WFAlertEnabled="Alert",
    WFAlertCustomTime="2026-03-14 17:30", WFCalendarItemNotes="soon"
)
"""
    (effect,) = effects_of(code)
    assert (effect["list"], effect["due"], effect["notes"]) == ("Work", "2026-03-14T17:30:00+01:00", "soon")


def test_removing_deletes_only_what_the_world_holds():
    code = """
found = is_workflow_actions_filter_reminders(WFContentItemFilter=all_of(where("List", "==", Enumeration="Work")))
is_workflow_actions_removereminders(WFInputReminders=found)
result = is_workflow_actions_filter_reminders()
"""
    assert shown(code, reminders=REMINDERS)["title"] == "Milk"
    assert (
        effects_of(
            "is_workflow_actions_removereminders(WFInputReminders=shortcut_input())", input="Milk", reminders=REMINDERS
        )
        == []
    )


def test_a_note_is_named_by_its_first_line_and_grows():
    code = """
note = com_apple_mobilenotes_SharingExtension(WFCreateNoteInput="Log\\nfirst")
is_workflow_actions_appendnote(WFNote=note, WFInput="second")
"""
    created, appended = effects_of(code)
    assert (created["name"], created["body"]) == ("Log", "first")
    assert (appended["change"], appended["body"], appended["added"]) == ("append", "first\nsecond", "second")


def test_a_note_is_found_by_name_and_one_that_is_not_there_is_an_error():
    code = 'is_workflow_actions_appendnote(WFNote="{}", WFInput="x")'
    assert effects_of(code.format("Ideas"), notes=NOTES)[0]["body"] == "x"
    assert "no note that exists" in error_of(code.format("Nowhere"), notes=NOTES)


def test_a_message_goes_to_the_contact_that_is_picked():
    code = """
person = is_workflow_actions_selectcontacts()
is_workflow_actions_sendmessage(WFSendMessageActionRecipients=person, WFSendMessageContent="On my way")
"""
    effects = effects_of(code, contacts=PEOPLE, answers=["Grace Hopper"])
    assert effects[-1] == {"kind": "message", "to": ["Grace Hopper"], "text": "On my way"}


def test_a_stored_card_is_read_for_its_name():
    from workflowllm.runtime.actions.people import card_contact

    contact = card_contact(
        "BEGIN:VCARD\r\nN:Blue;Ada;;;\r\nFN:Ada Blue\r\n"
        "item1.EMAIL;type=INTERNET:a@b.example\r\nTEL;type=CELL:+1 2\r\nEND:VCARD\r\n"
    )
    assert dict(contact.fields) == {"name": "Ada Blue", "email": "a@b.example", "phone": "+1 2"}


def test_mail_has_a_subject_a_body_and_attachments():
    code = """
is_workflow_actions_sendemail(
    WFSendEmailActionToRecipients=shortcut_input(), WFSendEmailActionSubject="Hi",
    WFSendEmailActionInputAttachments="Body"
)
"""
    assert effects_of(code, input="ada@example.com") == [
        {"kind": "mail", "to": ["ada@example.com"], "subject": "Hi", "text": "Body"}
    ]


def test_a_telephone_number_is_picked_from_those_who_have_one():
    code = "result = is_workflow_actions_selectemail()"
    assert shown(code, contacts=PEOPLE, answers=["Ada Lovelace"])["address"] == "ada@example.com"
    assert "none of the choices" in error_of(code, contacts=PEOPLE, answers=["Grace Hopper"])


def test_travel_time_is_the_worlds_by_place_and_mode():
    travel = [
        {"to": {"contains": "Home"}, "mode": "Driving", "minutes": 23},
        {"to": {"contains": "Home"}, "mode": "Walking", "minutes": 90},
    ]
    code = """
time = is_workflow_actions_gettraveltime(WFDestination=shortcut_input(), WFGetDirectionsActionMode="{}")
result = f"{{time}}"
"""
    assert shown(code.format("Driving"), input="Home Street 1", travel=travel) == "23 min"
    assert shown(code.format("Walking"), input="Home Street 1", travel=travel) == "90 min"


def test_distance_is_the_great_circle():
    world = {
        "location": {"latitude": 52.52, "longitude": 13.405},
        "input": {"type": "location", "latitude": 48.8566, "longitude": 2.3522},
    }
    kilometres = shown(
        "result = is_workflow_actions_getdistance(WFGetDistanceDestination=shortcut_input(), "
        'WFDistanceUnit="Kilometers")',
        **world,
    )
    assert kilometres == pytest.approx(878, abs=2)  # Berlin to Paris


def test_directions_name_the_place_and_the_mode():
    code = 'is_workflow_actions_getdirections(WFDestination=shortcut_input(), WFGetDirectionsActionMode="Transit")'
    assert effects_of(code, input="Alexanderplatz, Berlin")[0] == {
        "kind": "directions",
        "to": "Alexanderplatz, Berlin",
        "mode": "Transit",
        "app": "Maps",
    }


def test_weather_is_the_worlds_and_its_details_are_read():
    world = {
        "weather": {
            "current": {"condition": "Rain", "temperature": 7},
            "days": [{"condition": "Snow", "precipitation_chance": 80}],
        }
    }
    code = """
weather = is_workflow_actions_weather_forecast()
result = is_workflow_actions_properties_weather_conditions(
    WFInput=weather, WFContentItemPropertyName="Precipitation Chance"
)
"""
    assert shown(code, weather=world["weather"]) == 80
    assert (
        effects_of("w = is_workflow_actions_weather_currentconditions()\nis_workflow_actions_setclipboard(WFInput=w)")[
            0
        ]["made_up"]
        is True
    )


def test_an_address_is_one_text_over_several_lines():
    code = """
a = is_workflow_actions_address(
    WFAddressLine1="1 Main St", WFCity="Springfield", WFState="IL", WFPostalCode="62701", WFCountry="USA"
)
result = f"{a}"
"""
    assert shown(code) == "1 Main St\nSpringfield IL 62701\nUSA"
