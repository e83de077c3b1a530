"""What a shortcut takes and where it is offered, as its file's metadata say it."""

from collections.abc import Iterable, Iterator
from typing import Any

from workflowllm.shortcuts.model.action_table import BUILT_IN
from workflowllm.shortcuts.model.plist_types import COERCION, ActionDict

CLASSES, SURFACES, NO_INPUT = (f"WFWorkflow{key}" for key in ("InputContentItemClasses", "Types", "NoInputBehavior"))
SHARE_SHEET = "ActionExtension"
# Shown name -> the content classes that a shortcut's file lists for it.
KINDS = {
    "Text": ("WFStringContentItem",),
    "Number": ("WFNumberContentItem",),
    "URL": ("WFURLContentItem", "WFSafariWebPageContentItem"),
    "Image": ("WFImageContentItem",),
    "Media": ("WFAVAssetContentItem",),
    "File": ("WFGenericFileContentItem",),
    "Folder": ("WFFolderContentItem",),
    "PDF": ("WFPDFContentItem",),
    "Rich Text": ("WFRichTextContentItem",),
    "Date": ("WFDateContentItem",),
    "Contact": ("WFContactContentItem",),
    "Location": ("WFLocationContentItem", "WFDCMapsLinkContentItem"),
    "Phone Number": ("WFPhoneNumberContentItem",),
    "Email Address": ("WFEmailAddressContentItem",),
    "Article": ("WFArticleContentItem",),
}
_KIND_OF_CLASS = {classes[0]: kind for kind, classes in KINDS.items()} | {"WFDictionaryContentItem": "Text"}
_IMAGE_ACTIONS = tuple(BUILT_IN + name for name in ("image.", "properties.images", "overlay", "savetocameraroll"))


def read_inputs(actions: Iterable[ActionDict]) -> dict[str, Any]:
    """The metadata that a shortcut's reads of its input call for; none where it reads no input.

    It is offered in the share sheet, for what all its reads convert the input to, or else for anything.
    """
    kinds = {_kind(action, token) for action in actions for token in _inputs(action)}
    if not kinds:
        return {}
    classes = {} if None in kinds else {CLASSES: classes_of(kind for kind in KINDS if kind in kinds)}
    return {SURFACES: [SHARE_SHEET], **classes}


def classes_of(kinds: Iterable[str]) -> list[str]:
    return [item for kind in kinds for item in KINDS[kind]]


def _kind(action: ActionDict, token: dict[str, Any]) -> str | None:
    """What one read takes the input as; None for anything."""
    steps = token.get("Aggrandizements")
    first = steps[0] if isinstance(steps, list) and steps and isinstance(steps[0], dict) else {}
    if first.get("Type") == COERCION:
        return _KIND_OF_CLASS.get(first.get("CoercionItemClass"))
    is_image = not first and action["WFWorkflowActionIdentifier"].startswith(_IMAGE_ACTIONS)
    return "Image" if is_image else None


def _inputs(value: Any) -> Iterator[dict[str, Any]]:
    """All references to Shortcut Input in a value."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            if item.get("Type") == "ExtensionInput":
                yield item
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
