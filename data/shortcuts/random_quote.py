list_ = is_workflow_actions_list(WFItems=["Less, but better.", f"Made for {device_details().Device_Name}", 42, True, {"quote": "Carpe diem.", "by": "Horace", "year": -23}, ["Veni", "vidi", "vici"], item(0, "")])
item_from_list = is_workflow_actions_getitemfromlist(WFInput=list_, WFItemSpecifier="Random Item")
if dict(item_from_list)["by"]:
    text = f'“{dict(item_from_list)["quote"]}” — {dict(item_from_list)["by"]}'
else:
    text_2 = f"“{item_from_list}”"
if_result = block_result()
item_from_list_2 = is_workflow_actions_getitemfromlist(WFInput=list_, WFItemRangeEnd="3", WFItemRangeStart="1", WFItemSpecifier="Items in Range")
dictionary = is_workflow_actions_dictionary(WFItems={})
dictionary_2 = is_workflow_actions_setvalueforkey(WFDictionary=dictionary, WFDictionaryKey=f'{format_date(current_date(), style="Custom", format="yyyy-MM-dd")}', WFDictionaryValue=f"{if_result}")
Diary = dictionary_2
is_workflow_actions_documentpicker_save(WFAskWhereToSave=False, WFFileDestinationPath="quotes.json", WFInput=dict(Diary), WFSaveFileOverwrite=True)
is_workflow_actions_share(WFInput=item_from_list_2)
