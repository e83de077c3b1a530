"""Definitions of the tests' own invention, in the shapes that Xcode and macOS write."""

import json
import plistlib
from pathlib import Path
from typing import Any


def key(text: str) -> dict[str, Any]:
    return {"alternatives": [], "key": text}


def primitive(number: int) -> dict[str, Any]:
    return {"primitive": {"wrapper": {"typeIdentifier": number}}}


def parameter(name: str, type_: Any, *, default: Any = None, optional: bool = True, **more: Any) -> dict[str, Any]:
    metadata = [] if default is None else ["LNValueTypeSpecificMetadataKeyDefaultValue", default]
    return {"capabilities": 1, "dynamicOptionsSupport": 0, "inputConnectionBehavior": 0, "isInput": False,
            "isOptional": optional, "name": name, "resolvableInputTypes": [], "title": key(name.title()),
            "typeSpecificMetadata": metadata, "valueType": type_, **more}  # fmt: skip


def app_intents() -> dict[str, Any]:
    """An extract.actionsdata with an action of every kind of parameter."""
    return {
        "version": 3,
        "generator": {"name": "appintentsmetadataprocessor", "version": "1"},
        "actions": {
            "PourIntent": {
                "identifier": "PourIntent",
                "title": key("Pour Tea"),
                "descriptionMetadata": {"descriptionText": key("Pours a cup of  tea.")},
                "isDiscoverable": True,
                "openAppWhenRun": False,
                "outputFlags": 0,
                "outputType": {"entity": {"wrapper": {"typeName": "CupEntity"}}},
                "parameters": [
                    parameter("kind", {"linkEnumeration": {"wrapper": {"identifier": "TeaKind"}}},
                              default={"string": {"wrapper": "green"}}),
                    parameter("name", primitive(0), optional=False, parameterDescription=key("On the cup")),
                    parameter("hot", primitive(1), default={"int": {"wrapper": 1}}, optional=False),
                    parameter("sugar", primitive(2), default={"int": {"wrapper": 2}}),
                    parameter("milk", primitive(7)),
                    parameter("when", primitive(8)),
                    parameter("recipe", {"intents": {"wrapper": {"typeIdentifier": 12}}}, isInput=True),
                    parameter("amount", {"measurement": {"wrapper": {"unitType": 11}}}),
                    parameter("guests", {"array": {"wrapper": {"memberValueType": primitive(0), "capabilities": 3}}}),
                    parameter("pots", {"array": {"wrapper": {"memberValueType": {
                        "entity": {"wrapper": {"typeName": "PotEntity"}}}}}}),
                    parameter("odd", {"holographic": {"wrapper": {}}}),
                ],
            },
            "Hidden": {"isDiscoverable": False, "parameters": []},
            "BareIntent": {"parameters": []},
        },
        "enums": [{"identifier": "TeaKind", "displayTypeName": key("Kind"), "cases": [
            {"identifier": "green", "displayRepresentation": {"title": key("Green")}},
            {"identifier": "black", "displayRepresentation": {"title": key("Black")}}]}],
        "entities": {"CupEntity": {"typeName": "CupEntity", "displayTypeName": key("Cup")}},
        "queries": {},
        "autoShortcuts": [],
    }  # fmt: skip


def intent(name: str, type_: str, **more: Any) -> dict[str, Any]:
    return {"INIntentParameterName": name, "INIntentParameterType": type_, "INIntentParameterTag": 1,
            "INIntentParameterDisplayName": name.title(), "INIntentParameterConfigurable": True,
            **{"INIntentParameter" + extra: value for extra, value in more.items()}}  # fmt: skip


