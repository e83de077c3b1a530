"""A key-value cache of rows that fill and free on their own: the memory of continuous batching.

Each row of a layer's buffers [rows, heads, capacity, size] holds one sequence from position 0, so nothing is padded on
the left, positions are indexes, and a row can be given to the next sequence at any time.
"""

from collections.abc import Sequence

import torch
from transformers import Cache
from transformers.cache_utils import CacheLayerMixin


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
