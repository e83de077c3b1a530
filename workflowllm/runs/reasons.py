"""Why something failed, in few words: the part of an exception that belongs into a sentence for the user."""

from pathlib import Path

from workflowllm.runs.command import CommandError


def reason_of(error: BaseException) -> str:
    """The operating system's words without errno and path, where there are any; else the error's own words.

    >>> f"cannot read {path}: {reason_of(error)}."  # "cannot read a.json: No such file or directory."
    """
    return getattr(error, "strerror", None) or first_line(error)


def first_line(error: BaseException) -> str:
    """The first line of an error's message that is not blank, or the error's type. Libraries append pages of advice."""
    return next(filter(None, map(str.strip, str(error).splitlines())), type(error).__name__)


def cannot_read(path: Path, error: BaseException) -> CommandError:
    """The error to raise where an input file cannot be read: `raise cannot_read(path, error) from None`."""
    return CommandError(f"cannot read {path}: {reason_of(error)}.")


def cannot_write(path: Path, error: BaseException) -> CommandError:
    """The error to raise where an output file cannot be written: `raise cannot_write(path, error) from None`."""
    return CommandError(f"cannot write {path}: {reason_of(error)}.")
