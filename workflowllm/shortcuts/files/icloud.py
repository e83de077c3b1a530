"""Shortcuts behind iCloud links: the record at `/shortcuts/api/records/<id>` names the file to download."""

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import partial

from workflowllm.shortcuts.files.containers import ICLOUD_LINK, MAX_BYTES
from workflowllm.shortcuts.model.errors import ShortcutError

ICLOUD = "https://www.icloud.com"


def fetch_icloud(
    url: str, timeout: float = 30.0, base: str = ICLOUD, download: Callable[[str], bytes] | None = None
) -> bytes:
    """The file that an iCloud link leads to: unsigned where the record names one, else signed.

    `download` fetches an address in another way; it raises ShortcutError.
    """
    download = download or partial(_download, timeout=timeout)
    link = ICLOUD_LINK.fullmatch(url.strip())
    if not link:
        raise ShortcutError(f"{url[:200]!r} is not an iCloud link such as {ICLOUD}/shortcuts/<id>.")
    record = download(f"{base}/shortcuts/api/records/{link[1]}")
    try:
        fields = json.loads(record)["fields"]
        address = next(
            fields[name]["value"]["downloadURL"] for name in ("shortcut", "signedShortcut") if fields.get(name)
        )
    except (ValueError, LookupError, TypeError, AttributeError, StopIteration, RecursionError):
        raise ShortcutError(f"The iCloud record of {url.strip()} names no file to download.") from None
    return download(str(address).replace("${f}", "Shortcut.shortcut"))


def _download(address: str, timeout: float) -> bytes:
    """The body at an http(s) address."""
    if not address.lower().startswith(("http://", "https://")):  # urllib would open files as well
        raise ShortcutError(f"The download address {address[:80]!r} is not an http(s) one.")
    try:
        with urllib.request.urlopen(address, timeout=timeout) as answer:
            body = answer.read(MAX_BYTES + 1)
    except urllib.error.HTTPError as error:
        raise ShortcutError(f"{address[:200]} answered {error.code}: the link may have expired.") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise ShortcutError(f"Cannot fetch {address[:200]}: {getattr(error, 'reason', error)}.") from None
    if len(body) > MAX_BYTES:
        raise ShortcutError(f"{address[:200]} is over {MAX_BYTES >> 20} MiB; no shortcut is.")
    return body
