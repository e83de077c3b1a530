"""One run at a time for each output."""

import contextlib
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from workflowllm.runs.command import CommandError
from workflowllm.runs.reasons import cannot_write


class OutputLock:
    """Holds an output file or folder alone until it is released or the process ends, on every operating system.

    Raises CommandError where another run holds it, or where its folder cannot be written. While it is held there is a
    file `.<output>.lock` beside the output.
    """

    def __init__(self, output: Path):
        self._path = output.with_name(f".{output.name}.lock")
        self._lock = FileLock(self._path, blocking=False)
        try:
            output.parent.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except Timeout:
            raise CommandError(f"another run is writing {output}; wait for it, or name another output.") from None
        except OSError as error:
            raise cannot_write(output, error) from None

    def release(self) -> None:
        """Let others have it. Removed first: nobody else can hold a lock on the file yet."""
        with contextlib.suppress(OSError):  # Windows removes no open file
            self._path.unlink()
        self._lock.release()

    def __enter__(self) -> "OutputLock":
        return self

    def __exit__(self, *failure: Any) -> None:
        self.release()
