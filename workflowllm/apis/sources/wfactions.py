"""Built-in actions in the shape of macOS's WFActions.plist (WorkflowKit.framework/Resources).

The root is a dictionary: identifier -> {Name, Description, Parameters, Input, Output, ...}. A parameter has Key, Class
(the editor's control), Label, Description, DefaultValue, Items (allowed values), AllowsMultipleValues and
RequiredResources (conditions under which the editor shows it).
"""

import plistlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from workflowllm.apis.model import Api, Parameter, Returns, by_application, one_line, plain

_CLASSES = {
    "WFTextInputParameter": "text", "WFURLParameter": "url", "WFDynamicEnumerationParameter": "text",
    "WFSwitchParameter": "boolean", "WFExpandingParameter": "boolean", "WFNumberFieldParameter": "number",
    "WFSliderParameter": "number", "WFStepperParameter": "integer", "WFEnumerationParameter": "enum",
    "WFDateFieldParameter": "date", "WFDatePickerParameter": "date", "WFFilePickerParameter": "file",
    "WFLocationParameter": "location", "WFDurationQuantityFieldParameter": "duration",
    "WFUnitQuantityFieldParameter": "quantity", "WFCurrencyQuantityFieldParameter": "quantity",
    "WFHealthQuantityFieldParameter": "quantity", "WFWorkoutGoalQuantityFieldParameter": "quantity",
    "WFDictionaryParameter": "dictionary", "WFContentArrayParameter": "list",
    "WFChooseFromMenuArrayParameter": "list", "WFTagFieldParameter": "list", "WFDynamicTagFieldParameter": "list",
    "WFColorPickerParameter": "color", "WFEmailAddressFieldParameter": "contact",
    "WFPhoneNumberFieldParameter": "contact", "WFContactFieldParameter": "contact",
    "WFContactHandleFieldParameter": "contact", "WFCustomDateFormatParameter": "text",
    "WFContentPredicateOperatorParameter": "filter", "WFVariablePickerParameter": "variable",
    "WFSearchLocalBusinessesRadiusParameter": "quantity", "WFHealthQuantityAdditionalFieldParameter": "quantity",
    "WFHealthActionStartDateFieldParameter": "date", "WFHealthActionEndDateFieldParameter": "date",
    "WFEvernoteTagsTagFieldParameter": "list", "WFTumblrComposeInAppParameter": "boolean",
    "WFFileLabelColorPickerParameter": "integer",
}  # fmt: skip
# Pickers whose choice is stored as an object, and pickers whose choice is stored as its name: class -> what is picked.
_OBJECTS = {
    "WFAppPickerParameter": "App", "WFIntentAppPickerParameter": "App", "WFCalendarPickerParameter": "Calendar",
    "WFRemindersListPickerParameter": "Reminders List", "WFWorkflowPickerParameter": "Shortcut",
    "WFWorkflowFolderPickerParameter": "Folder of Shortcuts", "WFFocusModesPickerParameter": "Focus",
    "WFMediaPickerParameter": "Music", "WFMediaRoutePickerParameter": "Playback Destination",
    "WFPodcastPickerParameter": "Podcast", "WFPosterPickerParameter": "Wallpaper", "WFVPNPickerParameter": "VPN",
    "WFTimeZonePickerParameter": "Time Zone", "WFMeasurementUnitPickerParameter": "Unit",
    "WFDisplayPickerParameter": "Display", "WFFontPickerParameter": "Font", "WFSSHKeyParameter": "SSH Key",
    "WFHomeAccessoryPickerParameter": "Home Actions", "WFHomeAreaPickerParameter": "Home Area",
    "WFHomeCharacteristicPickerParameter": "Home Characteristic", "WFHomePickerParameter": "Home",
    "WFHomeServicePickerParameter": "Home Accessory", "WFFitnessWorkoutTypePickerParameter": "Workout Type",
    "WFTrelloBoardPickerParameter": "Trello Board", "WFTrelloListPickerParameter": "Trello List",
    "WFSlackChannelPickerParameter": "Slack Channel", "WFLightroomPresetPickerParameter": "Lightroom Preset",
    "WFRideOptionParameter": "Ride Option", "WFPaymentMethodParameter": "Payment Method",
    "WFUIRecordingEventParameter": "Recorded Event",
}  # fmt: skip
_NAMES = {
    "WFPlaylistPickerParameter": "Playlist", "WFPhotoAlbumPickerParameter": "Album",
    "WFEvernoteNotebookPickerParameter": "Notebook", "WFQuantityTypePickerParameter": "Health Type",
    "WFWorkoutTypePickerParameter": "Workout Type", "WFiTunesStoreCountryPickerParameter": "Country",
    "WFHealthCategoryPickerParameter": "Health Category", "WFArchiveFormatParameter": "Archive Format",
    "WFHealthCategoryAdditionalPickerParameter": "Health Category",
    "WFHealthQuantityAdditionalPickerParameter": "Health Category",
    "WFTumblrBlogPickerParameter": "Blog",
}  # fmt: skip
# The kind of a Find action's filter, and of the details and the input of the actions beside it.
_FIND = "is.workflow.actions.filter."

