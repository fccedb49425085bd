"""Reads and writes whole numbers in Chinese notations: 二十三, 二〇二〇, 廿五, １２, with every variant of zero."""

import re
from functools import lru_cache

DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {
    "零": 0, "○": 0, "O": 0, "o": 0, "Ｏ": 0, "０": 0, "两": 2, "壹": 1, "贰": 2, "叁": 3, "肆": 4,
    "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9,
}  # fmt: skip
UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
TENS = {"廿": 20, "卅": 30}

CHINESE = re.compile(r"[〇零○OoＯ一二三四五六七八九两十百千廿卅拾佰仟壹贰叁肆伍陆柒捌玖]+")


@lru_cache(maxsize=4096)
def read_number(text: str) -> int | None:
    """The value of a numeral in any notation, or None if the text is not one.

    >>> read_number("二十三"), read_number("二〇二〇"), read_number("廿五"), read_number("１２")
    (23, 2020, 25, 12)
    """
    text = text.strip()
    if not text:
        return None
    if text.isdecimal():
        return int(text)
    if not CHINESE.fullmatch(text):
        return None
    if any(c in UNITS or c in TENS for c in text):
        return _with_units(text)
    return int("".join(str(DIGITS[c]) for c in text))


def _with_units(text: str) -> int | None:
    total, digit = 0, 0
    for c in text:
        if c in TENS:
            total, digit = total + TENS[c], 0
        elif c in UNITS:
            total, digit = total + (digit or 1) * UNITS[c], 0
        elif DIGITS[c]:
            digit = DIGITS[c]
    return total + digit


def write_number(value: int) -> str:
    """The numeral as written in statutes, for 0 < value < 10000: 23 -> 二十三, 105 -> 一百零五."""
    text, pending_zero = "", False
    for size, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, size)
        if digit:
            text += ("零" if pending_zero and text else "") + "〇一二三四五六七八九"[digit] + unit
            pending_zero = False
        else:
            pending_zero = True
    return text[1:] if text.startswith("一十") else text
