"""Signing, which iOS and macOS ask of a file before they import it: only Apple's own tool on a Mac can do it."""

import shutil
import subprocess
from pathlib import Path

TOOL = "shortcuts"  # macOS 12 and later have it
_LONGEST = 120  # seconds; the tool asks Apple's servers
ELSEWHERE = (
    "Signing needs a Mac: open the file there, or run `shortcuts sign --mode anyone`, and share it by AirDrop or an "
    "iCloud link. An unsigned file imports only on a device of your own."
)


def sign(path: Path) -> str:
    """Sign a shortcut where the system can; the sentence that says what was done, or what to do."""
    if shutil.which(TOOL) is None:
        return ELSEWHERE
    signed = path.with_name(f"{path.stem}_signed{path.suffix}")
    command = [TOOL, "sign", "--mode", "anyone", "--input", str(path), "--output", str(signed)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_LONGEST, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"It was not signed: {error}."
    if done.returncode or not signed.is_file():
        return f"It was not signed; the tool says: {(done.stderr.strip().splitlines() or ['nothing'])[-1]}."
    return f"signed: {signed}"
