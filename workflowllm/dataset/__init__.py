"""Workflow data: records, the released layout, prompts and answers, splits and statistics."""
