"""办理期限: due days in working days, with the holidays and 调休 days announced by the State Council."""

from datetime import date, timedelta

import chinese_calendar

from pipeline.review.models import Kind

# working days until a case is due, by kind
DAYS = {Kind.DRAFT: 5, Kind.FILED: 30, Kind.OBJECTION: 30, Kind.CLEANUP: 60, Kind.MAJOR: 7, Kind.CONTRACT: 10}


def is_workday(day: date) -> bool:
    """Whether a day is a working day; Monday to Friday in years for which no announcement is known."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def due_day(kind: str, start: date) -> date:
    """The due day of a case that came in on `start`: the last of its working days, the first day not counted (行政期限不含当日)."""
    left, day = DAYS.get(Kind(kind), 30), start
    while left:
        day += timedelta(days=1)
        left -= is_workday(day)
    return day
