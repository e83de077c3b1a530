"""Parameters that hold typed text: a bare reference stored there, not wrapped in a text, reads as empty (fact 25).

Read off Apple's parameter classes and 1,970 files, of which none stores a bare reference in any of these.
"""

_BUILT_IN = "is.workflow.actions."
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
    (_BUILT_IN + action, key) for action, keys in _TABLE.items() for key in keys.split()
)


def is_text_field(identifier: str, key: str) -> bool:
    """Whether a parameter expects typed text."""
    return (identifier, key) in TEXT_FIELDS
