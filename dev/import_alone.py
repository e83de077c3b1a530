"""Import each module in a process of its own, and print those that fail with the reason.

    PYTHONPATH=. python dev/import_alone.py workflowllm.apis.catalogue workflowllm.runs.command   # from the root

A process that has loaded libraries of other people, but nothing of the project, forks once for each module. So every
module meets a clean project, and torch is read from the disk only once.
"""

import ast
import contextlib
import importlib
import os
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path


def load_libraries(modules: Iterable[str]) -> None:
    """Load what the modules import from elsewhere; a library that is missing fails later, in the child."""
    own = {module.partition(".")[0] for module in modules}
    for library, name in {pair for module in modules for pair in imported_names(module)}:
        if library.partition(".")[0] not in own:
            try:
                getattr(importlib.import_module(library), name, None)
            except ImportError:
                continue


def imported_names(module: str) -> list[tuple[str, str]]:
    """Pairs of library and name in the import statements of a module below the current folder."""
    path = Path(*module.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    pairs = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            pairs += [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            pairs += [(node.module, alias.name) for alias in node.names]
    return pairs


def failure(module: str) -> str:
    """Import a module in a child process; the last line of its traceback, or nothing."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            importlib.import_module(module)
        except BaseException:
            os.write(writing, traceback.format_exc().strip().splitlines()[-1].encode(errors="replace"))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, errors="replace") as pipe:
        reason = pipe.read()
    _, status = os.waitpid(child, 0)
    return reason or (f"ended with status {status}" if status else "")


def main() -> int:
    with contextlib.redirect_stdout(sys.stderr):  # DeepSpeed reports what it finds on the standard output
        load_libraries(sys.argv[1:])
    failures = [(module, reason) for module in sys.argv[1:] if (reason := failure(module))]
    for module, reason in failures:
        print(f"{module}\t{reason}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
