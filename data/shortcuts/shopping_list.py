import_question(DefaultValue="bread\nmilk", ParameterKey="WFTextActionText", Text="What do you always need?")
text = """bread
milk
coffee"""
split_text = is_workflow_actions_text_split(text=text, **{"Show-text": True})
Shopping_list: "Shopping list" = split_text
count = is_workflow_actions_count(Input=Shopping_list, WFCountType="Items")
match menu(f'Shopping for {format_date(current_date(), style="Medium", time="None")}'):
    case "Add":
        provided_input = input("What else?")
        Shopping_list.append(provided_input)
    case "🛒 Show Count things" if shown_as(f"🛒 Show {count} things"):
        chosen_item = is_workflow_actions_choosefromlist(WFChooseFromListActionPrompt="Tick off", WFChooseFromListActionSelectMultiple=True, WFInput=Shopping_list)
        for Repeat_Item in chosen_item:
            is_workflow_actions_speaktext(WFSpeakTextLanguage="en-GB", WFSpeakTextRate=0.5, WFSpeakTextWait=True, WFText=f"Got {Repeat_Item}")
    case "Leave it":
        pass
combined_text = is_workflow_actions_text_combine(WFTextSeparator="New Lines", text=Shopping_list)
is_workflow_actions_setclipboard(WFInput=combined_text, WFLocalOnly=True)
