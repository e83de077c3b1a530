Today: "Today" = is_workflow_actions_format_date(WFDateFormatStyle="ISO 8601", WFDate=f"{current_date()}")
battery_level = is_workflow_actions_getbatterylevel()
provided_input = is_workflow_actions_ask(WFAskActionPrompt="How was your day?", WFAllowsMultilineText=True)
text = f"""## {Today}
{format_date(current_date(), style="Custom", format="EEEE 'in week' w")}, {format_date(current_date(), style="Relative", time="None", relative="Short")}
> {provided_input}
{device_details().Device_Model} at {battery_level} %, {device_details()}
"""
is_workflow_actions_file_append(WFFile={"displayName": "Journal", "fileLocation": {"WFFileLocationType": "iCloud", "fileProviderDomainID": "com.apple.CloudDocs.iCloudDriveFileProvider", "relativeSubpath": "Journal"}, "filename": "Journal"}, WFFilePath=f'log-{format_date(current_date(), style="Custom", format="yyyy")}.md', WFAppendFileWriteMode="Append", WFAppendOnNewLine=False, WFInput=f"{text}")
file = is_workflow_actions_documentpicker_open(WFFileErrorIfNotFound=False, WFFile={"bookmarkData": data("Ym9va21hcmsgAP8gb2Ygb3VyIG93bg==")}, WFGetFilePath="Journal/goal.txt", WFShowFilePicker=False)
if file:
    is_workflow_actions_documentpicker_save(WFInput=file, WFAskWhereToSave=False, WFFileDestinationPath=f"Journal/old/{file.Name}.{file.File_Extension}", WFSaveFileOverwrite=True)
else:
    """No goal was set: nothing to keep."""
is_workflow_actions_setitemname(WFName=f'{format_date(file.Last_Modified_Date, style="Short", time="None")} {format_date(file.Creation_Date)}', WFInput=file)