def intent_definition() -> dict[str, Any]:
    """An Intents.intentdefinition with a class prefix, an enumeration, an object and a response."""
    return {
        "INIntentDefinitionModelVersion": "1.2",
        "INIntentDefinitionNamespace": "tEa123",
        "INEnums": [{"INEnumName": "TeaKind", "INEnumType": "Regular", "INEnumValues": [
            {"INEnumValueName": "unknown"},
            {"INEnumValueName": "green", "INEnumValueIndex": 1, "INEnumValueDisplayName": "Green Tea"}]}],
        "INTypes": [{"INTypeName": "Pot", "INTypeProperties": []}],
        "INIntents": [
            {
                "INIntentName": "Pour",
                "INIntentClassPrefix": "TEA",
                "INIntentType": "Custom",
                "INIntentTitle": "Pour Tea",
                "INIntentDescription": "Pours a cup.",
                "INIntentInput": "name",
                "INIntentParameters": [
                    intent("kind", "Integer", EnumType="TeaKind",
                           Metadata={"INIntentParameterMetadataDefaultValue": "green"}),
                    intent("name", "String", Metadata={"INIntentParameterMetadataDefaultValue": ""}),
                    intent("hot", "Boolean", Metadata={"INIntentParameterMetadataDefaultValue": True}),
                    intent("pots", "Object", ObjectType="Pot", SupportsMultipleValues=True,
                           Relationship={"INIntentParameterRelationshipParentName": "hot",
                                         "INIntentParameterRelationshipPredicateName": "BooleanHasExactValue"}),
                    intent("label", "String",
                           Relationship={"INIntentParameterRelationshipParentName": "kind",
                                         "INIntentParameterRelationshipPredicateName": "EnumHasExactValue",
                                         "INIntentParameterRelationshipPredicateValue": "green"}),
                ],
                "INIntentResponse": {
                    "INIntentResponseCodes": [{"INIntentResponseCodeName": "success"}],
                    "INIntentResponseOutput": "cup",
                    "INIntentResponseParameters": [
                        {"INIntentResponseParameterName": "cup", "INIntentResponseParameterType": "Object",
                         "INIntentResponseParameterObjectType": "Cup",
                         "INIntentResponseParameterDisplayName": "Full Cup"}],
                },
            },
            {"INIntentName": "WidgetIntent", "INIntentParameters": []},
            {"INIntentName": "PlayMedia", "INIntentClassName": "INPlayMediaIntent", "INIntentType": "System"},
        ],
    }  # fmt: skip


def wfactions() -> dict[str, Any]:
    """A WFActions.plist with one whole action, one bare, and one that the package has too."""
    return {
        "is.workflow.actions.teapot": {
            "ActionClass": "WFTeapotAction",
            "Name": "Brew",
            "Description": {"DescriptionSummary": "Brews the leaves.", "DescriptionNote": "Takes a while."},
            "Input": {"ParameterKey": "WFLeaves", "Required": True, "Types": ["WFContentItem"], "Multiple": True},
            "Output": {"OutputName": "Tea", "Types": ["NSString"]},
            "Parameters": [
                {"Class": "WFVariablePickerParameter", "Key": "WFLeaves", "Label": "Leaves"},
                {"Class": "WFEnumerationParameter", "Key": "WFPot", "Items": ["Big", "Small"], "DefaultValue": "Big",
                 "ItemDisplayNames": ["Huge", "Small"], "Description": "The pot."},
                {"Class": "WFSwitchParameter", "Key": "WFLid", "DefaultValue": True},
                {"Class": "WFStepperParameter", "Key": "WFMinutes", "RequiredResources": [
                    "WFSomethingElse",
                    {"WFResourceClass": "WFParameterRelationResource", "WFParameterKey": "WFLid",
                     "WFParameterValue": True},
                    {"WFResourceClass": "WFParameterRelationResource", "WFParameterKey": "WFPot",
                     "WFParameterValue": "Big", "WFParameterRelation": "!="}]},
                {"Class": "WFFuturePickerParameter", "Key": "WFFuture", "DefaultValue": {"a": 1}},
            ],
        },
        "is.workflow.actions.bare": {},
        "is.workflow.actions.url": {"Name": "Not URL", "Parameters": []},
    }  # fmt: skip


def write_application(folder: Path, bundle: str, info: bool = True) -> Path:
    """An application bundle with App Intents; the folder of its metadata."""
    resources = folder / "Tea.app" / "Contents" / "Resources" / "Metadata.appintents"
    resources.mkdir(parents=True)
    (resources / "extract.actionsdata").write_text(json.dumps(app_intents()))
    if info:
        (folder / "Tea.app" / "Contents" / "Info.plist").write_bytes(plistlib.dumps({"CFBundleIdentifier": bundle}))
    return resources
