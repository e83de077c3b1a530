"""`<output>.run.json` of a stage that asks an endpoint: settings of its runs, how they ended, what they cost."""

import json
from dataclasses import asdict
from pathlib import Path
from time import gmtime, monotonic, strftime
from typing import Any

from workflowllm.llm.replies import Usage
from workflowllm.llm.settings import EndpointSettings, shown_url
from workflowllm.runs.facts import storable, versions
from workflowllm.runs.output_files import PRIVATE, run_file, write_bytes

_PACKAGES = ("workflowllm", "openai", "pydantic", "json-repair")


class RunFacts:
    """The facts of this run, after those of the runs that it goes on from."""

    def __init__(self, output: Path, settings: EndpointSettings, facts: dict[str, Any], overwrite: bool):
        self._path = run_file(output)
        self._earlier = [] if overwrite else _runs_in(self._path)
        self._began = monotonic()
        self._facts = {
            "started": strftime("%Y-%m-%dT%H:%M:%SZ", gmtime()),
            "versions": versions(_PACKAGES),
            "endpoint": storable(asdict(settings)) | {"base_url": shown_url(settings.base_url)},
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
        write_bytes(self._path, text.encode("utf-8", "replace") + b"\n", PRIVATE)


def _runs_in(path: Path) -> list[Any]:
    try:
        return json.loads(path.read_text("utf-8"))["runs"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
