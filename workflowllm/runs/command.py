"""How a script ends: its exit status, and one sentence where the command itself was wrong."""

import gc
import os
import sys
from collections.abc import Callable
from io import TextIOWrapper
from pathlib import Path

ALL_DONE, SOME_FAILED, WRONG_COMMAND = 0, 1, 2


class CommandError(Exception):
    """The command itself is wrong: one sentence, exit status 2."""


def collect_rarely() -> None:
    """Look for garbage in cycles less often: property lists are trees, and looking took up to a fifth of the time."""
    gc.set_threshold(200_000, 20, 50)


def run_command(main: Callable[[], int]) -> None:
    """Run a script's main and exit with its status; a wrong command is one line, and Ctrl-C leaves quietly."""
    collect_rarely()
    if isinstance(sys.stdout, TextIOWrapper):  # half characters, and any other that a terminal lacks, are escaped
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        status = main()
        sys.stdout.flush()
    except CommandError as error:
        print(f"{Path(sys.argv[0]).name}: {error}", file=sys.stderr)
        status = WRONG_COMMAND
    except KeyboardInterrupt:
        status = 130
    except BrokenPipeError:  # the reader of a pipe, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = ALL_DONE
    except OSError as error:  # a full disk, above all
        print(f"{Path(sys.argv[0]).name}: {error}", file=sys.stderr)
        status = WRONG_COMMAND
    sys.exit(status)
