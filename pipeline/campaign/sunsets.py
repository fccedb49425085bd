"""到期日历: when documents end and when their evaluation must begin, as iCalendar."""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from icalendar import Alarm, Calendar, Event

from pipeline.campaign.proposals import Row

# 届满前六个月内评估
EVALUATION = timedelta(days=183)


def upcoming(rows: Iterable[Row], as_of: date) -> list[Row]:
    """Documents in scope that end on or after a day, the soonest first."""
    ahead = [row for row in rows if row.expires and row.expires >= as_of and not row.left_out]
    return sorted(ahead, key=lambda row: (row.expires or date.max, row.id))


def write_calendar(path: Path, rows: Iterable[Row], as_of: date) -> int:
    """An .ics with two whole-day events a document, evaluation and end, each with a reminder; returns documents."""
    calendar = Calendar()
    calendar.add("prodid", "-//qinggui//清规//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "规范性文件到期日历")
    ahead = upcoming(rows, as_of)
    for row in ahead:
        if row.expires:
            begin = max(row.expires - EVALUATION, as_of)
            calendar.add_component(_event(row, begin, f"启动评估：{row.called}（有效期至{row.expires}）", "evaluate"))
            calendar.add_component(_event(row, row.expires, f"有效期届满：{row.called}", "expire"))
    path.write_bytes(calendar.to_ical())
    return len(ahead)


def _event(row: Row, day: date, summary: str, what: str) -> Event:
    event = Event()
    event.add("uid", f"{row.digest[:24]}-{what}@qinggui")
    event.add("summary", summary)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("description", f"{row.number or '无文号'}；责任单位：{'、'.join(row.issuers) or '不明'}")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", timedelta(days=-7))
    event.add_component(alarm)
    return event
