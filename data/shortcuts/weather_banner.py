current_location = is_workflow_actions_getcurrentlocation(Accuracy="HundredMeters")
weather_conditions = is_workflow_actions_weather_currentconditions(WFWeatherCustomLocation=current_location)
temperature = is_workflow_actions_properties_weather_conditions(WFInput=weather_conditions, WFContentItemPropertyName="Temperature")
if temperature > WFQuantityFieldValue(Magnitude="30", Unit="°C"):
    text = "☀️ Take water and a hat."
elif temperature < WFQuantityFieldValue(Magnitude="3", Unit="°C"):
    text_2 = "🧣 Dress warmly."
elif weather_conditions.Condition == "Rain":
    text_3 = "☔️ Mind the umbrella."
if_result = block_result()
is_workflow_actions_notification(WFNotificationActionTitle=f"🌤️ {temperature} in {current_location.City}", WFNotificationActionBody=f"{if_result} High {weather_conditions.High}, low {weather_conditions.Low}.", WFNotificationActionSound=True)
