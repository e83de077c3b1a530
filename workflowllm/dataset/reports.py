"""The report of a build: counts, the paper's table, the split files, the statistics, the card."""

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

from workflowllm.apis.pickles import release_pickle
from workflowllm.dataset.building import BuildConfig, Selection
from workflowllm.dataset.filters import REASONS
from workflowllm.dataset.publishing import BUILD
from workflowllm.dataset.splits import Split
from workflowllm.dataset.statistics import table_lines, totals
from workflowllm.records.release import SPLITS, STATISTICS
from workflowllm.records.writing import ORIGINS, write_json
from workflowllm.runs.facts import file_sha256, versions
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


_PACKAGES = ("workflowllm", "datasketch", "numpy", "pyarrow", "shortcutkit")
Report = dict[str, Any]


def build_report(config: BuildConfig, selection: Selection, splits: Mapping[str, Split]) -> Report:
    """Flags, versions, inputs and counts. Equal inputs and flags give an equal report."""
    inputs = (*config.seed_data, *config.synthesized)
    return {
        "flags": config.flags(),
        "versions": _versions(),
        "inputs": [{"name": path.name, "sha256": file_sha256(path)} for path in inputs],
        "records": dict(Counter(ORIGINS[record.is_synthetic] for record in selection.records)),
        "dropped": dict(sorted(selection.reasons().items())),
        "splits": {name: _split_counts(selection, split) for name, split in splits.items()},
        "table": _table(selection, splits),
    }


def _versions() -> dict[str, str]:
    """The versions of the packages that are installed; the project itself may run from a checkout."""
    installed: dict[str, str] = {}
    for package in _PACKAGES:
        with suppress(PackageNotFoundError):
            installed |= versions([package])
    del installed["python"]
    return installed


def _split_counts(selection: Selection, split: Split) -> Report:
    return {
        **{name: len(indices) for name, indices in split.lists().items()},
        "collected_in_test": sum(not selection.records[index].is_synthetic for index in split.test),
        "left_out": {reason: len(indices) for reason, indices in split.left_out.items()},
        "held_out_apis": len(split.held_out),
        "common_apis": len(split.common),
        "strict": split.strict,
    }


def _table(selection: Selection, splits: Mapping[str, Split]) -> dict[str, dict[str, float]]:
    """The paper's columns: Seed is the collected records, Train the ID training set, Test both test sets."""
    tested = sorted({index for split in splits.values() for index in split.test})
    return {
        "Seed": totals(record.statistics for record in selection.records if not record.is_synthetic),
        "Train": totals(selection.records[index].statistics for index in splits["id"].train),
        "Test": totals(selection.records[index].statistics for index in tested),
    }


def print_report(report: Report) -> None:
    """Print the counts and the table on standard output."""
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


def write_reports(report: Report, selection: Selection, splits: Mapping[str, Split], folder: Path) -> None:
    """Write every file but those of the records and of the API documents. build.json comes last."""
    keys = [record.key for record in selection.records]
    for name, is_ood in (("id", False), ("ood", True)):
        lists = {part: [keys[index] for index in indices] for part, indices in splits[name].lists().items()}
        write_json(folder / SPLITS[is_ood], lists)
    ood = splits["ood"]
    held_out = {"held_out": ood.held_out, "applications": ood.held_out_applications, "common": ood.common}
    write_json(folder / "held_out_apis.json", held_out)
    statistics = {
        record.key: record.statistics | {"origin": ORIGINS[record.is_synthetic]} for record in selection.records
    }
    with whole_file(folder / STATISTICS) as handle:
        handle.write(release_pickle(statistics.items()))
    _write_rows(folder / "statistics.json", statistics)
    with whole_file(folder / "dropped.jsonl") as handle:
        for record in selection.dropped:
            handle.write(json_line({"key": record.key, "place": record.location, "reason": record.reason}))
    with whole_file(folder / "README.md") as handle:
        handle.write(card(report, held_out).encode("utf-8"))
    write_json(folder / BUILD, report)


def _write_rows(path: Path, statistics: Mapping[str, Any]) -> None:
    """Write an object with one record on each line. A hundred thousand as one text would take half a gigabyte."""
    with whole_file(path) as handle:
        separator = b"{\n"
        for key, row in statistics.items():
            handle.write(separator + json_line({key: row}).strip()[1:-1])
            separator = b",\n"
        handle.write(b"\n}\n")
