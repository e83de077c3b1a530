"""What the checker knows of kinds: values, filters, quantities, properties, comparisons and loops."""

import pytest

from workflowllm.checking import argument_values, uses
from workflowllm.checking.checker import check_code

TIMER = "is_workflow_actions_timer_start(WFDuration={})"
PHOTOS = "is_workflow_actions_filter_photos(WFContentItemFilter={})"
EVENTS = "is_workflow_actions_filter_calendarevents(WFContentItemFilter={})"
ADJUST = 'is_workflow_actions_adjustdate(WFDate="now", WFDuration={})'
QUIET = {"unused-output", "missing-parameter", "nothing-filled-in"}


def codes(code: str) -> set[str]:
    return {item.code for item in check_code(code)} - QUIET


def stores_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the compiler leaves plain values as they are."""
    monkeypatch.setattr(argument_values, "stored_value", lambda api, key, node: "plain")


@pytest.mark.parametrize("code", [
    TIMER.format("'25 minutes'"),
    TIMER.format("25"),
    TIMER.format("f'{clipboard()} minutes'"),
    "is_workflow_actions_dnd_set(FocusModes='Work')",
    "com_apple_Photos_CropIntent(asset='Beach')",
    "is_workflow_actions_runworkflow(WFWorkflow='Log')",
    PHOTOS.format("'screenshots'"),
    "is_workflow_actions_setclipboard(WFInput='abc')",
    "is_workflow_actions_setclipboard(WFInput=True)",
])  # fmt: skip
def test_a_plain_value_where_the_kind_has_a_form(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stores_nothing_else(monkeypatch)
    assert codes(code) == {"wrong-type"}


@pytest.mark.parametrize("code", [
    TIMER.format("WFQuantityFieldValue(Magnitude='25', Unit='min')"),
    TIMER.format("WFQuantityFieldValue(Magnitude=clipboard(), Unit='hr')"),
    TIMER.format("''"),
    "is_workflow_actions_dnd_set(FocusModes={'DisplayString': 'Work', 'Identifier': 'x'})",
    "is_workflow_actions_setclipboard(WFInput=clipboard())",
    PHOTOS.format("all_of(where('Is a Screenshot', '==', Bool=True))"),
    PHOTOS.format("all_of(where('Width', '>', Number=100), where('Media Type', '==', Enumeration='Image'))"),
    EVENTS.format("any_of(where('Calendar', '==', Enumeration='Home'), where('Title', 'contains', String='a'))"),
    EVENTS.format("all_of(where('Start Date', 'in the next', Number=2, Unit=16), where('Notes', 'has a value'))"),
    "is_workflow_actions_setvolume(WFVolume=0.4)",
    "is_workflow_actions_setbrightness(WFBrightness=1)",
    "is_workflow_actions_health_quantity_log(WFQuantitySampleType='Steps', "
    "WFQuantitySampleQuantity=WFQuantityFieldValue(Magnitude='5', Unit='count'))",
])  # fmt: skip
def test_stored_forms_are_right(code: str) -> None:
    assert codes(code) == set()


def test_what_the_compiler_makes_of_a_value_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    form = {"WFSerializationType": "WFQuantityFieldValue", "Value": {}}
    monkeypatch.setattr(argument_values, "stored_value", lambda api, key, node: form)
    assert codes(TIMER.format("'25 minutes'")) == set()
    assert codes(PHOTOS.format("'screenshots'")) == {"wrong-type"}  # a quantity is no filter
    monkeypatch.setattr(argument_values, "stored_value", lambda api, key, node: "Ringtone")
    assert codes("is_workflow_actions_setvolume(WFVolumeSetting='the ringer')") == set()


@pytest.mark.parametrize(("code", "expected", "suggestion"), [
    (TIMER.format("WFQuantityFieldValue(Magnitude='5', Unit='minutes')"), "bad-value", "min"),
    (ADJUST.format("WFQuantityFieldValue(Magnitude='5', Unit='Day')"), "bad-value", "days"),
    (ADJUST.format("WFQuantityFieldValue(Magnitude='five', Unit='days')"), "wrong-type", None),
    ("is_workflow_actions_setvolume(WFVolume=40)", "bad-value", None),
    ("is_workflow_actions_setvolume(WFVolume=-1)", "bad-value", None),
    ("is_workflow_actions_getitemfromlist(WFInput=clipboard(), WFItemIndex=0)", "bad-value", None),
    ("is_workflow_actions_filter_health_quantity(WFContentItemFilter=all_of(where('Type', '==', "
     "Enumeration='Body Weight')))", "unlikely-value", "Weight"),
    (PHOTOS.format("all_of(where('Due Date', '==', Bool=True))"), "unknown-property", "Creation Date"),
    (PHOTOS.format("all_of(where('Photo Type', '==', Enumeration='Panorma'))"), "unlikely-value", "Panorama"),
    (EVENTS.format("all_of(where('Title', '<', String='b'))"), "bad-comparison", None),
    (EVENTS.format("all_of(where('Start Date', 'contains', String='b'))"), "bad-comparison", None),
    ("note = is_workflow_actions_getcurrentlocation()\nprint(note.Cty)", "unknown-property", "City"),
    ("note = is_workflow_actions_getcurrentlocation()\nprint(getattr(note, 'Cty'))", "unknown-property", "City"),
    ("for event in is_workflow_actions_getupcomingevents():\n    print(event.Name)", None, None),
])  # fmt: skip
def test_values_outside_of_what_a_kind_allows(code: str, expected: str | None, suggestion: str | None) -> None:
    found = [item for item in check_code(code) if item.code not in QUIET]
    assert [item.code for item in found] == ([expected] if expected else [])
    assert [item.suggestion for item in found] == ([suggestion] if expected else [])


@pytest.mark.parametrize("code", [
    "x = is_workflow_actions_getcurrentlocation()\nprint(x.City, x.Name, x.File_Size)",
    "x = is_workflow_actions_detect_dictionary(WFInput=clipboard())\nprint(x.anything)",
    "x = is_workflow_actions_downloadurl(WFURL='https://a.b')\nprint(x.anything)",
    "x = clipboard()\nprint(x.anything)",
    "x = 'abc'\nx = clipboard()\nprint(x.anything)",
    "events = is_workflow_actions_filter_calendarevents()\nfor event in events:\n    print(event.Start_Date)",
    "if float(clipboard()) < 3:\n    print(1)",
    "x = 'abc'\nif x == 'b':\n    print(x)",
    "x = '5'\nif x > 3:\n    print(x)",
    "x = is_workflow_actions_text_split(text='a b', WFTextSeparator='Spaces')\nfor y in x:\n    print(y)",
])  # fmt: skip
def test_what_may_be_right_is_left_alone(code: str) -> None:
    assert codes(code) & {"unknown-property", "bad-comparison", "loop-over-text"} == set()


def test_the_loop_variable_has_the_lists_properties() -> None:
    events = "events = is_workflow_actions_filter_calendarevents()\n"
    assert "unknown-property" in codes(events + "for event in events:\n    print(event.Due_Date)")
    numbered = events + "for n, event in enumerate(events, start=1):\n    print(event.Due_Date)"
    assert "unknown-property" in codes(numbered)


def test_a_comparison_that_the_compiler_mends_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = "x = input('How many?')\nif x < 3:\n    print(x)"
    words = "x = 'abc'\nif x < 3:\n    print(x)"
    for meant, expected in ((True, {"bad-comparison"}), (False, set())):
        monkeypatch.setattr(uses, "_meant_by_actions", lambda compiled, meant=meant: (meant, meant))
        assert codes(asked) == expected
        assert codes(words) == {"bad-comparison"}  # of which no number can be made


@pytest.mark.parametrize("code", [
    "x = coerce_variable(value=clipboard(), coercion_class='WFStringContentItem')\nprint(x)",
    "is_workflow_actions_getmyworkflows()",
    "is_workflow_actions_filter_photos()",
    "print(clipboard())\nis_workflow_actions_openurl()",
    "is_workflow_actions_getbatterylevel()",
])  # fmt: skip
def test_calls_that_work_as_they_are(code: str) -> None:
    assert {item.code for item in check_code(code)} <= {"unused-output"}


@pytest.mark.parametrize("name", ["alert", "runworkflow", "openapp", "timer_start", "math"])
def test_an_action_with_nothing_filled_in(name: str) -> None:
    assert "nothing-filled-in" in {item.code for item in check_code(f"is_workflow_actions_{name}()")}


ATTACHMENT = {"WFSerializationType": "WFTextTokenAttachment", "Value": {"Type": "Clipboard"}}
SPEAK = "is_workflow_actions_speaktext(WFText={})"


def test_a_bare_name_in_a_text_field(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(argument_values, "stored_value", lambda api, key, node: ATTACHMENT)
    assert codes(SPEAK.format("clipboard()")) == {"bare-reference"}
    assert codes("x = is_workflow_actions_getbatterylevel()\n" + SPEAK.format("x")) == {"bare-reference"}
    assert codes("is_workflow_actions_text_split(text=clipboard())") == set()
    assert codes("is_workflow_actions_get_playlist(WFPlaylistName=clipboard())") == set()
    monkeypatch.setattr(argument_values, "stored_value", lambda api, key, node: {"WFSerializationType": "a text"})
    assert codes(SPEAK.format("clipboard()")) == set()


def test_a_text_with_a_reference_is_right_in_a_text_field() -> None:
    assert codes(SPEAK.format("f'{clipboard()}'")) == set()


def test_an_output_of_which_no_number_can_be_made() -> None:
    photo = "photo = is_workflow_actions_selectphoto()\n"
    place = "place = is_workflow_actions_getcurrentlocation()\n"
    assert codes(place + "is_workflow_actions_setvolume(WFVolume=place)") == {"unlikely-value"}
    assert codes(place + "is_workflow_actions_delay(WFDelayTime=place.Altitude)") == set()
    assert codes("text = '5'\nis_workflow_actions_setvolume(WFVolume=text)") == set()
    assert codes(photo + "is_workflow_actions_setclipboard(WFInput=photo)") == set()
