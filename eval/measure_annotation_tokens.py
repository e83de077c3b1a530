"""How many tokens a model saves by answering with names and comments instead of the whole annotated code.

    python eval/measure_annotation_tokens.py --records output/annotated.jsonl \\
        --tokenizer output/models/smollm2-135m-instruct

Both answers are made from each annotated record and counted with the tokenizer: the JSON of new names and of comments
by line, as `preprocess/annotate_workflows.py` asks for it, and `workflow_code` itself. Records whose code is longer
than --longest characters are left out: no model would be asked to copy them, and they would inflate the saving.
"""

import argparse
import ast
import json
import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workflowllm.annotation.comment_lines import statement_heads
from workflowllm.llm.stage import keyed_rows
from workflowllm.runs.command import ALL_DONE, CommandError, run_command
from workflowllm.runs.flags import positive_int
from workflowllm.shortcuts.dialect.nodes import nodes_of


@dataclass(frozen=True)
class Flags:
    """The flags of this script."""

    records: Path
    tokenizer: Path
    longest: int


def parse_flags() -> Flags:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=Path, required=True, help="annotated records")
    parser.add_argument("--tokenizer", type=Path, required=True, help="folder of a tokenizer")
    parser.add_argument(
        "--longest", type=positive_int, default=20_000, help="characters of code of a record (default: %(default)s)"
    )
    return Flags(**vars(parser.parse_args()))


def dictionary_answer(record: dict[str, Any]) -> str:
    """The names and comments of an annotated record, as a model answers with them."""
    code, annotated = record["code"], record["workflow_code"]
    lines = annotated.split("\n")
    pairs = zip(statement_heads(code), statement_heads(annotated))
    comments = {str(old): lines[new - 2].lstrip().removeprefix("# ") for old, new in pairs}
    ids = ([node.id for node in nodes_of(ast.parse(text)) if isinstance(node, ast.Name)] for text in (code, annotated))
    names = {old: new for old, new in zip(*ids) if old != new}
    return json.dumps({"names": names, "comments": comments}, ensure_ascii=False)


def load_tokenizer(folder: Path) -> Any:
    from transformers import AutoTokenizer  # seconds to load

    if not folder.is_dir():
        raise CommandError(f"{folder} is not a folder; scripts/fetch_small_model.py fetches one.")
    return AutoTokenizer.from_pretrained(folder)


def main() -> int:
    flags = parse_flags()
    tokenizer = load_tokenizer(flags.tokenizer)
    dictionaries, codes, skipped = [], [], 0
    for _, record in keyed_rows(flags.records):
        if isinstance(record, Exception) or len(record["code"]) > flags.longest:
            skipped += 1
            continue
        answers = [dictionary_answer(record), record["workflow_code"]]
        counts = [len(ids) for ids in tokenizer(answers)["input_ids"]]
        dictionaries.append(counts[0])
        codes.append(counts[1])
    if not codes:
        raise CommandError(f"{flags.records} holds no records of at most {flags.longest} characters.")
    print(f"{len(codes)} records ({skipped} longer ones left out), tokens of an answer:")
    for name, counts in (("names and comments", dictionaries), ("the whole code", codes)):
        print(f"{name:>20}: {sum(counts):>10,} in all, median {statistics.median(counts):,.0f}")
    shares = [1 - short / long for short, long in zip(dictionaries, codes)]
    total = 1 - sum(dictionaries) / sum(codes)
    print(f"{'saved':>20}: {total:.0%} of all, median {statistics.median(shares):.0%} of a record")
    return ALL_DONE


if __name__ == "__main__":
    run_command(main)
