"""Signing by macOS, which alone can make a shortcut that other people's devices import."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from workflowllm.shortcuts.model.errors import ShortcutError

_SECONDS = 120


def sign(data: bytes) -> bytes:
    """The signed form of a shortcut's bytes, by `shortcuts sign --mode anyone` (macOS 12 and later)."""
    program = shutil.which("shortcuts")
    if program is None:
        raise ShortcutError(
            "--sign needs macOS 12 or later: there is no `shortcuts` command here. Leave --sign out, and "
            "sign the file on a Mac with `shortcuts sign --mode anyone --input IN --output OUT`."
        )
    with tempfile.TemporaryDirectory() as folder:
        unsigned, signed = Path(folder, "unsigned.shortcut"), Path(folder, "signed.shortcut")
        unsigned.write_bytes(data)
        try:
            done = subprocess.run(
                [program, "sign", "--mode", "anyone", "--input", unsigned, "--output", signed],
                capture_output=True,
                text=True,
                timeout=_SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise ShortcutError(f"`shortcuts sign` did not answer in {_SECONDS} s.") from None
        if done.returncode or not signed.exists():
            reason = (done.stderr.strip() or "no reason given").splitlines()[-1]
            raise ShortcutError(f"`shortcuts sign` failed: {reason}")
        return signed.read_bytes()
