calendar_events = is_workflow_actions_filter_calendarevents(WFContentItemFilter=any_of(where("Start Date", "is today", Removable=False, Bounded=True), where("Start Date", "in the next", Number=2, Unit=16, Removable=None)), WFContentItemLimitEnabled=True, WFContentItemLimitNumber=5.0, WFContentItemSortOrder="Oldest First", WFContentItemSortProperty="Start Date")
Meeting: "Meeting" = is_workflow_actions_choosefromlist(WFInput=calendar_events)
for Repeat_Item in Meeting.Attendees:
    text = f'- [ ] {getattr(Repeat_Item, "First Name", 0)} <{Repeat_Item.Email_Address}>'
repeat_results = block_result()
Notes: "Notes" = f"""# {Meeting.Title}
{format_date(Meeting.Start_Date, style="Long", time="Short")} — {format_date(Meeting.End_Date, style="None", time="Short")}
At: {Meeting.Location}

## Present
{repeat_results}

## Decided
"""
com_agiletortoise_Drafts5_CaptureIntent(content=f"{Notes}", ShowWhenRun=False, grammarType={"displayString": "Markdown", "identifier": "Markdown"}, tags=["meeting", "notes"], **{"Show-tags": True})
is_workflow_actions_sendmessage(ShowWhenRun=False, WFSendMessageActionRecipients=WFContactFieldValue(WFContactFieldValues=[{"EntryType": 3, "SerializedEntry": {"link.contentkit.emailaddress": "team@example.org"}}]), WFSendMessageContent=f"{Notes}", IntentAppIdentifier="com.apple.MobileSMS")
