"""Files that come with the project: prompts, the API catalogue, prices, the paper's figures."""

from pathlib import Path

_IN_A_WHEEL = Path(__file__).parents[1] / "shipped"
_REPOSITORY = Path(__file__).parents[2]


def shipped(path: str) -> Path:
    """The file or folder at `path`, as in `shipped("configs/prices.yaml")`.

    A checkout has it below its root; a wheel carries a copy inside the package (`setup.py` puts it there).
    """
    return (_IN_A_WHEEL if _IN_A_WHEEL.is_dir() else _REPOSITORY) / path
