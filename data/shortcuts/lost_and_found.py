contents_of_folder = missing("4CEE9BEC-38FB-55B1-80C7-9AD37A540611")
Never_set: "Never set" = None
count = None
Only_added: "Only added" = []
"""Someone deleted the first action: its output is still mentioned."""
is_workflow_actions_showresult(Text=f"Found {contents_of_folder} and {Never_set}, later {count}")
Only_added.append(contents_of_folder)
count = is_workflow_actions_count(WFCountType="Items", Input=Only_added)
if Never_set:
    Sometimes = contents_of_folder
is_workflow_actions_output(WFOutput=f'{getattr(Sometimes["a"], "Name")}{modified(contents_of_folder, {"Type": "WFUnitVariableAggrandizement", "WFUnitSymbol": "km", "WFUnitType": "Length"})}{action_input()}')
