"""Location of the data folder (queue, originals, log) on this machine, and who may read it: its owner alone."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import IO, Literal

# permissions of folders and files of the home folder
_FOLDER, _FILE = 0o700, 0o600


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


def keep_private() -> None:
    """From now on this process makes folders and files that its own user alone may read."""
    os.umask(0o077)


def private_folder(path: Path) -> Path:
    """Makes a folder, with those above it, that its owner alone may open; one that is there stays as it is."""
    missing = [path, *path.parents]
    for folder in reversed(missing[: next((at for at, one in enumerate(missing) if one.is_dir()), 0)]):
        folder.mkdir(mode=_FOLDER, exist_ok=True)
    return path


def private_file(path: Path) -> Path:
    """Makes an empty file that its owner alone may read, for others to fill; one that is there stays as it is."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _FILE))
    return path


def open_private(path: Path, mode: Literal["ab", "wb"]) -> IO[bytes]:
    """Opens a file for writing that its owner alone may read."""
    return private_file(path).open(mode)


def tighten(home: Path) -> Iterator[str]:
    """Takes the permissions of others off a home folder, what lies in it and its folders of originals: nothing below can be reached then.

    Yields each path that had some. No permission is given to anyone.
    """
    home = home.resolve()
    if home.is_dir():
        yield from tighten_paths([home, *home.glob("*"), *home.glob("originals/*")])


def tighten_paths(paths: Iterable[Path]) -> Iterator[str]:
    """Takes the permissions of others off paths and yields each that had some; links stay as they are.

    One that belongs to another user stays too and is yielded with the words “不属于当前用户”.
    """
    for path in paths if os.name != "nt" else ():
        try:
            mode = path.lstat().st_mode & 0o777
            if mode & 0o077 and not path.is_symlink():
                path.chmod(mode & 0o700)
                yield str(path)
        except FileNotFoundError:
            continue
        except PermissionError:
            yield f"{path}（不属于当前用户）"
