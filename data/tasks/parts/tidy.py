"""Gives back a text without blanks at its ends, and with single blanks inside."""
single = is_workflow_actions_text_replace(WFInput=f"{shortcut_input()}", WFReplaceTextFind="\\s+", WFReplaceTextReplace=" ", WFReplaceTextRegularExpression=True)
trimmed = is_workflow_actions_text_replace(WFInput=f"{single}", WFReplaceTextFind="^ | $", WFReplaceTextReplace="", WFReplaceTextRegularExpression=True)
is_workflow_actions_output(WFOutput=f"{trimmed}")
