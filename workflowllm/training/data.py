"""Which records train and which are held out, and their token ids on disk.

One process encodes and leaves the ids in `OUTPUT_DIR/encoded/HASH`, the others map that folder into memory; the hash
is over everything that the ids depend on, so a run that goes on finds them there.
"""

import argparse
import hashlib
import json
import shutil
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from workflowllm.llm.run_facts import file_sha256
from workflowllm.prompts.examples import Examples, PromptForm, encode_records
from workflowllm.records.forms import Record
from workflowllm.records.release import (
    SEED,
    SHARED_KEYS,
    SPLITS,
    STATISTICS,
    STUBS,
    SYNTHESIZED,
    data_rows,
    read_split,
    read_stubs,
    split_path,
)
from workflowllm.runs.command import CommandError
from workflowllm.runs.json_lines import json_line
from workflowllm.runs.output_files import write_bytes

_PARTS = (("train", "Training"), ("dev", "Held out"))
_WAIT = 1.0  # seconds between looks for the ids that another process encodes


class Chosen(NamedTuple):
    """Training and held-out records, what was counted on the way, and what was no record."""

    train: list[Record]
    dev: list[Record]
    counts: dict[str, int]
    unread: list[dict[str, str]]


class Encoded(NamedTuple):
    """Token ids of both parts, and the counts of choosing and encoding."""

    train: Examples
    dev: Examples
    counts: dict[str, Any]


def prompt_form(arguments: argparse.Namespace) -> PromptForm:
    """The form of prompts and answers that the flags ask for."""
    return PromptForm.of(
        max_length=arguments.max_length,
        max_prompt_tokens=arguments.max_prompt_tokens,
        plan=not arguments.no_plan,
        comments=not arguments.no_comments,
        prompt=arguments.prompt,
    )


def choose_split(arguments: argparse.Namespace) -> Path | None:
    """The file with the keys of the split; None where records are held out by chance."""
    if arguments.split_keys:
        return arguments.split_keys
    folder = arguments.data_path
    found = split_path(folder, arguments.OOD) if folder.is_dir() else None
    if found and found.is_file():
        return found
    if arguments.OOD:
        raise CommandError(f"--OOD needs {SPLITS[True]} in the folder {folder}; or name a split with --split_keys.")
    return None


def choose_records(arguments: argparse.Namespace) -> Chosen:
    """Read the data set and divide it. Raises CommandError where nothing is left to train on."""
    counts: Counter[str] = Counter()
    unread: list[dict[str, str]] = []
    rows = list(_records(arguments.data_path, counts, unread))
    if not rows:
        raise CommandError(f"{arguments.data_path} has no records (unreadable: {counts['unreadable']}).")
    path = choose_split(arguments)
    train, dev = _by_keys(rows, read_split(path), path, counts) if path else (rows, [])
    if arguments.no_synthetic:
        counts["synthetic_left_out"] = sum(map(_is_synthetic, train))
        train = [record for record in train if not _is_synthetic(record)]
    if not dev:
        train, dev = _held_out(train, arguments.dev_share, arguments.seed)
    if arguments.max_records:
        train = sorted(train, key=lambda record: _draw(record, arguments.seed))[: arguments.max_records]
    if not train:
        raise CommandError(f"no record of {arguments.data_path} is left to train on ({_listed(counts)}).")
    counts.update(records=len(rows), train=len(train), dev=len(dev))
    return Chosen([*map(_named, train)], [*map(_named, dev)], dict(counts), unread)


def _records(path: Path, counts: Counter[str], unread: list[dict[str, str]]) -> Iterator[Record]:
    for place, row in data_rows(path):
        if isinstance(row, ValueError):
            counts["unreadable"] += 1
            unread.append({"key": place, "error": f"{row}"})
        else:
            yield row | {"key": str(row["key"]), "place": place}


def _named(record: Record) -> Record:
    """The record with a key of its own, so that a line on it says which one it is."""
    return record | {"key": f"{record['key']} ({record['place']})"} if record["key"] in SHARED_KEYS else record


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
    found = {record["key"] for part in parts.values() for record in part}
    counts["split_keys_without_record"] = len((dev_keys | train_keys) - found)
    counts["split_keys_in_both"] = len(set(split["train"]) & dev_keys)
    if not parts["train"]:
        raise CommandError(f"none of the {len(train_keys)} keys under train in {path} is a record of the data.")
    return parts["train"], parts["dev"]


def _held_out(rows: list[Record], share: float, seed: int) -> tuple[list[Record], list[Record]]:
    """At least one row is held out where a share is asked for and two rows are there; data order does not matter."""
    wanted = max(1, round(share * len(rows))) if share and len(rows) > 1 else 0
    drawn = sorted(range(len(rows)), key=lambda place: _draw(rows[place], seed))[:wanted]
    held = set(drawn)
    return [row for place, row in enumerate(rows) if place not in held], [rows[place] for place in sorted(held)]


