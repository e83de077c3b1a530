if not clipboard():
    is_workflow_actions_alert(WFAlertActionTitle="Nothing copied", WFAlertActionMessage="Copy something first.", WFAlertActionCancelButtonShown=False)
    is_workflow_actions_exit()
text = f"""— {format_date(current_date(), style="Custom", format="yyyy-MM-dd HH:mm")} on {device_details().Device_Name} —
{str(clipboard())}
"""
if "password" in str(clipboard()):
    """Secrets are not kept."""
else:
    appended_file = is_workflow_actions_file_append(WFFilePath="Clipboard/history.txt", WFAppendOnNewLine=True, WFInput=f"{text}")
    is_workflow_actions_notification(WFNotificationActionTitle="Kept", WFNotificationActionBody=f"{appended_file.Name} is now {appended_file.File_Size} large", WFNotificationActionSound=False)
