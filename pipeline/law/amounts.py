"""Amounts in a provision as they compare with those of a law: 200元 and 二百元, 1万元 and 10000元, 千分之五 and 5‰ are the same."""

import re
from collections.abc import Iterator
from decimal import Decimal

from pipeline.numerals import DIGITS, read_quantity

_NUMBER = r"(?:[0-9]{1,3}(?:[,，][0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|[零〇一二两三四五六七八九十百千万亿点壹贰叁肆伍陆柒捌玖拾佰仟])+"
_UNIT = r"元|倍|个?工作日|日|天|个月|年|平方米|米|公里|小时|吨|公斤|[%％‰]"
_TO = r"(?:以上)?\s*(?:至|到|[-—－–~～]{1,2})\s*"
_AMOUNT = re.compile(
    rf"(?P<whole>[百千万])分之(?P<share>{_NUMBER})(?:{_TO}(?:[百千万]分之)?(?P<share_to>{_NUMBER}))?"
    rf"|(?P<from>{_NUMBER}){_TO}(?P<to>{_NUMBER})\s*(?P<of_both>{_UNIT})"
    rf"|(?P<number>{_NUMBER})\s*(?:余|多)?(?P<unit>{_UNIT}|(?<=[万千])(?=以上|以下))"
)
_WHOLES = {"百": 100, "千": 1000, "万": 10_000}
_RATES = {"%": 100, "％": 100, "‰": 1000}
# 七八百元: an amount between two
_BETWEEN = re.compile("([一二两三四五六七八九])([一二三四五六七八九])([十百千万亿]+)")
RATE = "率"


def amounts(text: str) -> set[tuple[Decimal | str, str]]:
    """The amounts in a text as (number, unit); shares are numbers of the unit `RATE`, a numeral that cannot be read stays text."""
    return set(_read(text))


def _read(text: str) -> Iterator[tuple[Decimal | str, str]]:
    for match in _AMOUNT.finditer(text):
        if match["whole"]:
            for share in filter(None, (match["share"], match["share_to"])):
                yield from _amount(share, RATE, _WHOLES[match["whole"]])
        elif match["of_both"]:
            for number in (_with_scale(match["from"], match["to"]), match["to"]):
                yield from _in_unit(number, match["of_both"])
        else:
            yield from _in_unit(match["number"], match["unit"] or "元")


def _with_scale(first: str, last: str) -> str:
    """The first number of a range with the scale that only the last one has: 2至5万元 is 2万 to 5万."""
    scale = next((mark for mark in "亿万" if last.endswith(mark)), "")
    return first if not scale or any(mark in first for mark in "亿万千") or len(first) > 3 else first + scale


def _in_unit(number: str, unit: str) -> Iterator[tuple[Decimal | str, str]]:
    if unit in _RATES:
        yield from _amount(number, RATE, _RATES[unit])
    else:
        yield from _amount(number, unit.removeprefix("个").replace("天", "日"), 1)


def _amount(number: str, unit: str, whole: int) -> Iterator[tuple[Decimal | str, str]]:
    between = _BETWEEN.fullmatch(number)
    if between and DIGITS[between[2]] - DIGITS[between[1]] == 1:
        yield from _amount(between[1] + between[3], unit, whole)
        yield from _amount(between[2] + between[3], unit, whole)
        return
    value = read_quantity(number)
    yield (number if value is None else (value / whole).normalize()), unit
