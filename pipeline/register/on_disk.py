"""Sequences whose values lie in a temporary file, so that the memory of a register does not grow with its documents."""

import os
import pickle
import tempfile
from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from io import BytesIO
from itertools import pairwise
from operator import attrgetter
from pathlib import Path
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")
# values that were asked for last, and those read at once where all are gone through
_KEPT, _AT_ONCE = 512, 256


class _Pickler(pickle.Pickler):
    """Writes instances of dataclasses as their class with its values, which reads several times as fast as their state."""

    def reducer_override(self, value: Any) -> Any:
        values = _values_of(value.__class__)
        return NotImplemented if values is None else (type(value), values(value))


@cache
def _values_of(kind: type[Any]) -> Callable[[Any], tuple[Any, ...]] | None:
    """What gives the values of all fields of instances of a dataclass of two fields or more, None for other classes."""
    names = [field.name for field in fields(kind)] if is_dataclass(kind) else []
    return attrgetter(*names) if len(names) > 1 else None


def _encoded(value: object) -> bytes:
    stream = BytesIO()
    _Pickler(stream, pickle.HIGHEST_PROTOCOL).dump(value)
    return stream.getvalue()


class Scratch:
    """A nameless file of this process, in a folder or where temporary files lie, to which bytes are added and from which they are read."""

    def __init__(self, folder: Path | None = None) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - it is closed with the object
        self._size = self._written = 0

    def __del__(self) -> None:
        self._file.close()

    def add(self, data: bytes) -> int:
        """Adds bytes at the end, and returns where they end."""
        self._file.write(data)
        self._size += len(data)
        return self._size

    def read(self, start: int, end: int) -> bytes:
        """The bytes of a stretch."""
        if self._written < end:
            self._file.flush()
            self._written = self._size
        return os.pread(self._file.fileno(), end - start, start)


class DiskSequence(Sequence[T], Generic[T]):
    """Values in a file that vanishes with them; eight bytes of each are in memory.

    A value is written when it is appended and made anew when it is asked for.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self._scratch = Scratch(folder)
        self._ends = array("q", [0])
        self._kept: OrderedDict[int, T] = OrderedDict()

    def append(self, value: T) -> None:
        """Adds a value at the end."""
        self._ends.append(self._scratch.add(_encoded(value)))

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[T]: ...
    def __getitem__(self, at: int | slice) -> T | Sequence[T]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        if at < 0:
            at += len(self)
        found = self._kept.get(at)
        if found is None:
            if not 0 <= at < len(self):
                raise IndexError(at)
            found = pickle.loads(self._scratch.read(self._ends[at], self._ends[at + 1]))
            self._kept[at] = found
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found

    def __iter__(self) -> Iterator[T]:
        for first in range(0, len(self), _AT_ONCE):
            ends = self._ends[first : first + _AT_ONCE + 1]
            data = memoryview(self._scratch.read(ends[0], ends[-1]))
            for start, end in pairwise(ends):
                yield pickle.loads(data[start - ends[0] : end - ends[0]])
