"""Layout analysis for formats with pages: groups pieces of text into lines, and lines into paragraphs."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from pipeline.document import BlockKind
from pipeline.ingest.assemble import RawBlock
from pipeline.ingest.paragraphs import is_furniture
from pipeline.ingest.places import Box, Line, Piece

_FEW_CHARACTERS = 4
# a page number, also as OCR may misread it: -4一
_PAGE_NUMBER = re.compile(r"[-—–－一_~·.\s]*\d{1,4}[-—–－一_~·.\s]*$")
_DIGITS = re.compile(r"\d+")
_LABEL = re.compile(
    "^(?:第[一二三四五六七八九十百零〇0-9]{1,5}[编章节条]|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|附件|抄送)"
)


def lines_of(pieces: Sequence[Piece], page: int, height: float) -> Iterator[Line]:
    """Group the pieces of a page into lines, from top to bottom; `height` is that of the page, in points."""
    for row in _rows(pieces):
        row.sort(key=lambda piece: piece.box[0])
        text, edges = _join_pieces(row)
        confidence = min((piece.confidence for piece in row if piece.confidence is not None), default=None)
        yield Line(text, page, _union([piece.box for piece in row]), height, confidence, edges)


def blocks_of(pages: Sequence[Sequence[Line]]) -> Iterator[RawBlock]:
    """The paragraphs of all pages in reading order, then page furniture (headers, footers, page numbers, margins)."""
    furniture = _furniture(pages)
    yield from _paragraphs([line for lines in pages for line in lines if line not in furniture])
    for line in sorted(furniture, key=lambda line: (line.page, -line.box[3], line.box[0])):
        yield RawBlock(line.text, BlockKind.FURNITURE, line.page, line.box, (line,))


def _rows(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    row: list[Piece] = []
    for piece in sorted(pieces, key=lambda piece: -(piece.box[1] + piece.box[3])):
        if row and not _same_row(row[0].box, piece.box):
            yield row
            row = []
        row.append(piece)
    if row:
        yield row


def _same_row(a: Box, b: Box) -> bool:
    middle = (b[1] + b[3]) / 2
    return a[1] <= middle <= a[3] or b[1] <= (a[1] + a[3]) / 2 <= b[3]


def _join_pieces(row: Sequence[Piece]) -> tuple[str, tuple[float, ...]]:
    """The text of a row, with two spaces for wide gaps, and its character edges if every piece has them (else empty).

    A gap is wide if it exceeds the height of a character: boxes fit their glyphs closely, and a comma leaves most of its
    width empty. A row of single characters only is one letter-spaced word and gets no spaces.
    """
    text, right = "", None
    edges: list[float] = []
    spread = len(row) > 2 and all(len(piece.text) == 1 for piece in row)
    wide = math.inf if spread else max(piece.box[3] - piece.box[1] for piece in row)
    for piece in row:
        x0, _, x1, _ = piece.box
        gap = right is not None and x0 - right > wide
        text += ("  " if gap else "") + piece.text
        edges += ([right or x0] * 2 if gap else []) + list(piece.edges[:-1])
        right = x1
    whole = all(len(piece.edges) == len(piece.text) + 1 for piece in row)
    return text, (*edges, row[-1].edges[-1]) if whole else ()


def _union(boxes: Sequence[Box]) -> Box:
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _furniture(pages: Sequence[Sequence[Line]]) -> set[Line]:
    """Lines that are page furniture: repeated headers and footers, page numbers, vertical text, single signs in the margin."""
    edges = [line for lines in pages for line in lines if _at_edge(line)]
    occurrences = Counter(_DIGITS.sub("#", line.text) for line in edges)
    threshold = max(2, len(pages) // 2)
    furniture = [line for lines in pages for line in lines if _is_vertical(line)]
    furniture += [line for lines in pages for line in _in_margin(lines)]
    furniture += [line for line in edges if is_furniture(line.text) or _PAGE_NUMBER.match(line.text)]
    return {line for line in edges if occurrences[_DIGITS.sub("#", line.text)] >= threshold}.union(furniture)


def _in_margin(lines: Sequence[Line]) -> list[Line]:
    """One or two characters outside the margins of the running text, such as those of a binding line (装订线)."""
    long = [line for line in lines if len(line.text) > _FEW_CHARACTERS]
    if not long:
        return []
    left, right = min(line.box[0] for line in long), max(line.box[2] for line in long)
    few = [line for line in lines if len(line.text) <= 2 and line.cell is None]
    return [line for line in few if line.box[2] < left - line.size or line.box[0] > right + line.size]


def _is_vertical(line: Line) -> bool:
    """Whether a line is set vertically, as text at a binding edge is."""
    x0, y0, x1, y1 = line.box
    return len(line.text) > 1 and y1 - y0 > 2.2 * (x1 - x0)


def _at_edge(line: Line) -> bool:
    return line.box[1] < line.page_height * 0.1 or line.box[3] > line.page_height * 0.92


def _paragraphs(lines: Sequence[Line]) -> Iterator[RawBlock]:
    if not lines:
        return
    running = [line for line in lines if line.cell is None] or lines
    left = sorted(line.box[0] for line in running)[len(running) // 10]
    right = sorted(line.box[2] for line in running)[len(running) * 9 // 10]
    indented = sum(1 for line in running if line.box[0] > left + line.size) * 8 > len(running)
    paragraph: list[Line] = []
    for line in lines:
        if paragraph and not _continues(paragraph[-1], line, (left, right), indented=indented):
            yield _paragraph(paragraph)
            paragraph = []
        paragraph.append(line)
    yield _paragraph(paragraph)


def _continues(previous: Line, line: Line, margins: tuple[float, float], *, indented: bool) -> bool:
    left, right = margins
    if previous.cell is not None or line.cell is not None:
        return (previous.cell, previous.page) == (line.cell, line.page)
    if previous.box[2] < right - 1.6 * previous.size or previous.box[0] > left + 4 * previous.size:
        return False
    if line.box[0] > left + 1.2 * line.size or _differs_in_size(previous, line):
        return False
    return indented or not _LABEL.match(line.text)


def _differs_in_size(a: Line, b: Line) -> bool:
    """Whether two recognised lines differ clearly in font size, such as a title and the text below it.

    False for lines of a text layer, whose boxes fit the glyphs and do not show the size, and for very short lines.
    """
    if a.confidence is None or b.confidence is None or min(len(a.text), len(b.text)) < _FEW_CHARACTERS:
        return False
    wide, tall = sorted((a.size, b.size)), sorted((a.box[3] - a.box[1], b.box[3] - b.box[1]))
    return wide[1] > 1.2 * wide[0] and tall[1] > 1.2 * tall[0]


def _paragraph(lines: Sequence[Line]) -> RawBlock:
    first = [line.box for line in lines if line.page == lines[0].page]
    text = "".join(line.text for line in lines)
    kind = BlockKind.PARAGRAPH if lines[0].cell is None else BlockKind.CELL
    return RawBlock(text, kind, lines[0].page, _union(first), tuple(lines))
