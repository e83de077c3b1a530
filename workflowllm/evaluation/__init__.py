"""Measures of generated workflows. `codebleu` combines the four parts; each part has a module of its own."""
