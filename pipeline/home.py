"""Where the queue is kept on this machine."""

import os
from pathlib import Path


def home_folder() -> Path:
    """The folder that holds the queue: QINGGUI_HOME, else ~/.qinggui."""
    return Path(os.environ.get("QINGGUI_HOME") or Path.home() / ".qinggui").expanduser()
