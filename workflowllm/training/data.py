"""Which records train and which are held out, and their token ids on disk.

One process encodes the records and leaves the ids in `OUTPUT_DIR/encoded/HASH`; the others map that folder into
memory. The hash is over everything that the ids depend on, so a resumed run reuses them.
"""

import hashlib
import json
import shutil
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from workflowllm.prompts.examples import Examples, encode_records
from workflowllm.prompts.form import PromptForm
from workflowllm.records.forms import Record
from workflowllm.records.held_out_tasks import REFUSED, is_held_out
from workflowllm.records.release import (
    SHARED_KEYS,
    SPLITS,
    data_files,
    data_rows,
    read_split,
    read_stubs,
    split_path,
)
from workflowllm.runs.command import CommandError
from workflowllm.runs.facts import file_sha256
from workflowllm.runs.json_lines import json_line
from workflowllm.runs.output_files import write_bytes
from workflowllm.training.config import TrainingConfig

_PARTS = (("train", "Training"), ("dev", "Held out"))
_LONG_SHARE = 0.05  # of training records that may be too long without a warning
_POLL_SECONDS = 1.0  # between looks for the ids that another process encodes
Failure = dict[str, str]  # `key` and `error` of a record that is not trained on


class ChosenRecords(NamedTuple):
    """Training and held-out records, the counts of choosing them, and the rows that are no records."""

    train: list[Record]
    dev: list[Record]
    counts: dict[str, int]
    unreadable: list[Failure]


class EncodedData(NamedTuple):
    """Token ids of both parts, and the counts of choosing and encoding them."""

    train: Examples
    dev: Examples
    counts: dict[str, Any]


def prompt_form(config: TrainingConfig) -> PromptForm:
    """The form of prompts and answers that a run trains on."""
    return PromptForm.of(
        max_length=config.max_length,
        max_prompt_tokens=config.max_prompt_tokens,
        plan=not config.no_plan,
        comments=not config.no_comments,
        prompt=config.prompt,
    )


def choose_split(config: TrainingConfig) -> Path | None:
    """The file with the keys of the split; None where a random share is held out."""
    if config.split_keys:
        return config.split_keys
    folder = config.data_path
    path = split_path(folder, config.OOD) if folder.is_dir() else None
    if path and path.is_file():
        return path
    if config.OOD:
        raise CommandError(f"--OOD needs {SPLITS[True]} in the folder {folder}; or name a split with --split_keys.")
    return None


def choose_records(config: TrainingConfig) -> ChosenRecords:
    """Read the data set and divide it. Raises CommandError where nothing is left to train on."""
    counts: Counter[str] = Counter()
    unreadable: list[Failure] = []
    rows = list(_records(config.data_path, counts, unreadable))
    if not rows:
        raise CommandError(f"{config.data_path} has no records (unreadable: {counts['unreadable']}).")
    path = choose_split(config)
    train, dev = _by_keys(rows, read_split(path), path, counts) if path else (rows, [])
    if config.no_synthetic:
        counts["synthetic_left_out"] = sum(map(_is_synthetic, train))
        train = [record for record in train if not _is_synthetic(record)]
    if not dev:
        train, dev = _hold_out(train, config.dev_share, config.seed)
    if config.max_records:
        train = sorted(train, key=lambda record: _lot(record, config.seed))[: config.max_records]
    if not train:
        raise CommandError(f"no record of {config.data_path} is left to train on ({_nonzero(counts)}).")
    counts.update(records=len(rows), train=len(train), dev=len(dev))
    return ChosenRecords([*map(_with_unique_key, train)], [*map(_with_unique_key, dev)], dict(counts), unreadable)


def _records(path: Path, counts: Counter[str], unreadable: list[Failure]) -> Iterator[Record]:
    for location, row in data_rows(path):
        if isinstance(row, ValueError):
            counts["unreadable"] += 1
            unreadable.append({"key": location, "error": f"{row}"})
        elif is_held_out(row):
            counts["test_tasks"] += 1
            unreadable.append({"key": f"{row['key']}", "error": f"{REFUSED}."})
        else:
            yield row | {"key": str(row["key"]), "location": location}


def _with_unique_key(record: Record) -> Record:
    """The record under a key that names it alone, also where the release has one key for many records."""
    if record["key"] in SHARED_KEYS:
        return record | {"key": f"{record['key']} ({record['location']})"}
    return record


def _is_synthetic(record: Record) -> bool:
    return bool(record.get("is_synthetic")) or record["key"] in SHARED_KEYS


def _by_keys(
    rows: Iterable[Record], split: Mapping[str, list[str]], path: Path, counts: Counter[str]
) -> tuple[list[Record], list[Record]]:
    """The rows of the keys under train and dev; a key under both is held out."""
    dev_keys = set(split.get("dev", []))
    train_keys = set(split["train"]) - dev_keys
    parts: dict[str, list[Record]] = {"train": [], "dev": []}
    for record in rows:
        part = "dev" if record["key"] in dev_keys else "train" if record["key"] in train_keys else ""
        if part:
            parts[part].append(record)
        else:
            counts["in_neither_part"] += 1
    present = {record["key"] for part in parts.values() for record in part}
    counts["split_keys_without_record"] = len((dev_keys | train_keys) - present)
    counts["split_keys_in_both"] = len(set(split["train"]) & dev_keys)
    if not parts["train"]:
        raise CommandError(f"none of the {len(train_keys)} keys under train in {path} is a record of the data.")
    return parts["train"], parts["dev"]


