"""Device settings and details, opening, sharing, scripts."""

import pytest
from worlds import effects_of, error_of, shown


@pytest.mark.parametrize(
    ("call", "what", "value"),
    [
        ("wifi_set(OnValue=False)", "wifi", False),
        ("wifi_set(OnValue=0)", "wifi", False),
        ("bluetooth_set()", "bluetooth", True),
        ('lowpowermode_set(operation="toggle")', "low_power", True),
        ("setvolume(WFVolume=0.25)", "volume", 0.25),
        ("setvolume(WFVolume=40)", "volume", 1),  # 0 to 1 on a phone: more is as loud as it goes
        ("setbrightness(WFBrightness=0.5)", "brightness", 0.5),
        ('flashlight(WFFlashlightSetting="On")', "flashlight", True),
    ],
)
def test_settings_are_named_and_have_their_value(call, what, value):
    assert effects_of(f"is_workflow_actions_{call}") == [{"kind": "setting", "what": what, "value": value}]


def test_f133_the_default_detail_is_the_name_and_settings_are_seen_afterwards():
    assert shown("result = is_workflow_actions_getdevicedetails()", device={"name": "Ada's iPhone"}) == "Ada's iPhone"
    code = """
is_workflow_actions_setvolume(WFVolume=0.75)
result = is_workflow_actions_getdevicedetails(WFDeviceDetail="Current Volume")
"""
    assert shown(code) == 0.75


def test_f134_the_battery_is_0_to_100():
    assert shown("result = is_workflow_actions_getbatterylevel()", device={"battery": 17}) == 17


def test_a_focus_has_a_name_and_an_end():
    code = """
is_workflow_actions_dnd_set(
    Enabled=True, FocusModes={"DisplayString": "Work"}, AssertionType="Time", Time="2026-03-14 18:00"
)
"""
    (effect,) = effects_of(code)
    assert effect["what"] == "focus" and effect["value"] == "Work" and effect["until"].startswith("2026-03-14T18:00")
    assert effects_of("is_workflow_actions_dnd_set(Enabled=False)")[0]["value"] is None
    assert effects_of('is_workflow_actions_dnd_set(Operation="Toggle")', device={"focus": "Work"})[0]["value"] is None


def test_a_timer_counts_minutes_and_needs_a_duration():
    timer = 'is_workflow_actions_timer_start(WFDuration=WFQuantityFieldValue(Magnitude="{}", Unit="{}"))'
    assert effects_of(timer.format("25", "min")) == [{"kind": "timer", "minutes": 25}]
    assert effects_of(timer.format("90", "sec")) == [{"kind": "timer", "minutes": 1.5}]
    assert "no duration" in error_of("is_workflow_actions_timer_start()")


def test_each_address_is_opened_and_the_input_goes_on():
    code = "urls = is_workflow_actions_openurl(WFInput=shortcut_input())"
    effects = effects_of(code, input=["https://a.example", "https://b.example"])
    assert [effect["url"] for effect in effects] == ["https://a.example", "https://b.example"]


def test_an_app_is_opened_by_its_name():
    code = 'is_workflow_actions_openapp(WFSelectedApp={"BundleIdentifier": "com.apple.mobilecal", "Name": "Calendar"})'
    assert effects_of(code) == [{"kind": "open", "app": "Calendar"}]
    assert (
        effects_of('is_workflow_actions_openapp(WFAppIdentifier="com.apple.mobilecal")')[0]["app"]
        == "com.apple.mobilecal"
    )
    assert "names no application" in error_of("is_workflow_actions_openapp()")


def test_a_script_is_recorded_and_never_run(tmp_path):
    mark = tmp_path / "ran"
    code = f'result = is_workflow_actions_runshellscript(Script="touch {mark}")'
    effects = effects_of(code)
    assert effects[0]["kind"] == "app" and effects[0]["made_up"] is True and not mark.exists()
    gives = {"is.workflow.actions.runshellscript": [{"when": {"Script": {"contains": "touch"}}, "gives": "done"}]}
    assert shown(code, apps=gives) == "done"


@pytest.mark.parametrize(("name", "key"), [("runshellscript", "Input"), ("runjavascriptonwebpage", "WFInput")])
def test_a_script_takes_its_input_by_the_key_that_its_files_store(name, key):
    text = 'text = "mine"\nother = "not mine"\n'
    (effect,) = effects_of(f"{text}is_workflow_actions_{name}({key}=text)")
    assert effect["parameters"] == {key: "mine"}
    (implicit,) = effects_of(f"{text}is_workflow_actions_{name}()")
    assert implicit["parameters"] == {key: "not mine"}


def test_f135_a_callback_gives_what_the_world_says():
    code = 'result = is_workflow_actions_openxcallbackurl(WFXCallbackURL="drafts://x-callback-url/get?uuid=1")'
    gives = {"is.workflow.actions.openxcallbackurl": [{"gives": {"text": "a", "id": 1}}]}
    assert shown(code, apps=gives) == {"text": "a", "id": 1}
    assert effects_of(code, apps=gives)[0] == {"kind": "open", "url": "drafts://x-callback-url/get?uuid=1"}


def test_sharing_and_printing_hand_over_items():
    effects = effects_of("is_workflow_actions_share(WFInput=shortcut_input())", input=["a", "b"])
    assert effects == [{"kind": "share", "items": ["a", "b"]}]


def test_the_model_answers_from_the_world():
    code = 'result = is_workflow_actions_askllm(WFLLMPrompt="Summarise")'
    assert shown(code, apps={"is.workflow.actions.askllm": [{"gives": "Short."}]}) == "Short."


def test_what_passes_leaves_the_next_action_its_input():
    code = 'text = "hello"\nis_workflow_actions_vibrate()\nis_workflow_actions_setclipboard(WFInput=text)'
    assert effects_of(code)[0] == {"kind": "passing", "identifier": "is.workflow.actions.vibrate"}
