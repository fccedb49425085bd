"""办理期限: due days in working days, and of an objection in days, with the holidays and 调休 days announced by the State Council.

Years for which no announcement is known have the holidays whose days the law itself fixes. The lunar ones among them (春节, 端午, 中秋)
are not counted, since no library here knows the lunar calendar; `calendar_note` tells people so.
"""

from datetime import date, timedelta

import chinese_calendar

from pipeline.review.models import Kind

# working days until a case is due, by kind
DAYS = {Kind.DRAFT: 5, Kind.FILED: 30, Kind.CLEANUP: 60, Kind.MAJOR: 7, Kind.CONTRACT: 10}
# 行政复议法第五十六条: days, of which only 三日, 五日, 七日, 十日 are working days (第八十八条第二款)
OBJECTION_DAYS = 30
# 全国年节及纪念日放假办法第二条 (as amended by 国务院令第795号, since 1 January 2025), by month and day: 元旦, 劳动节, 国庆节
_FIXED_SINCE, _FIXED = 2025, frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})


def is_workday(day: date) -> bool:
    """Whether a day is a working day.

    In years for which no announcement is known these are the days from Monday to Friday, without the days off that the law fixes.
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5 and not _is_fixed_holiday(day)


def _is_fixed_holiday(day: date) -> bool:
    """Whether the law makes a day off without an announcement: 元旦, 清明, 劳动节, 国庆节."""
    if day.year < _FIXED_SINCE:
        return False
    return (day.month, day.day) in _FIXED or (day.month == 4 and _is_qingming(day))


def _is_qingming(day: date) -> bool:
    """Whether a day is the first of the solar term 清明."""
    return any(name == "清明" and first == day for first, name in chinese_calendar.get_solar_terms(day, day))


def due_day(kind: str, start: date) -> date:
    """The due day of a case that came in on `start`: the last of its working days, the first day not counted (行政期限不含当日).

    That of an objection is counted in days; where the last is a day off, the next working day is due (民事诉讼法第八十五条第三款, which
    行政复议法第八十八条第一款 applies).
    """
    if kind == Kind.OBJECTION:
        day = start + timedelta(days=OBJECTION_DAYS)
        while not is_workday(day):
            day += timedelta(days=1)
        return day
    left, day = DAYS.get(Kind(kind), 30), start
    while left:
        day += timedelta(days=1)
        left -= is_workday(day)
    return day


def calendar_note(start: date, due: date) -> str:
    """What people must know of a due day that was counted in a year without announced holidays, in Chinese; "" where there is none."""
    years = [
        f"{year}年" for year in range(start.year, due.year + 1) if year >= _FIXED_SINCE and not _is_announced(year)
    ]
    if not years:
        return ""
    return f"{'、'.join(years)}的节假日安排尚未公布，期限按法定节假日推算（春节、端午、中秋未计入），公布后可能变动"


def _is_announced(year: int) -> bool:
    """Whether the holidays of a year are known."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True
