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
from pipeline.parse.bodies import are_bodies, bodies_at_end, is_body, is_official, split_bodies
from pipeline.parse.genres import ENDS, RUN_ON, RUN_TO
from pipeline.parse.lines import Line
from pipeline.parse.numbers import ANCHOR, read_code

RECIPIENT_WORD = re.compile(r"[各局委府部门厅院会处司校行室办站心社镇街道]|企业|单位|机构|公司")
NOT_RECIPIENT = re.compile(r"如下|以下|通知：|附件|现将|包括|是指|主要内容|职责|电话|目录|条件：|(?:公告|内容|措施)：")
# 中华人民共和国…部令第36号, 国家市场监督管理总局令 (第99号 on the next line)
ORDER = re.compile(
    r"^([\u4e00-\u9fff 、]{2,80}令)[ （(]*(?:第? ?([0-9]{1,5}|[一二三四五六七八九十百零〇]{1,6}) ?号)?[）)]?"
)
BRACKETED_NUMBER = re.compile(r"^[（(][\u4e00-\u9fff]{2,14}〔[0-9]{4}〕第?[0-9]{1,5}号[）)]")
# 各市人民政府，省政府各部门：为贯彻… on one line
_RECIPIENT_RUN = re.compile(
    r"^((?:各|国务院|省|市|区|县|机关|全[省市区县]|有关|中国)[^。：；]{3,600}?(?:；[^。：]{3,600}?)?)[：:](?=\S)"
)
# the addressees below a title, which may begin with any name
_ADDRESSED = re.compile(r"\s*[^。！？《》〔：:]{2,900}[：:]")
# 长河县人民政府文件长政发〔2024〕3号
_MARK_RUN = re.compile(r"^([\u4e00-\u9fff（） ]{3,60}?)文件\s*(?=[\u4e00-\u9fff]{2,16}[〔\[［【（(])")
_SIGNER_RUN = re.compile(r"^签发人[：:]\s*")
# a word that ends a title, where the title may end
_TITLE_END = re.compile(
    r"(?:通知|意见|决定|公告|通告|批复|函|通报|报 ?告|办法|规定|方案"
    r"|细则|条例|措施|规则|规划|要点|决议|命令|制度|标准|预案|计划|政策|解释|指南|指引|规程|规范|章程|答复|纪要|修正案|法(?=\s?[（(]?(?:19|20)[0-9]{2}年))"
    r"(?:[（(](?!(?:19|20)[0-9]{2}年[0-9]{1,2}月)[^（）()〔]{1,12}[）)])?"
)
# how a text begins below its title
_OPENS_TEXT = re.compile(
    r"\s*(?:为[了进深贯认全加规推落切有促充确保更积]|根据|按照|依据|现将|近年|近期|日前|经[^。，]{2,20}(?:同意|批准|研究)|第一[编章条部]|一、|目 ?录|[前序引] ?言"
    r"|(?:19|20)[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日\s*(?:第一|目)"
    r"|[（(](?:19|20)[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日[）)]|[（(]?(?:19|20)[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日[^。]{4,60}(?:通过|批准|公布|发布|修[正订]))"
)
_NAMES_PAPER = re.compile("的(?:通知|意见|决定|公告|通告|批复|函|通报|报告)")
_NUMBER_BEHIND = re.compile(
    r"\s*[（(]?(?![\u4e00-\u9fff]{0,14}(?:的|通知|公告|意见))[\u4e00-\u9fff]{2,14}[〔\[［【（(]\s*(?:19|20)[0-9]{2}\s*[〕\]］】）)]"
)
# 关于…的公告 is complete, 根据关于…的公告 stands in a sentence; how a sentence begins that no title ends with
_COMPLETE = re.compile(r"关于.{4,}(?:的|》)(?:通知|意见|决定|公告|通告|批复|函|通报|报告)$")
_QUOTES = re.compile("(?:根据|按照|依据|为|落实|贯彻|现将|经|对|按)")
_OPENS_SENTENCE = re.compile(
    r"\s*(?:[《“]|(?:19|20)[0-9]{2}年|近[年日期来]|当前|目前|今年|新形势|最近|自[《0-9]|鉴于|针对|随着|由于|按照?|日前|在[^，。]{2,30}[下中上]，)"
)
_NUMBERED = re.compile("(?:的|》)(?:通知|意见|决定|公告|通告|批复|函|通报)$")
_PASSED_RUN = re.compile(
    r"^[（(]?(?:19|20)[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日[^。]{3,400}?(?:通过|批准|公布|发布|修[正订])[）)]?\s*(?=第一[编章条]|目 ?录)"
)
# （2013年11月12日某会议通过）, before any text
_PASSED_BRACKETED = re.compile(
    r"^[（(](?:19|20)[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日[^。（）]{3,200}?(?:通过|批准|公布|发布|修[正订])[）)]"
)
_LONGEST_TITLE = 160
# a caption of the page between a title and its repetition; the parts that a line of the head may have
_LONGEST_CAPTION = 40
_MOST_PARTS = 8
# characters of bodies before a day, and of what is looked at behind it
_LONGEST_SIGNATURE = 400
# the least length of a title without 关于 that is known by its repetition
_LONG_TITLE = 10
# the genres that have addressees
_OFFICIAL_GENRE = re.compile(r"(?:通知|意见|决定|公告|通告|批复|函|通报|报 ?告|纪要)(?:[（(][^（）()]{2,12}[）)])?$")
_URGENCY_RUN = re.compile(r"^(?:特 ?急|加 ?急|特提|平急|急件|明电)\s*(?=[\u4e00-\u9fff])")
# the lengths of issuing codes, the most usual first; the shortest name of a body before one (沪住建委 belongs to the code)
_SIZES_OF_CODE = (3, 4, 5, 6, 2, 7, 8)
_LEAST_NAME = 6
_LEAST_BODY = 4
# what may follow a day that closes a paper: nothing, a note, the imprint, the page's own words
_CLOSES = re.compile(
    r"\s*(?:$|[（(]|附 ?件|附[：:]|抄 ?[送报]|主题词|公开|责任"
    r"|更多|颁布|发布日期|执行日期|录入|校对|信息|更多|打印|浏览|下载|链接|联系|印$|政策解读|来源|分享|关闭|上一[篇条]|扫一扫|《[^。，；]*$)"
)
# the title of a paper behind the day: words without a stop, to the end of the line or to the beginning of its text
_CAPTION = re.compile(
    r"\s*(?![起前至以之后内止印发布公召第通在经])[^，。；：！？\s][^，。；：！？]{1,80}?(?:[表图书册单]|"
    + ENDS.pattern.removesuffix("$")
    + r")\s*(?:$|(?=一、|第[一1][编章条]|为[了进深贯认全加规推]|根据|按照))"
)
# the title of a paper behind bodies and day, whatever follows it
_TITLE_RUN = re.compile(
    r"\s*(?![起前至以之后内止印发布公召第通在经])[^，。；：！？\s][^，。；：！？]{3,60}?" + _TITLE_END.pattern
)
# what may stand behind a day below the bodies: a line of a title
_SHORT = re.compile(r"\s*(?![起前至以之后内止印发布公召第通在经])[^，。；：！？]{3,60}$")
# 【颁布日期】1993年07月09日: a row of the page of a database
_PAGE_FIELD = re.compile(
    r"(?<!^)【[^】]{0,6}(?:名 ?称|部 ?门|机 ?关|单 ?位|日 ?期|时 ?间|字 ?号|文 ?号|类 ?别|级 ?别|效 ?力|时 ?效|效 ?性|编 ?号|标 ?题)】"
)
_SENTENCE_END = re.compile(r"[。；！？”）》]\s*(?=[^。；！？”）》]*$)")


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
        _leading_mark(text),
        _leading_bodies(text),
        _leading_number(text),
        _leading_order(text),
        _leading_signer(text, marks),
        _leading_passed(text),
        _around_title(text, title) if title else _leading_title(text),
        _leading_recipients(text, titled=bool(title)),
        _before_number(text),
    )
    return next((at for at in found if 0 < at < len(text)), 0)


