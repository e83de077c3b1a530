#!/bin/sh
# Serve a checkpoint with vLLM, which has an environment of its own: it pins other versions of torch and transformers.
#   python3 -m venv .venv-vllm && .venv-vllm/bin/pip install vllm
#   sh ./scripts/serve_vllm.sh CHECKPOINT [DEVICES] [flags of vllm serve]
#   python infer.py --model NAME --base_url http://127.0.0.1:8000/v1 --tokenizer CHECKPOINT --input data --output ...
# DEVICES GPUs hold one model together (default 1). NAME is SERVED_NAME, or the last part of CHECKPOINT. VLLM: the
# program, where it is not .venv-vllm/bin/vllm or on PATH. HOST and PORT: where it listens (127.0.0.1, 8000).
set -eu
[ $# -ge 1 ] || { echo "usage: sh scripts/serve_vllm.sh CHECKPOINT [DEVICES] [flags of vllm serve]" >&2; exit 2; }
root=$(cd "$(dirname "$0")/.." && pwd)
model=$1
shift
devices=1
if [ $# -ge 1 ]; then
    case $1 in
        -*) ;;
        *[!0-9]* | 0*) echo "serve_vllm: DEVICES must be a whole number from 1 up, not $1." >&2; exit 2 ;;
        *) devices=$1; shift ;;
    esac
fi
vllm=${VLLM:-$root/.venv-vllm/bin/vllm}
[ -n "${VLLM:-}" ] || [ -x "$vllm" ] || vllm=$(command -v vllm || true)
if [ -z "$vllm" ] || ! command -v "$vllm" > /dev/null; then
    echo "serve_vllm: vLLM is not installed; run: python3 -m venv .venv-vllm && .venv-vllm/bin/pip install vllm" >&2
    exit 2
fi
exec "$vllm" serve "$model" --tensor-parallel-size "$devices" --host "${HOST:-127.0.0.1}" --port "${PORT:-8000}" \
    --served-model-name "${SERVED_NAME:-$(basename "$model")}" "$@"
