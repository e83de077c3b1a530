#!/bin/sh
# Answer the ID test records of a data set with a checkpoint, then score the answers.
#   sh ./scripts/infer.sh LOAD_PATH [DATA_DIR] [flags of infer.py]
#   sh ./scripts/infer.sh output/models/smollm2-135m-instruct data --limit 20 --max_tokens 512
# One process for each visible GPU, or PROCESSES=N. An endpoint: LOAD_PATH is the model's name there, flags --base_url URL.
# Predictions and scores: OUTPUT_DIR, or output/predictions/NAME_ID (NAME_OOD with SPLIT=OOD, as infer_OOD.sh sets it).
set -eu
[ $# -ge 1 ] || { echo "usage: sh scripts/infer.sh LOAD_PATH [DATA_DIR] [flags of infer.py]" >&2; exit 2; }
root=$(cd "$(dirname "$0")/.." && pwd)
model=$1
shift
data=$root/data
if [ $# -ge 1 ]; then
    case $1 in -*) ;; *) data=$1; shift ;; esac
fi
if [ -x "$root/.venv/bin/python" ]; then PATH=$root/.venv/bin:$PATH; fi
split=${SPLIT:-ID}
output=${OUTPUT_DIR:-output/predictions/$(basename "$model")_$split}
if [ "$split" = OOD ]; then set -- --OOD "$@"; fi

processes=${PROCESSES:-$(python -c 'import torch; print(max(1, torch.cuda.device_count()))')}
case " $* " in *" --base_url"* | *" --backend openai "* | *" --backend=openai "* | *" --device auto "*) processes=1 ;; esac
if [ "$processes" -gt 1 ]; then
    run="python -m workflowllm.runs.launch --standalone --nproc_per_node $processes"
else
    run=python
fi
status=0
$run "$root/infer.py" --model "$model" --input "$data" --output "$output/predictions.jsonl" "$@" || status=$?
# Some records failed (1): what was answered is scored, and the status says so at the end.
[ "$status" -le 1 ] && [ -s "$output/predictions.jsonl" ] || exit "$status"
python "$root/eval/evaluate.py" --predictions "$output/predictions.jsonl" --output_dir "$output/scores"
exit "$status"
