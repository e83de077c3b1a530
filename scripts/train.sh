#!/bin/sh
# Fine-tune a model: one process for each GPU, DeepSpeed ZeRO-2, in the foreground; the log is OUTPUT_DIR/train.log.
#   sh ./scripts/train.sh {BASE_MODEL_PATH} {DATA_PATH} [OUTPUT_DIR] [flags of train.py]
#   sh ./scripts/train.sh meta-llama/Llama-3.1-8B data output/workflowllama --save_steps 200
#   NNODES=2 NODE_RANK=0 MASTER_ADDR=10.0.0.1 sh ./scripts/train.sh ...     (on each machine, with its NODE_RANK)
# NPROC sets the processes of this machine; OUTPUT_DIR must be the same shared folder on all machines.
set -eu
usage="usage: sh ./scripts/train.sh BASE_MODEL_PATH DATA_PATH [OUTPUT_DIR] [flags of train.py]"
[ $# -ge 2 ] || { echo "$usage" >&2; exit 2; }
base=$1 data=$2
shift 2
output=${DEFAULT_OUTPUT:-output/workflowllama}
case ${1:-} in
"" | -*) ;;
*) output=$1; shift ;;
esac

root=$(cd "$(dirname "$0")/.." && pwd)
[ -d "$root/.venv/bin" ] && PATH="$root/.venv/bin:$PATH"
export PATH
gpus=$(python -c 'import torch; print(torch.cuda.device_count())') || { echo "train: no Python with torch." >&2; exit 2; }
[ "$gpus" -gt 0 ] || export DS_ACCELERATOR=cpu
nproc=${NPROC:-$([ "$gpus" -gt 0 ] && echo "$gpus" || echo 1)}
nnodes=${NNODES:-1} node=${NODE_RANK:-0}
# The processes share the cores; threads that contend for one run 4 to 20 times slower.
cores=$(getconf _NPROCESSORS_ONLN)
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-$((cores > nproc ? cores / nproc : 1))}"
# A folder of our own for what DeepSpeed compiles: a compile that was killed leaves a lock, which the next waits for.
export TORCH_EXTENSIONS_DIR="${TORCH_EXTENSIONS_DIR:-$root/output/torch_extensions}"
mkdir -p "$TORCH_EXTENSIONS_DIR" "$output"
find "$TORCH_EXTENSIONS_DIR" -name lock -mmin +15 -delete

progress=auto
[ -t 2 ] && progress=on
set -- --base_model "$base" --data_path "$data" --output_dir "$output" \
    --deepspeed "$root/configs/ds_config.json" --progress "$progress" "$@"

# First everything that can be known without a model: a mistake is one line, and the data are encoded once.
run() {
    if [ "$node" -eq 0 ]; then
        WORLD_SIZE=$((nproc * nnodes)) LOCAL_WORLD_SIZE=$nproc python "$root/train.py" "$@" --prepare || return $?
    fi
    if [ "$nnodes" -gt 1 ]; then
        set -- --nnodes "$nnodes" --node_rank "$node" --master_addr "${MASTER_ADDR:?the address of machine 0}" \
            --master_port "${MASTER_PORT:-29500}" --nproc_per_node "$nproc" "$root/train.py" "$@"
    else
        set -- --standalone --nproc_per_node "$nproc" "$root/train.py" "$@"
    fi
    python -m workflowllm.runs.launch "$@"
}
# Plain sh has no pipefail: the status goes past tee on a descriptor of its own.
status=$({ { run "$@" 3>&- 2>&1 && ended=0 || ended=$?; echo "$ended" >&3; } | tee -a "$output/train.log" >&2; } 3>&1)
exit "$status"
