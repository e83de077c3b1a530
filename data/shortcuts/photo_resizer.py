photos = is_workflow_actions_filter_photos(WFContentItemFilter=all_of(where("Album", "==", Enumeration=WFStringSubstitutableState("Recents"), Unit=4, Bounded=True), where("Width", ">", Number="2000", Unit=4, Bounded=True), where("Is a Screenshot", "==", Bool=False, Unit=4, Bounded=True), where("Date Taken", "in the last", Number="7", Unit=16, Bounded=True), where("Name", "contains", String=f"{input()}", Unit=4)), WFContentItemSortOrder="Latest First", WFContentItemSortProperty="Creation Date", WFContentItemLimitEnabled=True, WFContentItemLimitNumber=5.0)
if not photos:
    is_workflow_actions_alert(WFAlertActionMessage="No large photo of this week.")
else:
    for Repeat_Index, Repeat_Item in enumerate(photos, start=1):
        if Repeat_Item.Width > 4000:
            is_workflow_actions_image_resize(WFImageResizeKey="Percentage", WFImageResizePercentage="25", WFImage=Repeat_Item)
        else:
            is_workflow_actions_image_resize(WFImageResizeWidth="1600", WFImage=Repeat_Item)
        if_result = block_result()
        is_workflow_actions_setitemname(WFName=f"small {Repeat_Index} of {Repeat_Item.Name}", WFInput=if_result)
    repeat_results = block_result()
    is_workflow_actions_savetocameraroll(WFCameraRollSelectedGroup="Small", WFInput=repeat_results)
    is_workflow_actions_showresult(Text=f'Made {coerce(repeat_results, "Image").File_Size} from {photos}')
