"""Claims: of all processes that share the home folder one does a piece of work, as long as its claim is renewed."""

import os
import time
from contextlib import suppress
from pathlib import Path

# a process that has not renewed its claim for so many seconds has died
DEAD = 600.0


def claim(file: Path) -> bool:
    """Makes the file of a claim; False where another process holds it. It is renewed by its time of change, and given up by deletion."""
    with suppress(OSError):
        if time.time() - file.stat().st_mtime > DEAD:
            file.unlink()
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError:
        return False
    return True
