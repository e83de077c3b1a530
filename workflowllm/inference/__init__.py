"""From a query to a workflow: prompts, a local model or an endpoint, answers, and files that resume."""
