"""Working days and due days, in years whose holidays are announced and in years whose holidays are not."""

from datetime import date, timedelta

import pytest

from pipeline.review.models import Kind
from pipeline.review.queue.workdays import calendar_note, due_day, is_workday


@pytest.mark.parametrize(
    ("start", "due"),
    [
        pytest.param(date(2026, 11, 20), date(2026, 11, 27), id="over a weekend"),
        pytest.param(date(2026, 9, 29), date(2026, 10, 12), id="over the holidays of October with 调休 working days"),
        pytest.param(date(2026, 12, 28), date(2027, 1, 5), id="over 元旦 of a year that is not announced"),
        pytest.param(date(2029, 10, 1), date(2029, 10, 10), id="within 国庆节 of a year that is not announced"),
        pytest.param(date(2029, 4, 2), date(2029, 4, 10), id="over 清明 of a year that is not announced"),
    ],
)
def test_a_draft_is_due_after_five_working_days(start: date, due: date) -> None:
    assert due_day(Kind.DRAFT, start) == due


@pytest.mark.parametrize(
    ("start", "due"),
    [
        pytest.param(date(2026, 12, 1), date(2026, 12, 31), id="days, not working days"),
        pytest.param(date(2026, 9, 5), date(2026, 10, 8), id="the last day lies in the holidays of October"),
        pytest.param(date(2026, 11, 13), date(2026, 12, 14), id="the last day is a Sunday"),
    ],
)
def test_an_objection_is_due_thirty_days_after_it_came_in(start: date, due: date) -> None:
    """行政复议法第五十六条."""
    assert due_day(Kind.OBJECTION, start) == due


@pytest.mark.parametrize("year", range(2027, 2041))
def test_the_law_fixes_holidays_of_each_year_without_an_announcement(year: int) -> None:
    fixed = [(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)]
    assert not any(is_workday(date(year, month, day)) for month, day in fixed)
    april = [date(year, 4, 1) + timedelta(days=at) for at in range(12)]
    qingming = [day for day in april if day.weekday() < 5 and not is_workday(day)]
    assert len(qingming) <= 1 and all(day.day in (4, 5) for day in qingming)
    # 5月3日 and 10月4日 are no holidays of the law
    for day in (date(year, 5, 3), date(year, 10, 4), date(year, 4, 6)):
        assert is_workday(day) == (day.weekday() < 5)


def test_a_day_before_the_amended_law_and_before_all_announcements_is_a_weekday() -> None:
    assert is_workday(date(1999, 10, 1))
    assert not is_workday(date(1999, 10, 2))


def test_a_due_day_in_a_year_without_announced_holidays_is_said_to_be_open() -> None:
    assert calendar_note(date(2026, 11, 20), date(2026, 11, 27)) == ""
    note = calendar_note(date(2026, 12, 28), date(2027, 1, 5))
    assert note.startswith("2027年的节假日安排尚未公布，期限按法定节假日推算") and note.endswith("公布后可能变动")
    assert calendar_note(date(2028, 12, 28), date(2029, 1, 5)).startswith("2028年、2029年的")
    assert calendar_note(date(1999, 1, 1), date(2000, 1, 1)) == ""
