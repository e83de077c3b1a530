Rules = []
"""Sorts a shared text, number or date by every rule that an If knows."""
if str(shortcut_input()) == "invoice":
    text = "is"
    Rules.append(text)
if str(shortcut_input()) != "spam":
    text_2 = "is not"
    Rules.append(text_2)
if "€" in str(shortcut_input()):
    text_3 = "contains"
    Rules.append(text_3)
if "unsubscribe" not in str(shortcut_input()):
    text_4 = "does not contain"
    Rules.append(text_4)
if str(shortcut_input()).startswith("Re: "):
    text_5 = "begins with"
    Rules.append(text_5)
if str(shortcut_input()).endswith("?"):
    text_6 = "ends with"
    Rules.append(text_6)
numbers = is_workflow_actions_detect_number(WFInput=shortcut_input())
if numbers < 1:
    text_7 = "below 1"
    Rules.append(text_7)
if numbers <= 2.0:
    text_8 = "at most 2"
    Rules.append(text_8)
if numbers > 3.5:
    text_9 = "above 3.5"
    Rules.append(text_9)
if numbers >= 4:
    text_10 = "at least 4"
    Rules.append(text_10)
if numbers == 5:
    text_11 = "is 5"
    Rules.append(text_11)
if numbers != 6:
    text_12 = "is not 6"
    Rules.append(text_12)
if extra(7 <= numbers <= 9, WFAnotherDate=current_date(), WFDate=current_date()):
    text_13 = "between 7 and 9"
    Rules.append(text_13)
dates = is_workflow_actions_detect_date(WFInput=shortcut_input())
if dates < date("2026-03-29T07:30:00"):
    text_14 = "before the clocks change"
    Rules.append(text_14)
if dates > date("2026-03-29T07:30:00"):
    text_15 = "after the clocks change"
    Rules.append(text_15)
if dates == date("2026-03-29T07:30:00"):
    text_16 = "when the clocks change"
    Rules.append(text_16)
if date("2026-01-01T00:00:00") <= dates <= date("2026-12-31T23:59:59"):
    text_17 = "this year"
    Rules.append(text_17)
if is_workflow_actions_conditional(WFInput=dates, WFCondition=1000, WFDuration=WFQuantityFieldValue(Magnitude="3", Unit="days")):
    text_18 = "soon"
    Rules.append(text_18)
if is_workflow_actions_conditional(WFInput=dates, WFCondition=1002):
    text_19 = "today"
    Rules.append(text_19)
if is_workflow_actions_conditional(WFInput=device_details().Device_Type, WFCondition=4, WFEnumeration="Mac"):
    text_20 = "on a Mac"
    Rules.append(text_20)
if str(shortcut_input()) == f"{clipboard()}":
    text_21 = "is the clipboard"
    Rules.append(text_21)
if str(shortcut_input()) == "":
    text_22 = "is empty"
    Rules.append(text_22)
if extra(not shortcut_input(), WFConditionalActionString="left over"):
    text_23 = "no value"
    Rules.append(text_23)
else:
    text_24 = "some value"
    Rules.append(text_24)
if str(shortcut_input()).startswith("Fwd:") or f"to {device_details().Device_Name}" in str(shortcut_input()) or numbers:
    text_25 = "any of three"
    Rules.append(text_25)
if numbers > 0 and not str(shortcut_input()):
    text_26 = "all of two"
    Rules.append(text_26)
is_workflow_actions_output(WFOutput=f"{Rules}")
