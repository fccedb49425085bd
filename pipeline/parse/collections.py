"""Collections of papers in one file (汇编, 公报, yearly volumes): where each paper begins, by its title, number and signature."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.dates import DATE
from pipeline.document import BlockKind
from pipeline.law import name_key
from pipeline.parse.attachments import HEADING
from pipeline.parse.bodies import is_body
from pipeline.parse.closing import find_signature
from pipeline.parse.genres import ENDS
from pipeline.parse.lines import Line
from pipeline.parse.numbers import ANCHOR
from pipeline.parse.own_numbers import read_own_number, without_tail

# words of a cover or table of contents above the first paper
_COVER = re.compile(
    r"汇编|公报|政报|选编|合订本?|汇集|合集|文集|文件集|目\s*录|全文|[0-9]{4}年第?[0-9]{1,2}期|第[0-9一二三四五六七八九十]{1,3}期"
)
_MARK = re.compile(r"^[\u4e00-\u9fff（） ]{3,60}文件$")
_BEGINS_TITLE = re.compile("关于|印发|转发|批转|公告|通告|令|办法|规定|细则")
_NO_TITLE = re.compile(
    "[。；：！？，]|^第[一二三四五六七八九十百0-9]+[条章]|^[0-9]{1,3}[.．、]|^[一二三四五六七八九十]{1,3}、"
)
_GENRE = re.compile(r"(?:通知|通告|公告|决定|意见|命令|令|批复|办法|规定|细则|通报|函)(?:（[^（）]{1,10}）)?$")
_MOST_TITLE_LINES, _LONGEST_TITLE, _OPENING = 4, 70, 14
# so many papers make a collection without a cover
_FEWEST_WITHOUT_COVER, _FEWEST = 3, 2


@dataclass(frozen=True, slots=True)
class Collection:
    """The lines of the cover (title, table of contents), and those of each paper."""

    cover: Sequence[Line]
    papers: tuple[Sequence[Line], ...]


def read_collection(lines: Sequence[Line]) -> Collection | None:
    """The papers of a file that holds several complete ones, each with title, number and signature of its own; else None.

    A paper that another one issues or forwards, or that stands below 附件, is a part of that one.
    """
    starts = list(_independent(lines, list(_starts(lines))))
    covered = starts and any(_COVER.search(line.text) for line in lines[: starts[0]])
    if len(starts) < (_FEWEST if covered else _FEWEST_WITHOUT_COVER):
        return None
    papers = tuple(lines[a:b] for a, b in pairwise([*starts, len(lines)]))
    return Collection(lines[: starts[0]], papers) if all(map(_is_signed, papers)) else None


def _starts(lines: Sequence[Line]) -> Iterator[int]:
    """The indexes of lines with which a masthead begins: a number on a line of its own, with a title above or below it."""
    for index, line in enumerate(lines):
        if line.kind is not BlockKind.CELL and _is_number(line.text):
            above = _title_above(lines, index)
            if above is not None:
                yield above
            elif _title_below(lines, index):
                yield index - (index > 0 and bool(_MARK.match(lines[index - 1].text)))


def _is_number(text: str) -> bool:
    text = without_tail(text.strip().strip("（）()"))
    if len(text) > 40:
        return False
    match = ANCHOR.search(text)
    code = text[: match.start()] if match else ""
    whole = match is not None and match.end() == len(text) and bool(re.fullmatch("[\u4e00-\u9fffA-Za-z ]{1,20}", code))
    return whole or read_own_number(text) is not None


def _title_above(lines: Sequence[Line], number: int) -> int | None:
    """The index of the first line of the title that ends above a number, None if there is no title."""
    if number == 0 or not _GENRE.search(lines[number - 1].packed):
        return None
    for start in range(number - 1, max(number - 1 - _MOST_TITLE_LINES, -1), -1):
        line = lines[start]
        if _NO_TITLE.search(line.text) or len(line.text) > _LONGEST_TITLE or DATE.search(line.text):
            return None
        if _BEGINS_TITLE.search(line.packed):
            bodies = start > 0 and line.packed.startswith("关于") and is_body(lines[start - 1].packed)
            signed = start > 1 and bool(DATE.search(lines[start - 2].text))
            return start - 1 if bodies and not signed else start
    return None


def _title_below(lines: Sequence[Line], number: int) -> bool:
    text = ""
    for line in lines[number + 1 : number + 1 + _MOST_TITLE_LINES]:
        if _NO_TITLE.search(line.text):
            return False
        text += line.packed
        if _GENRE.search(text) and "关于" in text:
            return True
    return False


def _independent(lines: Sequence[Line], starts: Sequence[int]) -> Iterator[int]:
    """The starts of papers that follow a signed one and are no part of it."""
    last: int | None = None
    for start in starts:
        if last is None or (_is_signed(lines[last:start]) and not _is_part(lines, last, start)):
            if last != start:
                yield start
            last = start


def _is_signed(lines: Sequence[Line]) -> bool:
    """Whether a paper has a signature with a body; a row of a catalogue has a title, a number and a day, but no signature."""
    signature = find_signature(lines, 2)
    return signature is not None and bool(signature.issuers)


def _is_part(lines: Sequence[Line], paper: int, start: int) -> bool:
    """Whether a paper belongs to the one before: below a heading 附件, or named as what that one issues or forwards."""
    if any(HEADING.match(line.text) for line in lines[max(paper, start - 2) : start]):
        return True
    opening = name_key("".join(line.packed for line in lines[paper : min(paper + _OPENING, start)]))
    title = name_key("".join(line.packed for line in lines[start : start + 2] if not _is_number(line.text)))
    return any(len(name) > 6 and name in opening for name in (title, title.partition("关于")[2]) if ENDS.search(name))