def _draw(record: Record, seed: int) -> bytes:
    """A seeded lot; rows that share a key differ in their query."""
    return hashlib.sha256(json.dumps([seed, record["key"], record.get("query")]).encode()).digest()


def _listed(counts: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items() if count)


def counts_sentence(counts: Mapping[str, Any]) -> str:
    """What became of the records, in one line."""
    chosen = dict(counts["chosen"])
    parts = [f"{chosen.pop('records')} records: {chosen.pop('train')} to train on, {chosen.pop('dev')} held out"]
    if missing := chosen.pop("split_keys_without_record", 0):
        parts.append(f"{missing} keys of the split are not in the data")
    parts += [f"{count} {name.replace('_', ' ')}" for name, count in chosen.items() if count]
    told = [(name, counts[part]) for part, name in _PARTS if len(counts[part]) > 2]  # more than the two sums of tokens
    return "; ".join(parts) + "".join(f". {name}: {_part(of_part)}" for name, of_part in told)


def _part(counts: Mapping[str, int]) -> str:
    """What was encoded of one part, how far its API documents were shortened, and what was left out."""
    levels = ", ".join(f"{name[6:]}: {count}" for name, count in sorted(counts.items()) if name.startswith("level_"))
    kept = f"{counts.get('kept', 0)} kept with {counts['tokens']} tokens, {counts['answer_tokens']} of them of answers"
    reasons = [f"{count} {name[8:].replace('_', ' ')}" for name, count in counts.items() if name.startswith("skipped_")]
    return kept + (f" (documents by level {levels})" if levels else "") + "".join(f", {it}" for it in reasons)


def data_hash(arguments: argparse.Namespace, tokenizer: Any) -> str:
    """SHA-256 over all that the token ids depend on: files of data, split, tokenizer, prompt, flags."""
    digest = hashlib.sha256()
    for path in [*_data_files(arguments.data_path), *filter(None, [choose_split(arguments)])]:
        digest.update(file_sha256(path).encode())
    form = prompt_form(arguments)
    flags = (arguments.max_length, form.max_prompt_tokens, form.plan, form.comments, form.prompt.sha256,
             arguments.no_synthetic, arguments.dev_share, arguments.max_records, arguments.seed)  # fmt: skip
    words = tokenizer.backend_tokenizer.to_str() if tokenizer.is_fast else json.dumps(tokenizer.get_vocab())
    digest.update(json.dumps([flags, words, tokenizer.chat_template]).encode())
    return digest.hexdigest()


def _data_files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return [path / name for name in (SEED, SYNTHESIZED, STATISTICS, STUBS) if (path / name).is_file()]


def encoded_data(arguments: argparse.Namespace, tokenizer: Any, hashed: str, encodes: bool) -> Encoded:
    """The token ids: found, or encoded by the process that `encodes` while the others wait for them."""
    folder = arguments.output_dir / "encoded" / hashed[:16]
    facts = folder / "counts.json"
    if encodes and not facts.is_file():
        _encode(arguments, tokenizer, folder)
    while not facts.is_file():
        time.sleep(_WAIT)
    return Encoded(Examples.open(folder / "train"), Examples.open(folder / "dev"), json.loads(facts.read_text("utf-8")))


def _encode(arguments: argparse.Namespace, tokenizer: Any, folder: Path) -> None:
    shutil.rmtree(folder.parent, ignore_errors=True)  # ids of other data or flags
    chosen = choose_records(arguments)
    stubs = read_stubs(arguments.data_path) if arguments.data_path.is_dir() else {}
    counts: dict[str, Any] = {"chosen": chosen.counts}
    failed = list(chosen.unread)
    for part, records in (("train", chosen.train), ("dev", chosen.dev)):
        examples = encode_records(tokenizer, records, prompt_form(arguments), arguments.max_length, stubs)
        if part == "train" and not len(examples):
            raise CommandError(
                f"none of the {len(records)} training records can be trained on ({_listed(examples.counts)}); a "
                "record needs a query and workflow_code, or messages, and must fit into --max_length."
            )
        examples.save(folder / part)
        failed += examples.skipped
        counts[part] = dict(examples.counts) | {"answer_tokens": int(examples.answer_lengths.sum()),
                                                "tokens": int(examples.lengths.sum())}  # fmt: skip
    write_bytes(arguments.output_dir / "data.errors.jsonl", b"".join(map(json_line, failed)))
    write_bytes(folder / "counts.json", json_line(counts))
