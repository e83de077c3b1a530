"""Continuous batching: a local model answers many prompts, and a row that ends gives its place to the next.

Long prompts go first, so that neighbours are alike in length and too little memory shows at once. Rows live in a pool
whose size is a budget of tokens; when only prompts of half the length are left, the pool is cut anew for more rows.
The beginning that a prompt shares with any other in the pool is copied, not computed.
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

from workflowllm.inference.arguments import BATCH_TOKENS, MAX_ROWS
from workflowllm.inference.decoding import Decoding, next_token


class SlotLayer(CacheLayerMixin):
    """One layer's buffers. `Slots.place` says where the next keys and values go."""

    is_sliding = False

    def __init__(self, rows: int, capacity: int):
        super().__init__()
        self.rows, self.capacity = rows, capacity
        self.row: int | None = None  # the one row that is being read in; None: every active row gets one token
        self.positions = torch.zeros(0, dtype=torch.long)  # of the tokens that come next
        self.length = 0  # positions that the longest row fills with them

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
        return 0  # only asked for a row that is read from its beginning; every other step brings its own mask

    def get_max_length(self) -> int:
        return self.capacity

    def copy(self, source: int, target: int, length: int) -> None:
        if self.is_initialized:
            self.keys[target, :, :length] = self.keys[source, :, :length]
            self.values[target, :, :length] = self.values[source, :, :length]


class Slots(Cache):
    """The cache of every layer, with the tokens that each row holds."""

    def __init__(self, layers: int, rows: int, capacity: int):
        super().__init__(layers=[SlotLayer(rows, capacity) for _ in range(layers)])
        self.capacity = capacity
        self.held: list[list[int]] = [[] for _ in range(rows)]

    def read_into(self, row: int, length: int) -> None:
        """The next states are one row's, up to a length."""
        for layer in self.layers:
            layer.row, layer.length = row, length

    def step(self, positions: torch.Tensor, length: int) -> None:
        """The next states are one token of each of the first rows, at these positions."""
        for layer in self.layers:
            layer.row, layer.positions, layer.length = None, positions, length

    def share(self, row: int, ids: Sequence[int]) -> int:
        """Give a row what any row holds of the beginning of `ids`; return how many tokens that is."""
        lengths = [common_length(held, ids) for held in self.held]
        source = max(range(len(lengths)), key=lengths.__getitem__)
        self.copy(source, row, lengths[source])
        return lengths[source]

    def copy(self, source: int, target: int, length: int) -> None:
        if source != target:
            for layer in self.layers:
                layer.copy(source, target, length)
            self.held[target] = self.held[source][:length]


def common_length(first: Sequence[int], second: Sequence[int]) -> int:
    """How many tokens two sequences begin with alike."""
    for place, (one, other) in enumerate(zip(first, second)):
        if one != other:
            return place
    return min(len(first), len(second))


