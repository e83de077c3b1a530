"""Dates: reading them as people write them, formats, moving, differences, zones."""

import pytest
from runtime_helpers import run
from worlds import error_of, outcome_of, shown

A = "is_workflow_actions_"
BERLIN = {"zone": "Europe/Berlin"}  # the world's moment: Saturday, 14 March 2026, 09:26:53


def specified(text: str, **world):
    code = f'result = {A}date(WFDateActionMode="Specified Date", WFDateActionDate=f"{{shortcut_input()}}")'
    return shown(code, input=text, **{**BERLIN, **world})


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Today", "2026-03-14"),
        ("Today 23:59", "2026-03-14T23:59:00+01:00"),
        ("yesterday at noon", "2026-03-13T12:00:00+01:00"),
        ("tomorrow at 9am", "2026-03-15T09:00:00+01:00"),
        ("12 am", "2026-03-14T00:00:00+01:00"),
        ("12:30 pm", "2026-03-14T12:30:00+01:00"),
        ("Saturday", "2026-03-14"),
        ("next Saturday", "2026-03-21"),
        ("last Friday", "2026-03-13"),
        ("in 3 days", "2026-03-17T09:26:53+01:00"),
        ("2 hours ago", "2026-03-14T07:26:53+01:00"),
        ("next month", "2026-04-14"),
        ("January 1, 1970, 00:00", "1970-01-01T00:00:00+01:00"),
        ("Mar 1st 12:00 am", "2026-03-01T00:00:00+01:00"),
        ("12/25/2026", "2026-12-25"),
        ("14.03.2026", "2026-03-14"),
        ("1970年1月2日", "1970-01-02"),
        ("Sat, 14 Mar 2026 09:00:00 GMT", "2026-03-14T10:00:00+01:00"),
        ("2026-07-01T12:00:00Z", "2026-07-01T14:00:00+02:00"),
        ("2024-02-29", "2024-02-29"),
        ("3/14/69", "2069-03-14"),  # the machine's clock has no say in it
        ("3/14/70", "1970-03-14"),
        ("March 14, 2026 10:00 PST", "2026-03-14T19:00:00+01:00"),
        ("March 14, 2026 10:00 XYZ", "2026-03-14T10:00:00+01:00"),
    ],
)
def test_dates_are_read_as_people_write_them(text, wanted):
    assert specified(text) == wanted


@pytest.mark.parametrize(
    "text", ["apple", "25:99", "42", "3.14", "5 apples", "2026-02-30", "in 99999 years", "😀", "x" * 500]
)
def test_what_is_no_date_breaks_the_run_with_its_text(text):
    code = f'result = {A}date(WFDateActionMode="Specified Date", WFDateActionDate=f"{{shortcut_input()}}")'
    assert "can't read" in error_of(code, input=text, **BERLIN)


def test_the_locale_says_what_stands_first():
    assert specified("04/05/2026", locale="en_US") == "2026-04-05"
    assert specified("04/05/2026", locale="en_GB") == "2026-05-04"
    assert specified("1. Dez. 2026", locale="de_DE") == "2026-12-01"
    assert specified("14. März 2026", locale="de_DE") == "2026-03-14"


def test_f117_the_current_date_is_the_default():
    assert shown(f"result = {A}date()", **BERLIN) == "2026-03-14T09:26:53+01:00"


def test_f118_a_date_without_a_zone_is_the_devices():
    assert specified("1970-01-01 00:00:00") == "1970-01-01T00:00:00+01:00"
    assert specified("1970-01-01 00:00:00", zone="Asia/Tokyo") == "1970-01-01T00:00:00+09:00"
    code = f"""
start = {A}date(WFDateActionMode="Specified Date", WFDateActionDate="1970-01-01 00:00:00")
end = {A}date(WFDateActionMode="Specified Date", WFDateActionDate="1970-01-02T00:00:00Z")
result = {A}gettimebetweendates(WFInput=f"{{end}}", WFTimeUntilFromDate=f"{{start}}", WFTimeUntilUnit="Hours")
"""
    assert shown(code, **BERLIN) == 25  # a true day, and the zone's offset


