Total = None
Empty_days: "Empty days" = []
Note = None
provided_input = input("Yes or no?")
if extra(provided_input == "yes", WFCondition="Equals"):
    is_workflow_actions_number(WFNumberActionNumber="1")
else:
    is_workflow_actions_number(WFNumberActionNumber="0")
if_result = block_result()
Vote = if_result
variable = is_workflow_actions_getvariable(WFVariable=Total)
calculation_result = is_workflow_actions_math(WFInput=variable, WFMathOperand=Vote)
Total = calculation_result
if extra(calculation_result > 10.0, WFCondition="Is Greater Than"):
    is_workflow_actions_getvariable(WFVariable=Total)
    is_workflow_actions_showresult(Text=f"Full house: {Total}")
variable_2 = is_workflow_actions_getvariable(WFVariable=Total)
if extra(variable_2 < 2.0, WFCondition="Is Less Than", WFConditionalActionString=""):
    Empty_days.append(variable_2)
variable_3 = is_workflow_actions_getvariable(WFVariable=Note)
if extra("again" in variable_3, WFCondition="Contains"):
    is_workflow_actions_runworkflow(WFInput=variable_3, WFWorkflowName="Old Style Counter", WFShowWorkflow=False)
if_result_2 = block_result()
if is_workflow_actions_conditional(WFInput=if_result_2, WFCondition="", WFNumberValue=0.0):
    """An old client stored no operator here."""
if legacy(Total == "7", WFNumberValue="7"):
    is_workflow_actions_vibrate()
variable_4 = is_workflow_actions_getvariable(WFVariable=Empty_days)
for _ in variable_4:
    is_workflow_actions_speaktext()
