"""Apple Shortcuts: containers, actions, trees, and the Python dialect in both directions."""
