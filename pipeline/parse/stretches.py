"""Stretches: the parts of one line that were lines of their own until a converter lost the breaks between them.

Cuts are made where one part of a paper ends and the next begins by its own cue: a letterhead before a number, a title
before addressees or text, a signature behind a sentence. The text stays as it is; each part keeps its offsets.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.dates import DATE
from pipeline.document import BlockKind
from pipeline.law import national_names
from pipeline.parse.bodies import is_body, split_bodies
from pipeline.parse.closing_days import bodies_behind_sentence, closes, day_places, signs
from pipeline.parse.genres import ENDS
from pipeline.parse.lines import Line
from pipeline.parse.numbers import ANCHOR, read_code
from pipeline.parse.title_ends import (
    BRACKETED,
    LONGEST_CAPTION,
    LONGEST_TITLE,
    NOT_RECIPIENT,
    RECIPIENT_WORD,
    addressees_end,
    leading_title,
)

# 中华人民共和国…部令第36号, 国家市场监督管理总局令 (第99号 on the next line)
ORDER = re.compile(
    r"^([\u4e00-\u9fff 、]{2,80}令)[ （(]*(?:第? ?([0-9]{1,5}|[一二三四五六七八九十百零〇]{1,6}) ?号)?[）)]?"
)
# （长政发〔2024〕3号）, (水利部公告[2024]第3号)
BRACKETED_NUMBER = re.compile(rf"^{BRACKETED.pattern}")
# 各市人民政府，省政府各部门：为贯彻… on one line
_RECIPIENT_RUN = re.compile(
    r"^((?:各|国务院|省|市|区|县|机关|全[省市区县]|有关|中国)[^。：；]{3,600}?(?:；[^。：]{3,600}?)?)[：:](?=\S)"
)
# 长河县人民政府文件长政发〔2024〕3号
_MARK_RUN = re.compile(r"^([\u4e00-\u9fff（） ]{3,60}?)文件\s*(?=[\u4e00-\u9fff]{2,16}[〔\[［【（(])")
_SIGNER_RUN = re.compile(r"^签发人[：:]\s*")
_PASSED_RUN = re.compile(
    r"^[（(]?(?:19|20)[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日[^。]{3,400}?(?:通过|批准|公布|发布|修[正订])[）)]?\s*(?=第一[编章条]|目 ?录)"
)
# （2013年11月12日某会议通过）, before any text
_PASSED_BRACKETED = re.compile(
    r"^[（(](?:19|20)[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日[^。（）]{3,200}?(?:通过|批准|公布|发布|修[正订])[）)]"
)
# 2007年12月17日 某会议通过2008年1月14日 某公告公布为…: what is told of a paper below its title, before more of it or the text
_PASSED_THEN = re.compile(
    rf"^{DATE.pattern}(?![，、起前])[^。，；（）]{{2,120}}?(?:通过|批准|公布|发布|施行|修[正订])\s*"
    rf"(?=(?:19|20)[0-9]{{2}}年[0-9]|为[了\u4e00-\u9fff]{{2}}|根据|第一[编章条]|目 ?录)"
)
# （2015年3月13日）
_DATED_BRACKETED = re.compile(rf"^[（(]\s*{DATE.pattern}\s*[）)]")
# 《…规定》根据《…法》…现公布 below the number of an order
_QUOTED_RUN = re.compile(r"^《[^《》]{4,60}》\s*(?=(?:根据|依据|按照|为了)[^。]{0,200}?(?:现|予以)(?:公布|发布))")
# a genre of rules in what stands before 令: a title and other words of a page
_RULES_WORD = re.compile("办法|规定|条例|细则|汇编")
# # heading, **heading**text, 附件1征信投诉办理规程第一章
_MARKUP_RUN = re.compile(
    r"#{1,6}\s+|\*\*[^*]{4,100}\*\*\s*(?=\S)"
    r"|附 ?件 ?[0-9一二三四五六七八九十]{0,2}\s*(?=[\u4e00-\u9fff《“][^，。；：]{5,60}?(?:"
    + ENDS.pattern
    + r"|\s*第一章|\s*第[一1]条|\s*一、|\s*目 ?录|\s*总 ?则))"
)
# 【实施日期】1993年07月09日: the row of a day, behind which another line of the paper may follow
_DAY_ROW = re.compile(rf"【[^】]{{0,6}}(?:日 ?期|时 ?间)】\s*{DATE.pattern}")
# the parts that a line of the head may have
_MOST_PARTS = 8
_URGENCY_RUN = re.compile(r"^(?:特 ?急|加 ?急|特 ?提|平 ?急|急 ?件|明 ?电)\s*(?=[\u4e00-\u9fff])")
# the lengths of issuing codes, the most usual first; the shortest name of a body before one (沪住建委 belongs to the code)
_SIZES_OF_CODE = (3, 4, 5, 6, 2, 7, 8)
_LEAST_NAME = 6
# 【颁布日期】1993年07月09日: a row of the page of a database
_PAGE_FIELD = re.compile(
    r"(?<!^)【[^】]{0,6}(?:名 ?称|部 ?门|机 ?关|单 ?位|日 ?期|时 ?间|字 ?号|文 ?号|类 ?别|级 ?别|效 ?力|时 ?效|效 ?性|编 ?号|标 ?题)】"
)


# 索引号：HB/2024-1文号：长政发〔2024〕3号发文机关：…: rows of a page's information table, run together
TABLE_LABEL = re.compile(
    "(?:标题|索引号|发文字号|文号|发文机关|发布机构|公文种类|主题分类|成文日期|发布日期|生效日期|主题词)："
)
_LEAST_ROWS, _TABLE = 4, 1500


def pieces_of(line: Line, marks: Sequence[str], title: str) -> Iterator[Line]:
    """The parts of a line of the head.

    `marks` are the issuers of the letterhead so far; `title` is the title read so far, "" if it is not complete: below it
    addressees may begin the line.
    """
    text, offset = line.text, line.start
    for cut in _cuts(text, marks, title):
        yield Line(text[:cut].strip(), offset, offset + len(text[:cut].rstrip()), line.kind)
        text, offset = text[cut:], offset + cut
    if text.strip():
        lead = len(text) - len(text.lstrip())
        yield Line(text.strip(), offset + lead, line.end, line.kind)


def _cuts(text: str, marks: Sequence[str], title: str) -> list[int]:
    """The lengths of the joined parts at the beginning of a line."""
    cuts: list[int] = []
    while len(cuts) < _MOST_PARTS:
        at = _next_cut(text, marks, title)
        if not at:
            break
        mark = _MARK_RUN.match(text)
        marks = [*marks, *split_bodies(mark[1])] if mark else marks
        part = text[:at].strip()
        title = title or (part if ENDS.search(part) and not ANCHOR.search(part) else "")
        cuts.append(at)
        text = text[at:]
    return cuts


def _next_cut(text: str, marks: Sequence[str], title: str) -> int:
    found = (
        _leading_urgency(text),
        _leading_markup(text),
        _leading_mark(text),
        _leading_bodies(text),
        _leading_number(text),
        _leading_notice(text),
        _leading_order(text),
        _leading_quoted(text),
        _leading_signer(text, marks),
        _leading_passed(text),
        _around_title(text, title) if title else leading_title(text),
        _leading_recipients(text, titled=bool(title)),
        _before_number(text),
    )
    return next((at for at in found if 0 < at < len(text)), 0)


def _leading_urgency(text: str) -> int:
    match = _URGENCY_RUN.match(text)
    return match.end() if match else 0


def _around_title(text: str, title: str) -> int:
    """The offset where the title comes once more, or where its repetition ends."""
    at, end = _find_packed(text, title)
    return at or end


def _find_packed(text: str, words: str) -> tuple[int, int]:
    """Where words, given without blanks, begin and end near the beginning of a text; (0, 0) if they are not there."""
    kept = [at for at, sign in enumerate(text[: 2 * (len(words) + LONGEST_CAPTION)]) if sign != " "]
    first = "".join(text[at] for at in kept).find(words, 0, len(words) + LONGEST_CAPTION)
    return (0, 0) if first < 0 else (kept[first], kept[first + len(words) - 1] + 1)


def _leading_mark(text: str) -> int:
    match = _MARK_RUN.match(text)
    return (
        match.end()
        if match and is_body(match[1].replace(" ", "")) and ANCHOR.search(text, match.end(), match.end() + 40)
        else 0
    )


def _leading_bodies(text: str) -> int:
    """The end of bodies that stand before a number without 文件: 长河县财政局、长河县审计局长财发〔2024〕3号."""
    match = ANCHOR.search(text, 0, 140)
    if match is None or re.search(r"关于|[《。；：，]", text[: match.start()]):
        return 0
    before = text[: match.start()].rstrip()
    if len(before) >= _LEAST_NAME and len(split_bodies(before)) > 1 and all(map(is_body, split_bodies(before))):
        return match.start()
    for size in _SIZES_OF_CODE:
        at = len(before) - size
        bodies = before[:at].replace(" ", "").replace("、", "")
        if at <= 0 or before[at:].endswith(("公告", "通告", "令")) or not signs(before[:at]):
            continue
        if len(bodies) >= _LEAST_NAME or bodies in national_names():
            return at
    return 0


def _leading_number(text: str) -> int:
    match = ANCHOR.search(text, 0, 60)
    bracketed = BRACKETED_NUMBER.match(text)
    if bracketed:
        return bracketed.end()
    if (
        match is None
        or text[match.end() : match.end() + 1] == "文"
        or not re.fullmatch(r"[\u4e00-\u9fff（）]{0,20}", text[: match.start()].replace(" ", ""))
    ):
        return 0
    return match.end() if read_code(text, match.start()) == text[: match.start()].strip() else 0


def _leading_notice(text: str) -> int:
    """The end of the number of a notice of several bodies: 中国人民银行、财政部公告〔2024〕第3号."""
    match = ANCHOR.search(text, 0, LONGEST_TITLE)
    before = text[: match.start()].rstrip() if match else ""
    is_notice = before.endswith(("公告", "通告")) and "（" not in before
    return match.end() if match and is_notice and signs(before[:-2]) else 0


def _leading_order(text: str) -> int:
    match = ORDER.match(text)
    if match is None or not match[2] or match.end() >= len(text) or _RULES_WORD.search(match[1]):
        return 0
    return match.end()


def _leading_markup(text: str) -> int:
    """The end of the sign of a heading, of a heading between signs, or of the word 附件 that stood on a line of its own."""
    match = _MARKUP_RUN.match(text)
    return match.end() if match else 0


def _leading_quoted(text: str) -> int:
    """The end of the name of a paper in 《》 with which the text of an order begins, before the grounds of the order."""
    match = _QUOTED_RUN.match(text)
    return match.end() if match else 0


def _leading_signer(text: str, marks: Sequence[str]) -> int:
    """The end of 签发人：… where the body of the letterhead, with which the title begins, follows the names."""
    match = _SIGNER_RUN.match(text)
    found = [at for name in marks if match and 2 <= (at := text.find(name, match.end())) - match.end() <= 30]
    return min(found, default=0)


def _leading_passed(text: str) -> int:
    for pattern in (_PASSED_THEN, _PASSED_RUN, _PASSED_BRACKETED, _DATED_BRACKETED):
        match = pattern.match(text)
        if match:
            return match.end()
    return 0


def _leading_recipients(text: str, *, titled: bool) -> int:
    match = _RECIPIENT_RUN.match(text)
    if match and RECIPIENT_WORD.search(match[1]) and not NOT_RECIPIENT.search(match[0]):
        return match.end()
    return addressees_end(text) if titled else 0


def _before_number(text: str) -> int:
    """The offset of a number that ends a short line behind a blank: …工作的通知 长政发〔2024〕3号."""
    match = ANCHOR.search(text, 0, LONGEST_TITLE)
    if match is None or (
        match.end() < len(text.rstrip()) and not ENDS.search(text[: match.start()].rpartition(" ")[0].rstrip())
    ):
        return 0
    code = read_code(text, match.start())
    at = match.start() - len(code)
    return at if code and at and text[at - 1] == " " else 0


def separate_lines(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines with the rows of a database page, and each signature and its day, on lines of their own."""
    found: list[Line] = []
    for line in lines:
        if line.kind is BlockKind.CELL:
            found.append(line)
            continue
        for row in _at(line, _row_cuts(line.text)):
            above = found[-1].text if found else ""
            parts = _at(row, _day_cuts(row.text, above=above)) if "日" in row.text else [row]
            if found and _is_day(parts[0].text):
                found[-1:] = _at(found[-1], bodies_behind_sentence(found[-1].text))
            found.extend(parts)
    return tuple(found)


