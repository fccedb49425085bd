"""Calls a function of pdfium for many things at once, such as all characters of a page.

pypdfium2 checks and converts what it is given at each call, which takes longer than what pdfium does for one character. Here
functions are called without conversion, from loops of the interpreter that run in C, and write into buffers made once.
"""

import ctypes
import threading
from collections import deque
from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2.raw as pdfium_c

# rows of a buffer; more are read in several parts
_ROWS = 1024
Function = Callable[..., Any]


def function(name: str, gives: Any = ctypes.c_int) -> Function:
    """A function of pdfium by name. It takes whole numbers as int and addresses as `byref`, `c_void_p` or what a buffer holds."""
    return ctypes.PYFUNCTYPE(gives)(ctypes.cast(getattr(pdfium_c, name), ctypes.c_void_p).value or 0)


class Handle(ctypes.c_void_p):
    """The address of a thing of pdfium, as functions give and take it; False for none."""


def place_of(handle: Any) -> Any:
    """The address that a handle of pypdfium2 stands for, as functions take it."""
    return ctypes.byref(handle.contents)


class _Buffer:
    """Rows of numbers, and the addresses in each row to which a function writes."""

    def __init__(self, kind: Any, width: int, addresses: int) -> None:
        held, size = (kind * (width * _ROWS))(), ctypes.sizeof(kind)
        self.rows: npt.NDArray[Any] = np.frombuffer(held, kind).reshape(_ROWS, width)
        self.columns = [
            [ctypes.byref(held, (row * width + at) * size) for row in range(_ROWS)] for at in range(addresses)
        ]


class _Buffers(threading.local):
    """The buffers of a thread: numbers in one structure have one address, others one each."""

    def __init__(self) -> None:
        self.box = _Buffer(ctypes.c_float, 4, 1)
        self.sides = _Buffer(ctypes.c_double, 4, 4)
        self.bounds = _Buffer(ctypes.c_float, 4, 4)
        self.matrix = _Buffer(ctypes.c_float, 6, 1)
        self.channels = _Buffer(ctypes.c_uint, 4, 4)
        self.point = _Buffer(ctypes.c_float, 2, 2)
        self.modes = _Buffer(ctypes.c_int, 2, 2)


buffers = _Buffers()


def handles(get: Function, parent: Any, count: int) -> list[Handle]:
    """The things that a function gives for the numbers from 0."""
    return list(map(get, repeat(parent), range(count)))


def rows_of(called: Function, things: Sequence[Any], buffer: _Buffer, *, parent: Any = None) -> npt.NDArray[Any]:
    """What a function writes for each of some things, or for each of some numbers of a `parent`, one a row; 0 where it fails."""
    parts = []
    for start in range(0, len(things), _ROWS):
        part = things[start : start + _ROWS]
        buffer.rows[: len(part)] = 0
        given = (part,) if parent is None else (repeat(parent), part)
        deque(map(called, *given, *buffer.columns), maxlen=0)
        parts.append(buffer.rows[: len(part)].copy())
    return parts[0] if len(parts) == 1 else np.concatenate(parts) if parts else buffer.rows[:0].copy()
