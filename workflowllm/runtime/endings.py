"""How a run ends before its last action. None of these is a fault of the program that runs it."""

from workflowllm.shortcuts.model.errors import ShortcutError


class RunEnds(Exception):
    """The base of everything that ends a run early."""


class Broken(RunEnds):
    """An action failed as it would on a phone, or went over a bound. The message is one sentence."""


class Cancelled(RunEnds):
    """The person cancelled an alert, a menu or a prompt."""


class Stopped(RunEnds):
    """Exit, or Stop and Output, in the shortcut that it stands in."""


class WorldError(ShortcutError):
    """A world or a task that is not as docs/runtime.md says: one sentence."""
