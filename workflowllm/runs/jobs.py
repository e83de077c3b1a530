"""What the command-line scripts share: JSON Lines in and out, worker processes, progress, and how a run ends."""

import gc
import gzip
import json
import os
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from io import TextIOWrapper
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from typing import IO, Any, NamedTuple, TypeVar

from workflowllm.runs.json_arrays import NoArray, array_items

ALL_DONE, SOME_FAILED, WRONG_COMMAND = 0, 1, 2
ERRORS = ".errors.jsonl"  # ends the name of the file that says what failed
_CHUNK = 16  # inputs handed to a worker at a time: small enough for progress, large enough for the pipe
Input, Result = TypeVar("Input"), TypeVar("Result")


class CommandError(Exception):
    """The command itself is wrong: one sentence, exit status 2."""


def _collect_rarely() -> None:
    """Look for garbage in cycles less often: property lists are trees, and looking took up to a fifth of the time."""
    gc.set_threshold(200_000, 20, 50)


def run_command(main: Callable[[], int]) -> None:
    """Run a script's main and exit with its status; a wrong command is one line, and Ctrl-C leaves quietly."""
    _collect_rarely()
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


def beside(output: Path, ending: str) -> Path:
    """The file next to an output that has its name and this ending."""
    return output.with_name(output.name + ending)


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that appears under its name only when it is whole."""
    if path.is_dir():
        raise CommandError(f"cannot write {path}: it is a folder.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False)  # noqa: SIM115
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}.") from None
    try:
        with handle:
            yield handle
        os.chmod(handle.name, 0o666 & ~_umask())
        os.replace(handle.name, path)
    except BaseException:
        Path(handle.name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file beside its place and rename it when whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        new.write_bytes(data)
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)


def json_line(record: Any) -> bytes:
    """A record as one line of JSON in UTF-8. Half characters, which UTF-8 has no form for, are written as escapes."""
    try:
        return json.dumps(record, ensure_ascii=False).encode("utf-8") + b"\n"
    except UnicodeEncodeError:
        return json.dumps(record).encode("ascii") + b"\n"


def read_records(path: Path) -> Iterator[tuple[int, Any]]:
    """(line number, record) of a .jsonl, .jsonl.gz or .json file; a line that is no JSON comes as a ValueError."""
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8", errors="surrogateescape") as handle:
            if path.suffix == ".json":
                yield from enumerate(_json_array(handle, path), 1)
                return
            for number, line in enumerate(handle, 1):
                if line.strip():
                    yield number, _parsed(line)
    except (OSError, EOFError) as error:
        raise CommandError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}.") from None


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        return ValueError(f"this line is not JSON: {error}")


def _json_array(handle: IO[str], path: Path) -> Iterator[Any]:
    try:
        yield from array_items(handle)
    except NoArray:
        advice = "write one, or give JSON Lines the ending .jsonl"
        raise CommandError(f"{path} holds no JSON array; {advice}.") from None
    except ValueError as error:
        raise CommandError(f"cannot read {path}: {error}.") from None


class Piece(NamedTuple):
    """Bytes that a worker has left in a file."""

    path: Path
    start: int
    length: int


def left_behind(data: bytes, folder: Path) -> Piece:
    """Leave bytes in this process's own file of a folder."""
    path = folder / str(os.getpid())
    with open(path, "ab") as handle:
        handle.write(data)
        return Piece(path, handle.tell() - len(data), len(data))


class Outcomes:
    """How the inputs of a run end: counts, and what failed in `<output>.errors.jsonl`, there only when needed."""

    def __init__(self, output: Path):
        self.errors = beside(output, ERRORS)
        self.done = self.skipped = self.failed = 0
        self.files = ExitStack()

    def __enter__(self) -> "Outcomes":
        self._errors = self.files.enter_context(whole_file(self.errors))
        return self

    def __exit__(self, *failure: Any) -> None:
        self.files.__exit__(*failure)
        if failure[0] is None and not self.failed:
            self.errors.unlink(missing_ok=True)

    def fail(self, key: str, reason: str) -> None:
        self._errors.write(json_line({"key": key, "error": reason}))
        self.failed += 1

    def summary(self) -> int:
        """Print the counts as the last line on standard error; return the exit status."""
        where = f" (reasons in {self.errors})" if self.failed else ""
        print(f"done {self.done}, skipped {self.skipped}, failed {self.failed}{where}", file=sys.stderr)
        return SOME_FAILED if self.failed else ALL_DONE


