"""Continuous batching: a local model answers many prompts, and a row that ends is filled with the next prompt.

The engine keeps a pool of rows, each the keys and values of one prompt and its answer so far. A prompt is read into a
free row (prefill); then all rows get one token at a time (decode). Long prompts go first, so that neighbours are alike
in length and a lack of memory shows at once. The size of the pool is a budget of tokens; when only prompts of half the
length are left, it is divided anew into more rows. The beginning that a prompt shares with any row is copied, not
computed.

The file has three parts: jobs and the engine; the cache of rows; attention over rows of different lengths.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface, AttentionMaskInterface, Cache
from transformers.cache_utils import CacheLayerMixin
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

from workflowllm.inference.decoding import Decoding, next_token
from workflowllm.inference.run_options import BATCH_TOKENS, MAX_ROWS
from workflowllm.runs.reasons import first_line

ROWS_SDPA = "rows_sdpa"  # the name of the attention below


@dataclass
class Job:
    """A prompt to answer, and the answer as it grows. `error` says why there is none."""

    key: str
    prompt: list[int]
    decoding: Decoding
    seed: int = 0
    written: list[int] = field(default_factory=list)  # tokens of the answer so far
    failures: int = 0  # while it was alone in the pool
    error: str = ""
    generator: torch.Generator | None = None

    @property
    def need(self) -> int:
        """The positions that prompt and answer may fill."""
        return len(self.prompt) + self.decoding.max_tokens


class Engine:
    """A model, the memory it may use, and when an answer is over."""

    def __init__(
        self,
        model: Any,
        end_tokens: Iterable[int],
        is_over: Callable[[list[int]], bool],
        batch_tokens: int = BATCH_TOKENS,
        max_rows: int = MAX_ROWS,
    ):
        self.model, self.end_tokens, self.is_over = model, frozenset(end_tokens), is_over
        self.batch_tokens, self.max_rows, self.allowed_rows = batch_tokens, max_rows, max_rows
        self.waiting: list[Job] = []
        self.active: list[Job] = []
        self.finished: list[Job] = []
        self.device = model.get_input_embeddings().weight.device

    def add(self, job: Job) -> None:
        """Add a prompt, at any time before `run` has ended."""
        self.waiting.append(job)

    @torch.inference_mode()
    def run(self) -> Iterator[Job]:
        """Answer everything that was added; jobs come as they are done."""
        while self.waiting:
            self.waiting.sort(key=lambda job: -job.need)
            try:
                for _ in self._pool():
                    yield from self._take_finished()
            except (RuntimeError, MemoryError) as error:  # OutOfMemoryError is a RuntimeError
                self._restart_smaller(error)
            yield from self._take_finished()

    def _take_finished(self) -> Iterator[Job]:
        done, self.finished = self.finished, []
        yield from done

    def _restart_smaller(self, error: Exception) -> None:
        """After a failure, usually a lack of memory: halve the rows and restart the jobs in progress.

        A job that fails alone is tried once more and then given up; the others get all rows again.
        """
        restarted, self.active = self.active, []
        self.max_rows = max(1, self.rows // 2)
        if self.rows == 1:
            job = restarted.pop() if restarted else self.waiting.pop(0)
            job.failures += 1
            if job.failures > 1:
                job.error = _reason(error, job)
                self.finished.append(job)
                self.max_rows = self.allowed_rows
            else:
                restarted.append(job)
        for job in restarted:
            job.written.clear()
            job.generator = None
        self.waiting += restarted
        self.cache = None
        if self.device.type == "cuda":
            torch.cuda.empty_cache()

    def _pool(self) -> Iterator[None]:
        """Answer what one pool can hold; yield after each step."""
        capacity = self.waiting[0].need
        wanted_rows, affordable_rows = min(self.max_rows, len(self.waiting)), max(1, self.batch_tokens // capacity)
        self.rows = min(wanted_rows, affordable_rows)
        # Shorter jobs are better off in a later pool with more rows.
        shortest = capacity // 2 if affordable_rows < wanted_rows else 0
        self.cache = RowCache(self.model.config.get_text_config().num_hidden_layers, self.rows, capacity)
        while True:
            while len(self.active) < self.rows and (job := self._next_job(shortest, capacity)):
                self._prefill(job)
                yield
            if not self.active:
                return
            self._decode()
            yield

    def _next_job(self, shortest: int, capacity: int) -> Job | None:
        """The first waiting job that needs from `shortest` to `capacity` positions."""
        for index, job in enumerate(self.waiting):
            if shortest <= job.need <= capacity:
                return self.waiting.pop(index)
        return None

    def _prefill(self, job: Job) -> None:
        """Read a prompt into the first free row and choose its first token."""
        row = len(self.active)
        self.active.append(job)
        if job.generator is None:
            job.generator = torch.Generator().manual_seed(job.seed)
        known = min(self.cache.copy_prefix(row, job.prompt), len(job.prompt) - 1)
        rest = torch.tensor([job.prompt[known:]], device=self.device)
        self.cache.prepare_prefill(row, len(job.prompt))
        positions = torch.arange(known, len(job.prompt), device=self.device)
        mask = torch.arange(len(job.prompt), device=self.device) <= positions[:, None] if known else None
        logits = self._logits(rest, positions[None], None if mask is None else mask[None, None])
        self.cache.tokens[row] = list(job.prompt)
        self._append_tokens([job], logits)
        if self._is_done(job):
            self._end(row)

    def _decode(self) -> None:
        """One token for every active row."""
        lengths = [len(job.prompt) + len(job.written) for job in self.active]
        positions = torch.tensor(lengths, device=self.device) - 1  # of the last token, which has no keys yet
        last = torch.tensor([[job.written[-1]] for job in self.active], device=self.device)
        self.cache.prepare_decode(positions, max(lengths))
        mask = torch.arange(max(lengths), device=self.device) <= positions[:, None]
        logits = self._logits(last, positions[:, None], mask[:, None, None], lengths)
        for job, tokens in zip(self.active, self.cache.tokens):
            tokens.append(job.written[-1])
        self._append_tokens(self.active, logits)
        for row in reversed(range(len(self.active))):
            if self._is_done(self.active[row]):
                self._end(row)

    def _logits(
        self, ids: torch.Tensor, positions: torch.Tensor, mask: torch.Tensor | None, lengths: list[int] | None = None
    ) -> torch.Tensor:
        """Logits [rows, vocabulary] after the last of the ids [rows, tokens]; `lengths` are the rows' when decoding."""
        row_lengths = {"row_lengths": lengths} if self.model.config._attn_implementation == ROWS_SDPA else {}
        output = self.model(
            input_ids=ids,
            position_ids=positions,
            attention_mask=mask,
            past_key_values=self.cache,
            use_cache=True,
            logits_to_keep=1,
            **row_lengths,
        )
        return output.logits[:, -1]

    def _append_tokens(self, jobs: list[Job], logits: torch.Tensor) -> None:
        """Choose each job's next token from its row of logits [jobs, vocabulary]."""
        best = logits.argmax(-1).tolist()
        for row, job in enumerate(jobs):
            if job.decoding.temperature or job.decoding.repetition_penalty != 1:
                seen = job.prompt + job.written
                best[row] = next_token(logits[row].float(), seen, job.decoding, job.generator)
            job.written.append(best[row])

    def _is_done(self, job: Job) -> bool:
        is_full = len(job.written) >= job.decoding.max_tokens
        return is_full or job.written[-1] in self.end_tokens or self.is_over(job.written)

    def _end(self, row: int) -> None:
        """Take a job out; the last row moves into the gap, so that the active rows stay together."""
        self.finished.append(self.active[row])
        last = len(self.active) - 1
        self.cache.copy(last, row, len(self.cache.tokens[last]))
        self.active[row] = self.active[last]
        self.active.pop()


