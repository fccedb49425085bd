"""Writes the value of a cell of a spreadsheet as its number format shows it: 2024年1月, 5%, 0012, 1234.6万."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from pipeline.numerals import write_number

GENERAL = "General"
# formats that a file names by number only, as Chinese Office shows them (ECMA-376 part 1, 18.8.30, zh-cn)
_Y_M, _M_D, _Y_M_D = 'yyyy"年"m"月"', 'm"月"d"日"', 'yyyy"年"m"月"d"日"'
_H_M, _H_M_S, _NOON, _NOON_S = 'h"时"mm"分"', 'h"时"mm"分"ss"秒"', '上午/下午h"时"mm"分"', '上午/下午h"时"mm"分"ss"秒"'
BUILT_IN = {
    0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: "¥#,##0;¥-#,##0", 6: "¥#,##0;¥-#,##0", 7: "¥#,##0.00;¥-#,##0.00",
    8: "¥#,##0.00;¥-#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??", 14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm",
    17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm", 27: _Y_M, 28: _M_D, 29: _M_D,
    30: "m-d-yy", 31: _Y_M_D, 32: _H_M, 33: _H_M_S, 34: _NOON, 35: _NOON_S, 36: _Y_M, 37: "#,##0;-#,##0", 38: "#,##0;-#,##0",
    39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00", 41: "#,##0;-#,##0;-", 42: "¥#,##0;¥-#,##0;¥-", 43: "#,##0.00;-#,##0.00;-",
    44: "¥#,##0.00;¥-#,##0.00;¥-", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@", 50: _Y_M, 51: _M_D, 52: _Y_M,
    53: _M_D, 54: _M_D, 55: _NOON, 56: _NOON_S, 57: _Y_M, 58: _M_D,
}  # fmt: skip
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|_(?P<space>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]|(?P<general>General|G/通用格式)'
    r"|(?P<noon>上午/下午|AM/PM|A/P)|(?P<power>E[+-](?=[0#?]))|(?P<date>y+|m+|d+|h+|s+|e+|b+|aaaa?|g+)|(?P<digit>[0#?])|(?P<percent>%)"
    r"|(?P<text>@)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_SECTION = re.compile(r'(?:"[^"]*"|\\.|!.|_.|\[[^\]]*\]|[^;])+|(?<=;)(?=;)|^(?=;)|(?<=;)$')
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[\d.]+)")
_CURRENCY = re.compile(r"\$([^-]*)(?:-.*)?")
_ELAPSED = re.compile(r"[hms]+", re.IGNORECASE)
_WEEKDAYS = "一二三四五六日"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FORMAL = str.maketrans("〇一二三四五六七八九十百千", "零壹贰叁肆伍陆柒捌玖拾佰仟")
# days of the calendar of Excel before its 29 February 1900, which never was
_PHANTOM = 60
_DAYS_OF_1904 = 1462

Value = float | date | datetime | time | timedelta


class _Token(NamedTuple):
    kind: str
    text: str


class _Section(NamedTuple):
    """A section of a format: its tokens, the condition it is for, and the numerals it asks for (1 to 3 for [DBNum1] …)."""

    tokens: tuple[_Token, ...]
    condition: tuple[str, Decimal] | None
    numerals: str

    @property
    def is_date(self) -> bool:
        return any(token.kind in ("date", "elapsed") for token in self.tokens)


def shown(value: Value, code: str, *, since_1904: bool = False) -> str:
    """A value as a format code shows it. A date with year, month and day is written 2024年1月1日, whatever its order."""
    sections = _sections(code)
    number = value if isinstance(value, float) else _serial(value)
    section, negative = _chosen(sections, number)
    if section.is_date:
        moment = value if isinstance(value, datetime) else _moment(number, since_1904=since_1904)
        return _date(section, moment, number) if moment else _general(number)
    if any(token.kind in ("general", "text") for token in section.tokens):
        return "".join(
            _general(number) if token.kind in ("general", "text") else _literal(token) for token in section.tokens
        )
    return ("-" if negative else "") + _numerals(_number(section.tokens, abs(number)), section.numerals)


@lru_cache(maxsize=512)
def _sections(code: str) -> tuple[_Section, ...]:
    return tuple(_section(part) for part in _SECTION.findall(code)) or (_section(GENERAL),)


def _section(code: str) -> _Section:
    tokens: list[_Token] = []
    condition, numerals = None, ""
    for match in _TOKEN.finditer(code):
        kind, text = match.lastgroup or "other", match[match.lastgroup or 0]
        if kind == "bracket":
            found = _CONDITION.match(text)
            if found:
                condition = found[1], Decimal(found[2])
            elif text.upper().startswith("DBNUM"):
                numerals = text[-1]
            elif currency := _CURRENCY.match(text):
                tokens.append(_Token("quoted", currency[1]))
            elif _ELAPSED.fullmatch(text):
                tokens.append(_Token("elapsed", text.lower()))
        elif kind not in ("space", "fill"):
            tokens.append(_Token(kind, text))
    return _Section(tuple(tokens), condition, numerals)


def _chosen(sections: Sequence[_Section], number: float) -> tuple[_Section, bool]:
    """The section for a number, and whether a minus sign is to be written before it."""
    for section in sections:
        if section.condition and _holds(section.condition, number):
            return section, number < 0
    plain = [section for section in sections if not section.condition]
    if any(section.condition for section in sections):
        return (plain or list(sections))[0], number < 0
    if number < 0 and len(plain) > 1:
        return plain[1], False
    if number == 0 and len(plain) > 2:
        return plain[2], False
    return plain[0], number < 0


def _holds(condition: tuple[str, Decimal], number: float) -> bool:
    sign, limit = condition
    found = Decimal(repr(number))
    return {
        "<": found < limit, "<=": found <= limit, ">": found > limit, ">=": found >= limit, "=": found == limit, "<>": found != limit,
    }[sign]  # fmt: skip


def _general(number: float) -> str:
    return str(int(number)) if number.is_integer() else f"{number:.15g}"


def _literal(token: _Token) -> str:
    return "" if token.kind in ("digit", "percent", "power", "date", "noon", "text", "elapsed") else token.text


def _number(tokens: Sequence[_Token], number: float) -> str:
    """A number that is not negative, written by the digits, marks and words of a section."""
    digits = [at for at, token in enumerate(tokens) if token.kind == "digit"]
    if not digits:
        return "".join("%" if token.kind == "percent" else _literal(token) for token in tokens)
    if any(token.kind == "power" for token in tokens):
        return f"{number:.{_decimals(tokens)}E}"
    if any(token == ("other", "/") for token in tokens):
        return _common_fraction(tokens, number)
    point = next((at for at, token in enumerate(tokens) if token == ("other", ".")), len(tokens))
    last = max((at for at in digits if at < point), default=-1)
    commas = [at for at, token in enumerate(tokens) if token == ("other", ",")]
    thousands = sum(1 for at in commas if at > max(last, digits[-1] if point == len(tokens) else last))
    scaled = _scaled(number, thousands, sum(token.kind == "percent" for token in tokens))
    whole, _, fraction = _rounded(scaled, sum(at > point for at in digits)).partition(".")
    grouped = any(at < last for at in commas)
    before = _whole(tokens[:point], whole.lstrip("0"), grouped=grouped)
    return before + _fraction(tokens[point:], fraction)


def _common_fraction(tokens: Sequence[_Token], number: float) -> str:
    """A number as a whole and a common fraction: 2 1/3."""
    slash = next(at for at, token in enumerate(tokens) if token == ("other", "/"))
    places = sum(token.kind == "digit" for token in tokens[slash:])
    found = Fraction(number).limit_denominator(10**places - 1)
    whole, rest = divmod(found.numerator, found.denominator)
    return " ".join(part for part in (str(whole or ""), f"{rest}/{found.denominator}" if rest else "") if part) or "0"


def _scaled(number: float, thousands: int, percents: int) -> Decimal:
    return Decimal(repr(number)).scaleb(2 * percents - 3 * thousands)


def _decimals(tokens: Sequence[_Token]) -> int:
    point = next((at for at, token in enumerate(tokens) if token == ("other", ".")), len(tokens))
    power = next(at for at, token in enumerate(tokens) if token.kind == "power")
    return sum(token.kind == "digit" for token in tokens[point:power])


def _rounded(number: Decimal, decimals: int) -> str:
    try:
        return format(number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP), "f")
    except InvalidOperation:
        return format(number, "f")


def _whole(tokens: Sequence[_Token], digits: str, *, grouped: bool) -> str:
    """The part before the decimal point; the digits fill their places from the right, the first place takes all that are left."""
    places = [at for at, token in enumerate(tokens) if token.kind == "digit"]
    if grouped:
        zeros = sum(tokens[at].text == "0" for at in places)
        digits = f"{int(digits or 0):,}" if digits else "0" * min(zeros, 1)
    written: list[str] = []
    for at in range(len(tokens) - 1, -1, -1):
        token = tokens[at]
        if token.kind != "digit":
            written.append("%" if token.kind == "percent" else "" if token == ("other", ",") else _literal(token))
        elif at == places[0]:
            written.append(digits or ("0" if token.text == "0" and not (grouped and digits) else ""))
            digits = ""
        elif not grouped:
            written.append(digits[-1:] or ("0" if token.text == "0" else ""))
            digits = digits[:-1]
    return "".join(reversed(written))


def _fraction(tokens: Sequence[_Token], digits: str) -> str:
    """The part from the decimal point on; places written # or ? are left out at the end if they hold zeros."""
    kept = len(digits)
    places = [token.text for token in tokens if token.kind == "digit"]
    while kept and digits[kept - 1] == "0" and places[kept - 1] != "0":
        kept -= 1
    written, at = "", 0
    for token in tokens:
        if token.kind == "digit":
            written += digits[at : at + 1] if at < kept else ""
            at += 1
        elif token == ("other", "."):
            written += "." if kept else ""
        elif token != ("other", ","):
            written += "%" if token.kind == "percent" else _literal(token)
    return written


