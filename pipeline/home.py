"""Where the queue is kept on this machine."""

import os
from pathlib import Path


def home_folder() -> Path:
    """The folder that holds the queue: QINGGUI_HOME, else ~/.qinggui."""
    return Path(os.environ.get("QINGGUI_HOME") or Path.home() / ".qinggui").expanduser()


def prepared_folder() -> Path | None:
    """The folder of rules that were prepared for quick starts: QINGGUI_PREPARED, else `prepared` in the home folder.

    None where neither exists: then nothing is written.
    """
    named = os.environ.get("QINGGUI_PREPARED")
    if named:
        return Path(named).expanduser()
    home = home_folder()
    return home / "prepared" if home.is_dir() else None
