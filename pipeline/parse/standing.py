"""What the information block of a web page says of the life of a document: 有效性, 效力状态, 废止日期, 失效日期, 有效期至."""

import re
from collections.abc import Iterator
from datetime import date

from pipeline.dates import first_date, read_date
from pipeline.document import Fact, Term
from pipeline.parse.lines import Line, Sheet
from pipeline.standing import Standing

_ORIGIN = "网页信息表"
# 有效性：已废止（2025-12-20）
_STATE = re.compile(
    r"^【?(?:有效性|时效性?|效力(?:状态)?|有效状态|文件(?:状态|效力)|是否有效|废止状态|是否(?:废止|失效)|法律?效力状态)】?[：:]?\s*(.+)$"
)
# 【已废止】: a stamp of the site beside the title
_STAMP = re.compile(r"^[【（(\[〔]\s*((?:本文件|该文件|此件)?(?:已经?|全文)?被?(?:废止|失效))\s*[】）)\]〕]$")
_END = re.compile(r"^【?(废止|失效|终止)(?:日期|时间)】?[：:]?\s*(.+)$")
_LAST = re.compile(r"^【?(?:有效期至|有效期截?止(?:日期)?|有效截止日期|有效期限?)】?[：:]?\s*(?:至)?\s*(.+)$")
_ASKS = re.compile(r"^【?是否(废止|失效|有效)")
_NOT_ENDED = re.compile(
    r"(?:未|没有|尚未|不)(?:被)?(?:废止|失效|届满)|^否$|(?:现行|继续|仍然?|全文|部分)有效|部分(?:条款)?(?:废止|失效)|^有效|^是$|^尚在有效期"
)
_ENDED = re.compile("(废止|失效|无效|届满|过期|到期|终止|停止执行|已撤销|宣布失效)")
_NUMERIC = re.compile(r"[12]\d{3}[-./]\d{1,2}[-./]\d{1,2}")
_IN_FORCE = re.compile("有效")


def read_standing(sheet: Sheet) -> Fact[Standing] | None:
    """What the page says about whether its document is in force; None if it says nothing."""
    stated = next((line for line in sheet.meta if _STATE.match(line.text) or _STAMP.match(line.text)), None)
    end = next(_ends(sheet), None)
    if stated is None:
        return Fact(Standing(_words(end[0]), end[1], end[2]), end[0].span, _ORIGIN) if end else None
    words = _STAMP.sub(r"\1", _STATE.sub(r"\1", stated.text)).strip()
    ended = _ended(stated.text, words)
    if ended is None:
        return None
    since = (_day(words) or (end[2] if end else None)) if ended else None
    return Fact(Standing(_words(stated), ended, since), stated.span, _ORIGIN)


def read_last_day(sheet: Sheet) -> Term | None:
    """The term that the page states by a last day in force (有效期至); None if it states none."""
    for line in sheet.meta:
        match = _LAST.match(line.text)
        day = _day(match[1]) if match else None
        if day:
            return Term(years=None, last_day=day, provisional=False, span=line.span)
    return None


def _ends(sheet: Sheet) -> Iterator[tuple[Line, str, date]]:
    for line in sheet.meta:
        match = _END.match(line.text)
        day = _day(match[2]) if match else None
        if match and day:
            yield line, "废止" if match[1] == "废止" else "失效", day


def _day(words: str) -> date | None:
    numeric = _NUMERIC.search(words)
    found = None if numeric else first_date(words)
    return read_date(numeric[0]) if numeric else found.day if found else None


def _ended(line: str, words: str) -> str | None:
    """By what a document has ended ("废止", "失效"), "" if it is in force; None if the words say neither."""
    asked = _ASKS.match(line)
    if asked and words[:1] in "是否":
        answer = words[0] == "是"
        if asked[1] == "有效":
            return "" if answer else "失效"
        return asked[1] if answer else ""
    if _NOT_ENDED.search(words):
        return ""
    match = _ENDED.search(words)
    if match:
        return "废止" if match[1] == "废止" else "失效"
    return "" if _IN_FORCE.search(words) else None


def _words(line: Line) -> str:
    return " ".join(line.text.split())
