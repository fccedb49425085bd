"""The check of the night: run by a worker that has nothing else to do, a little at a time, at most once a day."""

import os
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

from pipeline.home import private_file
from pipeline.review.claims import claim
from pipeline.review.inspection.run import Result, Row, keep, last_result, steps

# seconds of one portion, and between two looks whether a check is due
_PORTION, _LOOK = 0.2, 60.0
# before this hour of the day it is night; a check that found no night for so long is made by day
_MORNING, _OVERDUE = 6, timedelta(hours=36)
_CLAIM = "check.running"


class _Night:
    """The check in progress in this process, the rows it has, and when to look again (seconds of the monotonic clock)."""

    running: Iterator[Row | None] | None = None
    rows: tuple[Row, ...] = ()
    look = 0.0


_night = _Night()


def is_due(last: Result | None, now: datetime) -> bool:
    """Whether a check should be made: none was made today and it is night, or none for a day and a half."""
    if last is None or now - last.at > _OVERDUE:
        return True
    here = timezone.localtime(now)
    return here.hour < _MORNING and timezone.localtime(last.at).date() < here.date()


def go_on(home: Path) -> None:
    """Goes on with the check of the night for a fifth of a second, begins one where one is due, or does nothing."""
    if _night.running is None:
        if time.monotonic() < _night.look:
            return
        _night.look = time.monotonic() + _LOOK
        if not is_due(last_result(home), timezone.now()) or not claim(home / _CLAIM):
            return
        _night.running, _night.rows = steps(home), ()
    _go_on(home, _night.running)


def _go_on(home: Path, running: Iterator[Row | None]) -> None:
    until = time.monotonic() + _PORTION
    for row in running:
        if row is not None:
            _night.rows = (*_night.rows, row)
        if time.monotonic() > until:
            os.utime(private_file(home / _CLAIM))
            return
    keep(home, Result(timezone.now(), _night.rows))
    give_up(home)


def give_up(home: Path) -> None:
    """Ends the check in progress in this process; it is begun anew when one is due."""
    if _night.running is not None:
        _night.running = None
        (home / _CLAIM).unlink(missing_ok=True)
