"""Reads and writes numbers in Chinese notations: 二十三, 二〇二〇, 廿五, １２, 1万5千, with every variant of zero."""

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

# zero as offices type it: the ideograph, circles, Latin, Greek and Cyrillic O, the digit
ZEROS = "〇零○◯OoＯΟοОо０0"
# one Chinese digit, with every variant of zero
DIGIT = f"[{ZEROS}一二三四五六七八九壹贰叁肆伍陆柒捌玖1-9]"
DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | dict.fromkeys(ZEROS, 0) | {
    "两": 2, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9,
} | {str(i): i for i in range(10)}  # fmt: skip
UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
TENS = {"廿": 20, "卅": 30}
_LARGE = (("亿", 10**8), ("万", 10**4), ("萬", 10**4))

CHINESE = re.compile(f"[{''.join(DIGITS)}{''.join(UNITS)}{''.join(TENS)}]+")
_ARABIC_IN_UNITS = re.compile("[1-9]")
# 5千, 3百, 1.5千: digits with a unit below 万
_DIGITS_AND_UNIT = re.compile(r"([0-9]+(?:\.[0-9]+)?)([千仟百佰十拾])(.*)")
_SEPARATOR = re.compile(r"(?<=[0-9])[,，](?=[0-9]{3})|\s")


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
        return None if _ARABIC_IN_UNITS.search(text) else _with_units(text)
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


@lru_cache(maxsize=4096)
def read_quantity(text: str) -> Decimal | None:
    """The value of a quantity written in digits, characters or both, or None if the text is not one.

    >>> read_quantity("3亿5千万"), read_quantity("1.5万"), read_quantity("1，234")
    (Decimal('350000000'), Decimal('15000.0'), Decimal('1234'))
    """
    text = _SEPARATOR.sub("", text)
    for mark, size in _LARGE:
        if mark in text:
            before, _, after = text.rpartition(mark)
            return _sum(read_quantity(before), size, after)
    mixed = _DIGITS_AND_UNIT.fullmatch(text)
    if mixed:
        return _sum(Decimal(mixed[1]), UNITS[mixed[2]], mixed[3])
    try:
        return Decimal(text) if text.isascii() else _whole(text)
    except InvalidOperation:
        return None


def _whole(text: str) -> Decimal | None:
    """The value of a numeral in characters; 二点五 has a part behind the point."""
    before, point, after = text.partition("点")
    whole = read_number(before)
    if whole is None or not point:
        return None if whole is None else Decimal(whole)
    digits = [DIGITS.get(c) for c in after]
    return None if not digits or None in digits else Decimal(f"{whole}.{''.join(map(str, digits))}")


def _sum(head: Decimal | None, size: int, tail: str) -> Decimal | None:
    """`head` units of `size` and what follows them; a single digit counts tenths of the unit (两万三 is 23000)."""
    if head is None:
        return None
    if not tail:
        return head * size
    if len(tail) == 1 and tail in DIGITS:
        return head * size + Decimal(DIGITS[tail]) * size / 10
    rest = read_quantity(tail.lstrip("零〇又"))
    return None if rest is None else head * size + rest


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
