"""Layout analysis for formats with pages: groups pieces of text into lines, and lines into paragraphs and table cells."""

import math
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from pipeline.document import BlockKind
from pipeline.ingest.assemble import RawBlock
from pipeline.ingest.columns import regions_of, rows_of
from pipeline.ingest.furniture import FEW_CHARACTERS, furniture_of
from pipeline.ingest.places import GridCell, Line, Piece, union
from pipeline.table_cells import CellPlace

# points by which the left edges of a column may differ where a table goes on on the next page
_SAME_EDGE = 4.0
_LABEL = re.compile(
    "^(?:第[一二三四五六七八九十百零〇0-9]{1,5}[编章节条]|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|附件|抄送)"
)
_ENDS = frozenset("。；：！？")
Margins = tuple[float, float]


def lines_of(pieces: Sequence[Piece], page: int, height: float) -> Iterator[Line]:
    """Group the pieces of a page into lines, in reading order, column by column; `height` is that of the page, in points."""
    for region in regions_of(pieces, height):
        for row in rows_of(region.pieces):
            row.sort(key=lambda piece: piece.box[0])
            text, edges = _join_pieces(row)
            confidence = min((piece.confidence for piece in row if piece.confidence is not None), default=None)
            box = union([piece.box for piece in row])
            doubt = next((piece.doubt for piece in row if piece.doubt), "")
            yield Line(text, page, box, height, confidence, edges, margins=region.margins, doubt=doubt)


def with_cells(lines: Sequence[Line], tables: Sequence[Sequence[Line]]) -> list[Line]:
    """The lines of a page with those of its tables, each before the first line that stands below its top edge, beside or under it.

    Every line of a table has its cell; tables are in order from the top of the page.
    """
    found = list(lines)
    for table in tables:
        boxes = [line.cell.box for line in table if line.cell is not None]
        if not boxes:
            continue
        left, _, right, top = union(boxes)
        below = (
            at
            for at, line in enumerate(found)
            if line.cell is None and _middle(line) < top and line.box[0] < right and line.box[2] > left
        )
        at = next(below, len(found))
        found[at:at] = table
    return found


def _middle(line: Line) -> float:
    return (line.box[1] + line.box[3]) / 2


def blocks_of(pages: Sequence[Sequence[Line]], beginnings: Collection[int] = ()) -> Iterator[RawBlock]:
    """The paragraphs and cells of all pages in reading order, then page furniture (headers, footers, page numbers, margins).

    `beginnings` are the numbers of pages on which another document of the same file begins.
    """
    furniture = furniture_of(pages)
    lines = [line for lines in pages for line in lines if line not in furniture]
    continues = _continuation([line for line in lines if line.cell is None], frozenset(beginnings))
    table = _Tables()
    for is_cell, run in groupby(lines, lambda line: line.cell is not None):
        held = list(run)
        yield from table.blocks(held) if is_cell else _paragraphs(held, continues)
    for line in sorted(furniture, key=lambda line: (line.page, -line.place[3], line.place[0])):
        yield RawBlock(line.text, BlockKind.FURNITURE, line.page, line.place, (line,))


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


class _Tables:
    """Gives the tables of a file their numbers; a table that goes on at the top of the next page keeps number and rows."""

    def __init__(self) -> None:
        self.count = 0
        self.key: tuple[int, int] | None = None
        self.cells: list[GridCell] = []
        self.first_row = 0

    def blocks(self, lines: Sequence[Line]) -> Iterator[RawBlock]:
        """The blocks of cells whose lines follow each other; empty cells are told with the one before, or the first with words."""
        goes_on = bool(self.cells)
        for key, run in groupby(lines, lambda line: (line.page, line.cell.place.table if line.cell else 0)):
            table = list(run)
            cells = [line.cell for line in table if line.cell is not None]
            if goes_on and self.key is not None and self.key[0] + 1 == key[0] and _same_columns(self.cells, cells):
                self.first_row += max(cell.place.row + cell.place.rows for cell in self.cells)
            else:
                self.count, self.first_row = self.count + 1, 0
            self.key, self.cells, goes_on = key, cells, True
            yield from self._cell_blocks(table)

    def _cell_blocks(self, table: Sequence[Line]) -> Iterator[RawBlock]:
        held: RawBlock | None = None
        before, after = list[CellPlace](), list[CellPlace]()
        for place, run in groupby(table, self._place):
            lines = [line for line in run if line.text]
            if not lines:
                (after if held else before).append(place)
                continue
            if held:
                yield _with_empty(held, before, after)
                before, after = [], []
            held = replace(_block(lines, BlockKind.CELL), cell=place)
        if held:
            yield _with_empty(held, before, after)

    def _place(self, line: Line) -> CellPlace:
        place = line.cell.place if line.cell else CellPlace(0, 0, 0)
        return place._replace(table=self.count - 1, row=self.first_row + place.row)


