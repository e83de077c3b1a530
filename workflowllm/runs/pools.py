"""Work over many inputs in worker processes, in order, with a progress bar."""

import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from itertools import chain, islice
from multiprocessing import get_context
from typing import TypeVar

from workflowllm.runs.bounds import Lost, bounded
from workflowllm.runs.command import collect_rarely

_CHUNK = 16  # inputs handed to a worker at a time: small enough for progress, large enough for the pipe


Input, Result = TypeVar("Input"), TypeVar("Result")


def map_inputs(
    work: Callable[[Input], Result],
    inputs: Iterable[Input],
    workers: int,
    crashed: Callable[[Input], Result],
    total: int | None = None,
    unit: str = "record",
) -> Iterator[Result]:
    """`work` over the inputs, results in order, by so many processes, with a progress bar on a terminal.

    Inputs are taken as results are, so memory does not grow with their number. An input that kills its worker, or
    passes the bounds of `bounds.py` without an answer by `work`, gives `crashed(input)`.
    """
    if workers == 1:
        results = (_result_or(crashed, item, bounded(work, item)) for item in inputs)
    else:
        results = _in_processes(work, inputs, workers, crashed, _new_pool(workers))
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
    waiting: deque[tuple[list[Input], Future[list[Result | Lost]]]] = deque()
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
                yield from map(partial(_result_or, crashed), chunk, results)
    finally:
        pool.shutdown(cancel_futures=True)


def _submitted(
    pool: ProcessPoolExecutor, work: Callable[[Input], Result], chunk: list[Input]
) -> Future[list[Result | Lost]]:
    """The chunk's future, which fails where the pool has broken meanwhile."""
    try:
        return pool.submit(_each, work, chunk)
    except BrokenProcessPool as error:
        future: Future[list[Result | Lost]] = Future()
        future.set_exception(error)
        return future


def _new_pool(workers: int) -> ProcessPoolExecutor:
    """Worker processes, started at once: before the progress bar's thread, which a fork would not survive."""
    # A fork starts at once, a new interpreter loads all modules again; macOS's libraries do not stand forks.
    context = get_context("fork" if sys.platform == "linux" else "spawn")
    pool = ProcessPoolExecutor(workers, context, initializer=collect_rarely)
    pool.submit(int).result()
    return pool


def _chunks(inputs: Iterable[Input]) -> Iterator[list[Input]]:
    rest = iter(inputs)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk


def _each(work: Callable[[Input], Result], chunk: list[Input]) -> list[Result | Lost]:
    return [bounded(work, item) for item in chunk]


def _result_or(crashed: Callable[[Input], Result], item: Input, result: Result | Lost) -> Result:
    """The item's result, or what stands for one that is lost."""
    return crashed(item) if isinstance(result, Lost) else result


def _one_by_one(
    work: Callable[[Input], Result], chunks: list[list[Input]], crashed: Callable[[Input], Result]
) -> Iterator[Result]:
    """After a worker died: each input alone, so that only the one that kills is lost."""
    for item in chain.from_iterable(chunks):
        with _new_pool(1) as pool:
            try:
                yield _result_or(crashed, item, pool.submit(bounded, work, item).result())
            except BrokenProcessPool:
                yield crashed(item)
