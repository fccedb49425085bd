"""Temporary copies of files: each in a folder that bears the number of its process, so that those of killed processes are found and removed."""

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PREFIX = "qinggui-work-"
_NAME = re.compile(rf"{_PREFIX}(\d+)-")
# half-written files within the home folder, and seconds after which nobody writes to one any more
_WITHIN = ("originals/*/tmp*", "pages/*/*/tmp*", "pages/*/*/*/tmp*", "secret.*.new")
_OLD = 3600.0


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """An empty folder of this process, removed at the end; where the process is killed, by `remove_leftovers` later."""
    with tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def remove_leftovers(home: Path | None = None) -> int:
    """Removes the temporary folders of processes that are gone, and old half-written files within a home folder; returns how many."""
    found = [path for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*") if _is_left(path)]
    for pattern in _WITHIN if home is not None else ():
        found += [path for path in (home or Path()).glob(pattern) if _is_old(path)]
    for path in found:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()
    return len(found)


def _is_left(folder: Path) -> bool:
    """Whether the process of a temporary folder is gone; on Windows, where it cannot be asked for, whether the folder is old."""
    match = _NAME.match(folder.name)
    if match is None or folder.is_symlink():
        return False
    return _is_old(folder) if os.name == "nt" else not _is_running(int(match[1]))


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _is_old(path: Path) -> bool:
    try:
        return path.lstat().st_mtime < time.time() - _OLD
    except OSError:
        return False
