"""Whether a worker is there: it touches a file in the home folder while it works, and the pages tell when it has not for a while."""

import time
from pathlib import Path

# a single paper may take this many seconds (recognition, conversion) before a worker counts as gone
PATIENCE = 300.0


def beat(home: Path) -> None:
    """Notes that a worker is alive now."""
    _file(home).touch()


def seconds_since(home: Path) -> float | None:
    """Seconds since a worker was last alive; None where none ever was."""
    try:
        return max(0.0, time.time() - _file(home).stat().st_mtime)
    except OSError:
        return None


def is_alive(home: Path) -> bool:
    """Whether a worker was alive within `PATIENCE`."""
    since = seconds_since(home)
    return since is not None and since < PATIENCE


def _file(home: Path) -> Path:
    return home / "worker.alive"
