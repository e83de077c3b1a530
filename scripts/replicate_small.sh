#!/bin/sh
# The results table in small: a folder of real shortcuts as the data set, SmolLM2-135M as the model. For two CPU cores
# and an hour or two; no figure of it says anything about Llama-3.1-8B.
#   bash scripts/replicate_small.sh SHORTCUTS_DIR [OUTPUT_DIR] [METADATA]
# METADATA: titles, descriptions and categories of the shortcuts (preprocess/annotate_workflows.py --metadata).
# RECORDS, EPOCHS, TOKENS and TESTS are the sizes: training records, passes, tokens of an answer, records of each test
# set; ABLATIONS is `no_plan no_comments` or a part of it. Every step resumes. The results that hold no shortcut's text
# are OUTPUT_DIR/scores.
set -eu
[ $# -ge 1 ] || { echo "usage: bash scripts/replicate_small.sh SHORTCUTS_DIR [OUTPUT_DIR] [METADATA]" >&2; exit 2; }
shortcuts=$1 out=${2:-output/small} metadata=${3:-}
root=$(cd "$(dirname "$0")/.." && pwd)
base=$root/output/models/smollm2-135m-instruct
export PATH="$root/.venv/bin:$PATH" HF_HUB_OFFLINE=1 TOKENIZERS_PARALLELISM=false
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-2}"
mkdir -p "$out"

if [ ! -f "$out/data/build.json" ]; then # which is written last
    # Badly nested shortcuts are refused, with a line each: exit status 1.
    python "$root/preprocess/Convert_ShortCut_to_Python.py" --folder_path "$shortcuts" --output "$out/shortcuts.jsonl" \
        --workers 2 || [ $? -eq 1 ]
    python "$root/preprocess/annotate_workflows.py" --input "$out/shortcuts.jsonl" --output "$out/annotated.jsonl" \
        --backend offline --workers 2 ${metadata:+--metadata "$metadata"}
    python "$root/preprocess/build_dataset.py" --seed_data "$out/annotated.jsonl" --output "$out/data" --workers 2
fi

# One training set for both tests: what trains in the ID split and trains or is held out for dev in the OOD split. It has
# no test record of either, no held-out API, and nothing nearly like an ID test record; the few OOD dev records in it were
# not compared with OOD test records.
python - "$out/data" "$out/split_keys.json" <<'PYTHON'
import json, sys
from pathlib import Path

folder = Path(sys.argv[1])
both = [json.loads((folder / f"dataset_split_keys{name}.json").read_text()) for name in ("", "_ood")]
tested = {key for split in both for key in split["test"]}
parts = {part: [key for key in both[0][part] if key in both[1]["train"] + both[1]["dev"]] for part in ("train", "dev")}
assert not tested & {*parts["train"], *parts["dev"]}
Path(sys.argv[2]).write_text(json.dumps(parts))
PYTHON

train() { # name, flags
    name=$1
    shift
    NPROC=1 sh "$root/scripts/train.sh" "$base" "$out/data" "$out/$name" \
        --split_keys "$out/split_keys.json" --max_length 1280 --max_prompt_tokens 640 --max_records "${RECORDS:-240}" \
        --epochs "${EPOCHS:-2}" --batch_size 8 --learning_rate 3e-4 --no_gradient_checkpointing --save_steps 10 "$@"
}

infer() { # name in the table, model, name of the folder, flags
    name=$1 model=$2 folder=$3
    shift 3
    for split in ID OOD; do
        flag=
        [ "$split" = ID ] || flag=--OOD
        python "$root/infer.py" --model "$model" --input "$out/data" --output "$out/predictions/$folder/$split.jsonl" \
            --name "$name" --limit "${TESTS:-30}" --max_tokens "${TOKENS:-400}" --max_prompt_tokens 3072 \
            $flag "$@" || [ $? -eq 1 ]
    done
}

infer "SmolLM2-135M" "$base" untrained
infer "SmolLM2-135M w/ ICL" "$base" icl --icl 1
train tuned
infer "SmolLM2-135M fine-tuned" "$out/tuned" tuned
for ablation in ${ABLATIONS-no_plan no_comments}; do
    train "$ablation" "--$ablation"
    infer "SmolLM2-135M fine-tuned, $ablation" "$out/$ablation" "$ablation"
done

python "$root/eval/evaluate.py" --predictions "$out"/predictions/*/*.jsonl --output_dir "$out/scores" --workers 2 \
    --without_texts

# A report that may show its texts: the fine-tuned model on shortcuts of the project's own, which none was trained on.
python "$root/infer.py" --model "$out/tuned" --input "$root/data/data_samples.json" --limit 10 \
    --output "$out/own_samples/predictions.jsonl" --name "SmolLM2-135M fine-tuned" --max_tokens "${TOKENS:-400}" ||
    [ $? -eq 1 ]
python "$root/eval/evaluate.py" --predictions "$out/own_samples/predictions.jsonl" --output_dir "$out/own_samples"
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
[ -z "$browser" ] || "$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=1440,2400 \
    --screenshot="$out/scores/report.png" "file://$(cd "$out" && pwd)/scores/report.html" 2>/dev/null || true
echo "scores: $out/scores/report.html, table.md; with texts of our own samples: $out/own_samples/report.html"
