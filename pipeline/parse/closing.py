"""The part below the text: signature (署名), date (成文日期), notes (附注) and imprint (版记)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.dates import DATE, NUMERIC_DATE, make_day
from pipeline.document import BlockKind, Fact, Span
from pipeline.parse.bodies import are_bodies, bodies_at_end, ends_attachment, is_official, signs_as_head, split_bodies
from pipeline.parse.lines import Line
from pipeline.parse.noise import SPAM

_SEAL = re.compile(r"[（(](?:代?盖?章|印章|公章|签章|代?印)[）)]")
# what may stand before and behind the day of a signature: 公元二〇〇七年…, 成文日期：…, …日（代章）, …日印
_LEAD_OF_DAY = re.compile(r"(?:公元|(?:成文)?日\s*期[：:])\s*$")
# a day of which the calendar knows nothing: 一九九四年十一日十四日, 2024年 月 日
_DAMAGED_DAY = re.compile(
    r"(?:[12][0-9]{3}|[一二][〇零○O一二三四五六七八九0-9]{3}) ?年[ 0-9一二三四五六七八九十月XxＸ×*日]{0,12}日"
)
_LONGEST_LINE = 140
_BEHIND_DAY = re.compile(rf"\s*(?:{_SEAL.pattern}|印|章)*\s*")
# how the line above a date without a signing body may end: a sentence, a list or a title
_ENDS_TEXT = re.compile(r"[。；：！？）”》]$|^附\s*件|^[0-9]|(?:表|目录|名单|通知|公告|特此.{2})$")
_PRINTED = re.compile(rf"^(.{{0,60}}?)\s*({DATE.pattern})\s*印\s*发\s*[。]?$")
_OPENNESS = re.compile(
    r"[（(]?(?:此件|信息公开选项[：:]|公开方式[：:]|公开属性[：:])\s*(主动公开|公开发布|依申请公开|不予公开|不公开|删减后公开|公开)[）)]?"
)
_COPIES = re.compile(r"^抄\s*[送报][：:]\s*(.+)$")
# the heading of a list of names: 三、责令整改的民办学校（4所）, 表彰单位：
_LIST_HEADING = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)])[^。；！？]*$|[：:]$|[（(]共?[0-9一二三四五六七八九十百]+[所家个名人户项件][）)]$"
)
_ANNEX = re.compile(r"^附\s*件")
_CLOSES_SENTENCE = re.compile(r"[。；！？]”?$")
# characters of the longest entry of a list of names, and of the end that names of one kind share (学院, 公司)
_LONGEST_ENTRY, _SHARED_END = 40, 2
# lines of the 版记 and 附注, between a signature and the attachments
IMPRINT = re.compile(
    r"^(?:[（(]?此件|[（(]?信息公开选项|抄\s*[送报][：:]|主题词|发\s*送[：:]|分\s*送[：:]|内部发送|[（(]?联系[人方电单]|联系电话|主送[：:]|校对[：:]|共印)"
)


@dataclass(frozen=True, slots=True)
class Signature:
    """署名 and 成文日期; `first` to `last` (inclusive) are the indexes of their lines."""

    made: Fact[date] | None
    issuers: tuple[Fact[str], ...]
    first: int
    last: int


def find_signature(lines: Sequence[Line], start: int) -> Signature | None:
    """The first signature at or below line `start`: a line that ends with a date, with the bodies before or above it.

    Where there is none, bodies above a day that no calendar has (2022年2月30日, 2024年 月 日) sign without a day; else None.
    """
    candidates = [
        index
        for index in range(start, len(lines))
        if lines[index].kind is not BlockKind.CELL and len(lines[index].text) <= _LONGEST_LINE
    ]
    dated = (_signature_at(lines, index, start) for index in candidates)
    undated = (_undated_at(lines, index, start) for index in candidates)
    return next(filter(None, dated), None) or next(filter(None, undated), None)


def _undated_at(lines: Sequence[Line], index: int, start: int) -> Signature | None:
    if not _DAMAGED_DAY.fullmatch(lines[index].text):
        return None
    first, issuers = _bodies_above(lines, index, start)
    return Signature(None, issuers, first, index) if issuers else None


def _day_at_end(text: str) -> re.Match[str] | None:
    """The date that a line ends with, but for a mark of the seal behind it."""
    pattern = DATE if "月" in text else NUMERIC_DATE
    found = [match for match in pattern.finditer(text) if _BEHIND_DAY.fullmatch(text, match.end())]
    return found[-1] if found else None


def _signature_at(lines: Sequence[Line], index: int, start: int) -> Signature | None:
    line = lines[index]
    match = _day_at_end(line.text)
    day = make_day(*match.groups()) if match else None
    if match is None or day is None:
        return None
    before = _SEAL.sub("", _LEAD_OF_DAY.sub("", line.text[: match.start()])).strip()
    if before and not are_bodies(before) and not signs_as_head(before):
        return None
    made = Fact(day, Span(line.start + match.start(), line.start + match.end()), "署名下日期")
    if before and are_bodies(before):
        first, others = _bodies_beside(lines, index, start)
        return Signature(made, others + _names(before, line), first, index)
    first, issuers = _bodies_above(lines, index, start)
    if before:
        return Signature(made, issuers, first, index)
    above = lines[index - 1].text if index else "。"
    ends = match.re is DATE and (_ends_text(above) or bool(SPAM.search(above)))
    if not issuers and ((first == index and not ends) or match.re is NUMERIC_DATE):
        return None
    return Signature(made, issuers, first, index)


def _ends_text(line: str) -> bool:
    """Whether a line may stand above the day of a signature without bodies."""
    return bool(_ENDS_TEXT.search(line)) or ("附件" in line and ends_attachment(line))


def _names(text: str, line: Line) -> tuple[Fact[str], ...]:
    at = line.text.find(text)
    span = Span(line.start + max(at, 0), line.start + max(at, 0) + len(text))
    return tuple(Fact(name, span, "署名") for name in split_bodies(text))


def _bodies_above(lines: Sequence[Line], index: int, start: int) -> tuple[int, tuple[Fact[str], ...]]:
    first, issuers = _run_of_bodies(lines, index, start)
    if not issuers and index > start:
        issuers = _bodies_at_end(lines[index - 1])
    elif first > start:
        issuers = _joined_bodies(lines[first - 1]) + issuers
    return _below_list(lines, (first, index), start, issuers) if index - first > 1 else (first, issuers)


def _bodies_beside(lines: Sequence[Line], index: int, start: int) -> tuple[int, tuple[Fact[str], ...]]:
    """The bodies above a line with the last body and the day, which sign jointly; names of a list do not."""
    first, issuers = _run_of_bodies(lines, index, start)
    if first < index and _in_list(lines, first, start):
        return index, ()
    return first, _joined_bodies(lines[first - 1]) + issuers if first > start else issuers


def _run_of_bodies(lines: Sequence[Line], index: int, start: int) -> tuple[int, tuple[Fact[str], ...]]:
    """The first of the lines right above one that name bodies or an official, with the bodies."""
    issuers: tuple[Fact[str], ...] = ()
    first = index
    for above in range(index - 1, max(start - 1, index - 25, -1), -1):
        text = _SEAL.sub("", lines[above].text).strip()
        if is_official(text) and not issuers:
            first = above
            continue
        if not are_bodies(text) or lines[above].kind is BlockKind.CELL:
            break
        issuers = _names(text, lines[above]) + issuers
        first = above
    return first, issuers


def _below_list(
    lines: Sequence[Line], run: tuple[int, int], start: int, issuers: tuple[Fact[str], ...]
) -> tuple[int, tuple[Fact[str], ...]]:
    """First line and issuers of a signature: names that a list above it ends with (学校名单) sign nothing.

    `run` is the first line that names bodies and the line of the day. Of a list that ends with names like the last one nobody signs.
    """
    first, index = run
    if not _in_list(lines, first, start):
        return first, issuers
    if _of_one_kind(lines[index - 1], lines[index - 2]):
        return index, ()
    return index - 1, tuple(fact for fact in issuers if fact.span.start >= lines[index - 1].start)


def _in_list(lines: Sequence[Line], first: int, start: int) -> bool:
    """Whether a line stands in a list of names: nothing but short lines between it and a heading (三、…（4所）) above it."""
    for line in reversed(lines[start:first]):
        text = line.text.strip()
        if _ANNEX.match(text) or _CLOSES_SENTENCE.search(text) or len(text) > _LONGEST_ENTRY:
            return False
        if _LIST_HEADING.search(text):
            return True
    return False


def _of_one_kind(line: Line, above: Line) -> bool:
    return line.packed[-_SHARED_END:] == above.packed[-_SHARED_END:]


def _bodies_at_end(line: Line) -> tuple[Fact[str], ...]:
    """The bodies that a converter joined to the end of the line above the date."""
    names = bodies_at_end(line.text) if not SPAM.search(line.text) else ""
    span = Span(line.end - len(names), line.end)
    return tuple(Fact(name, span, "署名") for name in split_bodies(names)) if names else ()


def _joined_bodies(line: Line) -> tuple[Fact[str], ...]:
    """The first bodies of a signature that a converter joined to the end of the text above the others."""
    found = _bodies_at_end(line)
    before = line.text[: found[0].span.start - line.start].rstrip() if found else ""
    return found if before and ends_attachment(before) else ()


def trailing_bodies(lines: Sequence[Line], start: int) -> tuple[Fact[str], ...]:
    """The bodies of a signature without a date: the last line, if it is below `start` and names bodies; else ()."""
    if len(lines) - 1 <= start:
        return ()
    last = lines[-1]
    if len(last.text) < 4 or not are_bodies(last.text) or last.kind is BlockKind.CELL:
        return ()
    if _of_one_kind(last, lines[-2]) and _in_list(lines, len(lines) - 1, start):
        return ()
    return _names(last.text, last)


def find_published(lines: Sequence[Line]) -> Fact[date] | None:
    """The day of printing in the 版记 (…2014年12月23日印发), None if not stated."""
    for line in lines:
        if line.text.endswith(("印发", "印 发", "印发。")) and len(line.text) < 90:
            match = _PRINTED.match(line.text)
            day = make_day(*match.groups()[2:5]) if match else None
            if day:
                return Fact(day, line.span, "版记印发日期")
    return None


def find_copies(lines: Sequence[Line]) -> Fact[str] | None:
    """抄送机关, read over up to six lines until a full stop; None if not stated."""
    index = next((i for i, line in enumerate(lines) if _COPIES.match(line.text)), None)
    if index is None:
        return None
    value, last = _COPIES.sub(r"\1", lines[index].text), lines[index]
    for more in lines[index + 1 : index + 6]:
        if value.endswith("。") or _PRINTED.match(more.text):
            break
        value, last = value + more.text, more
    return Fact(value.rstrip("。"), Span(lines[index].start, last.end), "版记")


def find_openness(lines: Sequence[Line]) -> Fact[str] | None:
    """The openness note (（此件公开发布）) with its kind as value, None if there is none."""
    for line in lines:
        match = _OPENNESS.search(line.text) if len(line.text) < 400 and "公开" in line.text else None
        if match and ("此件" in line.text or "公开" in match[0][:6]):
            return Fact(match[1], Span(line.start + match.start(), line.start + match.end()), "附注")
    return None
