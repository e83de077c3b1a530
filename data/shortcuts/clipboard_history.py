if not clipboard():
    is_workflow_actions_alert(WFAlertActionCancelButtonShown=False, WFAlertActionMessage="Copy something first.", WFAlertActionTitle="Nothing copied")
    is_workflow_actions_exit()
text = f"""— {format_date(current_date(), style="Custom", format="yyyy-MM-dd HH:mm")} on {device_details().Device_Name} —
{str(clipboard())}
"""
if "password" in str(clipboard()):
    """Secrets are not kept."""
else:
    appended_file = is_workflow_actions_file_append(WFAppendOnNewLine=True, WFFilePath="Clipboard/history.txt", WFInput=f"{text}")
    is_workflow_actions_notification(WFNotificationActionBody=f"{appended_file.Name} is now {appended_file.File_Size} large", WFNotificationActionSound=False, WFNotificationActionTitle="Kept")
