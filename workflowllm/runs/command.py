"""How a script ends: its exit status, and one sentence where the command itself was wrong."""

import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from types import FrameType

ALL_DONE, SOME_FAILED, WRONG_COMMAND = 0, 1, 2
INTERRUPTED, TERMINATED = 130, 143  # 128 + the number of the signal, as shells have it


class CommandError(Exception):
    """The command itself is wrong: one sentence, exit status 2."""


class Terminated(KeyboardInterrupt):
    """SIGTERM has come. It ends a run exactly as Ctrl-C does."""


def collect_rarely() -> None:
    """Look for garbage in cycles less often: property lists are trees, and looking took up to a fifth of the time."""
    gc.set_threshold(200_000, 20, 50)


def run_command(main: Callable[[], int]) -> None:
    """Run a script's main and exit with its status.

    A CommandError and an error of the operating system (a full disk, above all) become one line on standard error;
    Ctrl-C and SIGTERM end the run quietly, after every `finally`; standard output may be closed or a broken pipe.
    """
    collect_rarely()
    _occupy_closed_streams()
    if isinstance(sys.stdout, TextIOWrapper):  # lone surrogates, and what a terminal cannot show, are escaped
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        with _sigterm_interrupts():
            status = main()
            if sys.stdout is not None:
                sys.stdout.flush()
    except CommandError as error:
        status = _wrong(error)
    except KeyboardInterrupt as error:
        status = TERMINATED if isinstance(error, Terminated) else INTERRUPTED
    except BrokenPipeError:  # the reader of a pipe, such as head, has seen enough
        status = ALL_DONE
    except OSError as error:
        status = _wrong(error)
    _give_up_unwritable_output()
    sys.exit(status)


def _wrong(error: Exception) -> int:
    print(f"{Path(sys.argv[0]).name}: {error}", file=sys.stderr)
    return WRONG_COMMAND


def _occupy_closed_streams() -> None:
    """Where standard streams are closed, files opened later would get their numbers, and be written to as such."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(number)


@contextmanager
def _sigterm_interrupts() -> Iterator[None]:
    """Raise Terminated on SIGTERM. A child that was forked meanwhile dies of the signal as usual."""
    process = os.getpid()

    def end(number: int, frame: FrameType | None) -> None:
        if os.getpid() == process:
            raise Terminated
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    try:
        before = signal.signal(signal.SIGTERM, end)
    except ValueError:  # not in the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _give_up_unwritable_output() -> None:
    """Drop what standard output cannot take, or the interpreter would complain of it at its own end."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
