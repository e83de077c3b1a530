Late = []
url = is_workflow_actions_url(WFURLActionURL="https://api.example.com/v1", **{"Show-WFURLActionURL": True})
import_question(ParameterKey="WFTextActionText", Text="Your token for api.example.com")
Token: "Token" = ""
contents_of_url = is_workflow_actions_downloadurl(WFURL=f"{url}/tasks?done=false", ShowHeaders=True, WFHTTPHeaders={"Authorization": f"Bearer {Token}", "Accept": "application/json"}, Advanced=True)
for Repeat_Item in dict(contents_of_url)["tasks"]:
    if is_workflow_actions_conditional(WFInput=coerce(dict(Repeat_Item)["due"], "Date"), WFCondition=1001, WFDuration=WFQuantityFieldValue(Magnitude="2", Unit="days")):
        Late.append(Repeat_Item["id"])
Answer: "Answer" = is_workflow_actions_downloadurl(WFURL=f"{url}/tasks/report", WFHTTPMethod="POST", ShowHeaders=True, WFHTTPHeaders={"Authorization": f"Bearer {Token}"}, WFHTTPBodyType="JSON", WFJSONValues={f"for {device_details().Device_Name}": "x", "late": f"{Late}", "count": 3, "ratio": 0.5, "draft": True, "limit": item(3, "1e3"), "by": {"device": f"{device_details().Device_Type}", "at": f'{format_date(current_date(), style="ISO 8601", include_time=True)}', "tags": ["auto", f'week {format_date(current_date(), style="Custom", format="w")}', 7, False, ["deep", {}], {"k": "v"}]}, "none": [], "file": item(5, WFTokenAttachmentParameterState(contents_of_url))}, Advanced=True)
dictionary_value = Answer["error.message"]
if dictionary_value:
    is_workflow_actions_alert(WFAlertActionTitle="❌ The server said no", WFAlertActionMessage=f"{dictionary_value}")
elif extra(Answer["status"] == 201):
    is_workflow_actions_notification(WFNotificationActionBody=f'Report {Answer["id"]} is filed.')
else:
    dictionary_value_2 = Answer.keys()
    is_workflow_actions_output(WFOutput=f"{dictionary_value_2}")
is_workflow_actions_downloadurl(WFURL="https://api.example.com/v1/ping", WFHTTPMethod="POST", WFHTTPBodyType="Form", WFFormValues={"who": f"{device_details().Device_Name}"})
is_workflow_actions_downloadurl(WFURL="https://api.example.com/v1/upload", WFHTTPMethod="PUT", WFHTTPHeaders={}, WFHTTPBodyType="File", WFRequestVariable=shortcut_input())
import_question(ActionIndex=0, DefaultValue="https://api.example.com/v1", ParameterKey="WFURLActionURL", Text="Address of the server")
