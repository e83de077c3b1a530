file = is_workflow_actions_documentpicker_open(WFFileErrorIfNotFound=True, WFGetFilePath="sales.json", WFShowFilePicker=False)
for Repeat_Item in dict(file)["regions"]:
    for Repeat_Index_2, Repeat_Item_2 in enumerate(Repeat_Item["shops"], start=1):
        if float(Repeat_Item_2["sales"]) >= Repeat_Item["goal"]:
            match menu(f'Shop {Repeat_Index_2} of {Repeat_Item["name"]} made it. Reward?'):
                case "Cake":
                    text = "🍰"
                case "Card":
                    text_2 = f'💌 {Repeat_Item_2["lead"]}'
                case "Nothing":
                    pass
            menu_result = block_result()
            text_3 = f'- {Repeat_Item_2["name"]} {menu_result}'
        else:
            is_workflow_actions_nothing()
        if_result = block_result()
        is_workflow_actions_getvariable(WFVariable=if_result)
    repeat_results = block_result()
    is_workflow_actions_text_combine(WFTextSeparator="Custom", text=repeat_results, WFTextCustomSeparator=" | ")
Report: "Report" = block_result()
pdf = is_workflow_actions_makepdf(WFInput=Report)
is_workflow_actions_previewdocument(WFInput=pdf)
