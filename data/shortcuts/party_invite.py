Write_to: "Write to" = []
contacts = is_workflow_actions_selectcontacts(WFSelectMultiple=True)
Party: "Party" = is_workflow_actions_date(WFDateActionMode="Specified Date", WFDateActionDate=f"{input()}")
for Repeat_Index, Repeat_Item in enumerate(contacts, start=1):
    Guest = Repeat_Item.First_Name
    Invitation: "Invitation" = f"""🎉🎈 {Guest}, 🥳{Repeat_Item.Nickname}!
👩‍🍳 {format_date(Party, style="Long", time="None")} 🕗{format_date(Party, style="None", time="Short")}
{Repeat_Index}/{contacts} ✉️"""
    if Repeat_Item.Phone_Number:
        is_workflow_actions_sendmessage(WFSendMessageActionRecipients=Repeat_Item, WFSendMessageContent=f"{Invitation}")
    else:
        Write_to.append(Repeat_Item)
is_workflow_actions_alert(WFAlertActionTitle=f"💌 {Write_to}", WFAlertActionMessage=f'🕯️{format_date(current_date(), style="ISO 8601", include_time=True)}⏳{coerce(Write_to, "Contact").Name}')