def _reason(error: Exception, job: Job) -> str:
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)) or "allocate memory" in str(error):
        return f"memory ran out for its prompt of {len(job.prompt)} tokens, even alone, twice."
    return f"the model failed on it twice, alone: {first_line(error)}"


class RowCacheLayer(CacheLayerMixin):
    """One layer's keys and values [rows, heads, capacity, size]; `RowCache` says where the next ones go."""

    is_sliding = False

    def __init__(self, rows: int, capacity: int):
        super().__init__()
        self.rows, self.capacity = rows, capacity
        self.row: int | None = None  # the row of a prefill; None: every active row gets one token
        self.positions = torch.zeros(0, dtype=torch.long)  # of the tokens that come next
        self.length = 0  # that the longest row has with them

    def lazy_initialization(self, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
        def shape(states: torch.Tensor) -> tuple[int, ...]:
            return self.rows, states.shape[1], self.capacity, states.shape[3]

        self.keys = key_states.new_zeros(shape(key_states))
        self.values = value_states.new_zeros(shape(value_states))
        self.is_initialized = True

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args: object, **kwargs: object
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Store states [active rows or 1, heads, tokens, size]; return all up to the longest row's length."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        if self.row is not None:
            begin = self.length - key_states.shape[2]
            self.keys[self.row, :, begin : self.length] = key_states[0]
            self.values[self.row, :, begin : self.length] = value_states[0]
            rows = slice(self.row, self.row + 1)
        else:
            index = torch.arange(len(key_states), device=key_states.device)
            positions = self.positions.to(key_states.device)
            self.keys[index, :, positions] = key_states[:, :, 0]
            self.values[index, :, positions] = value_states[:, :, 0]
            rows = slice(0, len(key_states))
        return self.keys[rows, :, : self.length], self.values[rows, :, : self.length]

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        return self.length, 0

    def get_seq_length(self) -> int:
        return 0  # only used in a prefill from the first token; every other call has a mask of its own

    def get_max_length(self) -> int:
        return self.capacity

    def copy(self, source: int, target: int, length: int) -> None:
        if self.is_initialized:
            self.keys[target, :, :length] = self.keys[source, :, :length]
            self.values[target, :, :length] = self.values[source, :, :length]


class RowCache(Cache):
    """The keys and values of every layer, and the tokens whose keys each row has."""

    def __init__(self, layers: int, rows: int, capacity: int):
        super().__init__(layers=[RowCacheLayer(rows, capacity) for _ in range(layers)])
        self.capacity = capacity
        self.tokens: list[list[int]] = [[] for _ in range(rows)]

    def prepare_prefill(self, row: int, length: int) -> None:
        """The next states are those of one row, up to a length."""
        for layer in self.layers:
            layer.row, layer.length = row, length

    def prepare_decode(self, positions: torch.Tensor, length: int) -> None:
        """The next states are one token of each of the first rows; `length` is the longest row's with it."""
        for layer in self.layers:
            layer.row, layer.positions, layer.length = None, positions, length

    def copy_prefix(self, row: int, ids: Sequence[int]) -> int:
        """Copy into a row the longest beginning of `ids` that any row has; return how many tokens that is."""
        lengths = [shared_prefix_length(tokens, ids) for tokens in self.tokens]
        source = max(range(len(lengths)), key=lengths.__getitem__)
        self.copy(source, row, lengths[source])
        return lengths[source]

    def copy(self, source: int, target: int, length: int) -> None:
        if source != target:
            for layer in self.layers:
                layer.copy(source, target, length)
            self.tokens[target] = self.tokens[source][:length]


def shared_prefix_length(first: Sequence[int], second: Sequence[int]) -> int:
    """How many tokens two sequences have in common at their beginning."""
    for index, (left, right) in enumerate(zip(first, second)):
        if left != right:
            return index
    return min(len(first), len(second))


def rows_sdpa_forward(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    row_lengths: Sequence[int] | None = None,
    scaling: float | None = None,
    **settings: Any,
) -> tuple[torch.Tensor, None]:
    """Attention of queries [rows, heads, 1, size] over the first `row_lengths` of keys and values of each row.

    Without lengths this is transformers' own attention with its mask, as in a prefill. The parameters are the ones
    that transformers passes to every attention.
    """
    if row_lengths is None:
        return sdpa_attention_forward(module, query, key, value, attention_mask, scaling=scaling, **settings)
    rows, heads, _, size = query.shape
    # The query heads that share a key head see the same keys, so they take the dimension of several tokens.
    grouped = query.reshape(rows, key.shape[1], -1, size)
    attended = [
        scaled_dot_product_attention(
            grouped[row, None], key[row, None, :, :end], value[row, None, :, :end], scale=scaling
        )
        for row, end in enumerate(row_lengths)
    ]
    return torch.cat(attended).reshape(rows, 1, heads, size), None


AttentionInterface.register(ROWS_SDPA, rows_sdpa_forward)
AttentionMaskInterface.register(ROWS_SDPA, sdpa_mask)
