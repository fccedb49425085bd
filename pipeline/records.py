"""Records of people as JSON Lines: written whole, read line by line, so that a torn or odd line never hides or stops the others.

A record ends with "\\n" and nothing else; line separators inside a text (U+2028, U+0085) are part of it.
"""

import json
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Generic, TypeVar

from pipeline.errors import StorageError

_log = logging.getLogger(__name__)
_ESCAPED = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})
# what reading a line as a record may raise
_NO_RECORD = (ValueError, TypeError, KeyError)
Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that is no record: its number from 1, its bytes, and the file to which it was moved, None where it stays."""

    file: Path
    number: int
    line: bytes
    moved: Path | None = None

    def __str__(self) -> str:
        if self.moved:
            return (
                f"{self.file}的最后一行（第{self.number}行）没有写完整，这一条没有生效，已移到{self.moved}；"
                "请打开该文件核对是哪一条，再重新记录"
            )
        return f"{self.file}第{self.number}行不能读取，这一条没有生效，其余各行照常使用；请改正或者删去这一行，再重新记录这一条"


@dataclass(frozen=True, slots=True)
class Contents(Generic[Record]):
    """The records of a file in order, and its faults."""

    records: tuple[Record, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Journal(Generic[Record]):
    """An append-only file of records; `parse` makes a record of the JSON of a line, or raises ValueError, TypeError or KeyError."""

    file: Path
    parse: Callable[[Any], Record]

    @property
    def rejected(self) -> Path:
        """The file that takes last lines that were not written whole."""
        return self.file.with_name(f"{self.file.name}.rejected")

    def read(self) -> Contents[Record]:
        """All records and the lines that are none; a last line that is none is moved to `rejected`. Raises `StorageError`."""
        if not self.file.exists():
            return Contents()
        try:
            data = self.file.read_bytes()
        except OSError as error:
            raise StorageError(
                f"{self.file}无法读取（{error.strerror or error}）", remedy="请检查文件和权限，必要时从备份恢复"
            ) from error
        found = self._parsed(data)
        if found.faults and found.faults[-1].number == _last_line(data):
            found = self._without_torn_line(found)
        for fault in found.faults:
            _log.error("%s", fault)
        return found

    def append(self, records: Sequence[Mapping[str, Any]]) -> int:
        """Appends records, all or none, and returns their number once they are on disk. Raises `StorageError`."""
        if not records:
            return 0
        data = "".join(map(line_of, records)).encode()
        try:
            self.read()  # a torn line goes first
            with self._locked("a+b") as stream:
                _append(stream, data)
        except OSError as error:
            raise StorageError(
                f"{self.file}无法写入（{error.strerror or error}），{len(records)}条都没有记录",
                remedy="请检查磁盘空间和权限，再记录一次",
            ) from error
        return len(records)

    def _parsed(self, data: bytes) -> Contents[Record]:
        records, faults = list[Record](), list[Fault]()
        for number, line in _numbered(data):
            try:
                records.append(self.parse(json.loads(line)))
            except _NO_RECORD:
                faults.append(Fault(self.file, number, line))
        return Contents(tuple(records), tuple(faults))

    def _without_torn_line(self, found: Contents[Record]) -> Contents[Record]:
        """Moves the last line to `rejected`, unless another process has just completed it; where that fails it stays."""
        try:
            with self._locked("r+b") as stream:
                data = stream.read()
                found = self._parsed(data)
                if not found.faults or found.faults[-1].number != _last_line(data):
                    return found
                torn = found.faults[-1]
                with self.rejected.open("ab") as target:
                    target.write(torn.line + b"\n")
                    _to_disk(target)
                stream.truncate(data.rstrip().rfind(b"\n") + 1)
                _to_disk(stream)
        except OSError:
            return found
        return Contents(found.records, (*found.faults[:-1], Fault(self.file, torn.number, torn.line, self.rejected)))

    @contextmanager
    def _locked(self, mode: str) -> Iterator[BinaryIO]:
        """The file, open for this process alone among those that lock it; the lock ends with the file."""
        with self.file.open(mode, buffering=0) as stream:
            with suppress(ImportError, OSError):  # systems and network folders without locks
                import fcntl

                fcntl.flock(stream, fcntl.LOCK_EX)
            yield stream  # type: ignore[misc]


def line_of(record: Mapping[str, Any]) -> str:
    """A record as one line of JSON, for programs that take U+2028 and U+0085 for ends of lines too."""
    return json.dumps(record, ensure_ascii=False).translate(_ESCAPED) + "\n"


def _append(stream: BinaryIO, data: bytes) -> None:
    """Writes at the end in one piece, on a line of its own; on an error the file is as before."""
    size = stream.seek(0, os.SEEK_END)
    if size:
        stream.seek(size - 1)
        data = data if stream.read(1) == b"\n" else b"\n" + data
    try:
        written = 0
        while written < len(data):
            written += stream.write(data[written:])
        _to_disk(stream)
        stream.seek(size)
        if stream.read(len(data)) != data:
            raise OSError("写入后读不回来")
    except OSError:
        with suppress(OSError):
            stream.truncate(size)
        raise


def _to_disk(stream: BinaryIO) -> None:
    stream.flush()
    os.fsync(stream.fileno())


def _numbered(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, with their numbers from 1."""
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if line.strip():
            yield number, line


def _last_line(data: bytes) -> int:
    return max((number for number, _ in _numbered(data)), default=0)
