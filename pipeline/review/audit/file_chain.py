"""A hash chain in a file of JSON lines, for records that are made where there is no queue; verified like the audit of a queue."""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline.errors import StorageError
from pipeline.home import open_private, private_file

_START = "0" * 64
# seconds that a process waits for another one that writes
_PATIENCE = 60
# bytes at the end of a file in which the last entry lies
_TAIL = 16 * 1024


@dataclass(frozen=True, slots=True)
class Link:
    """One entry: its number from 1, when it was made (UTC, ISO 8601), kind and text, the hash of the entry before it, its own."""

    number: int
    at: str
    what: str
    detail: str
    previous: str
    digest: str

    def right_digest(self) -> str:
        """The SHA-256 (hexadecimal) of all other fields."""
        content = [self.number, self.at, self.what, self.detail, self.previous]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Excludes other processes that ask the same for this file; the lock ends with the process. Raises `StorageError`."""
    lock = private_file(file.with_name(f"{file.name}.lock"))
    try:
        # an empty SQLite database serves as the lock: SQLite locks files on every system
        held = sqlite3.connect(lock, timeout=_PATIENCE, isolation_level=None)
        held.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        raise StorageError(
            f"不能独占{lock}（{error}）", remedy="另一个进程可能正在记录，请稍后再试；也请检查写入权限"
        ) from error
    with closing(held):
        yield


def append(file: Path, what: str, detail: str) -> Link:
    """Appends an entry; whoever calls it must be `alone` with the file. Raises `StorageError`."""
    last = _last(file)
    number, previous = (last.number + 1, last.digest) if last else (1, _START)
    link = Link(number, datetime.now(UTC).isoformat(timespec="seconds"), what, detail, previous, "")
    line = json.dumps(asdict(link) | {"digest": link.right_digest()}, ensure_ascii=False).encode()
    try:
        with open_private(file, "ab") as stream:
            stream.write((b"\n" if ends_torn(file) else b"") + line + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise StorageError(f"没有写进{file}（{error.strerror}）", remedy="请检查磁盘空间和写入权限") from error
    return link


def _last(file: Path) -> Link | None:
    """The last entry, from the end of the file where that is whole; a file with thousands of entries is not read for each."""
    if not file.exists():
        return None
    with file.open("rb") as stream:
        stream.seek(max(file.stat().st_size - _TAIL, 0))
        lines = stream.read().split(b"\n")
    try:
        return Link(**json.loads(lines[-2])) if len(lines) > 2 and not lines[-1] else next(reversed(links(file)), None)
    except (ValueError, TypeError):
        return next(reversed(links(file)), None)


def ends_torn(file: Path) -> bool:
    """Whether the last line of a file was not written to its end, since a disk was full or a process was killed."""
    with file.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(size - 1, 0))
        return stream.read(1) not in (b"", b"\n")


def links(file: Path) -> list[Link]:
    """All entries of a file, without lines that are none; [] where it does not exist."""
    return [link for link in _read(file) if link is not None]


def _read(file: Path) -> Iterator[Link | None]:
    if not file.exists():
        return
    for line in file.read_text(encoding="utf-8", errors="replace").split("\n"):
        try:
            if line:
                yield Link(**json.loads(line))
        except (ValueError, TypeError):
            yield None


def breaks(file: Path) -> Iterator[str]:
    """Yields each break of the chain in Chinese; nothing where it is intact."""
    previous, number = _START, 0
    for place, link in enumerate(_read(file), 1):
        if link is None:
            yield f"{file}第{place}行不完整"
            continue
        if (link.previous, link.number) != (previous, number + 1):
            yield f"{file}第{link.number}条与前一条不衔接，之前有记录被删除或者插入"
        if link.digest != link.right_digest():
            yield f"{file}第{link.number}条（{link.at} {link.what}）的内容被改动"
        previous, number = link.digest, link.number