def formatted(arguments: str, **world):
    code = f'now = {A}date()\nresult = {A}format_date(WFDate=f"{{now}}", {arguments})'
    return shown(code, **{**BERLIN, **world})


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ("", "3/14/26, 9:26 AM"),
        ('WFDateFormatStyle="None"', "9:26 AM"),
        ('WFDateFormatStyle="Medium", WFTimeFormatStyle="None"', "Mar 14, 2026"),
        ('WFDateFormatStyle="Long", WFTimeFormatStyle="Short"', "March 14, 2026 at 9:26 AM"),
        ('WFDateFormatStyle="RFC 2822"', "Sat, 14 Mar 2026 09:26:53 +0100"),
        ('WFDateFormatStyle="ISO 8601"', "2026-03-14"),
        ('WFDateFormatStyle="ISO 8601", WFISO8601IncludeTime=True', "2026-03-14T09:26:53+01:00"),
        ('WFDateFormatStyle="Relative"', "Today at 9:26 AM"),
        ('WFDateFormatStyle="Relative", WFTimeFormatStyle="None"', "Today"),
    ],
)
def test_f119_styles_and_f122_iso_8601(arguments, wanted):
    assert formatted(arguments) == wanted


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("yyyy-MM-dd", "2026-03-14"),
        ("HH:mm:ss", "09:26:53"),
        ("mm MM", "26 03"),  # upper and lower case differ
        ("h 'o''clock' a", "9 o'clock AM"),
        ("EEEE, d MMMM", "Saturday, 14 March"),
        ("'today is' EEE", "today is Sat"),
        ("D", "73"),
        ("ww", "11"),
        ("xxx", "+01:00"),
        ("", "Sat, 14 Mar 2026 09:26:53 +0100"),
    ],
)
def test_f120_custom_patterns_are_unicodes(pattern, wanted):
    assert formatted(f'WFDateFormatStyle="Custom", WFDateFormat="{pattern}"') == wanted


def test_a_pattern_that_is_none_and_a_very_long_one_do_no_harm():
    assert isinstance(formatted('WFDateFormatStyle="Custom", WFDateFormat="😀 \' jjjj"'), str)
    assert len(formatted(f'WFDateFormatStyle="Custom", WFDateFormat="{"d" * 5000}"')) < 10_000


def test_f121_styles_follow_the_locale():
    assert formatted('WFDateFormatStyle="Long", WFTimeFormatStyle="None"', locale="de_DE") == "14. März 2026"
    assert formatted('WFDateFormatStyle="Custom", WFDateFormat="EEEE"', locale="fr_FR") == "samedi"
    assert formatted('WFDateFormatStyle="Long", WFTimeFormatStyle="None", WFLocale="en_GB"') == "14 March 2026"


def test_formatting_gives_one_text_for_each_date_and_nothing_for_nothing():
    code = f"""
dates = {A}detect_date(WFInput=shortcut_input())
result = {A}format_date(WFDate=dates, WFDateFormatStyle="ISO 8601")
"""
    assert shown(code, input="2026-01-02 and 2026-03-04", **BERLIN) == ["2026-01-02", "2026-03-04"]
    assert shown(code, input="no date here", **BERLIN) is None
    assert "is no date" in error_of(f'result = {A}format_date(WFDate="apple")')


def moved(start: str, arguments: str, **world):
    code = f'result = {A}adjustdate(WFDate=f"{{shortcut_input()}}", {arguments})'
    return shown(code, input=start, **{**BERLIN, **world})


def by(magnitude: str, unit: str) -> str:
    return f'WFDuration=WFQuantityFieldValue(Magnitude="{magnitude}", Unit="{unit}")'


@pytest.mark.parametrize(
    ("start", "arguments", "wanted"),
    [
        ("2026-01-31T10:00", by("1", "months"), "2026-02-28T10:00:00+01:00"),
        ("2024-02-29T10:00", by("1", "years"), "2025-02-28T10:00:00+01:00"),
        ("2026-03-28T10:00", by("1", "days"), "2026-03-29T10:00:00+02:00"),  # the clock goes forward at night
        ("2026-03-28T10:00", by("24", "hr"), "2026-03-29T11:00:00+02:00"),
        ("2026-03-14T10:00", by("1.5", "days"), "2026-03-15T22:00:00+01:00"),
        ("2026-03-14T10:00", by("1.5", "hr"), "2026-03-14T11:30:00+01:00"),
        ("2026-03-14T10:00", by("1.9", "months"), "2026-04-14T10:00:00+02:00"),  # whole numbers only
        ("2026-03-14T10:00", by("-90", "sec"), "2026-03-14T09:58:30+01:00"),
        ("2026-03-14T10:00", 'WFAdjustOperation="Subtract", ' + by("2", "weeks"), "2026-02-28T10:00:00+01:00"),
        ("2026-03-14T10:20:30", 'WFAdjustOperation="Get Start of Hour"', "2026-03-14T10:00:00+01:00"),
        ("2026-03-14T10:20:30", 'WFAdjustOperation="Get Start of Day"', "2026-03-14T00:00:00+01:00"),
        ("2026-03-14T10:20:30", 'WFAdjustOperation="Get Start of Week"', "2026-03-08T00:00:00+01:00"),
        ("2026-03-14T10:20:30", 'WFAdjustOperation="Get Start of Month"', "2026-03-01T00:00:00+01:00"),
        ("2026-07-14T10:20:30", 'WFAdjustOperation="Get Start of Year"', "2026-01-01T00:00:00+01:00"),
    ],
)
def test_f123_dates_are_moved_by_the_calendar(start, arguments, wanted):
    assert moved(start, arguments) == wanted


