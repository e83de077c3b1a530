"""WorkflowLLM: Apple Shortcuts as Python, workflow data, models and measures."""
