all_cells: "all cells" = []
"""Turns "name;price" lines into a list of dictionaries."""
if not shortcut_input():
    is_workflow_actions_exit()
split_text = is_workflow_actions_text_split(text=shortcut_input())
for Repeat_Index, Repeat_Item in enumerate(split_text, start=1):
    split_text_2 = is_workflow_actions_text_split(text=Repeat_Item, WFTextSeparator="Custom", WFTextCustomSeparator=";")
    for Repeat_Index_2, Repeat_Item_2 in enumerate(split_text_2, start=1):
        updated_text = is_workflow_actions_text_replace(WFReplaceTextFind='^"|"$|\\s+$', WFReplaceTextReplace="", WFReplaceTextRegularExpression=True, WFInput=f"{Repeat_Item_2}")
        all_cells.append(updated_text)
        if Repeat_Index_2 == 1:
            Last_name: "Last name" = Repeat_Item_2
    repeat_results = block_result()
    is_workflow_actions_dictionary(WFItems={"line": f"{Repeat_Index}", "cells": f"{repeat_results}", "name": f"{Last_name}"})
Rows: "Rows" = block_result()
count = is_workflow_actions_count(Input=Rows)
is_workflow_actions_output(WFOutput=f"{str(Rows)}", WFNoOutputSurfaceBehavior="Respond", WFResponse=f"{count} rows, {all_cells}")
