"""Language models: prompts as files, endpoints, and what a model's answer must look like."""
