"""The device: its settings, what it says of itself, and what passes without a trace."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from workflowllm.runtime.actions.outside import from_outside
from workflowllm.runtime.call import Call
from workflowllm.runtime.devices import device_detail
from workflowllm.runtime.items import Date, Item
from workflowllm.runtime.rule import OUTPUT, PASSES, SILENT, ActionRule
from workflowllm.runtime.units import as_duration

# Switches: the action's name, and what `setting` effects call it.
_SWITCHES = {
    "wifi.set": "wifi",
    "bluetooth.set": "bluetooth",
    "cellulardata.set": "cellular",
    "airplanemode.set": "airplane_mode",
    "lowpowermode.set": "low_power",
    "nightshift.set": "night_shift",
    "truetone.set": "true_tone",
    "orientation.lock.set": "orientation_lock",
    "stagemanager.set": "stage_manager",
    "silentmode.set": "silent_mode",
    "alwaysondisplay.set": "always_on_display",
    "personalhotspot.set": "hotspot",
    "whitepoint.set": "white_point",
    "announcenotifications.set": "announce_notifications",
}
_IS_ON = {"wifi": True, "bluetooth": True, "cellular": True}  # what a toggle finds where the world does not say


def switch(what: str) -> Callable[[Call], None]:
    """Turn a setting on or off, or toggle it."""

    def run(call: Call) -> None:
        if call.text("operation").lower() == "toggle" or call.text("Operation") == "Toggle":
            value = not call.world.settings.get(what, _IS_ON.get(what, False))
        else:
            value = call.boolean("OnValue" if call.has("OnValue") else "Enabled", True)
        call.world.settings[what] = value
        call.effect("setting", what=what, value=value)

    return run


def share_of_one(key: str, what: str) -> Callable[[Call], None]:
    """A level from 0 to 1, such as the volume; what lies outside is cut to that."""

    def run(call: Call) -> None:
        level = min(max(call.number(key, Decimal("0.5")), Decimal()), Decimal(1))
        call.world.settings[what] = level
        call.effect("setting", what=what, value=level)

    return run


def set_volume(call: Call) -> None:
    """The media's volume; the ringtone's is another setting."""
    what = "ringtone_volume" if call.choice("WFVolumeSetting", "Media") == "Ringtone" else "volume"
    share_of_one("WFVolume", what)(call)


def flashlight(call: Call) -> None:
    wanted = call.text("WFFlashlightSetting") or call.text("operation") or "Toggle"
    current = bool(call.world.settings.get("flashlight", False))
    value = {"on": True, "off": False, "set": call.boolean("state", True)}.get(wanted.lower(), not current)
    call.world.settings["flashlight"] = value
    call.effect("setting", what="flashlight", value=value)


def appearance(call: Call) -> None:
    wanted = (call.text("style") or call.text("appearance") or "toggle").lower()
    if call.text("operation").lower() == "toggle" or wanted not in ("light", "dark"):
        wanted = "light" if call.world.settings.get("appearance") == "dark" else "dark"
    call.world.settings["appearance"] = wanted
    call.effect("setting", what="appearance", value=wanted)


def set_focus(call: Call) -> None:
    """A Focus by its name (Do Not Disturb where none is named), on, off or toggled, and until when."""
    name = _focus_name(call)
    current = call.world.settings.get("focus")
    is_on = not current if call.choice("Operation", "Turn") == "Toggle" else call.boolean("Enabled")
    value = name if is_on else None
    call.world.settings["focus"] = value
    call.effect("setting", what="focus", value=value, until=_until(call) if is_on else None)


def _focus_name(call: Call) -> str:
    raw = call.raw("FocusModes")
    if isinstance(raw, dict) and isinstance(raw.get("DisplayString"), str):
        return raw["DisplayString"]
    return call.text("FocusModes") or "Do Not Disturb"


def _until(call: Call) -> Item | None:
    kind = call.choice("AssertionType", "Turned Off")
    if kind == "Time":
        return call.date("Time") or call.text("Time") or None
    if kind == "Event Ends":
        event = call.first("Event", "event")
        return event.get("end") if event is not None else None
    return "I Leave" if kind == "I Leave" else None


def wallpaper(call: Call) -> None:
    """Fact of the file: the place is the lock screen, the home screen, or both."""
    places = call.texts("WFWallpaperLocation") or ["Lock Screen", "Home Screen"]
    for place in places:
        call.effect("setting", what=f"wallpaper {place.lower()}", value=call.first("WFInput"))


def noise_control(call: Call) -> None:
    call.effect("setting", what="noise_control", value=call.text("WFListeningMode") or None)


# What the device says


def details(call: Call) -> Any:
    """Fact 133: the device's name where no detail is chosen."""
    detail = call.choice("WFDeviceDetail", "Device Name")
    known = device_detail(call.world, detail)
    if known is None:
        call.lean("device-detail")
    return known


