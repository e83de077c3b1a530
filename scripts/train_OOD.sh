#!/bin/sh
# Fine-tune on the out-of-distribution split: train.sh with --OOD, into output/workflowllama_ood by default.
#   sh ./scripts/train_OOD.sh {BASE_MODEL_PATH} {DATA_PATH} [OUTPUT_DIR] [flags of train.py]
set -eu
DEFAULT_OUTPUT=output/workflowllama_ood exec sh "$(dirname "$0")/train.sh" "$@" --OOD
