"""What is wrong with a workflow's Python, found without running it."""