ROWS_SDPA = "rows_sdpa"


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

    Without lengths this is transformers' own attention with its mask, as for reading a prompt.
    """
    if row_lengths is None:
        return sdpa_attention_forward(module, query, key, value, attention_mask, scaling=scaling, **settings)
    rows, heads, _, size = query.shape
    # The query heads that share a key head see the same keys: they stand where several tokens would.
    grouped = query.reshape(rows, key.shape[1], -1, size)
    found = [
        scaled_dot_product_attention(
            grouped[row, None], key[row, None, :, :end], value[row, None, :, :end], scale=scaling
        )
        for row, end in enumerate(row_lengths)
    ]
    return torch.cat(found).reshape(rows, 1, heads, size), None


AttentionInterface.register(ROWS_SDPA, rows_sdpa_forward)
AttentionMaskInterface.register(ROWS_SDPA, sdpa_mask)


@dataclass
class Job:
    """A prompt to answer, and the answer as it grows. `error` says why there is none."""

    key: str
    prompt: list[int]
    decoding: Decoding
    seed: int = 0
    written: list[int] = field(default_factory=list)
    failures: int = 0  # alone in the pool
    error: str = ""
    generator: torch.Generator | None = None

    @property
    def need(self) -> int:
        """Positions that it may fill."""
        return len(self.prompt) + self.decoding.max_tokens


class Engine:
    """A model, the memory it may use, and when an answer is over."""

    def __init__(
        self,
        model: Any,
        ends: Iterable[int],
        is_over: Callable[[list[int]], bool],
        batch_tokens: int = BATCH_TOKENS,
        max_rows: int = MAX_ROWS,
    ):
        self.model, self.ends, self.is_over = model, frozenset(ends), is_over
        self.batch_tokens, self.max_rows, self.most_rows = batch_tokens, max_rows, max_rows
        self.waiting: list[Job] = []
        self.active: list[Job] = []
        self.finished: list[Job] = []
        self.device = model.get_input_embeddings().weight.device

    def add(self, job: Job) -> None:
        """Another prompt, at any time before `run` has ended."""
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
                self._make_smaller(error)
            yield from self._take_finished()

    def _take_finished(self) -> Iterator[Job]:
        done, self.finished = self.finished, []
        yield from done

    def _make_smaller(self, error: Exception) -> None:
        """After a failure, lack of memory above all: half the rows, and what was begun starts again.

        A job that fails alone is tried once more, and then given up; the others get all rows again.
        """
        begun, self.active = self.active, []
        self.max_rows = max(1, self.rows // 2)
        if self.rows == 1:
            job = begun.pop() if begun else self.waiting.pop(0)
            job.failures += 1
            if job.failures > 1:
                job.error = _reason(error, job)
                self.finished.append(job)
                self.max_rows = self.most_rows
            else:
                begun.append(job)
        for job in begun:
            job.written.clear()
            job.generator = None
        self.waiting += begun
        self.slots = None
        if self.device.type == "cuda":
            torch.cuda.empty_cache()

    def _pool(self) -> Iterator[None]:
        """Answer what one pool can hold; yields after each step."""
        capacity = self.waiting[0].need
        wished, room = min(self.max_rows, len(self.waiting)), max(1, self.batch_tokens // capacity)
        self.rows = min(wished, room)
        shortest = capacity // 2 if room < wished else 0  # shorter ones are better off in a pool with more rows
        self.slots = Slots(self.model.config.get_text_config().num_hidden_layers, self.rows, capacity)
        while True:
            while len(self.active) < self.rows and (job := self._next_job(shortest, capacity)):
                self._begin(job)
                yield
            if not self.active:
                return
            self._step()
            yield

    def _next_job(self, shortest: int, capacity: int) -> Job | None:
        """The first waiting job that needs from `shortest` to `capacity` positions."""
        for place, job in enumerate(self.waiting):
            if shortest <= job.need <= capacity:
                return self.waiting.pop(place)
        return None

    def _begin(self, job: Job) -> None:
        """Read a prompt into the first free row and choose its first token."""
        row = len(self.active)
        self.active.append(job)
        if job.generator is None:
            job.generator = torch.Generator().manual_seed(job.seed)
        known = min(self.slots.share(row, job.prompt), len(job.prompt) - 1)
        rest = torch.tensor([job.prompt[known:]], device=self.device)
        self.slots.read_into(row, len(job.prompt))
        positions = torch.arange(known, len(job.prompt), device=self.device)
        mask = torch.arange(len(job.prompt), device=self.device) <= positions[:, None] if known else None
        logits = self._logits(rest, positions[None], None if mask is None else mask[None, None])
        self.slots.held[row] = list(job.prompt)
        self._write([job], logits)
        if self._is_done(job):
            self._end(row)

    def _step(self) -> None:
        """One token for every active row."""
        lengths = [len(job.prompt) + len(job.written) for job in self.active]
        positions = torch.tensor(lengths, device=self.device) - 1  # of the last token, which has no keys yet
        last = torch.tensor([[job.written[-1]] for job in self.active], device=self.device)
        self.slots.step(positions, max(lengths))
        mask = torch.arange(max(lengths), device=self.device) <= positions[:, None]
        logits = self._logits(last, positions[:, None], mask[:, None, None], lengths)
        for job, held in zip(self.active, self.slots.held):
            held.append(job.written[-1])
        self._write(self.active, logits)
        for row in reversed(range(len(self.active))):
            if self._is_done(self.active[row]):
                self._end(row)

    def _logits(
        self, ids: torch.Tensor, positions: torch.Tensor, mask: torch.Tensor | None, lengths: list[int] | None = None
    ) -> torch.Tensor:
        """Logits [rows, vocabulary] after the last of the ids [rows, tokens]; `lengths` are the rows' in a step."""
        known = {"row_lengths": lengths} if self.model.config._attn_implementation == ROWS_SDPA else {}
        output = self.model(
            input_ids=ids,
            position_ids=positions,
            attention_mask=mask,
            past_key_values=self.slots,
            use_cache=True,
            logits_to_keep=1,
            **known,
        )
        return output.logits[:, -1]

    def _write(self, jobs: list[Job], logits: torch.Tensor) -> None:
        best = logits.argmax(-1).tolist()
        for row, job in enumerate(jobs):
            if job.decoding.temperature or job.decoding.repetition_penalty != 1:
                seen = job.prompt + job.written
                best[row] = next_token(logits[row].float(), seen, job.decoding, job.generator)
            job.written.append(best[row])

    def _is_done(self, job: Job) -> bool:
        is_full = len(job.written) >= job.decoding.max_tokens
        return is_full or job.written[-1] in self.ends or self.is_over(job.written)

    def _end(self, row: int) -> None:
        """Take a job out; the last row moves into its place, so that the active rows stay together."""
        self.finished.append(self.active[row])
        last = len(self.active) - 1
        ended = self.slots.held[row]
        self.slots.copy(last, row, len(self.slots.held[last]))
        if row == last:
            self.slots.held[row] = ended
        self.active[row] = self.active[last]
        self.active.pop()


def _reason(error: Exception, job: Job) -> str:
    text = str(error)
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)) or "allocate memory" in text:
        return f"memory ran out for its prompt of {len(job.prompt)} tokens, even alone, twice."
    sentence = (text.strip().splitlines() or [type(error).__name__])[0]
    return f"the model failed on it twice, alone: {sentence}"
