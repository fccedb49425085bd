"""Numerals in every notation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.numerals import read_number, read_quantity, write_number


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


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2亿5千万", 250_000_000), ("1万5千", 15_000), ("3万2", 32_000), ("1亿2000万", 120_000_000), ("两万三", 23_000),
        ("一万零五百", 10_500), ("5百", 500), ("1.2万", 12_000), ("12,345.5万", 123_455_000), ("6，789", 6789),
        ("三千五百万", 35_000_000), ("1万亿", 10**12), ("二点五", 2.5), ("壹万贰仟", 12_000),
    ],
)  # fmt: skip
def test_a_quantity_of_any_writing_is_read(text: str, value: float) -> None:
    assert read_quantity(text) == value


@pytest.mark.parametrize("text", ["", "半", "万", "1万元", "第三", "5百千米"])
def test_text_that_is_no_quantity_gives_none(text: str) -> None:
    assert read_quantity(text) is None


@given(st.integers(min_value=1, max_value=9999))
def test_writing_and_reading_give_the_same(value: int) -> None:
    assert read_number(write_number(value)) == value
