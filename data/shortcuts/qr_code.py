if shortcut_input():
    is_workflow_actions_getvariable(WFVariable=shortcut_input())
else:
    is_workflow_actions_getclipboard()
if_result = block_result()
qr_code = is_workflow_actions_generatebarcode(WFQRErrorCorrectionLevel="High", WFText=f"{if_result}")
is_workflow_actions_previewdocument(WFInput=qr_code, WFQuickLookActionFullScreen=False)
