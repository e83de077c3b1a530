"""The data-set card: what `datasets.load_dataset` opens, and what a reader should know."""

from collections.abc import Mapping
from typing import Any

from workflowllm.dataset.filters import REASONS
from workflowllm.dataset.statistics import table_lines

_CARD = """---
pretty_name: Workflows in Python, made from shortcuts
language:
- en
task_categories:
- text-generation
tags:
- code
- shortcuts
- workflows
configs:
{configs}---

# Workflows in Python, made from shortcuts

{count} records: a request (`query`), the APIs to use (`apis`), a plan (`task_plan`) and a workflow in commented Python
(`workflow_code`). {origins}. Made by `preprocess/build_dataset.py`; `build.json` has its flags, versions and inputs.

```python
from datasets import load_dataset

load_dataset("path/to/this/folder", "id")   # or "ood"; splits train, dev, test
```

Each record is once in `seed_data.json` or `synthesized_data.json`; `dataset_split_keys.json` (ID) and
`dataset_split_keys_ood.json` list the keys of each split. Parquet holds the same rows; `source`, `metadata` and
`others` are JSON there. `statistics.json` counts each record's actions, blocks and APIs; `identifier2json.json` and
`identifier2python.py` describe the APIs.

## Splits

| | train | dev | test | left out |
|---|---|---|---|---|
{splits}

* ID: every API that a dev or test record calls or offers is one of some training record.
* OOD: training and dev have no record that calls or offers one of the {held_out} APIs held out (`held_out_apis.json`);
  every test record calls at least one. {strict} of {tested} test records call beside these only the {common} most
  common APIs; the others also call APIs that training has.{applications}
* In both, no training or dev record is a near-duplicate of a test record: by MinHash (128 positions), no code with an
  estimated Jaccard index of {code} or more on 5-token shingles (comments left out, names that are assigned taken for
  one), no query with {query} or more on 3-word shingles. Every pair was compared.

## Left out

{dropped}

## Statistics

```
{table}
```

The columns named "paper" are the figures that WorkflowLLM (arXiv 2411.05451) prints for its own data.

## Licence

The code of collected shortcuts belongs to the people who made them; ask before you publish it.
"""


def card(report: Mapping[str, Any], held_out: Mapping[str, list[str]]) -> str:
    """The card of a build, as Markdown with YAML in front."""
    ood = report["splits"]["ood"]
    applications = held_out["applications"]
    whole = f" Whole applications among them: {', '.join(applications)}." if applications else ""
    return _CARD.format(
        configs="".join(_config(name, counts) for name, counts in report["splits"].items()),
        count=sum(report["records"].values()),
        origins=" and ".join(f"{count} {origin}" for origin, count in report["records"].items()),
        splits="\n".join(_split_row(name, counts) for name, counts in report["splits"].items()),
        held_out=ood["held_out_apis"],
        strict=ood["strict"],
        tested=ood["test"],
        common=len(held_out["common"]),
        applications=whole,
        code=report["flags"]["near_code"],
        query=report["flags"]["near_query"],
        dropped="\n".join(f"* {count}: {REASONS[reason]}" for reason, count in report["dropped"].items()) or "Nothing.",
        table="\n".join(table_lines(report["table"])),
    )


def _config(name: str, counts: Mapping[str, Any]) -> str:
    """The files of the splits that have records; `datasets` takes no empty ones."""
    parts = [part for part in ("train", "dev", "test") if counts[part]]
    files = "".join(f"  - split: {part}\n    path: {name}/{part}.parquet\n" for part in parts)
    return f"- config_name: {name}\n  data_files:\n{files}"


def _split_row(name: str, counts: Mapping[str, Any]) -> str:
    left_out = ", ".join(f"{count} ({reason})" for reason, count in counts["left_out"].items()) or "0"
    return f"| {name.upper()} | {counts['train']} | {counts['dev']} | {counts['test']} | {left_out} |"
