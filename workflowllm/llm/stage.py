"""A stage that asks a model about many records: resumable, many records in flight, nothing lost and nothing doubled.

    async def work(record: dict, client: Client) -> dict: ...
    return run_stage(keyed_rows(path), work, output, endpoint_settings(arguments))

While it runs, the output has its lines in the order in which records finished; once every record has ended, they are
brought into the order of the input, so that equal answers give equal bytes.
"""

import asyncio
import json
import signal
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import gmtime, monotonic, strftime
from typing import Any

from workflowllm.llm.budget import price_of
from workflowllm.llm.client import Client
from workflowllm.llm.replies import CostReached, EndpointError, EndpointUnusable, Estimate, Usage
from workflowllm.llm.settings import EndpointSettings, shown_url
from workflowllm.records.forms import normalised, record_file_rows
from workflowllm.runs.command import ALL_DONE, INTERRUPTED, SOME_FAILED, WRONG_COMMAND, CommandError
from workflowllm.runs.facts import storable, versions
from workflowllm.runs.output_files import PRIVATE, run_file, write_bytes
from workflowllm.runs.resumable_lines import Failures, Identity, Lines, identities_in

Record = dict[str, Any]
Work = Callable[[Record, Client], Awaitable[Record]]
_MOST_WAITING = 16  # records under way for each request in flight, when a server turns most of them away
_PACKAGES = ("workflowllm", "openai", "pydantic", "json-repair")
_SAVED = 50  # records between two writes of the run's facts


def keyed_rows(path: Path) -> Iterator[tuple[str, Record | Exception]]:
    """(key, record under our names) of a file of records; what is no record comes as an error, its key `line N`."""
    for number, row in record_file_rows(path):
        if isinstance(row, dict):
            key = row.get("key")
            key = str(key) if isinstance(key, str | int) and key != "" else f"line {number}"
            yield key, normalised(row) | {"key": key}
        else:
            yield f"line {number}", row if isinstance(row, ValueError) else ValueError("this is no JSON object")


def key_of(record: Record) -> str:
    """What identifies a record by default."""
    if not isinstance(record["key"], str):
        raise TypeError("a key is a text")
    return record["key"]


@dataclass(frozen=True)
class StageDetails:
    """What a stage tells of its records beside the work on them."""

    total: int | None = None  # how many records there are, for the bar
    estimate: Callable[[Record], list[Estimate]] | None = None  # the calls of one record, for --dry_run
    describe: str = "record"
    identity: Identity = key_of
    facts: dict[str, Any] = field(default_factory=dict)  # for `<output>.run.json`: hashes of input and prompt


PLAIN = StageDetails()


def run_stage(
    records: Iterable[tuple[str, Record | Exception]],
    work: Work,
    output: Path,
    settings: EndpointSettings,
    *,
    overwrite: bool = False,
    details: StageDetails = PLAIN,
) -> int:
    """Do `work` on every record that `output` does not hold yet; return the exit status.

    `records` are pairs of an identity (such as the key) and a record, or an error in place of one; the line that `work`
    gives must have that same identity. A record whose work raises is a line of `<output>.errors.jsonl` and is tried
    again by the next run; EndpointUnusable, CostReached and CommandError stop the run instead.
    """
    if settings.dry_run:
        return _dry_run(records, output, settings, overwrite, details)
    identity = details.identity
    with ExitStack() as files:
        lines = files.enter_context(closing(Lines(output, identity, overwrite)))
        failures = files.enter_context(closing(Failures(output, lines, overwrite)))
        run = _Run(lines, failures, work, identity, RunFacts(output, settings, details.facts, overwrite))
        asyncio.run(run.over(records, settings, details.total, details.describe))
    return run.summary()


