"""Signed files hold the same as plain ones."""
provided_input = input("Your name?")
is_workflow_actions_showresult(Text=f"Hello, {provided_input} 👋")
