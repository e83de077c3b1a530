Languages: "Languages" = is_workflow_actions_dictionary(WFItems={"Deutsch": "de_DE", "Français": "fr_FR", "中文": "zh_CN"})
provided_input = is_workflow_actions_ask(WFAskActionPrompt=f"What shall I translate? ({clipboard()})", WFAskActionDefaultAnswer=f"{clipboard()}")
match menu(""):
    case "Into one language":
        dictionary_value = Languages.keys()
        chosen_item = is_workflow_actions_choosefromlist(WFInput=dictionary_value)
        dictionary_value_2 = Languages[f"{chosen_item}"]
        is_workflow_actions_text_translate(WFSelectedFromLanguage="Detect Language", WFSelectedLanguage=dictionary_value_2, WFInputText=f"{provided_input}")
    case "📋 Provided Input aloud" if shown_as(f"📋 {provided_input} aloud"):
        is_workflow_actions_speaktext(WFSpeakTextRate=input(), WFText=f"{provided_input}")
Translation: "Translation" = block_result()
is_workflow_actions_setclipboard(WFInput=Translation)
is_workflow_actions_showresult(Text=f"{Translation}")
