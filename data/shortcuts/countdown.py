Sound = None
number_ = is_workflow_actions_number(WFNumberActionNumber=3)
for Repeat_Index in range(1, 3):
    for Repeat_Index_2 in range(1, number_ + 1):
        calculation_result = is_workflow_actions_math(WFInput=number_, WFMathOperation="-", WFMathOperand=Repeat_Index_2)
        is_workflow_actions_speaktext(WFText=f"Round {Repeat_Index}: {calculation_result}")
        is_workflow_actions_delay(WFDelayTime=1.0)
    if Repeat_Index == 1:
        is_workflow_actions_vibrate()
    else:
        is_workflow_actions_playsound(WFInput=Sound)
for _ in range(3):
    is_workflow_actions_nothing()
calculation_result_2 = is_workflow_actions_math(WFInput=number_, WFMathOperation="…", WFScientificMathOperation="Modulus", WFScientificMathOperand="2")
time_between_dates = is_workflow_actions_gettimebetweendates(WFTimeUntilFromDate=f"{current_date()}", WFInput="31 December 2030", WFTimeUntilUnit="Days")
is_workflow_actions_alert(WFAlertActionTitle="🎆 Lift-off", WFAlertActionMessage=f"{time_between_dates} days to go, remainder {calculation_result_2}")