def _row_cuts(text: str) -> list[int]:
    """The offsets at which the rows of a database page or of an information table begin within a line."""
    labels = [row.start() for row in TABLE_LABEL.finditer(text, 0, _TABLE)] if "号：" in text[:_TABLE] else []
    rows = labels if len(labels) >= _LEAST_ROWS else []
    fields = [field.start() for field in _PAGE_FIELD.finditer(text)]
    days = [day.end() for day in _DAY_ROW.finditer(text)] if text.startswith("【") or fields else []
    return sorted({at for at in (*fields, *rows, *days) if 0 < at < len(text)})


def _at(line: Line, cuts: Sequence[int]) -> list[Line]:
    if not cuts and line.text == line.text.strip():
        return [line] if line.text else []
    edges = [0, *cuts, len(line.text)]
    parts = []
    for a, b in pairwise(edges):
        text = line.text[a:b]
        if text.strip():
            lead = len(text) - len(text.lstrip())
            start = line.start + a + lead
            parts.append(Line(text.strip(), start, start + len(text.strip()), line.kind))
    return parts


def _is_day(text: str) -> bool:
    bare = text.strip()
    return bare.endswith(("日", "号")) and bool(DATE.fullmatch(bare))


def _day_cuts(text: str, *, above: str) -> list[int]:
    """Where a line is cut around the first day in it that closes a paper, with the bodies before it.

    `above` is the line above, "" if there is none.
    """
    for place in day_places(text, above=above):
        if closes(place):
            return sorted({at for at in (place.first, place.end) if 0 < at < len(text.rstrip())})
    return []
