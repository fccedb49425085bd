"""办理期限: working days, with the holidays and 调休 days that the State Council has announced."""

from datetime import date, timedelta

import chinese_calendar

from pipeline.review.models import Kind

# working days until a case is due, by kind
DAYS = {Kind.DRAFT: 5, Kind.FILED: 30, Kind.OBJECTION: 30, Kind.CLEANUP: 60, Kind.MAJOR: 7, Kind.CONTRACT: 10}


def is_workday(day: date) -> bool:
    """Whether offices work on a day; in years without an announcement, Monday to Friday."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def due_day(kind: str, start: date) -> date:
    """The day a case is due: the last of its working days, the day it came not counted (行政期限不含当日)."""
    left, day = DAYS.get(Kind(kind), 30), start
    while left:
        day += timedelta(days=1)
        left -= is_workday(day)
    return day