class RunFacts:
    """`<output>.run.json`: settings of this run, how it ended and what it cost, after the runs that it goes on from."""

    def __init__(self, output: Path, settings: EndpointSettings, facts: dict[str, Any], overwrite: bool):
        self._path = run_file(output)
        self._earlier = [] if overwrite else _runs_in(self._path)
        self._began = monotonic()
        self._facts = {
            "started": strftime("%Y-%m-%dT%H:%M:%SZ", gmtime()),
            "versions": versions(_PACKAGES),
            "endpoint": storable(asdict(settings)) | {"base_url": shown_url(settings.base_url)},
            **facts,
        }

    def save(self, end: str, counts: dict[str, int], usage: Usage) -> None:
        """Write the file; a run that is killed leaves what it last saved."""
        run = self._facts | {
            "end": end,
            "seconds": round(monotonic() - self._began, 1),
            "counts": counts,
            "usage": usage.as_json(),
        }
        text = json.dumps({"runs": [*self._earlier, run]}, indent=2, ensure_ascii=False, default=str)
        write_bytes(self._path, text.encode("utf-8", "replace") + b"\n", PRIVATE)


def _runs_in(path: Path) -> list[Any]:
    try:
        return json.loads(path.read_text("utf-8"))["runs"]
    except (OSError, ValueError, KeyError, TypeError):
        return []


class _Run:
    """One run over the records: what was done, and why it stopped if it did."""

    def __init__(self, lines: Lines, failures: Failures, work: Work, identity: Identity, facts: RunFacts):
        self._lines, self._failures, self._work, self._identity, self._facts = lines, failures, work, identity, facts
        self._done = self._skipped = self._left = 0
        self._seen: dict[str, int] = {}  # identity -> how often, in the order of the input
        self._stopped = ""  # why no further record begins
        self._status = ALL_DONE
        self._tasks: set[asyncio.Task[None]] = set()

    async def over(
        self,
        records: Iterable[tuple[str, Record | Exception]],
        settings: EndpointSettings,
        total: int | None,
        describe: str,
    ) -> None:
        async with Client(settings) as client:
            self._client = client
            self._save("running")
            with _signals(self._interrupted), _progress(total, describe) as self._bar:
                try:
                    await self._feed(iter(records), settings.concurrency)
                except CommandError as error:  # the input broke off
                    self._stop(error)
                await asyncio.gather(*self._tasks, return_exceptions=True)
        if not self._stopped:
            self._lines.sort(self._seen)
            self._failures.forget_earlier()
        self._save(f"stopped: {self._stopped}" if self._stopped else "complete")

    async def _feed(self, records: Iterator[tuple[str, Record | Exception]], requests: int) -> None:
        """Begin every record, while fewer are under way than keep `requests` in flight."""
        for name, record in records:
            if self._is_settled(name, record):
                continue
            await self._room(requests)
            if self._stopped:
                self._left += 1
                continue
            task = asyncio.create_task(self._one(name, record))
            self._tasks.add(task)
            task.add_done_callback(self._ended)

    async def _room(self, requests: int) -> None:
        """Wait until a record may begin. Those that wait to be sent again count for little: they send nothing."""
        pauses = self._client.pauses
        while len(self._tasks) - pauses.count >= 2 * requests or len(self._tasks) >= _MOST_WAITING * requests:
            pauses.changed.clear()
            await pauses.changed.wait()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._client.pauses.changed.set()

    def _is_settled(self, name: str, record: Record | Exception) -> bool:
        """Whether there is nothing to ask: it is in the output, or it cannot be asked about."""
        times = self._seen[name] = self._seen.get(name, 0) + 1
        if times > 1:
            self._fail(f"{name} (occurrence {times})", "an earlier record has the same key.")
        elif name in self._lines:
            self._skipped += 1
        elif isinstance(record, Exception):
            self._fail(name, str(record))
        else:
            return False
        self._step()
        return True

    async def _one(self, name: str, record: Record) -> None:
        try:
            result = await self._work(record, self._client)
            if self._identity(result) != name:
                raise RuntimeError(f"the work on {name} gave a record of {self._identity(result)}")
            self._lines.add(name, result)
        except (CostReached, EndpointUnusable, CommandError, OSError, asyncio.CancelledError) as error:
            self._left += 1
            self._stop(error)
        except EndpointError as error:
            self._fail(name, str(error))
        except Exception as error:  # one bad record never stops the others
            self._fail(name, f"{type(error).__name__}: {error}")
        else:
            self._failures.succeeded(name)
            self._done += 1
            if self._done % _SAVED == 0:
                self._save("running")
        self._step()

    def _step(self) -> None:
        if self._bar is not None:
            self._bar.update()
            self._bar.set_postfix_str(self._client.usage.cost, refresh=False)

    def _fail(self, name: str, reason: str) -> None:
        self._failures.add(name, reason)

    def _stop(self, error: BaseException) -> None:
        if self._stopped:
            return
        self._stopped = str(error).rstrip(".")
        wrong = not self._done and not isinstance(error, CostReached)
        self._status = WRONG_COMMAND if wrong else SOME_FAILED

    def _interrupted(self) -> None:
        """The first signal lets requests in flight finish, the second cancels them."""
        if self._status == INTERRUPTED:
            for task in self._tasks:
                task.cancel()
            return
        self._stopped, self._status = "interrupted", INTERRUPTED
        print(f"finishing {len(self._tasks)} in flight; once more stops at once", file=sys.stderr)

    def _counts(self) -> dict[str, int]:
        return {"done": self._done, "skipped": self._skipped, "failed": len(self._failures), "left": self._left}

    def _save(self, end: str) -> None:
        self._facts.save(end, self._counts(), self._client.usage)

    def summary(self) -> int:
        """Print how the run ended, what it cost and the counts, on standard error; return the exit status."""
        counts = self._counts()
        if self._stopped:
            print(f"stopped: {self._stopped}; the same command goes on with what is left", file=sys.stderr)
        print(self._client.usage, file=sys.stderr)
        where = f" (reasons in {self._failures.path})" if counts["failed"] else ""
        left = f", left {counts['left']}" if counts["left"] else ""
        print(f"done {self._done}, skipped {self._skipped}, failed {counts['failed']}{left}{where}", file=sys.stderr)
        return self._status or (SOME_FAILED if counts["failed"] else ALL_DONE)


