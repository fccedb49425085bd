"""What one file may take: time, memory, pages, characters and unpacked bytes, over all levels of archives in archives.

The limits come from the environment (docs/installing.md). What is left out because of one is told in a note or a problem, never dropped
in silence.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from pipeline.errors import UsageError

_MIB = 1024 * 1024
# share of the time after which a reader that goes page by page stops, so that what it has read is still analysed
_READING = 0.7


@dataclass(frozen=True, slots=True)
class Budget:
    """The limits of one file: `seconds`, `memory` and `unpacked` in MiB, `pages`, `characters` of text."""

    seconds: int = 600
    memory: int = 4096
    pages: int = 3000
    characters: int = 2_000_000
    unpacked: int = 2048

    @property
    def unpacked_bytes(self) -> int:
        return self.unpacked * _MIB


def file_budget() -> Budget:
    """The limits that the environment sets. Raises `UsageError` for a value that is no positive number."""
    usual = Budget()
    return Budget(
        _number("QINGGUI_FILE_SECONDS", usual.seconds),
        _number("QINGGUI_FILE_MEMORY", usual.memory),
        _number("QINGGUI_FILE_PAGES", usual.pages),
        _number("QINGGUI_FILE_CHARACTERS", usual.characters),
        _number("QINGGUI_FILE_UNPACKED", usual.unpacked),
    )


def _number(variable: str, usual: int) -> int:
    words = os.environ.get(variable, "").strip()
    if not words:
        return usual
    if not (words.isascii() and words.isdecimal() and 0 < int(words) < 10**9):
        raise UsageError(f"环境变量{variable}（{words}）不是正整数", remedy=f"请写数字，不设置时为{usual}")
    return int(words)


# the time of the monotonic clock at which reading has to stop; None: no limit
_stop: ContextVar[float | None] = ContextVar("stop", default=None)


@contextmanager
def timed(seconds: float) -> Iterator[None]:
    """Context in which a file is read and analysed within so many seconds; readers ask `is_late` after each page."""
    token = _stop.set(time.monotonic() + seconds * _READING)
    try:
        yield
    finally:
        _stop.reset(token)


def is_late() -> bool:
    """Whether a reader should stop now and tell what it has not read."""
    stop = _stop.get()
    return stop is not None and time.monotonic() > stop