def _hold_out(rows: list[Record], share: float, seed: int) -> tuple[list[Record], list[Record]]:
    """Hold out a random share: at least one row where a share is asked for and there are two rows.

    Which rows are held out does not depend on their order.
    """
    size = max(1, round(share * len(rows))) if share and len(rows) > 1 else 0
    drawn = set(sorted(range(len(rows)), key=lambda index: _lot(rows[index], seed))[:size])
    return [row for index, row in enumerate(rows) if index not in drawn], [rows[index] for index in sorted(drawn)]


def _lot(record: Record, seed: int) -> bytes:
    """A record's seeded lot. Rows that share a key differ in their query."""
    return hashlib.sha256(json.dumps([seed, record["key"], record.get("query")]).encode()).digest()


def _nonzero(counts: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items() if count)


def counts_sentence(counts: Mapping[str, Any]) -> str:
    """What became of the records, in one line."""
    chosen = dict(counts["chosen"])
    parts = [f"{chosen.pop('records')} records: {chosen.pop('train')} to train on, {chosen.pop('dev')} held out"]
    if missing := chosen.pop("split_keys_without_record", 0):
        parts.append(f"{missing} keys of the split are not in the data")
    parts += [f"{count} {name.replace('_', ' ')}" for name, count in chosen.items() if count]
    encoded = [(name, counts[part]) for part, name in _PARTS if len(counts[part]) > 2]  # more than two sums of tokens
    return "; ".join(parts) + "".join(f". {name}: {_part_sentence(of_part)}" for name, of_part in encoded)


def _part_sentence(counts: Mapping[str, int]) -> str:
    """What was encoded of one part, how far its API documents were shortened, and what was skipped."""
    levels = ", ".join(f"{name[6:]}: {count}" for name, count in sorted(counts.items()) if name.startswith("level_"))
    answer_tokens = f"{counts['answer_tokens']} of them of answers"
    encoded = f"{counts.get('kept', 0)} kept with {counts['tokens']} tokens, {answer_tokens}"
    skipped = [f"{count} {name[8:].replace('_', ' ')}" for name, count in counts.items() if name.startswith("skipped_")]
    return ", ".join([encoded + (f" (documents by level {levels})" if levels else ""), *skipped])


def length_warning(counts: Mapping[str, Any], max_length: int) -> str:
    """A sentence where more than a twentieth of the training records are too long to train on; else empty."""
    train = counts["train"]
    long = train.get("skipped_too_long", 0) + train.get("skipped_prompt_too_long", 0)
    share = long / max(train.get("kept", 0) + train.get("skipped", 0), 1)
    if share <= _LONG_SHARE:
        return ""
    return (
        f"warning: {long} of the training records ({share:.0%}) are skipped because they exceed --max_length "
        f"{max_length} or its part for the prompt; raise it to train on them"
    )


def data_hash(config: TrainingConfig, tokenizer: Any) -> str:
    """SHA-256 over all that the token ids depend on: files of data, split, tokenizer, prompt, flags."""
    digest = hashlib.sha256()
    for path in [*data_files(config.data_path), *filter(None, [choose_split(config)])]:
        digest.update(file_sha256(path).encode())
    form = prompt_form(config)
    flags = (config.max_length, form.max_prompt_tokens, form.plan, form.comments, form.prompt.sha256,
             config.no_synthetic, config.dev_share, config.max_records, config.seed)  # fmt: skip
    vocabulary = tokenizer.backend_tokenizer.to_str() if tokenizer.is_fast else json.dumps(tokenizer.get_vocab())
    digest.update(json.dumps([flags, vocabulary, tokenizer.chat_template]).encode())
    return digest.hexdigest()


def encoded_data(config: TrainingConfig, tokenizer: Any, hashed: str, encodes: bool) -> EncodedData:
    """The token ids of both parts: those on disk, or new ones by the process that `encodes`, for which others wait."""
    folder = config.output_dir / "encoded" / hashed[:16]
    counts = folder / "counts.json"  # written last
    if encodes and not counts.is_file():
        _encode(config, tokenizer, folder)
    while not counts.is_file():
        time.sleep(_POLL_SECONDS)
    parts = (Examples.open(folder / name) for name, _ in _PARTS)
    return EncodedData(*parts, json.loads(counts.read_text("utf-8")))


def _encode(config: TrainingConfig, tokenizer: Any, folder: Path) -> None:
    shutil.rmtree(folder.parent, ignore_errors=True)  # ids of other data or flags
    chosen = choose_records(config)
    stubs = read_stubs(config.data_path) if config.data_path.is_dir() else {}
    counts: dict[str, Any] = {"chosen": chosen.counts}
    failures = list(chosen.unreadable)
    for part, records in (("train", chosen.train), ("dev", chosen.dev)):
        examples = encode_records(tokenizer, records, prompt_form(config), config.max_length, stubs)
        if part == "train" and not len(examples):
            raise CommandError(
                f"none of the {len(records)} training records can be trained on ({_nonzero(examples.counts)}); a "
                "record needs a query and workflow_code, or messages, and must fit into --max_length."
            )
        examples.save(folder / part)
        failures += examples.skipped
        counts[part] = dict(examples.counts) | {"answer_tokens": int(examples.answer_lengths.sum()),
                                                "tokens": int(examples.lengths.sum())}  # fmt: skip
    write_bytes(config.output_dir / "data.errors.jsonl", b"".join(map(json_line, failures)))
    write_bytes(folder / "counts.json", json_line(counts))
