"""Kinds of parameters, content types of outputs, and the facts about quantities."""

import pytest

from workflowllm.apis.catalogue import catalogue
from workflowllm.apis.content_types import content_types, own_properties
from workflowllm.apis.model import HINTS, Api, Returns, one_line

BUILT_IN = "is.workflow.actions."


def parameter_type(identifier: str, key: str) -> tuple[str, str]:
    parameter = catalogue()[identifier].by_key[key]
    return parameter.type, parameter.kind


def test_only_what_can_hold_anything_is_of_any_kind() -> None:
    loose = {(api.identifier.removeprefix(BUILT_IN), parameter.key)
             for api in catalogue().values() for parameter in api.parameters if parameter.type == "any"}  # fmt: skip
    assert {name for name, _ in loose} <= {"adjustdate", "conditional", "exit", "input"}, sorted(loose)


@pytest.mark.parametrize(
    ("name", "key", "wanted"),
    [("timer.start", "WFDuration", ("duration", "")),
     ("dnd.set", "FocusModes", ("object", "Focus")),
     ("runworkflow", "WFWorkflow", ("object", "Shortcut")),
     ("setclipboard", "WFInput", ("variable", "")),
     ("health.quantity.log", "WFQuantitySampleQuantity", ("quantity", "")),
     ("health.quantity.log", "WFQuantitySampleType", ("text", "Health Type")),
     ("addtoplaylist", "WFPlaylistName", ("text", "Playlist")),
     ("filter.health.quantity", "WFContentItemFilter", ("filter", "WFHKSampleContentItem")),
     ("filter.photos", "WFContentItemFilter", ("filter", "WFPhotoMediaContentItem")),
     ("filter.notes", "WFContentItemFilter", ("filter", "WFNoteContentItem"))],
)  # fmt: skip
def test_built_in_parameters(name: str, key: str, wanted: tuple[str, str]) -> None:
    assert parameter_type(BUILT_IN + name, key) == wanted


def test_parameters_of_apples_applications() -> None:
    assert parameter_type("com.apple.Photos.CropIntent", "asset") == ("object", "AssetEntity")
    assert parameter_type("com.apple.NanoSettings.NPRFPingMyPhoneIntent", "state") == ("boolean", "")


def test_every_find_action_gives_a_list_of_what_it_filters() -> None:
    for api in catalogue().of_application("builtin").values():
        if api.identifier.startswith(BUILT_IN + "filter."):
            assert api.returns and api.returns.type == "list" and api.returns.name, api.identifier
            assert api.by_key["WFContentItemFilter"].kind in api.returns.classes or api.identifier.endswith("vpns")
            assert set(api.by_key["WFContentItemSortOrder"].values) >= {"A to Z", "Latest First"}


def test_a_content_type_has_properties_with_types() -> None:
    event = content_types().get("EKEvent")
    assert event is content_types().get("WFCalendarEventContentItem") and event and not event.is_open
    assert event.properties["Start Date"].type == "date" and event.properties["Is All Day"].type == "boolean"
    assert set(event.filterable()) > {"Start Date", "Calendar", "Is All Day"}
    assert "Attendees" in event.properties and "Attendees" not in event.filterable()
    assert event.properties["My Status"].values[0] == "Accepted"
    assert "Due Date" not in event.properties and "Random" not in event.properties


def test_a_photo_has_what_an_image_has() -> None:
    photo = content_types().get("PHAsset")
    assert photo and {"Date Taken", "Is a Screenshot", "Camera Make", "Width"} <= photo.properties.keys()


def test_an_output_of_an_unknown_class_has_no_known_types() -> None:
    types = content_types()
    api = Api("a.b", returns=Returns("object", classes=("PHAsset", "NoSuchClass")))
    assert types.of_output(api) == [] == types.of_output(Api("a.b"))
    (location,) = types.of_output(catalogue()[BUILT_IN + "getcurrentlocation"])
    names = own_properties([location], types.generic)
    assert {"City", "Latitude"} <= set(names) and "File Size" not in names


def test_every_property_has_a_type_of_the_vocabulary() -> None:
    types = content_types()
    for identifier in catalogue().of_application("builtin"):
        for item in types.of_output(catalogue()[identifier]):
            for name, known in item.properties.items():
                assert known.type in HINTS and name == one_line(name)
