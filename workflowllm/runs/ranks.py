"""Rank and world size of this process, as torchrun (or another launcher) sets them in the environment."""

import os
from typing import NamedTuple


class Ranks(NamedTuple):
    """One process among those of a launch. Without a launcher: rank 0 of 1."""

    rank: int = 0
    world_size: int = 1
    local_rank: int = 0  # among the processes of this machine
    local_world_size: int = 1
    is_launched: bool = False  # by torchrun, even with one process

    @property
    def is_first(self) -> bool:
        """Whether this process writes what is written once."""
        return self.rank == 0


def current_ranks() -> Ranks:
    """The ranks of this process. A launcher that does not say how many processes a machine has runs on one machine."""
    size = _number("WORLD_SIZE", 1)
    return Ranks(
        rank=_number("RANK", 0),
        world_size=size,
        local_rank=_number("LOCAL_RANK", 0),
        local_world_size=_number("LOCAL_WORLD_SIZE", size),
        is_launched="TORCHELASTIC_RUN_ID" in os.environ or size > 1,
    )


def _number(name: str, default: int) -> int:
    return int(os.environ.get(name, default))
