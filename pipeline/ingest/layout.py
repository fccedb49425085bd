"""Print on a page becomes lines by their place, and lines become paragraphs; for every format that has pages."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from pipeline.document import BlockKind
from pipeline.ingest.assemble import RawBlock
from pipeline.ingest.paragraphs import is_furniture
from pipeline.ingest.places import Box, Line, Piece

_FEW_SIGNS = 4
# a page number as recognition may see it: -4一
_PAGE_NUMBER = re.compile(r"[-—–－一_~·.\s]*\d{1,4}[-—–－一_~·.\s]*$")
_DIGITS = re.compile(r"\d+")
_LABEL = re.compile(
    "^(?:第[一二三四五六七八九十百零〇0-9]{1,5}[编章节条]|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|附件|抄送)"
)


def lines_of(pieces: Sequence[Piece], page: int, height: float) -> Iterator[Line]:
    """The lines of a page from top to bottom; pieces of one line are put together from left to right."""
    for row in _rows(pieces):
        row.sort(key=lambda piece: piece.box[0])
        text, edges = _join_pieces(row)
        sure = min((piece.confidence for piece in row if piece.confidence is not None), default=None)
        yield Line(text, page, _union([piece.box for piece in row]), height, sure, edges)


def blocks_of(pages: Sequence[Sequence[Line]]) -> Iterator[RawBlock]:
    """The paragraphs of all pages in reading order, then what stands at the edges of the pages."""
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
    """The text of a row, two blanks where a gap is wide; and its edges where every piece has them.

    Wide is more than a character is high: boxes hug their glyphs, and a comma leaves most of its place empty. Single
    characters all along are one word set wide.
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
    """Headers, footers and page numbers: at the edge of the page and alike on most pages."""
    edges = [line for lines in pages for line in lines if _at_edge(line)]
    seen = Counter(_DIGITS.sub("#", line.text) for line in edges)
    often = max(2, len(pages) // 2)
    others = [line for lines in pages for line in lines if _is_upright(line)]
    others += [line for lines in pages for line in _in_margin(lines)]
    others += [line for line in edges if is_furniture(line.text) or _PAGE_NUMBER.match(line.text)]
    return {line for line in edges if seen[_DIGITS.sub("#", line.text)] >= often}.union(others)


def _in_margin(lines: Sequence[Line]) -> list[Line]:
    """Single signs beside the running text, as the letters of a binding line."""
    long = [line for line in lines if len(line.text) > _FEW_SIGNS]
    if not long:
        return []
    left, right = min(line.box[0] for line in long), max(line.box[2] for line in long)
    few = [line for line in lines if len(line.text) <= 2 and line.cell is None]
    return [line for line in few if line.box[2] < left - line.size or line.box[0] > right + line.size]


def _is_upright(line: Line) -> bool:
    """Whether a line runs down the page, as words at a binding edge do."""
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
    held: list[Line] = []
    for line in lines:
        if held and not _continues(held[-1], line, (left, right), indented=indented):
            yield _paragraph(held)
            held = []
        held.append(line)
    yield _paragraph(held)


def _continues(before: Line, line: Line, margins: tuple[float, float], *, indented: bool) -> bool:
    left, right = margins
    if before.cell is not None or line.cell is not None:
        return (before.cell, before.page) == (line.cell, line.page)
    if before.box[2] < right - 1.6 * before.size or before.box[0] > left + 4 * before.size:
        return False
    if line.box[0] > left + 1.2 * line.size or _other_type(before, line):
        return False
    return indented or not _LABEL.match(line.text)


def _other_type(a: Line, b: Line) -> bool:
    """Whether two recognised lines are set in clearly different sizes, as a title and what stands below it.

    Boxes of a text layer hug their glyphs and tell nothing of the size, nor do those of a few signs.
    """
    if a.confidence is None or b.confidence is None or min(len(a.text), len(b.text)) < _FEW_SIGNS:
        return False
    wide, tall = sorted((a.size, b.size)), sorted((a.box[3] - a.box[1], b.box[3] - b.box[1]))
    return wide[1] > 1.2 * wide[0] and tall[1] > 1.2 * tall[0]


def _paragraph(lines: Sequence[Line]) -> RawBlock:
    first = [line.box for line in lines if line.page == lines[0].page]
    text = "".join(line.text for line in lines)
    kind = BlockKind.PARAGRAPH if lines[0].cell is None else BlockKind.CELL
    return RawBlock(text, kind, lines[0].page, _union(first), tuple(lines))
