"""Home folders for tests that start processes: an empty queue is migrated once per run and copied."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

_MAKE = "from pipeline.review.connection import connect; connect('pipeline.web.settings')"


def with_queue(home: Path) -> Path:
    """The home folder with an empty, migrated queue; one that has a queue, or does not exist, stays as it is."""
    if home.is_dir() and not (home / "queue.sqlite3").exists():
        shutil.copy(_template(), home / "queue.sqlite3")
    return home


def _template() -> Path:
    """The migrated database, made by the first process of the run that asks for it."""
    folder = Path(os.environ["QINGGUI_PREPARED"]) / "queue"
    made = folder / "made" / "queue.sqlite3"
    if made.exists():
        return made
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        while not made.exists():
            time.sleep(0.1)
        return made
    variables = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    variables["QINGGUI_HOME"] = str(folder / "home")
    subprocess.run([sys.executable, "-c", _MAKE], env=variables, check=True, cwd=Path(__file__).parents[1])
    (folder / "home").rename(folder / "made")
    return made


def binaries() -> Path | None:
    """The folder of PostgreSQL's programs initdb and pg_ctl: on the path, or where Debian installs them."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    return next(
        (
            path
            for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
            if (path / "initdb").exists()
        ),
        None,
    )