def test_a_week_begins_where_the_locale_says():
    assert moved("2026-03-14", 'WFAdjustOperation="Get Start of Week"', locale="de_DE") == "2026-03-09T00:00:00+01:00"


def test_the_picker_of_old_clients_moves_dates_too():
    offset = 'WFAdjustOffsetPicker=WFTimeOffsetValue(Unit="Day", Value=1, Operation="Subtract")'
    assert moved("2026-03-14T10:00", offset) == "2026-03-13T10:00:00+01:00"


def test_moving_out_of_the_calendar_is_one_sentence():
    code = f'result = {A}adjustdate(WFDate="2026-03-14", {by("999999", "years")})'
    assert "leaves the calendar" in error_of(code)
    assert "knows no unit" in error_of(f'result = {A}adjustdate(WFDate="2026-03-14", {by("1", "parsecs")})')


def between(start: str, end: str, arguments: str = "", **world):
    code = f'result = {A}gettimebetweendates(WFInput="{end}", WFTimeUntilFromDate="{start}"{arguments})'
    return shown(code, **{**BERLIN, **world})


def unit(name: str) -> str:
    return f', WFTimeUntilUnit="{name}"'


def test_f124_the_other_date_is_subtracted_from_the_input():
    assert between("2026-03-14T10:00", "2026-03-14T11:30") == 90
    assert between("2026-03-14T11:30", "2026-03-14T10:00") == -90


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Seconds", 8_640_000),
        ("Minutes", 144_000),
        ("Hours", 2400),
        ("Days", 100),
        ("Weeks", 14),
        ("Months", 3),
        ("Years", 0),
    ],
)
def test_f125_units_minutes_by_default(name, wanted):
    assert between("2026-04-01T00:00", "2026-07-10T00:00", unit(name)) == wanted
    assert between("2026-04-01T00:00", "2026-07-10T00:00") == 144_000


def test_days_are_the_calendars_across_daylight_saving_and_total_time_is_in_words():
    assert between("2026-03-28T12:00", "2026-03-29T12:00", unit("Days")) == 1
    assert between("2026-03-28T12:00", "2026-03-29T12:00", unit("Hours")) == 23
    assert between("2026-03-14T10:00", "2026-03-16T11:01", unit("Total Time")) == "2 days, 1 hour, 1 minute"
    assert between("2026-03-14", "2026-03-14", unit("Total Time")) == "0 seconds"


def test_f126_the_current_date_put_straight_into_it_reads_as_empty():
    code = f'result = {A}gettimebetweendates(WFInput=f"{{current_date()}}", WFTimeUntilFromDate="2026-03-14T09:00")'
    assert shown(code, **BERLIN) is None
    code = (
        f'now = {A}date()\nresult = {A}gettimebetweendates(WFInput=f"{{now}}", WFTimeUntilFromDate="2026-03-14T09:00")'
    )
    assert shown(code, **BERLIN) == 26


def test_files_of_old_clients_count_from_now():
    code = f'result = {A}gettimebetweendates(WFInput="2026-03-14T10:26:53")'
    assert shown(code, **BERLIN) == 60


def test_a_clock_in_another_zone():
    code = f'result = {A}converttimezone(Date="2026-03-14T10:00", DestinationTimeZone="Asia/Tokyo")'
    assert shown(code, **BERLIN) == "2026-03-14T18:00:00+01:00"
    assert "no time zone" in error_of(f'result = {A}converttimezone(Date="2026-03-14", DestinationTimeZone="Nowhere")')


def test_dates_in_a_text():
    text = "Lunch tomorrow at 12:30 pm, dentist March 20, 2026 at 9am, due 2026-04-01. Call 555-1234, v1.2.3, 50% of 7."
    assert shown(f"result = {A}detect_date(WFInput=shortcut_input())", input=text, **BERLIN) == [
        "2026-03-15T12:30:00+01:00",
        "2026-03-20T09:00:00+01:00",
        "2026-04-01",
    ]


def test_a_huge_text_is_searched_for_dates_in_bounded_time():
    result = outcome_of(f"result = {A}detect_date(WFInput=shortcut_input())", input="1 " * 100_000 + "a" * 100_000)
    assert result.how in ("ok", "broken")


def test_a_date_that_is_asked_for_is_asked_once():
    code = """
d = is_workflow_actions_date(WFDateActionMode="Specified Date", WFDateActionDate=f"{input()}")
is_workflow_actions_setclipboard(WFInput=d)
"""
    result = run(code, now="2026-03-14T09:26:53+01:00", answers=["2026-05-01"])
    assert result.how == "ok" and result.effects[-1]["value"] == "2026-05-01"
    assert len(result.of("ask")) == 1