def _numerals(text: str, kind: str) -> str:
    """The digits of a text in Chinese numerals: 1 for 一百二十, 2 for 壹佰贰拾; the text as it is for other kinds."""
    if kind not in ("1", "2"):
        return text
    written = re.sub(r"\d+", lambda match: _chinese(int(match[0])), text)
    return written.translate(_FORMAL) if kind == "2" else written


def _chinese(number: int) -> str:
    return (
        write_number(number)
        if 0 < number < 10000
        else "".join("〇一二三四五六七八九"[int(digit)] for digit in str(number))
    )


def _serial(value: Value) -> float:
    """A date or time as the number that Excel stores for it."""
    if isinstance(value, datetime):
        return (value - datetime(1899, 12, 30)) / timedelta(days=1)
    if isinstance(value, date):
        return float((value - date(1899, 12, 30)).days)
    if isinstance(value, time):
        return (value.hour * 3600 + value.minute * 60 + value.second) / 86400
    return value / timedelta(days=1) if isinstance(value, timedelta) else float(value)


def _moment(serial: float, *, since_1904: bool) -> datetime | None:
    days = serial + (_DAYS_OF_1904 if since_1904 else 0) + (1 if 0 < serial < _PHANTOM and not since_1904 else 0)
    try:
        found = datetime(1899, 12, 30) + timedelta(days=days)
    except OverflowError:
        return None
    return (found + timedelta(microseconds=500_000)).replace(microsecond=0)


