"""The device as a thing with properties: what Device Details gives."""

from typing import Any

from workflowllm.runtime.items import Thing, from_plain
from workflowllm.runtime.world_state import WorldState

_SYSTEMS = {"mac": "macOS", "ipad": "iPadOS", "watch": "watchOS", "vision": "visionOS"}


def device_thing(world: WorldState) -> Thing:
    settings = world.settings
    return Thing("device", {key: from_plain(value) for key, value in settings.items()})


def device_detail(world: WorldState, detail: str) -> Any:
    """One detail by the name that Shortcuts shows; None where the world has no such."""
    settings = world.settings
    model = str(settings["model"])
    family = next((system for word, system in _SYSTEMS.items() if word in model.lower()), "iOS")
    values = {
        "Device Name": settings["name"],
        "Device Hostname": str(settings["name"]).replace(" ", "-").replace("'", "").replace("’", ""),
        "Device Type": next(
            (kind for kind in ("iPad", "Mac", "Apple Watch", "Apple Vision") if kind in model), "iPhone"
        ),
        "Device Model": model,
        "Device Is Watch": family == "watchOS",
        "OS": family,
        "System Version": settings["system"],
        "System Build Number": "24A1",
        "Screen Width": 393,
        "Screen Height": 852,
        "Current Volume": settings["volume"],
        "Current Brightness": settings["brightness"],
        "Current Appearance": str(settings["appearance"]).capitalize(),
    }
    return from_plain(values.get(detail))
