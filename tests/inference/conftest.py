"""Checkpoints that the tests of infer.py share; pytest finds fixtures of several files here alone."""

from pathlib import Path

import pytest
from helpers_infer import ANSWER, MORE
from tiny_checkpoints import save_checkpoint, save_recitation


@pytest.fixture(scope="session")
def untrained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint that writes nonsense."""
    return save_checkpoint(tmp_path_factory.mktemp("untrained"))


@pytest.fixture(scope="session")
def heart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint that answers everything with one workflow, and would ramble on."""
    return save_recitation(tmp_path_factory.mktemp("heart"), ANSWER, MORE)
