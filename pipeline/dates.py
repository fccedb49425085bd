"""Reads dates in Chinese notations and computes terms of validity.

Only days that exist in the calendar are returned (2022年2月30日 is not); dates found in a text carry their span.
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.document import Span
from pipeline.numerals import read_number

_YEAR = r"(?:[12][0-9]{3}|[一二][〇零○OoＯ0-9一二三四五六七八九]{3})"
_SMALL = r"(?:[0-9]{1,2}|[一二三四五六七八九十廿卅]{1,3})"

# 2018年9月11日, 二〇一〇年十二月二十八日, 2022年10月 10 日
DATE = re.compile(rf"({_YEAR})\s*年\s*({_SMALL})\s*月\s*({_SMALL})\s*日")
# 1995-02-09, 2018.09.11, 2018/9/11: accepted only in form fields that hold a date
NUMERIC_DATE = re.compile(r"((?:19|20)[0-9]{2})[-./]([0-9]{1,2})[-./]([0-9]{1,2})(?![0-9])")
# 2017年底, 2025年12月底, 2020年末
YEAR_END = re.compile(rf"({_YEAR})\s*年(?:\s*({_SMALL})\s*月)?(?:底|末)")


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date with its span in the text."""

    day: date
    span: Span


def make_day(year: str, month: str, day: str) -> date | None:
    """The date given by three numerals, or None if there is no such day.

    >>> make_day("二○一○", "十二", "二十八")
    datetime.date(2010, 12, 28)
    """
    numbers = [read_number(part) for part in (year, month, day)]
    try:
        return date(*(number or 0 for number in numbers))
    except ValueError:
        return None


def find_dates(text: str, start: int = 0, end: int | None = None) -> Iterator[FoundDate]:
    """Every full date between two offsets, in order; spans are relative to the beginning of `text`."""
    for match in DATE.finditer(text, start, len(text) if end is None else end):
        day = make_day(*match.groups())
        if day:
            yield FoundDate(day, Span(*match.span()))


def first_date(text: str, start: int = 0, end: int | None = None) -> FoundDate | None:
    """The first full date between two offsets, or None."""
    return next(find_dates(text, start, end), None)


def read_date(text: str) -> date | None:
    """The date in a form field (1995-02-09, 1993年07月09日), or None."""
    match = DATE.search(text) or NUMERIC_DATE.search(text)
    return make_day(*match.groups()) if match else None


def last_day_of(year: int, month: int = 12) -> date:
    """The last day of a month; without a month, of the year."""
    return date(year, month, calendar.monthrange(year, month)[1])


def add_years(day: date, years: float) -> date:
    """The same day `years` later (halves are six months); 29 February becomes 28 February."""
    months = day.month - 1 + round(years * 12)
    year, month = day.year + months // 12, months % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def last_day_in_force(start: date, years: float) -> date:
    """The last day of a term of `years` that begins on `start`: 5 years from 2013-10-02 end on 2018-10-01."""
    return add_years(start, years) - timedelta(days=1)
