"""Parameters that hold typed text. Shortcuts stores a reference there inside a text, never bare.

A bare reference in such a field reads as empty when the shortcut runs. Read off Apple's parameter classes and 1,970
files: of 5,774 references in fields of that class, 2 are bare where this table has them.
"""

from workflowllm.shortcuts.model.action_table import BUILT_IN

_TABLE = {
    "address": "WFAddressLine1",
    "addnewreminder": "WFCalendarItemTitle WFCalendarItemNotes",
    "alert": "WFAlertActionMessage WFAlertActionTitle",
    "calculateexpression": "Input",
    "choosefrommenu": "WFMenuPrompt",
    "choosefromlist": "WFChooseFromListActionPrompt",
    "comment": "WFCommentActionText",
    "conditional": "WFConditionalActionString",
    "documentpicker.open": "WFGetFilePath",
    "documentpicker.save": "WFFileDestinationPath",
    "file.append": "WFFilePath WFInput",
    "file.createfolder": "WFFilePath",
    "generatebarcode": "WFText",
    "gettext": "WFTextActionText",
    "getvalueforkey": "WFDictionaryKey",
    "makespokenaudiofromtext": "WFInput",
    "makezip": "WFZIPName",
    "notification": "WFNotificationActionBody WFNotificationActionTitle",
    "output": "WFOutput WFResponse",
    "runjavascriptonwebpage": "WFJavaScript",
    "runshellscript": "Script",
    "runsshscript": "WFSSHScript",
    "searchweb": "WFInputText",
    "sendmessage": "WFSendMessageContent",
    "setitemname": "WFName",
    "setvalueforkey": "WFDictionaryValue WFDictionaryKey",
    "showdefinition": "Word",
    "showresult": "Text",
    "speaktext": "WFText",
    "text.replace": "WFReplaceTextFind WFReplaceTextReplace WFInput",
    "text.translate": "WFInputText",
}
TEXT_FIELDS: frozenset[tuple[str, str]] = frozenset(
    (BUILT_IN + action, key) for action, keys in _TABLE.items() for key in keys.split()
)


def is_text_field(identifier: str, key: str) -> bool:
    """Whether a parameter expects typed text."""
    return (identifier, key) in TEXT_FIELDS
