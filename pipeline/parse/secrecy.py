"""密级: marks of state secrecy (国家秘密标志) on a paper, wherever they stand: head, cover sheet, table, imprint, attachments, page header.

A mark is a line, a table cell or a field of a line of its own (机密★5年, 密级：秘密). What a sentence says about secrets (涉及国家秘密的除外) is none,
nor are 内部, 工作秘密 and 商业秘密, nor the specimen of a mark in rules on the layout of papers.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.document import BlockKind, Fact, Span
from pipeline.parse.lines import Line, Sheet

# blanks are matched possessively (\s*+): no line of blanks takes long
_LEVEL = r"(?:绝\s*+密|机\s*+密|秘\s*+密)(?:\s*+级)?"
# black and white stars, the emoji with its selector, asterisks
_STAR = r"[★☆⭐✩✪✫✬✭✮✯✰⋆*⁎∗※🌟]\ufe0f?"
_NUMBER = r"(?:[0-9][0-9\s]{0,4}|[一二两三四五六七八九十百]{1,4})"
# 长期, 10年, 6个月, 2030年12月31日前, 公布前
_TERM = (
    rf"(?:长\s*+期|永\s*+久|[0-9]{{4}}\s*+年(?:\s*+[0-9]{{1,2}}\s*+月)?(?:\s*+[0-9]{{1,2}}\s*+日)?\s*+(?:以?前|止|解密)"
    rf"|{_NUMBER}\s*+(?:年|个?\s*+月|天|日)|(?:公布|公开|启用|解密|宣布|发布|实施)\s*+前)"
)
_LABEL = (
    r"(?:(?:文件|公文|国家秘密|资料|信息|涉密)?\s*+密\s*+级(?:\s*+(?:[和与及、/]\s*+)?(?:保密期限|标[识志]|程度))?"
    r"|(?:秘密|保密|涉密)\s*+(?:等级|级别|程度)|定密(?:级别|情况)?|密\s*+别)"
)
_OPEN, _CLOSE = r"[\[【〔(（<《〖「『{]", r"[\]】〕)）>》〗」』}]"
_FIELD = rf"{_LABEL}\s*+{_CLOSE}?\s*+[:：]?\s*+"
_TERM_FIELD = r"保\s*+密\s*+(?:期\s*+限|期|时\s*+限)\s*+[:：]?\s*+"
# 机密★5年, ★秘密★, 机密【☆】长期, 【机密】★保密期限1年
_STARRED = (
    rf"(?:{_OPEN}\s*+)?(?:{_STAR}\s*+{_LEVEL}(?:\s*+{_STAR})*|(?:{_OPEN}\s*+)?{_LEVEL}\s*+{_CLOSE}?(?:\s*+{_OPEN}?{_STAR}{_CLOSE}?)+)"
    rf"\s*+(?:(?:{_TERM_FIELD})?{_TERM})?\s*+{_CLOSE}?"
)
# 机密 5年, 秘密（保密期限：1年）, 机密·长期
_TIMED = rf"(?:{_OPEN}\s*+)?{_LEVEL}\s*+{_CLOSE}?\s*+[-·—,，、/:：]*\s*+{_OPEN}?\s*+(?:{_TERM_FIELD})?{_TERM}\s*+{_CLOSE}?{_CLOSE}?"
# 密级：秘密, 密级【机密】, 密级：☑秘密
_LABELLED = rf"{_OPEN}?\s*+{_FIELD}{_OPEN}?\s*+[☑√✓✔■]?\s*+(?:{_STARRED}|{_TIMED}|{_LEVEL})\s*+{_CLOSE}?"
_BRACKETED = rf"{_OPEN}\s*+{_LEVEL}\s*+{_CLOSE}"
_BARE = rf"{_LEVEL}(?:\s*+(?:件|文件|材料|资料|公文))?(?:\s*+[·,，、]?\s*+(?:内部|注意保[存密管]|妥善保[存管]|严禁复[制印]|不得复[制印]|阅后.{{1,6}}))?[!！。]?"
# （此件为机密级，注意保存）
_SAID = (
    rf"{_OPEN}?\s*+(?:此|本|该)(?:件|文|文件|材料|资料)(?:的?\s*+密级)?\s*+(?:为|属于?|系|是|定为|确定为|[:：])\s*+{_LEVEL}"
    rf"(?:\s*+(?:件|文件|材料|资料|国家秘密|事项))?(?:[,，;；].{{0,16}})?[。]?\s*+{_CLOSE}?"
)
_TERM_ALONE = rf"{_OPEN}?\s*+{_TERM_FIELD}{_TERM}\s*+{_CLOSE}?"

# marks that can be nothing else, and those that are marks only where marks are put
_CERTAIN = re.compile(rf"(?:{_LABELLED}|{_STARRED})")
_PLACED = re.compile(rf"(?:{_LABELLED}|{_STARRED}|{_TIMED}|{_BRACKETED}|{_BARE}|{_SAID}|{_TERM_ALONE})")
# what stands beside a mark on its line: 000012, 特急, 第3份, 签发人：张三
_BESIDE = re.compile(
    rf"(?:[0-9]{{1,8}}(?![0-9])|特\s*+急|加\s*+急|特提|平急|急件|明电|(?:NO|No|N[oº])\.?\s*+[:：]?\s*+[0-9]+|(?:份\s*+号|编\s*+号)\s*+[:：]?\s*+[\w\-〔〕]*|(?:紧急程度|缓急)\s*+[:：]?"
    rf"|第\s*+[0-9]+\s*+[份号页]|共\s*+[0-9]+\s*+[份页]|签发人\s*+[:：]?\s*+[\u4e00-\u9fff]{{2,4}}|{_TERM_FIELD}{_TERM}|[|,，;；、/·\s])+"
)
_EDGE_BEFORE = re.compile(r"(?:^|[\s|0-9急提件电:：,，;；、])$")
_EDGE_AFTER = re.compile(r"^(?:$|[\s|,，;；、特加平急])")
# words of a line that speaks of marks
_SPEAKS = re.compile(
    r"[。！？“”\"‘’]|[如例]|标注|标明|字样|样式|应当|编排|顶格|是指|分为|或者?|除外|[□○◯]|(?:绝密|机密|秘密)[、/,，和\s|]+(?:绝密|机密|秘密)"
)
# the heading of a specimen: 公文首页版式, 文件格式（式样）
_SPECIMEN = re.compile(
    r"(?:式样|样式|版式|示例|样例|样本|样张|格式|模板|范本|范例)[0-9一二三四五六七八九十]{0,2}[)）》]?$"
)
_LABEL_CELL = re.compile(rf"{_LABEL}\s*+[:：]?")
_TERM_CELL = re.compile(r"保\s*+密\s*+(?:期\s*+限|期|时\s*+限)\s*+[:：]?")
_SAID_OR_BARE = re.compile(rf"{_SAID}|{_BARE}")
_ENUMERATED = re.compile(r"^\s*+(?:第[0-9一二三四五六七八九十百]+条|[(（]?[0-9一二三四五六七八九十]+[)）.、])")
# a cell of a row: wide blanks or a bar divide cells
_CELL = re.compile(r"[^\s|]+(?:\s[^\s|]+)*")
_LEVEL_CELL = re.compile(rf"(?:{_STARRED}|{_TIMED}|{_LEVEL})")

# all but characters that are the same in half width
_MAY_BE_WIDE = re.compile(r"[^\x00-\x7f\u4e00-\u9fff“”、。〈-】]")

_FRONT, _MAX_FIELD, _MAX_BESIDE = 40, 80, 60
_BODY = re.compile(r"^(?:第[一1][条章]|一、)|^.{60,}[。；]")
_HEADING_OF_PART = re.compile(
    r"^(?:附\s*[件录表]\s*[0-9一二三四五六七八九十]{0,3}(?:\s*[:：]?\s*\S{0,30})?|\S{2,28}文\s*件|\S{0,20}〔[0-9]{4}〕[0-9]{1,5}号)$"
)
_IMPRINT = re.compile(r"^(?:抄\s*[送报]|分\s*送|主题词|印\s*送|发\s*送|.{0,60}印\s*发$|.{0,60}印制$)")
# lines around a place that belong to it, and lines above a mark that may call it a specimen
_AROUND, _ABOVE = 4, 8


def find_secrecy(sheet: Sheet) -> Fact[str] | None:
    """The first mark of state secrecy on a paper and on everything attached to it, None where there is none."""
    marks = (*_own_marks(sheet.lines), *_margin_marks((*sheet.furniture, *sheet.meta)))
    return min(marks, key=lambda fact: fact.span.start, default=None)


def is_mark(text: str) -> bool:
    """Whether a line of the head (版头) is a mark of state secrecy: 机密★5年."""
    return _whole(_fold(text)) is not None


def _margin_marks(lines: Sequence[Line]) -> Iterator[Fact[str]]:
    """Marks in page headers, footers and the information table of a page."""
    for line in lines:
        found = _whole(_fold(line.text))
        if found and len(line.text) <= _MAX_FIELD:
            yield _fact(line, found)


def _own_marks(lines: Sequence[Line]) -> Iterator[Fact[str]]:
    mentions = [index for index, line in enumerate(lines) if "密" in line.text]
    places = _places(lines) if mentions else set()
    for index in mentions:
        start = max(index - _ABOVE, 0)
        window, at = [_fold(line.text) for line in lines[start : index + 3]], index - start
        found = _placed(window, at) if index in places else None
        found = found or _certain(window[at], front=index < _FRONT)
        if found and not _is_specimen(window[:at]):
            yield _fact(lines[index], found)


def _fact(line: Line, found: Span) -> Fact[str]:
    value = re.sub(r"\s", "", found.cut(line.text))
    return Fact(value, Span(line.start + found.start, line.start + found.end), "密级标志")


def _placed(folded: Sequence[str], index: int) -> Span | None:
    """A mark on a line in a place for marks; a label and the level in the next cell, beside it or below, are one mark."""
    text = folded[index]
    if len(text) > _MAX_FIELD:
        return None
    cells = [Span(*match.span()) for match in _CELL.finditer(text)]
    if len(cells) > 1 and (found := _in_row([cell.cut(text) for cell in cells])) is not None:
        return Span(cells[found].start, cells[found + 1].end)
    above, below, next_but_one = (
        (*folded[max(index - 1, 0) : index], "")[0],
        *(*folded[index + 1 : index + 3], "", "")[:2],
    )
    if _in_row([text, below, next_but_one]) == 0:
        return _trimmed(text, 0, len(text))
    neighbours = {other.strip() for other in (above, below) if _is_level(other)}
    if _is_level(text) and neighbours - {text.strip()}:
        return None
    return _whole(text)


def _in_row(cells: Sequence[str]) -> int | None:
    """The first cell that labels a single level in the next one; a row of levels (密级 | 绝密 | 机密 | 秘密) is a heading."""
    for index, (label, value) in enumerate(pairwise(cells)):
        beyond = cells[index + 2] if index + 2 < len(cells) else ""
        labelled = _LABEL_CELL.fullmatch(label.strip()) and _is_level(value) and not _is_level(beyond)
        if labelled or (_TERM_CELL.fullmatch(label.strip()) and re.fullmatch(_TERM, value.strip())):
            return index
    return None


def _is_level(cell: str) -> bool:
    return _LEVEL_CELL.fullmatch(cell.strip()) is not None


def _whole(text: str) -> Span | None:
    """The mark that a line consists of, apart from what stands beside marks."""
    if _SPEAKS.search(text) and not _SAID_OR_BARE.fullmatch(text.strip()):
        return None
    for match in _PLACED.finditer(text):
        rest = (text[: match.start()].strip(), text[match.end() :].strip())
        if all(not part or _BESIDE.fullmatch(part) for part in rest):
            return _trimmed(text, *match.span())
    return None


def _certain(text: str, *, front: bool) -> Span | None:
    """A starred or labelled mark that is a field of a line; of a longer line, in the front part, only its beginning counts."""
    if len(text) > _MAX_FIELD:
        text = text[:_MAX_BESIDE] if front else ""
    if _SPEAKS.search(text):
        return None
    for match in _CERTAIN.finditer(text):
        found = _trimmed(text, *match.span())
        before, after = text[: found.start], text[found.end :]
        if _EDGE_BEFORE.search(before) and _EDGE_AFTER.match(after) and not _ENUMERATED.match(before):
            return found
    return None


def _trimmed(text: str, start: int, end: int) -> Span:
    """A span without the blanks around its text."""
    cut = text[start:end]
    return Span(start + len(cut) - len(cut.lstrip()), start + len(cut.rstrip()))


def _is_specimen(above: Sequence[str]) -> bool:
    """Whether the lines above a mark say that it is the specimen of one."""
    return any(len(text.strip()) <= 30 and _SPECIMEN.search(text.strip()) for text in above)


def _places(lines: Sequence[Line]) -> set[int]:
    """The indexes of lines where marks are put: before the text, around letterheads, numbers, headings of attachments and the imprint."""
    body = next((index for index, line in enumerate(lines[:_FRONT]) if _BODY.match(line.text)), _FRONT)
    found = set(range(min(body, len(lines))))
    for index, line in enumerate(lines):
        if len(line.text) <= 100 and (_HEADING_OF_PART.match(line.text.strip()) or _IMPRINT.match(line.text.strip())):
            found.update(range(index - _AROUND, index + _AROUND + 1))
    found.update(
        index for index in range(max(len(lines) - 2, 0), len(lines)) if lines[index].kind is not BlockKind.CELL
    )
    return found


def _fold(text: str) -> str:
    """A text of the same length in half width where that is one character."""
    return _MAY_BE_WIDE.sub(_narrow, text)


def _narrow(match: re.Match[str]) -> str:
    narrow = unicodedata.normalize("NFKC", match[0])
    return narrow if len(narrow) == 1 else match[0]
