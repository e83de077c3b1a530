"""Annotation of converted workflows: names, comments, a task plan and a query, from rules or from a model."""
