"""The term (有效期) of a document: a length, a last day, or both days (自…至…)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pipeline.dates import DATE, NUMERIC_DATE, YEAR_END, last_day_of, read_date
from pipeline.document import Span, Term
from pipeline.numerals import read_number, read_quantity
from pipeline.parse.sentences import IN_FORCE, SELF, sentences_with

_NUMBER = r"(?:[0-9]{1,3}(?:\.[0-9])?|[一二两三四五六七八九十壹贰叁伍]{1,3}(?:点[一二三四五六七八九])?)"
# 五年, 一年半, 1年6个月, 两年零三个月, 1.5年, 18个月, 一个半月, 半年, 90日
LENGTH = (
    rf"(?:(?P<years>{_NUMBER})\s*个?周?年(?!度|第|前)(?:(?P<and_half>半)|[零又加和]?(?P<and_months>{_NUMBER})\s*(?:个月|月(?![0-9一二三四五六七八九十])))?"
    rf"|(?P<months>{_NUMBER})\s*个(?P<month_half>半)?月(?P<half_month>半)?|(?P<half_year>半)年|(?P<days>{_NUMBER})\s*(?:日|天)(?!前|[^，。；）止]{{0,4}}起))"
)
_PERIOD = r"(?:有效期|有效期限|试行期|试行期限|执行期|执行期限|施行期|施行期限|实施期|实施期限|适用期限?|试用期|期限)"
_BETWEEN = r"(?:(?:[：:，,（(\s]|均|暂定|暂|为|是|定为|共计?|自[^，。；至]{1,24}?(?:起|后)(?:计算|算)?|从[^，。；至]{1,24}?起(?:计算|算)?))"
_LENGTHS = re.compile(
    rf"(?:(?:{_PERIOD}(?:限)?(?:内)?|为期|暂定){_BETWEEN}{{0,5}}|(?:有效|试行|暂行)(?:期)?(?:为|，为期|暂定)?\s*|(?<=起)(?:施行|执行|实施|实行|暂行)(?:期为?)?\s*"
    rf"|起(?=[^，。；]{{2,8}}(?:内有效|有效))){LENGTH}"
)
_MONTH_END = r"(?:[12][0-9]{3}年(?:[0-9]{1,2}月)?(?:份|底|末)?(?![0-9]))"
_DAY = rf"(?:{DATE.pattern}|{NUMERIC_DATE.pattern})"
_UNTIL = re.compile(
    rf"(?:{_PERIOD}(?:限)?(?:自动)?(?:截?止?(?:至|到)|截止?|延长?至|调整至|为[^。，]{{0,20}}?至|[：:])|(?:施行|执行|实施|试行|有效|实行|适用|暂行)(?:期限?)?(?:截?止?至|到)"
    rf"|[，；](?:截止|至|到)|起至|起，?至)\s*(?:(?P<day>{_DAY})|(?P<end>{YEAR_END.pattern})|(?P<month>{_MONTH_END}))"
)
_DASH = r"(?:至|到|[-—－–―~～]{1,2})"
# 自2019年9月1日至2024年8月31日, 2020.1.1—2022.12.31, 自9月1日起至12月31日止
_RANGE = re.compile(
    rf"(?P<first>{_DAY})\s*(?:零时|0时|起)?\s*(?:(?:{IN_FORCE})?[，,]?)\s*(?:截止)?{_DASH}\s*"
    rf"(?:(?P<last>{_DAY})|(?P<end>{YEAR_END.pattern})|(?P<monthday>[0-9]{{1,2}}月[0-9]{{1,2}}日)|(?P<month>{_MONTH_END}))"
)
_IN_PERIOD = re.compile(rf"{_PERIOD}[^，。；]{{0,14}}$|{SELF}(?:的)?(?:自|从|于|，)?$")
# 有效期5年，自2021年4月1日起计算
_COUNTED_FROM = re.compile(rf"自\s*({_DAY})\s*起(?:计算|算|计)")
_FORCE_BETWEEN = re.compile(rf"起{IN_FORCE}")
_THEN_IN_FORCE = re.compile(rf"^(?:止|为止|期间)?(?:{IN_FORCE}|有效)")
# a sentence that speaks of the document's own force or term
_RUNNING = re.compile(
    rf"{SELF}[^。；]{{0,60}}?(?:{IN_FORCE}|有效|试行期|执行期)|有效期(?:限)?(?:均|暂定?|为|至|到|截|从|自|延|[：:（(]|[一二两三四五六七八九十半0-9]+个?(?:半)?[年月日天])|现予(?:重新)?(?:发布|公布|印发)|(?:^|。)自[^，。]{{4,20}}起(?:施行|实施|执行|试行)"
)
_OWN = re.compile(rf"{SELF}|^有效期|试行期|施行|现予|(?:^|，)自[^，。]{{2,20}}起(?:执行|实施|试行|生效)")
_FOREIGN = re.compile(
    r"(?:资格|证书|许可证|证|登记|注册|备案|方案|合同|协议|确认书|证明|报告|批准|标志|批文|意见书|专利|保函|编码|名单|称号|规范性文件|文件的|聘期|租赁期?|服务|产品|企业|项目|认定|核准|结果|成绩)(?:的)?有效期"
)
_ANOTHER_PROLONGED = re.compile(
    rf"(?:延长|延期|顺延|延续)(?:有效期|施行期限|执行期限)?(?:至|到)?\s*(?:{_DAY}|[0-9一二两三四五六七八九十半]{{1,3}}个?[年月])|有效期(?:限)?(?:延长|顺延|延续|调整|变更|修改)"
)
_TERM_WORDS = re.compile(
    r"有效|期限|试行|暂行|执行至|施行至|实施至|起至|，至|至[^，。\n]{6,14}[日底末]|为期|[日底末]止|起(?:施行|执行|实施|实行)[一二两三四五半0-9]"
)
# 自2026年10月15日起执行，期限三年: right behind a commencement
_THEN_LENGTH = re.compile(rf"\s*[，,；（(]?\s*(?:{_PERIOD}(?:限)?|有效|试行|为期){_BETWEEN}{{0,3}}{LENGTH}")
_AT_ONCE = 3
_MONTHS, _DAYS_OF_MONTH = 12, 30


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time: years and months as `years` (1.5 is a year and six months), or days; the other is None."""

    years: float | None
    days: int | None


