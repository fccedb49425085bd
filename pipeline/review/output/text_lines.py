"""The lines of a text as its blocks record them, and the role of each line on the page of an official document (公文)."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from pipeline.document import BlockKind, ClauseKind
from pipeline.review.queue.dossiers import with_attached_texts
from pipeline.table_cells import CellPlace

Box = tuple[float, float, float, float]


class Role(StrEnum):
    """What a paragraph is in an official document; the values are classes of the style sheet."""

    TITLE = "title"  # 题名
    LETTERHEAD = "letterhead"  # 发文机关标志
    NUMBER = "number"  # 发文字号、登记号、签发人、标题下署名
    ADOPTED = "adopted"  # 题注
    MARGIN = "margin"  # 份号、密级、紧急程度
    RECIPIENTS = "recipients"  # 主送机关
    CHAPTER = "chapter"  # 编、章、节
    ARTICLE = "clause article"  # 条
    HEADING = "clause heading"  # 一、 or （一） alone on its line
    CLAUSE = "clause"  # 款、项、目, text
    ATTACHMENT = "attachment"  # 附件1 above an attached document
    ATTACHMENTS = "clause attachments"  # 附件： list of attachments
    SIGNATURE = "signature"  # 署名
    DATE = "date"  # 成文日期
    OPENNESS = "clause openness"  # 附注
    IMPRINT = "imprint"  # 版记
    META = "meta"  # information table of a web page
    BOX = "box"  # 文本框
    FOOTNOTE = "footnote"
    FURNITURE = "furniture"
    CELL = "cell"


@dataclass(frozen=True, slots=True)
class Line:
    """A line without the blanks around it, in code points of the text; kind, page, box and cells as in `document.Block`.

    The `start` of a cell counts from the start of the line.
    """

    start: int
    end: int
    kind: str
    page: int | None = None
    box: Box | None = None
    cells: tuple[CellPlace, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """How a line is shown: its role, the end of its label in bold (None without), and whether an attached document opens with it."""

    role: Role
    bold_until: int | None = None
    opens: bool = False


Fact = Mapping[str, Any]
_LINE = re.compile(r"[^\r\n]+")
_BY_KIND = {
    BlockKind.FURNITURE: Role.FURNITURE, BlockKind.FOOTNOTE: Role.FOOTNOTE, BlockKind.META: Role.META, BlockKind.CELL: Role.CELL,
}  # fmt: skip
_BY_FACT = (
    ("number", Role.NUMBER), ("registration", Role.NUMBER), ("adopted", Role.ADOPTED), ("secrecy", Role.MARGIN),
    ("recipients", Role.RECIPIENTS), ("openness", Role.OPENNESS), ("copies", Role.IMPRINT),
)  # fmt: skip
_BY_ORIGIN = {"署名": Role.SIGNATURE, "标题下署名": Role.NUMBER, "签发人": Role.NUMBER}
_CHAPTERS = (ClauseKind.BOOK, ClauseKind.CHAPTER, ClauseKind.SECTION)
_HEADS = (ClauseKind.HEAD1, ClauseKind.HEAD2)
# 临溪县人民政府, 临溪县教育局（代章）
_BODY = re.compile(
    r"[㐀-鿿（）()·、\s]{1,38}(?:府|局|委|厅|部|室|会|院|办|中心|处|站|队|行|社|司|署|馆|所|校|组|公司|集团)(?:（[^）]{1,6}）)?"
)
# 附件, 附件1, 附 件 二：
_ATTACHMENT = re.compile(r"附\s*[件表]\s*[一二三四五六七八九十\d]*\s*[：:]?")
_LIST = re.compile(r"附\s*件\s*[：:]")
# a line of this length is not centred or set to the right, whatever the parser found in it
_LONG, _HEAD_LINES, _SIGNERS = 60, 12, 4


def lines_in(text: str, blocks: Iterable[Mapping[str, Any]]) -> list[Line]:
    """The lines of a text that are not blank, each with the kind and place of the block it lies in (正文 without one)."""
    known = sorted((block for block in blocks if block.get("span")), key=lambda block: int(block["span"]["start"]))
    starts = [block["span"]["start"] for block in known]
    found = []
    for match in _LINE.finditer(text):
        if not (words := match[0].strip()):
            continue
        start = match.start() + match[0].index(words)
        at = bisect_right(starts, start) - 1
        block = known[at] if at >= 0 and start < known[at]["span"]["end"] else {}
        box = block.get("box")
        kind = block.get("kind") or BlockKind.PARAGRAPH.value
        cells = _cells(block, start, start + len(words))
        found.append(Line(start, start + len(words), kind, block.get("page"), tuple(box) if box else None, cells))
    return found


def _cells(block: Mapping[str, Any], start: int, end: int) -> tuple[CellPlace, ...]:
    """The cells of a block with the words of a line; none where the block has other words too, or in dossiers of earlier versions."""
    found = tuple(CellPlace(*cell) for cell in block.get("cells") or ())
    starts = [0, *(cell.start for cell in found), end - start]
    is_whole = block.get("span") == {"start": start, "end": end}
    return found if is_whole and starts == sorted(starts) else ()


def looks_of(text: str, lines: Sequence[Line], document: Mapping[str, Any]) -> list[Look]:
    """The look of each line, given the document of a stored dossier; a line that no fact explains is a plain paragraph."""
    family = [member for member in with_attached_texts(document) if member]
    roles = _fixed_roles(lines)
    for member in family:
        for fact, role in _facts(member.get("masthead") or {}):
            for index in _lines_of(fact, lines):
                roles.setdefault(index, role)
    for member in family:
        for fact in member.get("attachments") or ():
            for index in _lines_of(fact, lines, whole=False):
                roles.setdefault(index, Role.ATTACHMENTS)
    _add_signatures(text, lines, roles)
    _add_head(text, lines, roles)
    opening = {_first_line(member, lines) for member in family[1:]}
    clauses = _clauses_by_start(family)
    looks = [
        _look(text, line, clauses.get(line.start), roles.get(index), index in opening)
        for index, line in enumerate(lines)
    ]
    return [replace(look, opens=look.opens and index > 0) for index, look in enumerate(looks)]


def _fixed_roles(lines: Sequence[Line]) -> dict[int, Role]:
    """The roles of lines that are no part of the running text, by the kind of their block."""
    return {index: _BY_KIND[BlockKind(line.kind)] for index, line in enumerate(lines) if line.kind in _BY_KIND}


def _facts(masthead: Mapping[str, Any]) -> Iterator[tuple[Fact, Role]]:
    """Yields the facts of a masthead with the role of their lines, the title first."""
    if title := masthead.get("title"):
        yield title, Role.TITLE
    for key, role in _BY_FACT:
        if fact := masthead.get(key):
            yield fact, role
    for fact in (masthead.get("made"), masthead.get("published")):
        if fact:
            yield fact, Role.IMPRINT if fact.get("origin", "").startswith("版记") else Role.DATE
    for fact in (*(masthead.get("issuers") or ()), *(masthead.get("signers") or ())):
        if fact.get("origin") in _BY_ORIGIN:
            yield fact, _BY_ORIGIN[fact["origin"]]


def _lines_of(fact: Fact, lines: Sequence[Line], *, whole: bool = True) -> Iterator[int]:
    """Yields the indices of the short lines within the span of a fact; without `whole`, those that overlap with it."""
    span = fact.get("span") or {"start": 0, "end": 0}
    for index in range(bisect_right(lines, span["start"], key=lambda line: line.end), len(lines)):
        line = lines[index]
        if line.start >= span["end"]:
            return
        inside = span["start"] <= line.start and line.end <= span["end"]
        if line.end - line.start <= _LONG and (inside or not whole):
            yield index


def _add_signatures(text: str, lines: Sequence[Line], roles: dict[int, Role]) -> None:
    """Sets the names of bodies directly above a date as signatures."""
    for index in [index for index, role in roles.items() if role is Role.DATE]:
        for above in range(index - 1, max(index - 1 - _SIGNERS, -1), -1):
            if above in roles or not _BODY.fullmatch(text, lines[above].start, lines[above].end):
                break
            roles[above] = Role.SIGNATURE


def _add_head(text: str, lines: Sequence[Line], roles: dict[int, Role]) -> None:
    """Sets the lines above the title: the name of the issuer (……文件) and, above it, signs such as 份号."""
    titles = [index for index, role in roles.items() if role is Role.TITLE]
    first = min(titles, default=0)
    if first > _HEAD_LINES:
        return
    for index in range(first):
        words = text[lines[index].start : lines[index].end]
        if words[-1] in "。；：，、" or len(words) > _LONG or _ATTACHMENT.fullmatch(words):
            continue
        is_name = words.endswith("文件") or _BODY.fullmatch(words)
        roles.setdefault(index, Role.LETTERHEAD if is_name else Role.MARGIN)


def _first_line(member: Mapping[str, Any], lines: Sequence[Line]) -> int:
    """The index of the first line of an attached document, -1 if the dossier does not state its span."""
    span = member.get("span")
    return bisect_right(lines, span["start"], key=lambda line: line.end) if span else -1


def _clauses_by_start(family: Iterable[Mapping[str, Any]]) -> dict[int, Mapping[str, Any]]:
    """The clauses of documents by their first offset; of several that start together the outermost."""
    found: dict[int, Mapping[str, Any]] = {}
    for member in family:
        for clause in member.get("clauses") or ():
            if span := clause.get("span"):
                found.setdefault(span["start"], clause)
    return found


def _look(text: str, line: Line, clause: Mapping[str, Any] | None, role: Role | None, opens: bool) -> Look:
    words = text[line.start : line.end]
    if role is not None:
        return Look(role, opens=opens)
    if line.kind == BlockKind.TEXT_BOX:
        return Look(Role.BOX, opens=opens)
    if _ATTACHMENT.fullmatch(words):
        return Look(Role.ATTACHMENT, opens=True)
    if _LIST.match(words) and len(words) <= _LONG:
        return Look(Role.ATTACHMENTS, opens=opens)
    kind, label = (clause.get("kind"), clause.get("label") or "") if clause else (None, "")
    if kind in _CHAPTERS and len(words) <= _LONG:
        return Look(Role.CHAPTER, opens=opens)
    bold = line.start + len(label) if label and words.startswith(label) else None
    if kind == ClauseKind.ARTICLE:
        return Look(Role.ARTICLE, bold, opens)
    if kind in _HEADS and not re.search("[。；：]", words):
        return Look(Role.HEADING, opens=opens)
    return Look(Role.CLAUSE, bold if kind == ClauseKind.HEAD1 else None, opens)
