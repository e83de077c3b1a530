#!/bin/sh
# Set up if needed, then lint and run the whole test suite. Arguments go to pytest.
#   bash scripts/test.sh            bash scripts/test.sh tests/shortcuts -k names
set -eu
cd "$(dirname "$0")/.."
sh scripts/setup.sh
export OMP_NUM_THREADS=1
.venv/bin/ruff check .
.venv/bin/python -m pytest -n 2 "$@"
