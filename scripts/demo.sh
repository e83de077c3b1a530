#!/bin/sh
# The whole path on the 25 bundled shortcuts, with nothing but this clone and PyPI: set-up, then every stage, each the
# same command as a real run, smaller. Everything it writes is below output/demo. Each stage says how long it took.
#   bash scripts/demo.sh
# The stand-ins: an offline annotator for a large model's, a model of 135 million parameters for Llama-3.1-8B, 25
# shortcuts for 14,771, and a static verdict for a judge's. The scores show that the path works, and nothing else.
set -eu
cd "$(dirname "$0")/.."
begin=$(date +%s) started=""
sh scripts/setup.sh --no_models
demo=output/demo model=output/models/smollm2-135m-instruct
export PATH="$PWD/.venv/bin:$PATH" HF_HUB_OFFLINE=1 TOKENIZERS_PARALLELISM=false
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-2}" NPROC=1
rm -rf "$demo"
mkdir -p "$demo"

finish() { # how long the stage before took
    [ -z "$started" ] || echo "   ($(($(date +%s) - started)) s)"
}
stage() { # what it does
    finish
    started=$(date +%s)
    echo
    echo "== $1"
}

stage "1. One shortcut as Python, and its Python as a shortcut again"
python preprocess/Convert_ShortCut_to_Python.py data/shortcuts/shopping_list.shortcut | tee $demo/shopping_list.py
python preprocess/Convert_Python_to_ShortCut.py $demo/shopping_list.py -o $demo/shopping_list.shortcut
python preprocess/Convert_ShortCut_to_Python.py $demo/shopping_list.shortcut | diff - $demo/shopping_list.py &&
    echo "Compiled to $demo/shopping_list.shortcut; converting that gives the same Python."

stage "2. All 25: each file becomes a record and a Python file, is compiled back and compared with its original"
python preprocess/Convert_ShortCut_to_Python.py --folder_path data/shortcuts \
    --output $demo/shortcuts.jsonl --python_dir $demo/python
python preprocess/Convert_Python_to_ShortCut.py --input $demo/shortcuts.jsonl --output_dir $demo/recompiled
python eval/compare_shortcuts.py data/shortcuts $demo/recompiled

stage "3. API documents of macOS's actions and our own catalogue"
python preprocess/build_api_docs.py --output_dir $demo/apis

stage "4. Annotate, offline: names, comments, plans and queries"
python preprocess/annotate_workflows.py --input $demo/shortcuts.jsonl --output $demo/annotated.jsonl --backend offline \
    --metadata data/samples_metadata.json

stage "5. Build the data set: filters, ID and OOD splits, statistics"
python preprocess/build_dataset.py --seed_data $demo/annotated.jsonl --output $demo/data \
    --test_share 0.15 --dev_share 0.08

stage "6. Train the small model on nine records, one a step (without DeepSpeed, which would compile an operator first)"
sh scripts/setup.sh
[ -d "$model" ] || { echo "demo: $model is not there; python scripts/fetch_small_model.py says why." >&2; exit 2; }
sh scripts/train.sh $model $demo/data $demo/model --max_length 1280 --max_prompt_tokens 640 --epochs 1 --batch_size 1 \
    --learning_rate 3e-4 --precision fp32 --deepspeed none --no_gradient_checkpointing --save_steps 100

stage "7. Answer the ID test records, and score the answers"
OUTPUT_DIR=$demo/id sh scripts/infer.sh $demo/model $demo/data --max_tokens 240
stage "8. The same for the OOD test records"
OUTPUT_DIR=$demo/ood sh scripts/infer_OOD.sh $demo/model $demo/data --max_tokens 240

stage "9. New queries, their workflows by the trained model, and which of them pass the rules"
python preprocess/expand_queries.py --input $demo/annotated.jsonl --output $demo/queries.jsonl --count 2 \
    --backend offline
python preprocess/generate_workflows.py --input $demo/queries.jsonl --output $demo/generated.jsonl \
    --model $demo/model --max_tokens 240
python preprocess/confirm_quality.py --input $demo/generated.jsonl --output $demo/confirmed.jsonl --backend none

stage "10. All scores in one report; the pass rate is the static one"
python eval/evaluate.py --predictions $demo/id/predictions.jsonl $demo/ood/predictions.jsonl --output_dir $demo/scores

stage "11. One sentence to a shortcut: tried until the checker finds no error, at most 6 times"
# Nine steps teach little: the request is a simpler form of one that the model was trained on.
python infer.py --model $demo/model --apis is.workflow.actions.getclipboard is.workflow.actions.generatebarcode \
    is.workflow.actions.previewdocument --query 'How can I make a shortcut called "QR Code" that will read the clipboard, create a QR code of the clipboard and show a preview of the qr code? For context: Shows the clipboard as a QR code.' \
    --check 6 --repair 0 --max_tokens 240 --output $demo/qr_code.shortcut ||
    echo "The model, nine steps old, wrote nothing that compiles; that happens."
finish

echo
echo "Done after $(($(date +%s) - begin)) s. Below output/demo:"
echo "  python/, recompiled/         the shortcuts as Python, and back"
echo "  annotated.jsonl, data/       annotated records, and the data set with its card (data/README.md)"
echo "  model/                       the trained model, metrics.jsonl, train.log"
echo "  scores/report.html           the report: open it in a browser; scores/table.md the same as text"
echo "  confirmed.jsonl.dropped.jsonl  what the rules dropped, and why"
ls $demo/*.shortcut 2>/dev/null || true
