"""Dates in every notation, and terms of validity."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dates import find_dates, first_date, last_day_in_force, read_date
from pipeline.numerals import write_number

DIGITS = "〇一二三四五六七八九"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2018年9月11日", date(2018, 9, 11)),
        ("二〇一〇年十二月二十八日", date(2010, 12, 28)),
        ("二○一○年十月十一日", date(2010, 10, 11)),
        ("2022年10月 10 日", date(2022, 10, 10)),
        ("1995年02月09日", date(1995, 2, 9)),
        ("二零一八年廿五日", None),
        ("2022年2月30日", None),
        ("二〇二五年元月十二日", date(2025, 1, 12)),
        ("二00七年九月三日", date(2007, 9, 3)),
        ("二ΟΟ六年五月九日", date(2006, 5, 9)),
        ("二◯一三年十月二十日", date(2013, 10, 20)),
        ("二ОО五年三月八日", date(2005, 3, 8)),
        ("二零二一年七月零六日", date(2021, 7, 6)),
        ("二〇二二年八月〇二日", date(2022, 8, 2)),
        ("贰零壹伍年柒月拾玖日", date(2015, 7, 19)),
        ("二〇〇九年九月廿八日", date(2009, 9, 28)),
        ("二〇〇八年十二月卅日", date(2008, 12, 30)),
        ("二〇一四年十一月二O日", date(2014, 11, 20)),
        ("九六年四月七日", date(1996, 4, 7)),
        ("97年4月8日", date(1997, 4, 8)),
        ("零四年四月七日", date(2004, 4, 7)),
        ("2 0 1 9年 6月 1 5日", date(2019, 6, 15)),
        ("2023年8月9号", date(2023, 8, 9)),
        ("农历二〇二二年十一月初五", None),
        ("民国87年5月12日", None),
        ("满15年6月3日", None),
    ],
)
def test_a_date_is_read_if_it_exists_in_the_calendar(text: str, day: date | None) -> None:
    found = first_date(text)
    assert (found.day if found else None) == day


def test_a_numeric_date_is_read_only_where_a_field_asks_for_one() -> None:
    assert read_date("1993-07-09") == date(1993, 7, 9)
    assert first_date("电话0311-2004-07-09") is None


@given(st.dates(min_value=date(1949, 10, 1), max_value=date(2035, 12, 31)), st.booleans())
def test_every_day_is_found_in_digits_and_in_characters(day: date, chinese: bool) -> None:
    year = "".join(DIGITS[int(c)] for c in str(day.year)) if chinese else str(day.year)
    month, number = (write_number(day.month), write_number(day.day)) if chinese else (str(day.month), str(day.day))
    text = f"自{year}年{month}月{number}日起施行"
    (found,) = find_dates(text)
    assert found.day == day
    assert found.span.cut(text) == f"{year}年{month}月{number}日"


def test_a_term_of_five_years_ends_the_day_before() -> None:
    assert last_day_in_force(date(2013, 10, 2), 5) == date(2018, 10, 1)


def test_a_term_from_29_february_ends_in_a_year_without_one() -> None:
    assert last_day_in_force(date(2020, 2, 29), 1) == date(2021, 2, 27)
