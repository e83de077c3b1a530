"""Checks of paths before anything is written: no output destroys an input, and no name replaces another."""

import os
import stat
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from workflowllm.runs.command import CommandError
from workflowllm.runs.output_files import errors_file, run_file, why_no_output


def check_paths(inputs: Iterable[Path | None], outputs: Iterable[Path | None]) -> None:
    """Raise CommandError where writing an output would destroy an input. Call it before anything is opened for writing.

    `inputs` are all files that a script reads, and the folders of which it reads every file. Of a folder with a known
    layout, such as a data set's, give the files. `outputs` are all files and folders that it writes; the side files
    `<output>.errors.jsonl` and `<output>.run.json` of each file are checked too. None stands for a flag not given.
    An output may be neither an input (under another name, through a link, or by another spelling on a file system
    that ignores case) nor lie in an input folder, nor be another output.
    """
    sources = [path for path in inputs if path is not None]
    written = [path for path in outputs if path is not None]
    for index, output in enumerate(written):
        check_output_name(output)
        for path in (output, errors_file(output), run_file(output)):
            for source in sources:
                _check_pair(source, path)
            if any(is_same_file(path, other) for other in written[:index]):
                raise CommandError(f"{path} would be written twice; give each output a name of its own.")


def check_output_name(output: Path) -> None:
    """Raise CommandError where an output has no name, as `.`, `/` and the empty path have none."""
    if output.name in ("", ".."):
        raise CommandError(f"cannot write to {output}: give the output a name.")


def check_output_file(output: Path) -> None:
    """Raise CommandError where a path cannot be an output file: no name, a folder, a device."""
    check_output_name(output)
    if reason := why_no_output(output):
        raise CommandError(f"cannot write {output}: {reason}.")


def _check_pair(source: Path, output: Path) -> None:
    if is_same_file(source, output):
        raise CommandError(f"{output} is an input, which writing would destroy; give another output.")
    if source.is_dir() and is_inside(output, source):
        raise CommandError(f"{output} lies in the input folder {source}; give an output outside of it.")


def is_same_file(first: Path, second: Path) -> bool:
    """Whether two paths lead to one file or folder, which need not exist yet."""
    try:
        return os.path.samefile(first, second)
    except OSError:
        return _resolved(first) == _resolved(second)


def is_inside(path: Path, folder: Path) -> bool:
    """Whether a path, which need not exist yet, leads to somewhere below a folder (or to the folder itself)."""
    ancestors = [_resolved(path), *_resolved(path).parents]
    return any(is_same_file(ancestor, folder) for ancestor in ancestors)


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # links in a circle
        return path.absolute()


def inside(folder: Path, name: str) -> Path:
    """The path of an output `name` (which may hold slashes) below a folder. Raises ValueError where it leads outside.

    It does by `..`, by being absolute, or by a link that somebody has put into the folder.
    """
    path = folder / name
    if Path(name).is_absolute() or ".." in Path(name).parts or not is_inside(path.parent, folder):
        raise ValueError(f"{name!r} leads out of the folder {folder}")
    return path


def regular_files(folder: Path) -> Iterator[tuple[Path, str]]:
    """(path, reason) of everything below a folder but folders, in the order of the paths.

    The reason is empty for what can be read: regular files and links to them. A FIFO or device, of which reading may
    never end, and a broken link come with a sentence on why they are passed over. Links to folders are not followed.
    """
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(parent, name)
            yield path, why_not_regular(path)
        for name in folders:
            if os.path.islink(path := Path(parent, name)):
                yield path, "it is a link to a folder, which is not followed."


_KINDS = {
    stat.S_ISFIFO: "a FIFO",
    stat.S_ISSOCK: "a socket",
    stat.S_ISCHR: "a device",
    stat.S_ISBLK: "a device",
    stat.S_ISDIR: "a folder",
}


def why_not_regular(path: Path) -> str:
    """Why a path cannot be read like a file, as a sentence; empty where it can."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return "it is a broken link." if path.is_symlink() else f"{error.strerror}."
    kind = next((words for test, words in _KINDS.items() if test(mode)), None)
    return f"it is {kind}, not a regular file." if kind else ""


def collision_key(path: str | Path) -> str:
    """Equal for two paths that some file system takes for one: spelt in other cases, or composed and decomposed.

    Before writing `A.shortcut` and `a.shortcut` into one folder, compare their keys; the second needs another name.
    """
    text = unicodedata.normalize("NFD", str(path)).casefold()
    return unicodedata.normalize("NFC", text)
