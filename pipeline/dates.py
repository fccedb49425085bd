"""Reads dates in Chinese notations and computes terms of validity.

Only days that exist in the calendar are returned (2022年2月30日 is not); dates found in a text carry their span.
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.document import Span
from pipeline.numerals import DIGIT, ZEROS, read_number

_CENTURY = 100
_SATURDAY = 5
# years of two digits: 98年 is 1998, 05年 is 2005
_TURN_OF_CENTURY = 50
_YEAR = rf"(?:[12](?: ?[0-9]){{3}}|[一二壹贰](?: ?{DIGIT}){{3}})"
_SHORT_YEAR = rf"(?<![0-9第满{ZEROS}一二三四五六七八九十百])(?:[5-9五六七八九]{DIGIT}|[{ZEROS}]{DIGIT}|[12][0-9](?=年[0-9]{{1,2}}月[0-9]))"
_SMALL = rf"(?:[0-9](?: ?[0-9])?|[{ZEROS}一二三四五六七八九十廿卅壹贰叁肆伍陆柒捌玖拾]{{1,4}})"
_OTHER_CALENDAR = r"(?<!民国)(?<!农历)(?<!阴历)(?<!民国 )(?<!农历 )"

# 2018年9月11日, 二〇一〇年十二月二十八日, 2022年10月 10 日, 二00九年元月五日, 九八年六月三日
DATE = re.compile(rf"{_OTHER_CALENDAR}({_YEAR}|{_SHORT_YEAR})\s*年\s*({_SMALL}|元)\s*月\s*({_SMALL})\s*[日号](?!文)")
# 1995-02-09, 2018.09.11, 2018/9/11: accepted only where a day is asked for: form fields, signatures, 自…起施行
NUMERIC_DATE = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})[-./]([0-9]{1,2})[-./]([0-9]{1,2})(?![0-9])")
# 2017年底, 2025年12月底, 2020年末
YEAR_END = re.compile(rf"({_YEAR})\s*年(?:\s*({_SMALL})\s*月)?(?:底|末)")
_BLANK = re.compile(r"\s")


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
    numbers = [read_number(_BLANK.sub("", part).replace("元", "一")) or 0 for part in (year, month, day)]
    if len(year) == 2:
        numbers[0] += _CENTURY * (19 if numbers[0] >= _TURN_OF_CENTURY else 20)
    try:
        return date(*numbers)
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


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later, or the last day of a month that is shorter."""
    months += day.month - 1
    year, month = day.year + months // 12, months % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def last_day_in_force(start: date, years: float) -> date:
    """The last day of a term of `years` (1.5 is a year and six months) from `start`: 5 from 2013-10-02 end on 2018-10-01."""
    return add_months(start, round(years * 12)) - timedelta(days=1)


def after_delay(day: date, *, months: int = 0, days: int = 0, working_days: int = 0) -> date:
    """The day on which takes effect what was announced on a day, after so many months, days and working days."""
    return add_working_days(add_months(day, months) + timedelta(days=days), working_days)


def add_working_days(day: date, count: int) -> date:
    """The day `count` days from Monday to Friday later; holidays are not known here."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < _SATURDAY
    return day
