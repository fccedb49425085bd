"""Writes numbers in the formats of automatic numbering in Word (w:numFmt, ECMA-376 part 1, 17.18.59)."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from pipeline.numerals import write_number

_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
# characters for 1, 2, 3 …; Word writes larger numbers in arabic
_SERIES = {
    "decimalEnclosedCircle": "".join(map(chr, range(0x2460, 0x2474))),
    "decimalEnclosedCircleChinese": "".join(map(chr, range(0x2460, 0x2474))),
    "decimalEnclosedParen": "".join(map(chr, range(0x2474, 0x2488))),
    "decimalEnclosedFullstop": "".join(map(chr, range(0x2488, 0x249C))),
    "ideographEnclosedCircle": "".join(map(chr, range(0x3220, 0x322A))),
    "ideographTraditional": _STEMS,
    "ideographZodiac": _BRANCHES,
}
_DIGITS = {
    "ideographDigital": "〇一二三四五六七八九",
    "japaneseDigitalTenThousand": "〇一二三四五六七八九",
    "taiwaneseDigital": "〇一二三四五六七八九",
}
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
# above these Word itself gives no letters, romans or numerals
_MOST_LETTERS, _MOST_ROMAN, _MOST_CHINESE = 780, 32767, 9999
_CHICAGO = "*†‡§"


class _Numerals(NamedTuple):
    """Digits 0 to 9 and the units from ten up; whether ones are left out before a unit, and zeros are written."""

    digits: str
    units: str
    bare_unit: bool
    zeros: bool


_WRITTEN = {
    "chineseLegalSimplified": _Numerals("零壹贰叁肆伍陆柒捌玖", "拾佰仟", bare_unit=False, zeros=True),
    "ideographLegalTraditional": _Numerals("零壹貳參肆伍陸柒捌玖", "拾佰仟", bare_unit=False, zeros=True),
    "japaneseCounting": _Numerals("〇一二三四五六七八九", "十百千", bare_unit=True, zeros=False),
    "japaneseLegal": _Numerals("零壱弐参四伍六七八九", "拾百阡", bare_unit=False, zeros=False),
}
# w:numFmt w:val="custom": its w:format shows how the first numbers look
_CUSTOM = {
    "一, 十, 一○○(简), ...": "chineseCounting",
    "一, 十, 一百(简), ...": "chineseCountingThousand",
    "壹, 贰, 叁, ...": "chineseLegalSimplified",
    "壹, 貳, 參, ...": "ideographLegalTraditional",
    "甲, 乙, 丙, ...": "ideographTraditional",
    "子, 丑, 寅, ...": "ideographZodiac",
    "一, 一〇, 一〇〇, ...": "ideographDigital",
    "①, ②, ③, ...": "decimalEnclosedCircle",
    "⑴, ⑵, ⑶, ...": "decimalEnclosedParen",
    "⒈, ⒉, ⒊, ...": "decimalEnclosedFullstop",
    "㈠, ㈡, ㈢, ...": "ideographEnclosedCircle",
}


def format_number(value: int, number_format: str) -> str:
    """A number in one of the formats of Word: 3 -> 三 (chineseCounting), ③ (decimalEnclosedCircle), c (lowerLetter).

    Formats that are not known, and numbers that a format has no words for, are written in arabic, as Word does.
    """
    if number_format == "none":
        return ""
    series = _SERIES.get(number_format, "")
    if series:
        return series[value - 1] if 0 < value <= len(series) else str(value)
    if number_format in _DIGITS:
        return "".join(_DIGITS[number_format][int(digit)] for digit in str(value)) if value >= 0 else str(value)
    if number_format in _WRITTEN:
        return _written(value, _WRITTEN[number_format]) if 0 <= value <= _MOST_CHINESE else str(value)
    write = _WRITERS.get(number_format)
    return write(value) if write else str(value)


def custom_format(example: str) -> str:
    """The name of the format that a custom one gives an example of (001, 002, 003, ...)."""
    first = example.partition(",")[0].strip()
    if first.strip("0") == "1":
        return f"padded{len(first)}"
    return _CUSTOM.get(" ".join(example.split()), "decimal")


def _written(value: int, numerals: _Numerals) -> str:
    if not value:
        return numerals.digits[0]
    text, pending_zero = "", False
    for size, unit in zip((1000, 100, 10, 1), (*reversed(numerals.units), ""), strict=True):
        digit, value = divmod(value, size)
        if not digit:
            pending_zero = bool(text)
            continue
        text += numerals.digits[0] if pending_zero and numerals.zeros else ""
        text += ("" if digit == 1 and unit and numerals.bare_unit else numerals.digits[digit]) + unit
        pending_zero = False
    return text


def _thousands(value: int) -> str:
    """二十三, 一百零五: the counting of statutes."""
    return write_number(value) or "〇" if 0 <= value <= _MOST_CHINESE else str(value)


def _counting(value: int) -> str:
    """二十三, 一〇五: from a hundred on digit by digit; the circle (○) that Word writes for zero is given as the numeral 〇."""
    return _thousands(value) if value < 100 else format_number(value, "ideographDigital")


def _zodiac_years(value: int) -> str:
    """甲子, 乙丑 … 癸亥: the cycle of sixty."""
    return _STEMS[(value - 1) % 10] + _BRANCHES[(value - 1) % 12] if 0 < value <= 60 else str(value)


def _letters(value: int) -> str:
    """a to z, then aa, bb, cc: the letter is repeated."""
    if not 0 < value <= _MOST_LETTERS:
        return str(value)
    times, index = divmod(value - 1, 26)
    return chr(ord("a") + index) * (times + 1)


def _roman(value: int) -> str:
    if not 0 < value <= _MOST_ROMAN:
        return str(value)
    text = ""
    for size, letters in _ROMAN:
        count, value = divmod(value, size)
        text += letters * count
    return text


def _ordinal(value: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th") if value % 100 not in (11, 12, 13) else "th"
    return f"{value}{ending}"


def _chicago(value: int) -> str:
    if not 0 < value <= _MOST_LETTERS:
        return str(value)
    times, index = divmod(value - 1, len(_CHICAGO))
    return _CHICAGO[index] * (times + 1)


def _padded(width: int, value: int) -> str:
    """007: zeros in front up to a width."""
    return f"{value:0{width}d}"


_WRITERS: dict[str, Callable[[int], str]] = {
    "chineseCounting": _counting,
    "chineseCountingThousand": _thousands,
    "taiwaneseCounting": _counting,
    "taiwaneseCountingThousand": _thousands,
    "ideographZodiacTraditional": _zodiac_years,
    "lowerLetter": _letters,
    "upperLetter": lambda value: _letters(value).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda value: _roman(value).upper(),
    "decimalZero": partial(_padded, 2),
    "ordinal": _ordinal,
    "hex": lambda value: f"{value:X}",
    "numberInDash": lambda value: f"- {value} -",
    "chicago": _chicago,
    **{f"padded{width}": partial(_padded, width) for width in range(1, 7)},
}
