"""The settings of an endpoint, and the flags for them that all scripts share."""

import argparse
import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from workflowllm.runs.command import CommandError
from workflowllm.runs.facts import without_password
from workflowllm.runs.flags import flags_by_name, not_negative, not_negative_int, positive, positive_int
from workflowllm.runs.shipped import shipped

KEY = "OPENAI_API_KEY"  # the only source of a key
PRICES = shipped("configs/prices.yaml")


@dataclass(frozen=True)
class EndpointSettings:
    """Where and how to ask. None leaves a value to the endpoint; `timeout` is in seconds for one whole request."""

    model: str
    base_url: str | None = None  # None is OpenAI's own
    temperature: float | None = 0.0
    top_p: float | None = None
    max_tokens: int | None = None  # of one answer
    seed: int | None = None
    stop: tuple[str, ...] | None = None
    json_mode: bool = True  # ask for a JSON object where the answer has a schema
    concurrency: int = 16  # requests in flight
    requests_per_minute: float | None = None
    timeout: float = 120.0
    retries: int = 7  # of one request, after faults that pass
    first_pause: float = 0.5  # seconds before a retry at most; the next ones double
    cache: Path | None = None
    max_cost: float | None = None  # dollars
    prices: Path = PRICES
    dry_run: bool = False


def add_endpoint_arguments(parser: argparse.ArgumentParser, model: str = "gpt-4o-mini") -> None:
    """Add an endpoint's flags to a script; `model` is the default of --model."""
    group = parser.add_argument_group("endpoint", f"any OpenAI-compatible server; its key comes from {KEY} alone")
    group.add_argument("--base_url", help="the server, such as http://127.0.0.1:8000/v1 (default: OpenAI's own)")
    group.add_argument("--model", default=model, help="the model's name at the server (default: %(default)s)")
    group.add_argument(
        "--temperature", type=not_negative, default=0.0, help="0 gives the likeliest answer (default: %(default)s)"
    )
    group.add_argument("--top_p", type=positive, help="nucleus sampling, up to 1 (default: the server's)")
    group.add_argument("--max_tokens", type=positive_int, help="tokens of one answer (default: the server's limit)")
    group.add_argument("--seed", type=int, default=0, help="for sampling; sent with requests (default: %(default)s)")
    group.add_argument(
        "--json_mode", action=argparse.BooleanOptionalAction, default=True,
        help="ask the server for JSON where the answer must be JSON (default: on)",
    )  # fmt: skip
    _add_limits(group)


def _add_limits(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--concurrency", type=positive_int, default=16, help="requests in flight at once (default: %(default)s)"
    )
    group.add_argument("--requests_per_minute", type=positive, help="requests begun per minute (default: no limit)")
    group.add_argument("--timeout", type=positive, default=120.0, help="seconds for one request (default: %(default)s)")
    group.add_argument(
        "--retries",
        type=not_negative_int,
        default=7,
        help="times a request is sent again after a fault (default: %(default)s)",
    )
    group.add_argument(
        "--cache", default="output/answers.sqlite",
        help="file of answers already paid for, or `none` (default: %(default)s)",
    )  # fmt: skip
    group.add_argument(
        "--max_cost",
        type=positive,
        help="dollars a run may cost; it stops before (default: any)",
    )
    group.add_argument("--prices", type=Path, default=PRICES, help="dollars per million tokens by model, as YAML "
                       "(default: configs/prices.yaml)")  # fmt: skip
    group.add_argument("--dry_run", action="store_true", help="print the number of calls, tokens and dollars, and stop")


def endpoint_settings(flags: Any) -> EndpointSettings:
    """The settings that the flags of `add_endpoint_arguments` give, in any form that `flags_by_name` takes.

    Raises CommandError where the address cannot be right.
    """
    values = flags_by_name(flags)
    settings = {field.name: values[field.name] for field in fields(EndpointSettings) if field.name in values}
    settings["base_url"] = _normal_url(values["base_url"] or os.environ.get("OPENAI_BASE_URL"))
    settings["cache"] = None if values["cache"] == "none" else Path(values["cache"])
    return EndpointSettings(**settings)


def refuse_dry_run(flags: Any) -> None:
    """Raise CommandError for --dry_run with a --backend that asks no model."""
    values = flags_by_name(flags)
    if values["dry_run"]:
        raise CommandError(f"--dry_run counts what a model would be asked; --backend {values['backend']} asks none.")


def _normal_url(url: str | None) -> str | None:
    """The address with its `/v1`, which every server has and people forget."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address:
        raise CommandError("--base_url must be an address such as http://127.0.0.1:8000/v1.")
    return urlunsplit(parts._replace(path=parts.path.rstrip("/") or "/v1"))


def shown_url(url: str | None) -> str:
    """An endpoint's address as it may be printed and stored: without a user, a password or a query."""
    return without_password(url) if url else "https://api.openai.com/v1"
