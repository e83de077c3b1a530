provided_input = input("Who is it for?")
Quoted: "Quoted" = "She said \"hi\", he said 'hey'; C:\\temp\\new"
Code: "Code" = f"""def greet():
\treturn {{"to": \"{provided_input}", "n": {{}}}}  # {{braces}}
"""
Doc: "Doc" = """\"\"\"Three quotes\"\"\"
and one at the end:
\""""
Windows: "Windows" = "line one\r\nline two\u2028line three end‍"
Invisible: "Invisible" = "\u202emirrored\u202c \ufeff\x07 \ufffc"
Family: "Family" = f"👨‍👩‍👧‍👦 for {provided_input} 🏳️‍🌈{clipboard()}𝕏"
dictionary = is_workflow_actions_detect_dictionary(WFInput=clipboard())
Keys: "Keys" = text_of('{"a\\b": "', dictionary["it's \"a\" \\ key"], '"}')
Nothing: "Nothing" = ""
is_workflow_actions_gettext()
