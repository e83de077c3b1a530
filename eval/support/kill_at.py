"""Run a script and kill its process at a chosen file operation, as a power cut would.

    python eval/support/kill_at.py 7 preprocess/build_dataset.py --seed_data ...
    python eval/support/kill_at.py 0 train.py --base_model ...      (never kills)

The operations of the process are counted: each rename, removal, directory made and sync to the disk. At number N the
process ends by SIGKILL, before the operation where N is odd, after it where N is even. A run that is not killed appends
the count to the file that KILL_AT_COUNTS names. Of several ranks only rank 0 counts.
"""

import atexit
import os
import runpy
import signal
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

OPERATIONS = ("replace", "rename", "unlink", "remove", "rmdir", "mkdir", "fsync")


def kill_at(number: int) -> Callable[[], int]:
    """Kill this process at its file operation of this number, counted from now on; a function that gives the count."""
    numbers = count(1)
    done = [0]

    def counted(operation: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **settings: Any) -> Any:
            done[0] = index = next(numbers)
            if index == number and number % 2:
                os.kill(os.getpid(), signal.SIGKILL)
            try:
                return operation(*arguments, **settings)
            finally:  # also where it raises, as making a folder that is there does
                if index == number:
                    os.kill(os.getpid(), signal.SIGKILL)

        return run

    for name in OPERATIONS:
        setattr(os, name, counted(getattr(os, name)))
    return lambda: done[0]


def main() -> None:
    number, script = int(sys.argv[1]), sys.argv[2]
    sys.argv = sys.argv[2:]
    sys.path[0] = str(Path(script).resolve().parent)
    if os.environ.get("RANK", "0") == "0":
        operations = kill_at(number)
        if path := os.environ.get("KILL_AT_COUNTS"):
            atexit.register(lambda: Path(path).write_text(str(operations()), "ascii"))
    runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    main()
