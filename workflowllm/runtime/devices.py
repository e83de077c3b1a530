"""The device as a thing with properties: what Device Details gives."""

from typing import Any

from workflowllm.runtime.items import Thing, from_plain
from workflowllm.runtime.properties import field_name
from workflowllm.runtime.world_state import WorldState

_SYSTEMS = {"mac": "macOS", "ipad": "iPadOS", "watch": "watchOS", "vision": "visionOS"}


def device_thing(world: WorldState) -> Thing:
    """The device, with each detail under its name as a field: `Device Model` is `device_model`."""
    details = {field_name(name): from_plain(value) for name, value in _details(world).items()}
    return Thing("device", {"name": world.settings["name"], **details})


def device_detail(world: WorldState, detail: str) -> Any:
    """One detail by the name that Shortcuts shows; None where the world has no such."""
    return from_plain(_details(world).get(detail))


def _details(world: WorldState) -> dict[str, Any]:
    settings = world.settings
    model = str(settings["model"])
    family = next((system for word, system in _SYSTEMS.items() if word in model.lower()), "iOS")
    return {
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
