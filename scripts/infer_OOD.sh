#!/bin/sh
# As infer.sh, on the OOD test records.
#   sh ./scripts/infer_OOD.sh LOAD_PATH [DATA_DIR] [flags of infer.py]
SPLIT=OOD
export SPLIT
exec sh "$(dirname "$0")/infer.sh" "$@"
