battery_level = is_workflow_actions_getbatterylevel()
if battery_level < 20.0:
    is_workflow_actions_lowpowermode_set(OnValue=True)
    is_workflow_actions_wifi_set(OnValue=False)
    is_workflow_actions_setbrightness(WFBrightness=0.2)
    is_workflow_actions_notification(WFNotificationActionTitle="🔋 Saving", WFNotificationActionBody=f"Only {battery_level} % left")
else:
    match menu("Battery is fine. Anyway?"):
        case "Yes":
            is_workflow_actions_lowpowermode_set()
        case "No":
            pass
