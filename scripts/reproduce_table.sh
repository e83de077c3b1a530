#!/bin/sh
# Rows of the results table, ours beside the paper's; rows whose weights or key are absent are skipped with a line.
#   bash scripts/reproduce_table.sh                      all rows, on ./data
#   bash scripts/reproduce_table.sh gpt-4o gpt-4o-icl --data output/data --limit 50
set -eu
cd "$(dirname "$0")/.."
if [ -x .venv/bin/python ]; then PATH=$PWD/.venv/bin:$PATH; fi
exec python eval/reproduce_table.py "$@"