def _date(section: _Section, moment: datetime, number: float) -> str:
    tokens = section.tokens
    kinds = {token.text[0].lower().replace("e", "y") for token in tokens if token.kind == "date"}
    literal = "".join(token.text for token in tokens if token.kind in ("quoted", "escaped", "other"))
    if {"y", "m", "d"} <= kinds and not section.numerals and "星期" not in literal:
        hours = f" {moment:%H:%M}" if "h" in kinds else ""
        return f"{moment.year}年{moment.month}月{moment.day}日{hours}"
    if kinds == {"y", "m"} and "年" not in literal:
        return f"{moment.year}年{moment.month}月"
    if kinds == {"m", "d"} and "月" not in literal:
        return f"{moment.month}月{moment.day}日"
    return "".join(_date_parts(section, moment, number)).strip()


def _date_parts(section: _Section, moment: datetime, number: float) -> Iterator[str]:
    tokens = section.tokens
    noon = any(token.kind == "noon" for token in tokens)
    for at, token in enumerate(tokens):
        if token.kind == "elapsed":
            yield str(int(number * {"h": 24, "m": 1440, "s": 86400}[token.text[0]] + 1e-6))
        elif token.kind == "noon":
            chinese = token.text.startswith("上")
            yield ("下午" if chinese else "PM") if moment.hour >= 12 else ("上午" if chinese else "AM")
        elif token.kind == "date":
            yield _date_part(token.text.lower(), moment, section.numerals, minutes=_is_minutes(tokens, at), noon=noon)
        elif token.kind != "digit":
            yield _literal(token)


def _date_part(text: str, moment: datetime, numerals: str, *, minutes: bool, noon: bool) -> str:
    kind = text[0]
    if kind in "ye":
        year = str(moment.year) if kind == "e" or len(text) > 2 else f"{moment.year % 100:02d}"
        return "".join("〇一二三四五六七八九"[int(digit)] for digit in year) if numerals in ("1", "2") else year
    if kind == "a":
        return ("星期" if len(text) > 3 else "") + _WEEKDAYS[moment.weekday()]
    if kind in "bg":
        return ""
    if kind == "m" and not minutes and len(text) == 3:
        return _MONTHS[moment.month - 1]
    hour = (moment.hour % 12 or 12) if noon else moment.hour
    found = {"m": moment.minute if minutes else moment.month, "d": moment.day, "h": hour, "s": moment.second}[kind]
    return _numerals(str(found), numerals) if numerals else f"{found:02d}" if len(text) == 2 else str(found)


def _is_minutes(tokens: Sequence[_Token], at: int) -> bool:
    """Whether an m stands for minutes: behind hours or before seconds."""
    dates = [(index, token.text[0].lower()) for index, token in enumerate(tokens) if token.kind in ("date", "elapsed")]
    place = next(number for number, (index, _) in enumerate(dates) if index == at)
    before = dates[place - 1][1] if place else ""
    after = dates[place + 1][1] if place + 1 < len(dates) else ""
    return dates[place][1] == "m" and (before == "h" or after == "s")