def read_length(match: re.Match[str]) -> Length | None:
    """The length of time in a match that contains `LENGTH`, None if its numerals are none."""
    part = match.groupdict()
    if part["days"]:
        return Length(None, read_number(part["days"]))
    if part["half_year"]:
        return Length(0.5, None)
    years, months = _number(part["years"]), _number(part["months"] or part["and_months"])
    if (part["years"] and years is None) or ((part["months"] or part["and_months"]) and months is None):
        return None
    if part["month_half"] or part["half_month"]:
        return Length(None, int((months or 0) * _DAYS_OF_MONTH) + _DAYS_OF_MONTH // 2)
    months = (months or Decimal(0)) + (6 if part["and_half"] else 0)
    return Length(float(years or 0) + float(months) / _MONTHS, None)


def _number(text: str | None) -> Decimal | None:
    return read_quantity(text) if text else None


def find_term(text: str, span: Span, commencement: Span | None = None) -> Term | None:
    """The term (有效期) of the document itself: its length, first and last day, and whether it is 试行; None if not stated.

    Sentences on the term of licences, contracts and other documents are passed over. `commencement` is the span that
    tells the commencement of the document, None if none does: a term behind it in its sentence is that of the document.
    """
    return next(_terms(text, span, commencement), None)


def _terms(text: str, span: Span, commencement: Span | None) -> Iterator[Term]:
    for sentence in sentences_with(text, _TERM_WORDS, span):
        piece = sentence.cut(text)
        if _FOREIGN.search(piece) or _is_of_another(piece):
            continue
        term = _term_in(piece, sentence) if _RUNNING.search(piece) else None
        if term is None and commencement and sentence.overlaps(commencement):
            term = _term_behind(piece, sentence, commencement.end - sentence.start)
        if term:
            yield term


def _term_behind(piece: str, sentence: Span, end: int) -> Term | None:
    """The term that follows the commencement of the document in its sentence: 收费标准自…起执行，期限三年."""
    behind = _THEN_LENGTH.match(piece, end)
    length = read_length(behind) if behind else None
    until = _UNTIL.search(piece, max(0, end - _AT_ONCE)) if length is None else None
    last = _last_day(until) if until and until.start() <= end + _AT_ONCE else None
    if length is None and last is None:
        return None
    years, days = (length.years, length.days) if length else (None, None)
    return Term(years, last, "试行" in piece, sentence, days, None)


def _is_of_another(piece: str) -> bool:
    """Whether a sentence prolongs another document, so that its term is not that of the document itself."""
    return bool(_ANOTHER_PROLONGED.search(piece)) and ("《" in piece or "有效期延长" in piece)


def _term_in(piece: str, sentence: Span) -> Term | None:
    found = next((m for m in _LENGTHS.finditer(piece) if _OWN.search(piece)), None)
    length = read_length(found) if found else None
    first, last = _range_in(piece)
    until = _UNTIL.search(piece) if last is None else None
    last = _last_day(until) if until else last
    if length is None and last is None:
        return None
    counted = _COUNTED_FROM.search(piece) if first is None else None
    first = read_date(counted[1]) if counted else first
    years, days = (length.years, length.days) if length else (None, None)
    return Term(years, last, "试行" in piece, sentence, days, first)


def _range_in(piece: str) -> tuple[date | None, date | None]:
    """The first and the last day of a term (有效期自…至…, 自…至…施行), None where not stated."""
    for match in _RANGE.finditer(piece):
        before = re.sub(r"\s*(?:自|从|于|由)?$", "", piece[: match.start()])
        if _IN_PERIOD.search(before) or _FORCE_BETWEEN.search(match[0]) or _THEN_IN_FORCE.match(piece[match.end() :]):
            first = read_date(match["first"])
            last = _in_year(match["monthday"], first) if match["monthday"] else _last_day_of_range(match)
            if first and last and first <= last:
                return first, last
    return None, None


def _in_year(monthday: str, first: date | None) -> date | None:
    return read_date(f"{first.year}年{monthday}") if first else None


def _last_day_of_range(match: re.Match[str]) -> date | None:
    return day_of(match["last"], match["end"], match["month"])


def _last_day(match: re.Match[str]) -> date | None:
    return day_of(match["day"], match["end"], match["month"])


def day_of(day: str | None, end: str | None, month: str | None) -> date | None:
    """The last day that a day, the end of a year or month (2025年12月底), or a month or year means."""
    if day:
        return read_date(day)
    parts = YEAR_END.search(end) if end else re.match(r"([0-9]{4})年(?:([0-9]{1,2})月)?", month or "")
    year = read_number(parts[1]) if parts else None
    number = read_number(parts[2]) if parts and parts[2] else _MONTHS
    return last_day_of(year, number) if year and number and 1 <= number <= _MONTHS else None
