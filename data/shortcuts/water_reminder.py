provided_input = is_workflow_actions_ask(WFAskActionDefaultAnswerNumber="250", WFAskActionPrompt="How many millilitres?", WFInputType="Number")
is_workflow_actions_health_quantity_log(WFQuantitySampleAdditionalQuantity=WFQuantityFieldValue(Unit="g"), WFQuantitySampleDate=f"{current_date()}", WFQuantitySampleQuantity=WFQuantityFieldValue(Magnitude=bare(provided_input), Unit="mL"), WFQuantitySampleType="Water")
adjusted_date = is_workflow_actions_adjustdate(WFDate=f"{current_date()}", WFDuration=WFQuantityFieldValue(Magnitude="90", Unit="min"))
date_ = is_workflow_actions_date(WFDateActionDate="Today at 08:00", WFDateActionMode="Specified Date")
date_2 = is_workflow_actions_date(WFDateActionDate="Today at 21:30", WFDateActionMode="Specified Date")
if is_workflow_actions_conditional(WFInput=adjusted_date, WFAnotherDate=date_2, WFCondition=1003, WFDate=date_):
    is_workflow_actions_addnewreminder(WFAlertCustomTime=f'{format_date(adjusted_date, style="Short", time="Short")}', WFAlertEnabled="Alert", WFCalendarItemCalendar="Health", WFCalendarItemTitle="💧 Drink a glass of water", WFFlag=False)
else:
    is_workflow_actions_showresult(Text=f'Good night! {format_date(current_date(), time="Relative")} was the last glass.')
is_workflow_actions_adjustdate(WFAdjustOffsetPicker=WFTimeOffsetValue(Operation="Subtract", Unit="Day", Value=1), WFDate=f'{format_date(current_date(), style="RFC 2822")}')
