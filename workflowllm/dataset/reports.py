"""What a build says about itself: counts, the paper's table, the split files, the statistics, the card."""

import argparse
from collections import Counter
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from workflowllm.apis.pickles import release_pickle
from workflowllm.dataset.building import Kept
from workflowllm.dataset.filters import REASONS
from workflowllm.dataset.splits import Split
from workflowllm.dataset.statistics import table_lines, totals
from workflowllm.llm.run_facts import file_sha256
from workflowllm.records.release import SPLITS, STATISTICS
from workflowllm.records.writing import ORIGINS, write_json
from workflowllm.runs.json_lines import json_line
from workflowllm.runs.output_files import whole_file

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


BUILD = "build.json"
_PACKAGES = ("workflowllm", "datasketch", "numpy", "pyarrow", "shortcutkit")
Report = dict[str, Any]


def build_report(arguments: argparse.Namespace, kept: Kept, splits: Mapping[str, Split]) -> Report:
    """Flags, versions, inputs and counts; all of it depends on nothing but these."""
    flags = {name: value for name, value in vars(arguments).items() if name not in _NOT_FLAGS}
    return {
        "flags": flags,
        "versions": {name: found for name in _PACKAGES if (found := _version(name))},
        "inputs": [
            {"name": path.name, "sha256": file_sha256(path)} for path in (*arguments.seed_data, *arguments.synthesized)
        ],
        "records": dict(Counter(ORIGINS[found.is_synthetic] for found in kept.records)),
        "dropped": dict(sorted(kept.reasons().items())),
        "splits": {name: _split_counts(kept, split) for name, split in splits.items()},
        "table": _table(kept, splits),
    }


_NOT_FLAGS = ("seed_data", "synthesized", "output", "released", "workers")


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _split_counts(kept: Kept, split: Split) -> Report:
    places = split.lists()
    return {
        **{name: len(listed) for name, listed in places.items()},
        "collected_in_test": sum(not kept.records[place].is_synthetic for place in split.test),
        "left_out": {reason: len(listed) for reason, listed in split.left_out.items()},
        "held_out_apis": len(split.held_out),
        "common_apis": len(split.common),
        "strict": split.strict,
    }


def _table(kept: Kept, splits: Mapping[str, Split]) -> dict[str, dict[str, float]]:
    """The paper's columns: Seed is what was collected, Train the ID training set, Test both test sets."""
    tested = sorted({place for split in splits.values() for place in split.test})
    return {
        "Seed": totals(found.row for found in kept.records if not found.is_synthetic),
        "Train": totals(kept.records[place].row for place in splits["id"].train),
        "Test": totals(kept.records[place].row for place in tested),
    }


def print_report(report: Report) -> None:
    """The counts and the table, on standard output."""
    print("records     " + ", ".join(f"{count} {origin}" for origin, count in report["records"].items()))
    print("left out    " + (", ".join(f"{count} {reason}" for reason, count in report["dropped"].items()) or "none"))
    for name, split in report["splits"].items():
        print(f"{name:<11} train {split['train']}, dev {split['dev']}, test {split['test']}"
              + "".join(f", {count} left out ({reason})" for reason, count in split["left_out"].items()))  # fmt: skip
    ood = report["splits"]["ood"]
    print(f"            {ood['held_out_apis']} APIs held out; {ood['strict']} of {ood['test']} OOD test records call "
          f"beside these only the {ood['common_apis']} most common")  # fmt: skip
    print()
    print("\n".join(table_lines(report["table"])))


def write_reports(report: Report, kept: Kept, splits: Mapping[str, Split], folder: Path) -> None:
    """Everything but the records and the API documents."""
    keys = [found.key for found in kept.records]
    for name, is_ood in (("id", False), ("ood", True)):
        lists = {part: [keys[place] for place in places] for part, places in splits[name].lists().items()}
        write_json(folder / SPLITS[is_ood], lists)
    ood = splits["ood"]
    held_out = {"held_out": ood.held_out, "applications": ood.held_out_applications, "common": ood.common}
    write_json(folder / "held_out_apis.json", held_out)
    statistics = {found.key: found.row | {"origin": ORIGINS[found.is_synthetic]} for found in kept.records}
    with whole_file(folder / STATISTICS) as handle:
        handle.write(release_pickle(statistics.items()))
    _write_rows(folder / "statistics.json", statistics)
    with whole_file(folder / "dropped.jsonl") as handle:
        for place, key, reason in kept.dropped:
            handle.write(json_line({"key": key, "place": place, "reason": reason}))
    with whole_file(folder / "README.md") as handle:
        handle.write(card(report, held_out).encode("utf-8"))
    write_json(folder / BUILD, report)


def _write_rows(path: Path, statistics: Mapping[str, Any]) -> None:
    """An object with one record a line: a hundred thousand as one text would take half a gigabyte."""
    with whole_file(path) as handle:
        for place, (key, row) in enumerate(statistics.items()):
            entry = json_line({key: row}).strip()[1:-1]
            handle.write((b",\n" if place else b"{\n") + entry)
        handle.write(b"\n}\n")
