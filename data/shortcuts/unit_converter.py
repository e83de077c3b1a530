provided_input = is_workflow_actions_ask(WFAskActionPrompt="How much?", WFInputType="Number")
Amount = provided_input
measurement = is_workflow_actions_measurement_create(WFMeasurementUnitType="Length", WFMeasurementUnit=WFQuantityFieldValue(Magnitude=bare(Amount), Unit="mi"))
Kilometres: "Kilometres" = is_workflow_actions_measurement_convert(WFMeasurementUnitType="Length", WFMeasurementUnit={"WFNSUnitSymbol": "km", "WFNSUnitType": "Length"}, WFInput=measurement)
dictionary = is_workflow_actions_dictionary(WFItems={"short": 1, "long": 100.0, "factor": -0.25, "exact": "1.0"})
if extra(Kilometres > WFQuantityFieldValue(Magnitude=bare(dictionary["long"]), Unit="km"), WFConditionalActionString="far"):
    text = "That is far: take the train."
elif float(Amount) <= dictionary["short"]:
    text_2 = "Walk."
elif float(Amount) >= 3 and float(Amount) < 9.5:
    text_3 = "Take the bike."
Advice: "Advice" = block_result()
formatted_number = is_workflow_actions_format_number(WFNumber=Kilometres, WFNumberFormatDecimalPlaces=1)
is_workflow_actions_showresult(Text=f"{Amount} miles are {formatted_number} km. {Advice}")