# Output types: content item classes, Foundation classes and uniform type identifiers.
_OUTPUTS = {
    "NSString": "text", "WFStringContentItem": "text", "NSAttributedString": "text", "public.plain-text": "text",
    "NSURL": "url", "WFURLContentItem": "url", "NSNumber": "number", "NSDecimalNumber": "number",
    "WFNumberContentItem": "number", "WFBooleanContentItem": "boolean", "NSDictionary": "dictionary",
    "WFDictionaryContentItem": "dictionary", "NSDate": "date", "NSDateComponents": "date",
    "WFDateContentItem": "date", "WFTimeInterval": "duration", "NSMeasurement": "quantity",
    "CLLocation": "location", "WFLocationContentItem": "location", "MKMapItem": "location",
    "WFStreetAddress": "location", "WFContact": "contact", "WFContactContentItem": "contact",
    "WFEmailAddress": "contact", "WFEmailAddressContentItem": "contact", "WFPhoneNumber": "contact",
    "WFPhoneNumberContentItem": "contact", "WFImage": "file", "WFImageContentItem": "file", "PHAsset": "file",
    "WFPhotoMediaContentItem": "file", "WFPDFContentItem": "file", "WFGenericFileContentItem": "file",
    "AVAsset": "file", "WFContentItem": "any",
}  # fmt: skip
_FILE_TYPES = ("public.", "com.adobe.", "com.compuserve.", "com.apple.quicktime", "com.apple.m4a", "com.apple.core")


class WFActions:
    """A WFActions.plist file."""

    name = "WFActions"

    def __init__(self, path: Path):
        self.skipped: list[str] = []
        self._groups = by_application(self._read(path))

    def applications(self) -> Mapping[str, bool]:
        # False: this is the list of one macOS, and other versions have other actions
        return dict.fromkeys(self._groups, False)

    def apis(self, application: str) -> Iterable[Api]:
        return self._groups.get(application, ())

    def _read(self, path: Path) -> Iterable[Api]:
        try:
            root = plistlib.loads(path.read_bytes())
        except OSError as error:
            raise ValueError(f"cannot read {path}: {error.strerror}.") from None
        except Exception as error:  # plistlib lets through what its XML and binary parsers raise
            raise ValueError(f"{path} is not a property list: {error}.") from None
        if not isinstance(root, dict):
            raise ValueError(f"{path} holds no dictionary of actions.")
        for identifier, definition in root.items():
            if isinstance(definition, dict) and "." in identifier:
                yield read_action(identifier, definition, self.name, self.skipped)
            else:
                self.skipped.append(f"{path}: {identifier}: not the definition of an action")


def read_action(identifier: str, definition: Mapping[str, Any], source: str, skipped: list[str]) -> Api:
    """One action. A part of an unexpected shape is left out, with a line in `skipped`."""
    action_input = _part(definition, "Input", dict, identifier, skipped)
    input_key = action_input.get("ParameterKey")
    input_key = input_key if isinstance(input_key, str) else ""
    required = {input_key} if action_input.get("Required") is True else set()
    parameters: dict[str, Parameter] = {}
    for item in _part(definition, "Parameters", list, identifier, skipped):
        if not isinstance(item, dict) or not isinstance(item.get("Key"), str) or not item["Key"]:
            skipped.append(f"{identifier}: a parameter without a key")
        else:
            parameters.setdefault(item["Key"], read_parameter(item, item["Key"] in required))
    if input_key and input_key not in parameters:
        parameters[input_key] = Parameter(input_key, required=bool(required))
    output = _part(definition, "Output", dict, identifier, skipped)
    item_class = definition.get("WFContentItemClass")
    item_class = item_class if isinstance(item_class, str) and identifier.startswith(_FIND) else ""
    name = one_line(definition.get("Name")) or identifier.rpartition(".")[2]
    return Api(
        identifier,
        name,
        _description(definition),
        tuple(parameters.values()),
        _found(name, item_class) if item_class else _returns(output),
        input_key,
        source,
    )


