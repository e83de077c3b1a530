"""Splits a restaurant bill.
Amounts are in the currency of your phone."""
provided_input = is_workflow_actions_ask(WFAskActionPrompt="How much is the bill?", WFInputType="Number", WFAskActionDefaultAnswerNumber="")
match menu("How was the service?"):
    case "🙂 Fine":
        is_workflow_actions_number(WFNumberActionNumber="10")
    case "😀 Great":
        is_workflow_actions_number(WFNumberActionNumber="15")
    case "🤩 Outstanding":
        is_workflow_actions_ask(WFAskActionPrompt="How many percent?", WFInputType="Number", WFAskActionDefaultAnswerNumber="20", WFAskActionAllowsNegativeNumbers=False)
menu_result = block_result()
calculation_result = is_workflow_actions_math(WFInput=provided_input, WFMathOperation="×", WFMathOperand=menu_result)
Tip: "Tip" = is_workflow_actions_math(WFInput=calculation_result, WFMathOperation="÷", WFMathOperand="100")
provided_input_2 = is_workflow_actions_ask(WFAskActionPrompt="How many people share it?", WFInputType="Number", WFAskActionDefaultAnswerNumber="2", WFAskActionAllowsDecimalNumbers=False)
calculation_result_2 = is_workflow_actions_math(WFInput=provided_input, WFMathOperand=Tip)
calculation_result_3 = is_workflow_actions_math(WFInput=calculation_result_2, WFMathOperation="÷", WFMathOperand=provided_input_2)
rounded_number = is_workflow_actions_round(WFInput=calculation_result_3, WFRoundTo="Hundredths", WFRoundMode="Always Round Up")
is_workflow_actions_showresult(Text=f"🧾 Bill {provided_input} + tip {Tip} ({menu_result}%) = {calculation_result_2}\n👥 {provided_input_2} × {rounded_number}")
