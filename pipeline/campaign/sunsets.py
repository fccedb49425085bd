"""到期日历: the last day of each document and the start of its evaluation, as iCalendar."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from icalendar import Alarm, Calendar, Event

from pipeline.campaign.decisions import Decision
from pipeline.campaign.proposals import Row

# 届满前六个月内评估
EVALUATION = timedelta(days=183)
_ENDED = ("repeal", "lapse")


def upcoming(rows: Iterable[Row], as_of: date, final: Mapping[str, Decision]) -> list[Row]:
    """Documents in scope whose last day is `as_of` or later, the earliest first, without those that end before: by the decision in
    `final` (by `Row.key`), without one by what is proposed."""
    ahead = [row for row in rows if row.expires and row.expires >= as_of and row.is_concerned]
    outcomes = {row.id: final[row.key].outcome if row.key in final else row.outcome for row in ahead}
    going_on = [row for row in ahead if outcomes[row.id] not in _ENDED]
    return sorted(going_on, key=lambda row: (row.expires or date.max, row.id))


def write_calendar(path: Path, documents: Sequence[Row], as_of: date) -> None:
    """Writes an .ics file for documents (`upcoming`).

    Each document has two whole-day events, start of evaluation (183 days before the end, not before `as_of`) and last
    day, each with a reminder seven days before.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//qinggui//清规//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "规范性文件到期日历")
    for row in documents:
        if row.expires:
            begin = max(row.expires - EVALUATION, as_of)
            calendar.add_component(
                _event(row, begin, f"启动评估：{row.display_title}（有效期至{row.expires}）", "evaluate")
            )
            calendar.add_component(_event(row, row.expires, f"有效期届满：{row.display_title}", "expire"))
    path.write_bytes(calendar.to_ical())


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
