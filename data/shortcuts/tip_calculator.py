"""Splits a restaurant bill.
Amounts are in the currency of your phone."""
provided_input = is_workflow_actions_ask(WFAskActionDefaultAnswerNumber="", WFAskActionPrompt="How much is the bill?", WFInputType="Number")
match menu("How was the service?"):
    case "🙂 Fine":
        is_workflow_actions_number(WFNumberActionNumber="10")
    case "😀 Great":
        is_workflow_actions_number(WFNumberActionNumber="15")
    case "🤩 Outstanding":
        is_workflow_actions_ask(WFAskActionAllowsNegativeNumbers=False, WFAskActionDefaultAnswerNumber="20", WFAskActionPrompt="How many percent?", WFInputType="Number")
menu_result = block_result()
calculation_result = is_workflow_actions_math(WFInput=provided_input, WFMathOperand=menu_result, WFMathOperation="×")
Tip: "Tip" = is_workflow_actions_math(WFInput=calculation_result, WFMathOperand="100", WFMathOperation="÷")
provided_input_2 = is_workflow_actions_ask(WFAskActionAllowsDecimalNumbers=False, WFAskActionDefaultAnswerNumber="2", WFAskActionPrompt="How many people share it?", WFInputType="Number")
calculation_result_2 = is_workflow_actions_math(WFInput=provided_input, WFMathOperand=Tip)
calculation_result_3 = is_workflow_actions_math(WFInput=calculation_result_2, WFMathOperand=provided_input_2, WFMathOperation="÷")
rounded_number = is_workflow_actions_round(WFInput=calculation_result_3, WFRoundMode="Always Round Up", WFRoundTo="Hundredths")
is_workflow_actions_showresult(Text=f"🧾 Bill {provided_input} + tip {Tip} ({menu_result}%) = {calculation_result_2}\n👥 {provided_input_2} × {rounded_number}")
