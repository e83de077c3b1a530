#!/bin/sh
# The main job on the bundled shortcuts: to Python and back, with one of them to look at. Output: output/demo/
#   bash scripts/demo.sh
set -eu
cd "$(dirname "$0")/.."
sh scripts/setup.sh
demo=output/demo
export PATH="$PWD/.venv/bin:$PATH"

echo "== Shortcuts to Python: every file of data/shortcuts becomes a record and a Python file"
python preprocess/Convert_ShortCut_to_Python.py --folder_path data/shortcuts \
    --output $demo/shortcuts.jsonl --python_dir $demo/python

echo "== One of them: its actions as the property list has them, then its Python"
python eval/show_shortcut.py data/shortcuts/shopping_list.shortcut

echo "== Python to shortcuts: each record compiled back"
python preprocess/Convert_Python_to_ShortCut.py --input $demo/shortcuts.jsonl --output_dir $demo/recompiled

echo "== Equal?"
python eval/compare_shortcuts.py data/shortcuts $demo/recompiled
echo "Python: $demo/python, records: $demo/shortcuts.jsonl, shortcuts: $demo/recompiled"
