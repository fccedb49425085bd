"""Handles unforeseen exceptions: the only module that catches all of them, so that each affects one file or part of a file.

The exception is replaced by an `UnreadableFile` with a report number; the log holds that number with the traceback.
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
from pipeline.logs import log_hint

# the `kind` of every `UnreadableFile`, `Problem` and `Note` that stems from an unforeseen exception
UNFORESEEN = "unforeseen"
REPORT = re.compile(r"QG-\d{8}-[0-9a-f]{8}")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _File:
    name: str = ""
    data: bytes = b""


# kinds of error that affect only a part; passwords and limits concern the whole file
_PARTLY = (UNFORESEEN, "truncated")
# the file being processed, for the log and for report numbers
_FILE: ContextVar[_File | None] = ContextVar("file", default=None)


@contextmanager
def of_file(name: str, data: bytes, step: str = "读取") -> Iterator[None]:
    """Context in which a file is processed: unforeseen exceptions are logged and raised as `UnreadableFile`.

    `name` and `data` identify the file in the log and in the report number; `step` names the work in the message.
    `PipelineError`s pass through unchanged.
    """
    token = _FILE.set(_File(name, data))
    try:
        with guarded(step=step):
            yield
    finally:
        _FILE.reset(token)


@contextmanager
def guarded(place: str = "", step: str = "读取") -> Iterator[None]:
    """Context in which a part (`place`) of the file of the enclosing `of_file` is processed.

    Raises `UnreadableFile` as `of_file` does, of kind "limit" for exhausted memory or recursion. `PipelineError`s pass
    through unchanged.
    """
    try:
        yield
    except PipelineError:
        raise
    except (RecursionError, MemoryError) as error:
        raise UnreadableFile(
            "limit", "文件的结构嵌套过深或者过大（可能是恶意文件）", remedy="请打开后另存，再重新提交", place=place
        ) from error
    except Exception as error:  # libraries may raise anything; every exception is logged with its traceback
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
    """The remedy shown for an unforeseen exception, in Chinese."""
    return f"请把报告编号和{log_hint()}交给维护人员；可以用WPS或Word打开原件，另存后重新提交"


def report(place: str, error: Exception) -> str:
    """Logs an unforeseen exception that belongs to no file, with its traceback, and returns its report number."""
    number = _report_number(_File(place), error)
    _log.error("%s %s", number, place, exc_info=error)
    return number


def _report_number(file: _File, error: Exception) -> str:
    """A report number such as QG-20261129-3f9a1c07: the same exception on the same file gets the same number on the same day."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(frame.filename).name}:{frame.lineno}"
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    content = f"{hashlib.sha256(file.data).hexdigest()} {kind} {where}"
    return f"QG-{date.today():%Y%m%d}-{hashlib.sha256(content.encode()).hexdigest()[:8]}"


@dataclass(slots=True)
class Losses:
    """Collects the parts of a file that could not be read, by place, while the others are read."""

    errors: dict[str, UnreadableFile] = field(default_factory=dict)
    # the first page that was not read because of a limit, and why
    cut: tuple[int, int, str] | None = None

    @contextmanager
    def part(self, place: str) -> Iterator[None]:
        """Context in which one part (第3页) is processed.

        Damage and unforeseen exceptions are recorded under `place` and suppressed; other errors are raised.
        """
        try:
            with guarded(place):
                yield
        except UnreadableFile as error:
            if error.kind not in _PARTLY:
                raise
            self.errors[place] = error

    def page(self, number: int) -> AbstractContextManager[None]:
        """`part` for a page, numbered from 1."""
        return self.part(_page(number))

    def cut_off(self, first: int, last: int, why: str) -> None:
        """Records that the pages from `first` to `last` are not read, because of a limit (超过一个文件的时间)."""
        self.cut = self.cut or (first, last, why)

    def has_page(self, number: int) -> bool:
        """Whether the page, numbered from 1, was lost or left out."""
        return _page(number) in self.errors or (self.cut is not None and number >= self.cut[0])

    def notes(self) -> tuple[Note, ...]:
        """One note for the reviewer per lost part, and one on the pages that were left out."""
        found = tuple(
            Note(error.kind, f"{place}没有读出：{error.message}，请对照原件") for place, error in self.errors.items()
        )
        if self.cut is None:
            return found
        first, last, why = self.cut
        return (*found, Note("limit", f"从第{first}页起到第{last}页没有读：{why}，请拆分后提交"))

    def check(self, found: bool) -> None:
        """Raise the first recorded error if parts were lost or left out and nothing else was `found`."""
        if self.errors and not found:
            raise next(iter(self.errors.values()))
        if self.cut is not None and not found:
            raise UnreadableFile("limit", f"没有读出文字：{self.cut[2]}", remedy="请拆分后提交")


def _page(number: int) -> str:
    return f"第{number}页"


def as_problem(name: str, digest: str | None, error: UnreadableFile, *, waiting: bool = False) -> Problem:
    """The entry of the problem list for the error that prevented a file from being read."""
    return Problem(name, digest, error.kind, error.message, error.remedy, waiting)
