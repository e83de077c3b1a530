#!/bin/sh
# Set up if needed, then lint and run the whole test suite. Arguments go to pytest.
#   bash scripts/test.sh            bash scripts/test.sh tests/shortcuts -k names
set -eu
cd "$(dirname "$0")/.."
sh scripts/setup.sh
# One thread a process: two workers with two threads each run several times slower on two cores. Operators that
# DeepSpeed compiles are kept in this clone, where no other run can hold their lock.
export OMP_NUM_THREADS=1 TOKENIZERS_PARALLELISM=false TORCH_EXTENSIONS_DIR="$PWD/output/torch_extensions"
export PATH="$PWD/.venv/bin:$PATH" HF_HUB_OFFLINE=1
ruff check .
python -m pytest -n 2 "$@"
