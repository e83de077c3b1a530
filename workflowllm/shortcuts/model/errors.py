"""The one error that reading and writing shortcuts raises on purpose."""


class ShortcutError(ValueError):
    """A bad input, described in one sentence: what is wrong, where, and what to do about it."""