def _leading_urgency(text: str) -> int:
    match = _URGENCY_RUN.match(text)
    return match.end() if match else 0


def _around_title(text: str, title: str) -> int:
    """The offset where the title comes once more, or where its repetition ends."""
    at = text.find(title, 0, len(title) + _LONGEST_CAPTION)
    return 0 if at < 0 else at or len(title)


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
    for size in _SIZES_OF_CODE:
        at = len(before) - size
        bodies = before[:at].replace(" ", "").replace("、", "")
        if at <= 0 or before[at:].endswith(("公告", "通告", "令")) or not _signs(before[:at]):
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


def _leading_order(text: str) -> int:
    match = ORDER.match(text)
    return match.end() if match and match[2] and match.end() < len(text) else 0


def _leading_signer(text: str, marks: Sequence[str]) -> int:
    """The end of 签发人：… where the body of the letterhead, with which the title begins, follows the names."""
    match = _SIGNER_RUN.match(text)
    found = [at for name in marks if match and 2 <= (at := text.find(name, match.end())) - match.end() <= 30]
    return min(found, default=0)


def _leading_passed(text: str) -> int:
    match = _PASSED_RUN.match(text) or _PASSED_BRACKETED.match(text)
    return match.end() if match else 0


def _leading_title(text: str) -> int:
    """The end of a title with which the line begins, where addressees, a number or the text follow; 0 if there is none."""
    ends = list(_title_ends(text))
    again = next((end for end in reversed(ends) if _comes_again(text[:end], text[end:])), 0)
    if again:
        return again
    match = RUN_ON.match(text)
    if match is None and text.endswith(("：", ":")):
        match = RUN_TO.match(text)
    return match.end() if match else next((end for end in ends if _begins_next(text, end)), 0)


def _title_ends(text: str) -> Iterator[int]:
    """The offsets at which a title that begins the line may end: behind a genre, outside 《》 and before any stop."""
    for match in _TITLE_END.finditer(text, 0, _LONGEST_TITLE + 12):
        title = text[: match.end()]
        if re.search(r"[。；！？：]", title) or len(title) > _LONGEST_TITLE:
            return
        if len(title) >= 6 and title.count("《") == title.count("》") and title.count("（") == title.count("）"):
            yield match.end()


