import_question(DefaultValue="bread\nmilk", ParameterKey="WFTextActionText", Text="What do you always need?")
text = """bread
milk
coffee"""
split_text = is_workflow_actions_text_split(text=text, **{"Show-text": True})
Shopping_list: "Shopping list" = split_text
count = is_workflow_actions_count(WFCountType="Items", Input=Shopping_list)
match menu(f'Shopping for {format_date(current_date(), style="Medium", time="None")}'):
    case "Add":
        provided_input = input("What else?")
        Shopping_list.append(provided_input)
    case "🛒 Show Count things" if shown_as(f"🛒 Show {count} things"):
        chosen_item = is_workflow_actions_choosefromlist(WFInput=Shopping_list, WFChooseFromListActionPrompt="Tick off", WFChooseFromListActionSelectMultiple=True)
        for Repeat_Item in chosen_item:
            is_workflow_actions_speaktext(WFSpeakTextWait=True, WFSpeakTextRate=0.5, WFSpeakTextLanguage="en-GB", WFText=f"Got {Repeat_Item}")
    case "Leave it":
        pass
combined_text = is_workflow_actions_text_combine(WFTextSeparator="New Lines", text=Shopping_list)
is_workflow_actions_setclipboard(WFLocalOnly=True, WFInput=combined_text)