def _with_empty(block: RawBlock, before: Sequence[CellPlace], after: Sequence[CellPlace]) -> RawBlock:
    return replace(block, empty=(tuple(before), tuple(after))) if before or after else block


def _same_columns(above: Sequence[GridCell], below: Sequence[GridCell]) -> bool:
    """Whether the cells of two tables stand in the same columns."""
    if above[0].ruled != below[0].ruled:
        return False
    if not above[0].ruled:
        return _same_extents(columns_of(above), columns_of(below))
    edges = [{cell.place.column: cell.box[0] for cell in cells} for cells in (above, below)]
    count = [max(cell.place.column + cell.place.columns for cell in cells) for cells in (above, below)]
    shared = edges[0].keys() & edges[1].keys()
    return (
        count[0] == count[1]
        and len(shared) > 1
        and all(abs(edges[0][column] - edges[1][column]) < _SAME_EDGE for column in shared)
    )


def columns_of(cells: Sequence[GridCell]) -> list[tuple[float, float]]:
    """The left and right edges of the columns of a table without rules."""
    return sorted({(cell.box[0], cell.box[2]) for cell in cells if cell.place.columns == 1})


def _same_extents(above: Sequence[tuple[float, float]], below: Sequence[tuple[float, float]]) -> bool:
    """Whether each column of a table overlaps with the same one of another table, and with no other."""
    overlaps = [
        (a, b)
        for a, (left, right) in enumerate(above)
        for b, (other_left, other_right) in enumerate(below)
        if left < other_right and other_left < right
    ]
    return len(above) == len(below) and overlaps == [(at, at) for at in range(len(above))]


class _Continuation(NamedTuple):
    """What tells whether a line continues a paragraph: the margins of the page, whether paragraphs begin indented, and
    the pages on which another document begins.
    """

    margins: Margins
    indented: bool
    beginnings: frozenset[int]


def _continuation(lines: Sequence[Line], beginnings: frozenset[int]) -> _Continuation:
    """The margins of the running text of all pages that are not in columns, and whether its paragraphs are indented."""
    whole = [line for line in lines if line.margins is None]
    margins = (0.0, 0.0)
    if whole:
        margins = (
            sorted(line.box[0] for line in whole)[len(whole) // 10],
            sorted(line.box[2] for line in whole)[len(whole) * 9 // 10],
        )
    indented = sum(1 for line in lines if line.box[0] > (line.margins or margins)[0] + line.size)
    return _Continuation(margins, indented * 8 > len(lines), beginnings)


def _paragraphs(lines: Sequence[Line], continuation: _Continuation) -> Iterator[RawBlock]:
    paragraph: list[Line] = []
    for line in lines:
        if paragraph and not _continues(paragraph[-1], line, continuation):
            yield _block(paragraph)
            paragraph = []
        paragraph.append(line)
    yield _block(paragraph)


def _continues(previous: Line, line: Line, continuation: _Continuation) -> bool:
    if previous.page < line.page and line.page in continuation.beginnings:
        return False
    left, right = previous.margins or continuation.margins
    if previous.box[2] < right - 1.6 * previous.size or previous.box[0] > left + 4 * previous.size:
        return False
    left = (line.margins or continuation.margins)[0]
    if line.box[0] > left + 1.2 * line.size or _differs_in_size(previous, line):
        return False
    return not _LABEL.match(line.text) or (continuation.indented and previous.text[-1:] not in _ENDS)


def _differs_in_size(a: Line, b: Line) -> bool:
    """Whether two recognised lines differ clearly in font size, such as a title and the text below it.

    False for lines of a text layer, whose boxes fit the glyphs and do not show the size, and for very short lines.
    """
    if a.confidence is None or b.confidence is None or min(len(a.text), len(b.text)) < FEW_CHARACTERS:
        return False
    wide, tall = sorted((a.size, b.size)), sorted((a.box[3] - a.box[1], b.box[3] - b.box[1]))
    return wide[1] > 1.2 * wide[0] and tall[1] > 1.2 * tall[0]


def _block(lines: Sequence[Line], kind: BlockKind = BlockKind.PARAGRAPH) -> RawBlock:
    first = [line.place for line in lines if line.page == lines[0].page]
    return RawBlock("".join(line.text for line in lines), kind, lines[0].page, union(first), tuple(lines))
