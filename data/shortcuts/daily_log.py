Today: "Today" = is_workflow_actions_format_date(WFDate=f"{current_date()}", WFDateFormatStyle="ISO 8601")
battery_level = is_workflow_actions_getbatterylevel()
provided_input = is_workflow_actions_ask(WFAllowsMultilineText=True, WFAskActionPrompt="How was your day?")
text = f"""## {Today}
{format_date(current_date(), style="Custom", format="EEEE 'in week' w")}, {format_date(current_date(), style="Relative", time="None", relative="Short")}
> {provided_input}
{device_details().Device_Model} at {battery_level} %, {device_details()}
"""
is_workflow_actions_file_append(WFAppendFileWriteMode="Append", WFAppendOnNewLine=False, WFFile={"fileLocation": {"WFFileLocationType": "iCloud", "fileProviderDomainID": "com.apple.CloudDocs.iCloudDriveFileProvider", "relativeSubpath": "Journal"}, "filename": "Journal", "displayName": "Journal"}, WFFilePath=f'log-{format_date(current_date(), style="Custom", format="yyyy")}.md', WFInput=f"{text}")
file = is_workflow_actions_documentpicker_open(WFFile={"bookmarkData": data("Ym9va21hcmsgAP8gb2Ygb3VyIG93bg==")}, WFFileErrorIfNotFound=False, WFGetFilePath="Journal/goal.txt", WFShowFilePicker=False)
if file:
    is_workflow_actions_documentpicker_save(WFAskWhereToSave=False, WFFileDestinationPath=f"Journal/old/{file.Name}.{file.File_Extension}", WFInput=file, WFSaveFileOverwrite=True)
else:
    """No goal was set: nothing to keep."""
is_workflow_actions_setitemname(WFInput=file, WFName=f'{format_date(file.Last_Modified_Date, style="Short", time="None")} {format_date(file.Creation_Date)}')
