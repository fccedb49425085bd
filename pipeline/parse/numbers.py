"""Document numbers (发文字号) and registration numbers (统一登记号).

A number is found by its part 〔年份〕序号号; the issuing code is read backwards from there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pipeline.document import Span
from pipeline.law import load_registrations
from pipeline.numerals import DIGIT, read_number

_OPEN, _CLOSE = r"[〔\[［【〖（(]", r"[〕\]］】〗）)]"
_YEAR = rf"(?:19|20)[0-9]{{2}}|[一二]{DIGIT}{{3}}"
_DIGITS_OF_YEAR = 4
# 〔2017〕20号, [2012]15号, （2011）第 23 号, 〔十一届〕第四十号, 〔98〕6号, {2024}6号, 〔二〇二四〕6号, 〔2024〕6号之二, 〔2024〕增6号
ANCHOR = re.compile(
    rf"(?:{_OPEN}\s*(?P<year>{_YEAR}|[5-9][0-9]|[一二三四五六七八九十]{{1,3}}届)\s*年?{_CLOSE}|[{{<＜｛]\s*(?P<odd>(?:19|20)[0-9]{{2}})\s*[}}>＞｝])"
    r"\s*(?P<ordinal>第?|增|特|专)\s*(?P<serial>[0-9]{1,5}(?:-[0-9]{1,3})?|[一二三四五六七八九十百零〇]{1,6})\s*号(?P<sub>之[一二三四五六七八九十])?"
)
# 令第36号, 令 第 590 号, 10号令
ORDER = re.compile(r"令\s*第?\s*([0-9]{1,4}|[一二三四五六七八九十百零〇]{1,6})\s*号|第?\s*([0-9]{1,4})\s*号令")
# 公告2015年第34号, 2001年联合公告第143号
NOTICE = re.compile(
    r"公告\s*((?:19|20)[0-9]{2})\s*年\s*第\s*([0-9]{1,4})\s*号|((?:19|20)[0-9]{2})年(?:联合)?公告第([0-9]{1,4})号"
)
# GB/T 29639, JR/T 0118, AQ/T 3034 — numbers of standards
STANDARD = re.compile(r"\b([A-Z]{2,4}(?:/T)?)\s?([0-9]{3,6})(?:\.[0-9]+)?(?:[-—][0-9]{2,4})?")
# 国发〔〕号, 湘政办发〔2019〕 号, （国号）: a number whose digits were lost
SCRUBBED = re.compile(rf"{_OPEN}\s*(?:20[0-9Xx×]{{2}})?\s*{_CLOSE}\s*号|（[\u4e00-\u9fff]{{1,6}}号）")
# 、5号 behind 长政发〔2010〕3号
_FURTHER = re.compile(r"\s*[、和及]\s*(第?[0-9]{1,5})\s*号(?![令楼院])")
_CODE = re.compile(r"[\u4e00-\u9fffA-Za-z]{1,40}(?:（[\u4e00-\u9fff]{1,6}）)?$")
# words of running text that no issuing code contains
_NOT_CODE = re.compile(
    r"[的了据按照见和及与、，。；：.．《》“”（）()]|根据|按照|关于|通知|印发的|意见|精神|废止|停止执行|现对|现将|决定|撤销|修改|宣布|延长|落实|贯彻|违反|以及|符合|遵循|遵守|参照|执行|文件|是指"
)


@dataclass(frozen=True, slots=True)
class FoundNumber:
    """A document number: `value` with 〔〕 and without blanks, `span` in code points."""

    value: str
    span: Span


def find_numbers(text: str, start: int = 0, end: int | None = None) -> Iterator[FoundNumber]:
    """Yield every number with 〔〕 between two offsets, with the issuing code before it."""
    for match in ANCHOR.finditer(text, start, len(text) if end is None else end):
        code = read_code(text, match.start(), start)
        yield FoundNumber(code + write_anchor(match), Span(match.start() - len(code), match.end()))


def serials_behind(text: str, found: FoundNumber) -> Iterator[tuple[str, Span]]:
    """A number and those behind it that leave out code and year: 长政发〔2010〕3号、5号 → two numbers, each with its span."""
    yield found.value, found.span
    code = found.value[: found.value.index("〕") + 1]
    end = found.span.end
    while match := _FURTHER.match(text, end):
        yield f"{code}{match[1]}号", Span(match.start(1), match.end())
        end = match.end()


def write_anchor(match: re.Match[str]) -> str:
    """Format a match of `ANCHOR` in the standard spelling 〔年份〕序号号."""
    year = match["year"] or match["odd"]
    written = read_number(year) if len(year) == _DIGITS_OF_YEAR and not year.isascii() else year
    return f"〔{written}〕{match['ordinal']}{match['serial']}号{match['sub'] or ''}"


def read_code(text: str, end: int, start: int = 0) -> str:
    """The issuing code that ends at offset `end` (国办发 before 〔2021〕26号), "" if there is none."""
    window = text[max(start, end - 30) : end].split("\n")[-1].rstrip(" ")
    cuts = [match.end() for match in _NOT_CODE.finditer(window)]
    code = window[max(cuts, default=0) :].strip()
    found = _CODE.search(code)
    return found[0] if found and len(found[0]) == len(code) else ""


def cited_numbers(text: str) -> list[str]:
    """The numbers in the parentheses behind a title: all 发文字号, else one of 令, 公告 or a standard, else []."""
    numbers = [number.value for number in find_numbers(text)]
    if numbers:
        return numbers
    for pattern in (ORDER, NOTICE):
        match = pattern.search(text)
        if match:
            head = re.split(r"[，；、日（]|根据|由|经", text[: match.start()])[-1]
            return [(head + match[0]).replace(" ", "")]
    match = STANDARD.search(text)
    return [f"{match[1]} {match[2]}" if match[0][len(match[1])] == " " else match[1] + match[2]] if match else []


@cache
def _registrations() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((scheme.id, scheme.pattern) for scheme in load_registrations())


def find_registration(text: str) -> tuple[str, Span] | None:
    """The first registration number (统一登记号) in a text by the patterns of the places, with its span; None if none."""
    for _, pattern in _registrations():
        match = pattern.search(text)
        if match:
            return re.sub(r"[—–－―一]", "-", match[0].replace(" ", "")), Span(*match.span())
    return None
