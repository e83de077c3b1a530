"""Settings of all tests; a conftest.py here also lets the tests of a folder import that folder's helpers."""

from hypothesis import settings
from real_server import real_server

__all__ = ["real_server"]  # for every folder, so that one server does for all

# The same examples in every run, and no time limit on one: a busy machine is no failure.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.load_profile("suite")