def _comes_again(title: str, rest: str) -> bool:
    """Whether a title is repeated behind itself, with no more than a caption of the page between."""
    return ("关于" in title or len(title) >= _LONG_TITLE) and title in rest[: len(title) + _LONGEST_CAPTION]


def _begins_next(text: str, end: int) -> bool:
    """Whether the text, the addressees, a number or the title once more begin at an offset behind a title."""
    title, rest = text[:end], text[end:]
    named = "关于" in title
    if rest[:1] == "的":
        return False
    if rest[:1] == " " and named and title.endswith(("的通知", "的公告", "的通告", "》的决定")):
        return True
    if _OPENS_TEXT.match(rest):
        return named or not re.search(r"[，、]", title)
    if _NUMBERED.search(title) and _NUMBER_BEHIND.match(rest):
        return True
    if not named:
        addressed = bool(_OFFICIAL_GENRE.search(title)) and not re.search("[，、]", title)
        return (
            addressed and len(title) >= _LONG_TITLE and re.search("[，、]", rest[: _addressees_end(rest)]) is not None
        )
    if _COMPLETE.search(title) and not _QUOTES.match(title) and _OPENS_SENTENCE.match(rest):
        return True
    if re.match(r"\s{2,}为|为[\u4e00-\u9fff]{3}", rest) and not re.match(r"\s*为[准主止期由例基]", rest):
        return True
    return bool(_NUMBER_BEHIND.match(rest)) or (bool(_OFFICIAL_GENRE.search(title)) and _addressees_end(rest) > 0)


def _addressees_end(text: str) -> int:
    """The end of the addressees with which a text begins (below a title), 0 if it begins otherwise."""
    match = _ADDRESSED.match(text)
    if (
        not match
        or _NAMES_PAPER.search(match[0])
        or not RECIPIENT_WORD.search(match[0])
        or NOT_RECIPIENT.search(match[0])
        or "关于" in match[0]
    ):
        return 0
    last = re.split(r"[、，；,;]", match[0].strip("：: "))[-1]
    return match.end() if len(last) <= 40 and match[0].strip()[0] not in "的（）、，和及与" else 0


def _leading_recipients(text: str, *, titled: bool) -> int:
    match = _RECIPIENT_RUN.match(text)
    if match and RECIPIENT_WORD.search(match[1]) and not NOT_RECIPIENT.search(match[0]):
        return match.end()
    return _addressees_end(text) if titled else 0


def _before_number(text: str) -> int:
    """The offset of a number that ends a short line behind a blank: …工作的通知 长政发〔2024〕3号."""
    match = ANCHOR.search(text, 0, _LONGEST_TITLE)
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
        for row in _at(line, [field.start() for field in _PAGE_FIELD.finditer(line.text)]):
            parts = [row]
            if "日" in row.text:
                signed = bool(found) and _signs(found[-1].text)
                parts = _at(row, _day_cuts(row.text, signed=signed))
            if found and _is_day(parts[0].text):
                found[-1:] = _at(found[-1], _bodies_behind_sentence(found[-1].text))
            found.extend(parts)
    return tuple(found)


def _at(line: Line, cuts: Sequence[int]) -> list[Line]:
    if not cuts and line.text == line.text.strip() != "":
        return [line]
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


def _day_cuts(text: str, *, signed: bool) -> list[int]:
    """Where a line is cut around the first day in it that closes a paper, with the bodies before it.

    `signed` is True below a line of bodies, where anything short may follow a day.
    """
    for match in DATE.finditer(text):
        first = max(match.start() - _LONGEST_SIGNATURE, 0)
        rest, before = text[match.end() : match.end() + _LONGEST_SIGNATURE], text[first : match.start()].rstrip()
        closes = bool(_CLOSES.match(rest))
        below = signed and not before and bool(_SHORT.match(rest))
        bodies = _bodies_behind_sentence(before)
        titled = _CAPTION.match(rest) or (bodies and _TITLE_RUN.match(rest))
        if not closes and not below and not titled:
            continue
        if not bodies and closes and (names := bodies_at_end(before)) and names != before:
            bodies = [len(before) - len(names)]
        if before and not bodies and before[-1] not in "。！”" and not _signs(before):
            continue
        if not before and not rest.strip():
            return []
        signature = first + (bodies[0] if bodies else 0 if _signs(before) else len(before))
        return sorted({at for at in (signature, match.end()) if 0 < at < len(text.rstrip())})
    return []


def _bodies_behind_sentence(text: str) -> list[int]:
    """The offset of the bodies behind the last sentence of a text, [] if nothing else than bodies does not follow it."""
    match = _SENTENCE_END.search(text, max(len(text) - _LONGEST_SIGNATURE, 0))
    tail = text[match.end() :] if match else ""
    return [match.end()] if match and (_signs(tail) or is_official(tail)) else []


def _signs(text: str) -> bool:
    packed = text.replace(" ", "")
    if len(packed) < _LEAST_BODY:
        return packed in national_names()
    return are_bodies(text)
