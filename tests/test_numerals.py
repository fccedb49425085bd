"""Numerals in every notation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.numerals import read_number, write_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("二十三", 23),
        ("二〇二〇", 2020),
        ("二○一七", 2017),
        ("二OO九", 2009),
        ("廿五", 25),
        ("１２", 12),
        ("一百零五", 105),
        ("十", 10),
        ("两", 2),
        ("卅一", 31),
    ],
)
def test_a_numeral_is_read(text: str, value: int) -> None:
    assert read_number(text) == value


@pytest.mark.parametrize("text", ["", "甲", "第三", "2.5"])
def test_text_that_is_not_a_numeral_gives_none(text: str) -> None:
    assert read_number(text) is None


@given(st.integers(min_value=1, max_value=9999))
def test_writing_and_reading_give_the_same(value: int) -> None:
    assert read_number(write_number(value)) == value
