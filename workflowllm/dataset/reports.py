"""What a build says about itself: counts, the paper's table, the split files, the statistics, the card."""

import argparse
from collections import Counter
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from workflowllm.apis.pickles import release_pickle
from workflowllm.dataset.building import Kept
from workflowllm.dataset.cards import card
from workflowllm.dataset.release import SPLITS, STATISTICS
from workflowllm.dataset.splits import Split
from workflowllm.dataset.statistics import table_lines, totals
from workflowllm.dataset.writing import ORIGINS, write_json
from workflowllm.jobs import json_line, whole_file
from workflowllm.llm.run_facts import file_sha256

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
