"""Collecting shortcuts: what stores list, and fetching the files politely."""