def battery(call: Call) -> Any:
    """Fact 134: the level is 0 to 100."""
    subject = call.choice("Subject", "Battery Level")
    if subject == "Battery Level":
        return Decimal(str(call.world.settings["battery"]))
    return bool(call.world.settings["charging"])


def network(call: Call) -> Any:
    """The Wi-Fi's name; other details lie outside the world."""
    detail = call.choice("WFWiFiDetail", "Network Name")
    if call.choice("WFNetworkDetailsNetwork", "Wi-Fi") == "Wi-Fi" and detail == "Network Name":
        return call.world.settings["wifi"]
    return from_outside(call, "text")


def address(call: Call) -> str:
    """The world has one address, which is both the local one and the external one."""
    return str(call.world.settings["ip"])


# What passes


def passing(call: Call) -> None:
    call.effect("passing", identifier=call.identifier)


def device_action(call: Call) -> None:
    """Something that the device does and that no other kind of effect has."""
    call.effect("device", identifier=call.identifier, parameters=None)


def speak(call: Call) -> None:
    call.effect("speak", text=call.text("WFText"))


def start_timer(call: Call) -> None:
    """The duration in minutes."""
    duration = call.quantity("WFDuration")
    span = as_duration(duration) if duration is not None else None
    if span is None:
        call.fail("Start Timer has no duration")
    call.effect("timer", minutes=Decimal(str(span.total_seconds())) / 60)


def create_alarm(call: Call) -> None:
    date = call.date("dateComponents") or call.date("date") or call.date("time")
    at: Date | str | None = date or call.text("dateComponents") or None
    call.effect("alarm", at=at, title=call.text("name") or call.text("label") or None)


_PASSING = (
    "vibrate", "returntohomescreen", "dismisssiri", "waittoreturn", "handoff", "lockscreen", "splitscreen", "hide.app",
    "quit.app", "startscreensaver", "sleep",
)  # fmt: skip
ACTIONS: dict[str, ActionRule] = {
    **{name: ActionRule(switch(what), flow=PASSES) for name, what in _SWITCHES.items()},
    **{name: ActionRule(passing, flow=SILENT) for name in _PASSING},
    "setvolume": ActionRule(set_volume, flow=PASSES),
    "setbrightness": ActionRule(share_of_one("WFBrightness", "brightness"), flow=PASSES),
    "flashlight": ActionRule(flashlight, flow=PASSES),
    "appearance": ActionRule(appearance, flow=PASSES),
    "dnd.set": ActionRule(set_focus, flow=PASSES),
    "wallpaper.set": ActionRule(wallpaper, input="WFInput", flow=PASSES),
    "listeningmode.set": ActionRule(noise_control, flow=PASSES, grade="?"),
    "reboot": ActionRule(device_action, flow=PASSES),
    "getdevicedetails": ActionRule(details, gives="any"),
    "getbatterylevel": ActionRule(battery, gives="number"),
    "getwifi": ActionRule(network, gives="text"),
    "getipaddress": ActionRule(address, gives="text"),
    "speaktext": ActionRule(speak, input="WFText", flow=PASSES),
    "timer.start": ActionRule(start_timer, flow=PASSES),
    "alarm.create": ActionRule(create_alarm, flow=OUTPUT, grade="?"),
    "com.apple.mobiletimer-framework.MobileTimerIntents.MTCreateAlarmIntent": ActionRule(create_alarm, grade="?"),
}
