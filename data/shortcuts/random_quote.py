list_ = is_workflow_actions_list(WFItems=["Less, but better.", f"Made for {device_details().Device_Name}", 42, True, {"quote": "Carpe diem.", "by": "Horace", "year": -23}, ["Veni", "vidi", "vici"], item(0, "")])
item_from_list = is_workflow_actions_getitemfromlist(WFItemSpecifier="Random Item", WFInput=list_)
if dict(item_from_list)["by"]:
    text = f'“{dict(item_from_list)["quote"]}” — {dict(item_from_list)["by"]}'
else:
    text_2 = f"“{item_from_list}”"
if_result = block_result()
item_from_list_2 = is_workflow_actions_getitemfromlist(WFItemSpecifier="Items in Range", WFItemRangeStart="1", WFItemRangeEnd="3", WFInput=list_)
dictionary = is_workflow_actions_dictionary(WFItems={})
dictionary_2 = is_workflow_actions_setvalueforkey(WFDictionaryKey=f'{format_date(current_date(), style="Custom", format="yyyy-MM-dd")}', WFDictionaryValue=f"{if_result}", WFDictionary=dictionary)
Diary = dictionary_2
is_workflow_actions_documentpicker_save(WFInput=dict(Diary), WFAskWhereToSave=False, WFFileDestinationPath="quotes.json", WFSaveFileOverwrite=True)
is_workflow_actions_share(WFInput=item_from_list_2)