def read_parameter(item: Mapping[str, Any], required: bool = False) -> Parameter:
    """One parameter. Only values that are texts count, because Shortcuts stores a choice as text."""
    items = item.get("Items")
    values = [value for value in items if isinstance(value, str)] if isinstance(items, list) else []
    shown = item.get("ItemDisplayNames")
    shown = shown if isinstance(shown, list) and len(shown) == len(values) else [""] * len(values)
    kind = item.get("Class")
    type_, picked = _class(kind) if isinstance(kind, str) else ("any", "")
    if type_ in ("enum", "any"):
        type_ = "enum" if values else "text" if type_ == "enum" else "any"
    if type_ == "enum" and item.get("AllowsMultipleValues") is True:
        type_ = "list"
    return Parameter(
        key=item["Key"],
        type=type_,
        title=one_line(item.get("Label")),
        description=one_line(item.get("Description")),
        kind=picked,
        required=required,
        default=plain(item.get("DefaultValue")),
        values=dict(zip(values, map(one_line, shown))) if type_ in ("enum", "list") else {},
        when=_when(item.get("RequiredResources")),
        **_range(item, kind),
    )


def _class(name: str) -> tuple[str, str]:
    """(type, what is picked) of an editor's control."""
    if name in _OBJECTS:
        return "object", _OBJECTS[name]
    return ("text", _NAMES[name]) if name in _NAMES else (_CLASSES.get(name, "any"), "")


def _range(item: Mapping[str, Any], kind: Any) -> dict[str, float]:
    """The limits of a slider, which goes from 0 to 1 where a definition says nothing else.

    A stepper's limits bind its buttons alone, not what a variable or a file holds.
    """
    if kind != "WFSliderParameter":
        return {}
    limits = {"least": item.get("MinimumValue", 0), "most": item.get("MaximumValue", 1)}
    return {name: value for name, value in limits.items() if isinstance(value, (int, float))}



def output_type(name: Any) -> str:
    """The type of an output whose class a definition names."""
    if not isinstance(name, str):
        return "any"
    return _OUTPUTS.get(name) or ("file" if name.startswith(_FILE_TYPES) else "object")


def _part(definition: Mapping[str, Any], key: str, wanted: type, identifier: str, skipped: list[str]) -> Any:
    part = definition.get(key)
    if part is not None and not isinstance(part, wanted):
        skipped.append(f"{identifier}: {key} is not a {'list' if wanted is list else 'dictionary'}")
    return part if isinstance(part, wanted) else wanted()


def _description(definition: Mapping[str, Any]) -> str:
    described = definition.get("Description")
    if not isinstance(described, Mapping):
        return one_line(described)
    parts = [one_line(described.get(key)) for key in ("DescriptionSummary", "DescriptionNote")]
    return " ".join(part for part in parts if part) or one_line(described)


def _returns(output: Mapping[str, Any]) -> Returns | None:
    types = output.get("Types")
    first = types[0] if isinstance(types, list) and types else None
    name = one_line(output.get("OutputName"))
    if not name and not first:
        return None
    type_ = output_type(first)
    classes = tuple(item for item in types or () if isinstance(item, str))
    return Returns(type_, name, first if type_ == "object" else "", classes, output.get("Multiple") is True)


def _found(name: str, item_class: str) -> Returns:
    """What a Find action gives, which no definition says: a list of items of its class."""
    return Returns("list", name.removeprefix("Find ").removeprefix("Filter "), item_class, (item_class,))


def _when(resources: Any) -> dict[str, Any]:
    """The equalities under which a parameter is shown; other conditions are left out."""
    when = {}
    for item in resources if isinstance(resources, list) else ():
        if isinstance(item, dict) and item.get("WFResourceClass") == "WFParameterRelationResource":
            key, value = item.get("WFParameterKey"), plain(item.get("WFParameterValue"))
            if isinstance(key, str) and value is not None and item.get("WFParameterRelation", "==") == "==":
                when[key] = value
    return when
