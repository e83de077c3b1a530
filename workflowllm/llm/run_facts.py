"""`<output>.run.json`: what every run of a stage was made with, how it ended and what it cost."""

import argparse
import hashlib
import json
import platform
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from time import gmtime, monotonic, strftime
from typing import Any

from workflowllm.llm.replies import Usage
from workflowllm.llm.settings import EndpointSettings, shown_url
from workflowllm.runs.command import CommandError
from workflowllm.runs.output_files import beside, write_bytes

RUN = ".run.json"
_PACKAGES = ("workflowllm", "openai", "pydantic", "json-repair")


class RunFacts:
    """The facts of this run, after those of the runs that it goes on from."""

    def __init__(self, output: Path, settings: EndpointSettings, facts: dict[str, Any], overwrite: bool):
        self._path = beside(output, RUN)
        self._earlier = [] if overwrite else _runs_in(self._path)
        self._began = monotonic()
        self._facts = {
            "started": strftime("%Y-%m-%dT%H:%M:%SZ", gmtime()),
            "versions": {"python": platform.python_version()} | {name: version(name) for name in _PACKAGES},
            "endpoint": _shown(settings),
            **facts,
        }

    def save(self, end: str, counts: dict[str, int], usage: Usage) -> None:
        """Write the file; a run that is killed leaves what it last saved."""
        run = self._facts | {
            "end": end,
            "seconds": round(monotonic() - self._began, 1),
            "counts": counts,
            "usage": usage.as_json(),
        }
        text = json.dumps({"runs": [*self._earlier, run]}, indent=2, ensure_ascii=False, default=str)
        write_bytes(self._path, text.encode("utf-8", "replace") + b"\n")


def flag_facts(arguments: argparse.Namespace) -> dict[str, Any]:
    """A script's flags as they may be stored. No flag holds a key, but an address may hold a password."""
    flags = {name: str(value) if isinstance(value, Path) else value for name, value in vars(arguments).items()}
    return {"flags": flags | {"base_url": shown_url(flags.get("base_url"))}}


def file_facts(path: Path) -> dict[str, str]:
    """What a run stores of its input. Raises CommandError where it cannot be read."""
    return {"input_sha256": file_sha256(path)}


def file_sha256(path: Path) -> str:
    """SHA-256 of a file of any size, in hexadecimal digits. Raises CommandError where it cannot be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError as error:
        raise CommandError(f"cannot read {path}: {error.strerror}.") from None
    return digest.hexdigest()


def _shown(settings: EndpointSettings) -> dict[str, Any]:
    shown = {name: str(value) if isinstance(value, Path) else value for name, value in asdict(settings).items()}
    return shown | {"base_url": shown_url(settings.base_url)}


def _runs_in(path: Path) -> list[Any]:
    try:
        return json.loads(path.read_text("utf-8"))["runs"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
