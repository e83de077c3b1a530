provided_input = is_workflow_actions_ask(WFAskActionPrompt="How many millilitres?", WFInputType="Number", WFAskActionDefaultAnswerNumber="250")
is_workflow_actions_health_quantity_log(WFQuantitySampleType="Water", WFQuantitySampleQuantity=WFQuantityFieldValue(Magnitude=bare(provided_input), Unit="mL"), WFQuantitySampleAdditionalQuantity=WFQuantityFieldValue(Unit="g"), WFQuantitySampleDate=f"{current_date()}")
adjusted_date = is_workflow_actions_adjustdate(WFDate=f"{current_date()}", WFDuration=WFQuantityFieldValue(Magnitude="90", Unit="min"))
date_ = is_workflow_actions_date(WFDateActionMode="Specified Date", WFDateActionDate="Today at 08:00")
date_2 = is_workflow_actions_date(WFDateActionMode="Specified Date", WFDateActionDate="Today at 21:30")
if is_workflow_actions_conditional(WFInput=adjusted_date, WFCondition=1003, WFDate=date_, WFAnotherDate=date_2):
    is_workflow_actions_addnewreminder(WFCalendarItemTitle="💧 Drink a glass of water", WFAlertEnabled="Alert", WFAlertCustomTime=f'{format_date(adjusted_date, style="Short", time="Short")}', WFFlag=False, WFCalendarItemCalendar="Health")
else:
    is_workflow_actions_showresult(Text=f'Good night! {format_date(current_date(), time="Relative")} was the last glass.')
is_workflow_actions_adjustdate(WFDate=f'{format_date(current_date(), style="RFC 2822")}', WFAdjustOffsetPicker=WFTimeOffsetValue(Operation="Subtract", Unit="Day", Value=1))
