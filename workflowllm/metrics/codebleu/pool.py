"""Scores many pairs in worker processes, so that a pair that exhausts time, memory or the stack takes no other with it.

A worker writes each part into shared memory as soon as it has it. When it dies or is stopped, what is there is the
pair's score, the rest counts as 0, and the note says so; a new worker goes on with the next pair.
"""

from __future__ import annotations

import math
import resource
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import Any

from workflowllm.metrics.codebleu.options import WEIGHTS, Options
from workflowllm.metrics.codebleu.scorer import PARTS, TOTAL, CodeBleu

Pair = tuple[str, str]  # reference, candidate

STACK_BYTES = 64 << 20  # of the thread that scores; the usual 8 MB are the parser's only if nothing else uses them


@dataclass(frozen=True)
class Limits:
    """What one pair may use."""

    seconds: float = 10.0
    memory_bytes: int = 2 << 30


@dataclass
class Scored:
    """A pair's figures, and what went wrong, if anything did."""

    scores: dict[str, float]
    note: str = ""


@dataclass
class _Worker:
    """One process, the shared memory it writes parts to, and the pair it works on."""

    process: Any
    connection: Connection
    parts: Any
    index: int | None = None  # of the pair in the input
    started: float = 0.0
    queue: deque[int] = field(default_factory=deque)


def score_pairs(
    pairs: Sequence[Pair],
    options: Options,
    workers: int = 1,
    weights: tuple[float, float, float, float] = WEIGHTS,
    limits: Limits | None = None,
) -> Iterator[tuple[int, Scored]]:
    """Yield (index in `pairs`, score) as the pairs get done, pairs of one reference one after the other."""
    pool = _Pool(pairs, options, weights, limits or Limits())
    try:
        yield from pool.run(workers)
    finally:
        pool.close()


class _Pool:
    def __init__(self, pairs: Sequence[Pair], options: Options, weights: tuple, limits: Limits) -> None:
        self.pairs, self.options, self.weights, self.limits = pairs, options, weights, limits
        self.scorer = CodeBleu(options, weights)  # for totals of what a dead worker left
        self.context = get_context("spawn")
        self.workers: list[_Worker] = []
        # Pairs of one reference go to one worker, which then analyses it once.
        groups: dict[str, deque[int]] = {}
        for index, (reference, _) in enumerate(pairs):
            groups.setdefault(reference, deque()).append(index)
        self.groups = deque(groups.values())

    def run(self, count: int) -> Iterator[tuple[int, Scored]]:
        for _ in range(min(count, len(self.pairs))):
            worker = self.start()
            self.workers.append(worker)
        while self.workers:
            ready = wait([worker.connection for worker in self.workers], timeout=self.patience())
            for worker in list(self.workers):
                if worker.connection in ready:
                    yield from self.receive(worker)
                elif worker.index is not None and time.monotonic() - worker.started > self.limits.seconds:
                    yield from self.replace(worker, f"over {self.limits.seconds:g} s")

    def patience(self) -> float:
        """Seconds until the next worker is out of time."""
        starts = [worker.started for worker in self.workers if worker.index is not None]
        return max(0.0, min(starts) + self.limits.seconds - time.monotonic()) + 0.01 if starts else self.limits.seconds

    def start(self) -> _Worker:
        ours, theirs = self.context.Pipe()
        parts = self.context.RawArray("d", len(PARTS))
        arguments = (theirs, parts, self.options, self.weights, self.limits)
        process = self.context.Process(target=_work, args=arguments, daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, ours, parts)

    def receive(self, worker: _Worker) -> Iterator[tuple[int, Scored]]:
        """A worker reports: it is ready, or done with its pair, or dead."""
        try:
            note = worker.connection.recv()
        except (EOFError, OSError):
            yield from self.replace(worker, "the process died")
            return
        if note:  # what is left of its memory may be too little for the next pair
            yield from self.replace(worker, note)
            return
        if worker.index is not None:
            yield worker.index, self.scored(worker, note)
            worker.index = None
        self.give(worker)

    def give(self, worker: _Worker) -> None:
        """Send the worker its next pair, or home."""
        if not worker.queue:
            worker.queue = self.next_group()
        if not worker.queue:
            self.dismiss(worker)
            return
        worker.index = worker.queue.popleft()
        worker.parts[:] = [math.nan] * len(PARTS)
        worker.started = time.monotonic()
        with suppress(OSError):  # it died meanwhile: its end of the connection says so next time
            worker.connection.send(self.pairs[worker.index])

    def next_group(self) -> deque[int]:
        """The next reference's pairs; when none is left, half of what another worker still has."""
        if self.groups:
            return self.groups.popleft()
        longest = max((worker.queue for worker in self.workers), key=len)
        return deque(longest.pop() for _ in range(len(longest) // 2))

    def replace(self, worker: _Worker, reason: str) -> Iterator[tuple[int, Scored]]:
        """Stop a worker, take what it has, and start another in its index."""
        worker.process.kill()
        worker.process.join()
        if worker.index is None:
            raise RuntimeError("a worker process died before its first pair; is the environment complete?")
        yield worker.index, self.scored(worker, reason)
        fresh = self.start()
        fresh.queue = worker.queue
        worker.connection.close()
        self.workers[self.workers.index(worker)] = fresh

    def scored(self, worker: _Worker, note: str) -> Scored:
        parts = {part: value for part, value in zip(PARTS, worker.parts) if not math.isnan(value)}
        missing = [part for part in PARTS if part not in parts]
        total = self.scorer.total(parts)
        if missing:
            note = f"{', '.join(missing)} not computed and counted as 0: {note}"
        return Scored({TOTAL: total, **dict.fromkeys(PARTS, 0.0), **parts}, note)

    def dismiss(self, worker: _Worker) -> None:
        worker.connection.close()  # it ends at the end of its input
        worker.process.join(5)
        self.workers.remove(worker)

    def close(self) -> None:
        for worker in self.workers:
            worker.process.kill()
            worker.process.join()
            worker.connection.close()


def _work(connection: Connection, parts: Any, options: Options, weights: tuple, limits: Limits) -> None:
    """A worker process: pairs in, notes out."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    threading.stack_size(STACK_BYTES)
    thread = threading.Thread(target=_score_all, args=(connection, parts, CodeBleu(options, weights)))
    thread.start()
    thread.join()


_EXHAUSTED = {MemoryError: "out of memory", RecursionError: "out of stack"}


def _score_all(connection: Connection, parts: Any, scorer: CodeBleu) -> None:
    connection.send("")
    while True:
        try:
            reference, candidate = connection.recv()
        except (EOFError, OSError):
            return
        note = ""
        for number, part in enumerate(PARTS):
            try:
                parts[number] = scorer.part(part, reference, candidate)
            except Exception as error:  # of any kind: it is this pair's, and stops no other
                note = _EXHAUSTED.get(type(error), f"{type(error).__name__}: {error}")
                scorer.forget()
        connection.send(note)