class RecordOutcomes(Outcomes):
    """Outcomes of a stage that writes records: its JSON Lines file appears when it is whole."""

    def __init__(self, output: Path):
        super().__init__(output)
        self.output = output
        self._pieces: dict[Path, IO[bytes]] = {}

    def __enter__(self) -> "RecordOutcomes":
        self._records = self.files.enter_context(whole_file(self.output))
        return super().__enter__()

    def add(self, line: bytes | Piece) -> None:
        """A record, as `json_line` gives it, here or left behind by a worker."""
        if isinstance(line, Piece):
            if line.path not in self._pieces:
                self._pieces[line.path] = self.files.enter_context(line.path.open("rb"))
            self._pieces[line.path].seek(line.start)
            line = self._pieces[line.path].read(line.length)
        self._records.write(line)
        self.done += 1


def map_inputs(
    work: Callable[[Input], Result],
    inputs: Iterable[Input],
    workers: int,
    crashed: Callable[[Input], Result],
    total: int | None = None,
    unit: str = "record",
) -> Iterator[Result]:
    """`work` over the inputs, results in order, by so many processes, with a progress bar on a terminal.

    Inputs are taken as results are, so memory does not grow with their number. An input that kills its worker gives
    `crashed(input)`.
    """
    results = map(work, inputs) if workers == 1 else _in_processes(work, inputs, workers, crashed, _new_pool(workers))
    if not sys.stderr.isatty():
        yield from results
        return
    from tqdm import tqdm  # loads for 40 ms, as long as everything else here

    with tqdm(total=total, unit=unit, file=sys.stderr) as bar:
        for result in results:
            yield result
            bar.update()


def _in_processes(
    work: Callable[[Input], Result],
    inputs: Iterable[Input],
    workers: int,
    crashed: Callable[[Input], Result],
    pool: ProcessPoolExecutor,
) -> Iterator[Result]:
    chunks = _chunks(inputs)
    waiting: deque[tuple[list[Input], Future[list[Result]]]] = deque()
    try:
        while True:
            while len(waiting) < 4 * workers and (chunk := next(chunks, None)):
                waiting.append((chunk, _submitted(pool, work, chunk)))
            if not waiting:
                return
            chunk, future = waiting.popleft()
            try:
                results = future.result()
            except BrokenProcessPool:
                lost = [chunk, *(later for later, _ in waiting)]
                waiting.clear()
                pool = _new_pool(workers)
                yield from _one_by_one(work, lost, crashed)
            else:
                yield from results
    finally:
        pool.shutdown(cancel_futures=True)


def _submitted(pool: ProcessPoolExecutor, work: Callable[[Input], Result], chunk: list[Input]) -> Future[list[Result]]:
    """The chunk's future, which fails where the pool has broken meanwhile."""
    try:
        return pool.submit(_each, work, chunk)
    except BrokenProcessPool as error:
        future: Future[list[Result]] = Future()
        future.set_exception(error)
        return future


def _new_pool(workers: int) -> ProcessPoolExecutor:
    """Worker processes, started at once: before the progress bar's thread, which a fork would not survive."""
    # A fork starts at once, a new interpreter loads all modules again; macOS's libraries do not stand forks.
    context = get_context("fork" if sys.platform == "linux" else "spawn")
    pool = ProcessPoolExecutor(workers, context, initializer=_collect_rarely)
    pool.submit(int).result()
    return pool


def _chunks(inputs: Iterable[Input]) -> Iterator[list[Input]]:
    rest = iter(inputs)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk


def _each(work: Callable[[Input], Result], chunk: list[Input]) -> list[Result]:
    return [work(item) for item in chunk]


def _one_by_one(
    work: Callable[[Input], Result], chunks: list[list[Input]], crashed: Callable[[Input], Result]
) -> Iterator[Result]:
    """After a worker died: each input alone, so that only the one that kills is lost."""
    for item in chain.from_iterable(chunks):
        with _new_pool(1) as pool:
            try:
                yield pool.submit(work, item).result()
            except BrokenProcessPool:
                yield crashed(item)
