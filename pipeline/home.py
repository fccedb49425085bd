"""Location of the data folder (queue, originals, log) on this machine."""

import os
from pathlib import Path
from threading import Event


def home_folder() -> Path:
    """The data folder: the value of QINGGUI_HOME, by default ~/.qinggui."""
    return Path(os.environ.get("QINGGUI_HOME") or Path.home() / ".qinggui").expanduser()


_nothing_written = Event()


def write_nothing() -> None:
    """From now on this process writes nothing beside what it is told to: a dry run leaves no trace."""
    _nothing_written.set()


def may_write() -> bool:
    """Whether this process may keep what it has prepared."""
    return not _nothing_written.is_set()


def prepared_folder() -> Path | None:
    """The folder of rules that were prepared for quick starts: QINGGUI_PREPARED, else `prepared` in the home folder.

    None where neither exists: then nothing is written.
    """
    named = os.environ.get("QINGGUI_PREPARED")
    if named:
        return Path(named).expanduser()
    home = home_folder()
    return home / "prepared" if home.is_dir() else None