@contextmanager
def _signals(interrupted: Callable[[], None]) -> Iterator[None]:
    """SIGINT and SIGTERM call `interrupted`; outside of the main thread they cannot be handled."""
    loop = asyncio.get_running_loop()
    taken = []
    with suppress(ValueError, RuntimeError):
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, interrupted)
            taken.append(number)
    try:
        yield
    finally:
        for number in taken:
            loop.remove_signal_handler(number)


def _progress(total: int | None, describe: str) -> AbstractContextManager[Any]:
    """A bar on a terminal, else None."""
    if not sys.stderr.isatty():
        return nullcontext()
    from tqdm import tqdm

    return tqdm(total=total, unit=describe, file=sys.stderr)


def _dry_run(
    records: Iterable[tuple[str, Record | Exception]],
    output: Path,
    settings: EndpointSettings,
    overwrite: bool,
    details: StageDetails,
) -> int:
    """Print what a run would ask and cost at most; ask and write nothing."""
    done = set() if overwrite else identities_in(output, details.identity)
    asked, calls = 0, []
    for name, record in records:
        if name in done or isinstance(record, Exception):
            continue
        done.add(name)
        asked += 1
        calls += details.estimate(record) if details.estimate else []
    prompt_tokens, completion_tokens = (sum(counts) for counts in zip(Estimate(0, 0), *calls))
    price = price_of(settings.model, settings.prices)
    cost = f"${price.dollars(prompt_tokens, completion_tokens):,.4f}" if price else "price unknown"
    print(
        f"{asked:,} {details.describe}s, {len(calls):,} calls of {settings.model}, about {prompt_tokens:,} tokens in "
        f"and {completion_tokens:,} out, {cost}; nothing was asked"
    )
    return ALL_DONE
