"""Print on a page becomes lines by their place, and lines become paragraphs; for every format that has pages."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.document import BlockKind
from pipeline.ingest.assemble import RawBlock
from pipeline.ingest.paragraphs import is_furniture

_DIGITS = re.compile(r"\d+")
_LABEL = re.compile(
    "^(?:第[一二三四五六七八九十百零〇0-9]{1,5}[编章节条]|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|附件|抄送)"
)


Box = tuple[float, float, float, float]
Piece = tuple[str, Box]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of print: its text, page (from 1) and box x0, y0, x1, y1 in points from the lower left.

    `confidence` is 0 to 1 for a line that was recognised from an image, None for one that was text.
    """

    text: str
    page: int
    box: tuple[float, float, float, float]
    page_height: float
    confidence: float | None = None

    @property
    def size(self) -> float:
        """Width of one character, in points."""
        return (self.box[2] - self.box[0]) / max(len(self.text), 1)


def lines_of(pieces: list[Piece], page: int, height: float) -> Iterator[Line]:
    """The lines of a page from top to bottom; pieces of one line are put together from left to right."""
    for row in _rows(pieces):
        row.sort(key=lambda piece: piece[1][0])
        yield Line(_join_pieces(row), page, _union([box for _, box in row]), height)


def blocks_of(pages: Sequence[Sequence[Line]]) -> Iterator[RawBlock]:
    """The paragraphs of all pages in reading order, then what stands at the edges of the pages."""
    furniture = _furniture(pages)
    yield from _paragraphs([line for lines in pages for line in lines if line not in furniture])
    for line in sorted(furniture, key=lambda line: line.page):
        yield RawBlock(line.text, BlockKind.FURNITURE, line.page, line.box)


def _rows(pieces: list[Piece]) -> Iterator[list[Piece]]:
    row: list[Piece] = []
    for piece in sorted(pieces, key=lambda item: -(item[1][1] + item[1][3])):
        if row and not _same_row(row[0], piece):
            yield row
            row = []
        row.append(piece)
    if row:
        yield row


def _same_row(a: Piece, b: Piece) -> bool:
    (_, (_, a0, _, a1)), (_, (_, b0, _, b1)) = a, b
    middle = (b0 + b1) / 2
    return a0 <= middle <= a1 or b0 <= (a0 + a1) / 2 <= b1


def _join_pieces(row: Sequence[Piece]) -> str:
    text, right = "", None
    for piece, (x0, _, x1, _) in row:
        width = (x1 - x0) / max(len(piece), 1)
        gap = right is not None and x0 - right > width * 0.8
        text += ("  " if gap else "") + piece
        right = x1
    return text.strip()


def _union(boxes: Sequence[Box]) -> Box:
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _furniture(pages: Sequence[Sequence[Line]]) -> set[Line]:
    """Headers, footers and page numbers: at the edge of the page and alike on most pages."""
    edges = [line for lines in pages for line in lines if _at_edge(line)]
    seen = Counter(_DIGITS.sub("#", line.text) for line in edges)
    often = max(2, len(pages) // 2)
    return {line for line in edges if seen[_DIGITS.sub("#", line.text)] >= often or is_furniture(line.text)}


def _at_edge(line: Line) -> bool:
    return line.box[1] < line.page_height * 0.1 or line.box[3] > line.page_height * 0.92


def _paragraphs(lines: Sequence[Line]) -> Iterator[RawBlock]:
    if not lines:
        return
    left = sorted(line.box[0] for line in lines)[len(lines) // 10]
    right = sorted(line.box[2] for line in lines)[len(lines) * 9 // 10]
    indented = sum(1 for line in lines if line.box[0] > left + line.size) * 8 > len(lines)
    held: list[Line] = []
    for line in lines:
        if held and not _continues(held[-1], line, (left, right), indented=indented):
            yield _paragraph(held)
            held = []
        held.append(line)
    yield _paragraph(held)


def _continues(before: Line, line: Line, margins: tuple[float, float], *, indented: bool) -> bool:
    left, right = margins
    if before.box[2] < right - 1.6 * before.size or before.box[0] > left + 4 * before.size:
        return False
    if line.box[0] > left + 1.2 * line.size or _other_type(before, line):
        return False
    return indented or not _LABEL.match(line.text)


def _other_type(a: Line, b: Line) -> bool:
    """Whether two recognised lines are set in clearly different sizes, as a title and what stands below it.

    Boxes of a text layer hug their glyphs and tell nothing of the size.
    """
    if a.confidence is None or b.confidence is None:
        return False
    wide, tall = sorted((a.size, b.size)), sorted((a.box[3] - a.box[1], b.box[3] - b.box[1]))
    return wide[1] > 1.2 * wide[0] and tall[1] > 1.2 * tall[0]


def _paragraph(lines: Sequence[Line]) -> RawBlock:
    first = [line.box for line in lines if line.page == lines[0].page]
    surest = min((line.confidence for line in lines if line.confidence is not None), default=None)
    text = "".join(line.text for line in lines)
    return RawBlock(text, BlockKind.PARAGRAPH, lines[0].page, _union(first), surest)
