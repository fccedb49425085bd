"""Faults that nobody foresaw: the only place that catches every exception, so that one costs a file or a part of it and no more.

What is raised in its stead is an `UnreadableFile` with a report number; the log holds the number with the traceback.
"""

import hashlib
import logging
import re
import traceback
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pipeline.document import Note, Problem
from pipeline.errors import PipelineError, UnreadableFile
from pipeline.logs import way_to_log

# the kind of an `UnreadableFile`, a `Problem` and a `Note` that come from such a fault
UNFORESEEN = "unforeseen"
REPORT = re.compile(r"QG-\d{8}-[0-9a-f]{8}")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _File:
    name: str = ""
    data: bytes = b""


# what costs a part only; passwords and limits concern the file as a whole
_PARTLY = (UNFORESEEN, "truncated")
# the file that is worked on, for the log and for report numbers
_FILE: ContextVar[_File | None] = ContextVar("file", default=None)


@contextmanager
def of_file(name: str, data: bytes, step: str = "读取") -> Iterator[None]:
    """Work on a file. Raises `UnreadableFile` for whatever the project did not raise itself; `step` says what failed."""
    token = _FILE.set(_File(name, data))
    try:
        with guarded(step=step):
            yield
    finally:
        _FILE.reset(token)


@contextmanager
def guarded(place: str = "", step: str = "读取") -> Iterator[None]:
    """Work on a place of the file that is worked on, or on all of it. Raises `UnreadableFile` as `of_file` does."""
    try:
        yield
    except PipelineError:
        raise
    except (RecursionError, MemoryError) as error:
        raise UnreadableFile(
            "limit", "文件的结构嵌套过深或者过大（可能是恶意文件）", remedy="请打开后另存，再重新提交", place=place
        ) from error
    except Exception as error:  # part libraries raise what they like; each fault is logged with its traceback
        file = _FILE.get() or _File()
        number = _report_number(file, error)
        _log.exception("%s %s%s", number, file.name, f" {place}" if place else "")
        raise UnreadableFile(
            UNFORESEEN,
            f"{step}时程序出错（报告编号{number}）",
            remedy=remedy(),
            place=place,
        ) from error


def remedy() -> str:
    """What a user can do about a fault that nobody foresaw."""
    return f"请把报告编号和{way_to_log()}交给维护人员；可以用WPS或Word打开原件，另存后重新提交"


def _report_number(file: _File, error: Exception) -> str:
    """A number that the same fault of the same file gets again on the same day: QG-20261129-3f9a1c07."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(frame.filename).name}:{frame.lineno}"
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    content = f"{hashlib.sha256(file.data).hexdigest()} {kind} {where}"
    return f"QG-{date.today():%Y%m%d}-{hashlib.sha256(content.encode()).hexdigest()[:8]}"


@dataclass(slots=True)
class Losses:
    """The parts of a file that were lost, to such a fault or because they are damaged, while the others were read."""

    errors: dict[str, UnreadableFile] = field(default_factory=dict)

    @contextmanager
    def part(self, place: str) -> Iterator[None]:
        """Work on a part (第3页): a fault or damage of it is kept and named, what else the project raises goes on."""
        try:
            with guarded(place):
                yield
        except UnreadableFile as error:
            if error.kind not in _PARTLY:
                raise
            self.errors[place] = error

    def page(self, number: int) -> AbstractContextManager[None]:
        """Work on a page, numbered from 1."""
        return self.part(_page(number))

    def has_page(self, number: int) -> bool:
        return _page(number) in self.errors

    def notes(self) -> tuple[Note, ...]:
        """What the reviewer is to know, a note for each part."""
        return tuple(
            Note(error.kind, f"{place}没有读出：{error.message}，请对照原件") for place, error in self.errors.items()
        )

    def check(self, found: bool) -> None:
        """Raises the first fault where nothing was `found` beside what was lost."""
        if self.errors and not found:
            raise next(iter(self.errors.values()))


def _page(number: int) -> str:
    return f"第{number}页"


def as_problem(name: str, digest: str | None, error: UnreadableFile, *, waiting: bool = False) -> Problem:
    """The entry of the problem list for what kept a file from being read."""
    return Problem(name, digest, error.kind, error.message, error.remedy, waiting)
