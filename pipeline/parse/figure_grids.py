"""The tables of a text as rows of cells with their places in the text: cells as the file gave them, or lines with ｜, | or blanks between."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise, product

from pipeline.document import BAR, Block, BlockKind, SourceText, Span
from pipeline.table_cells import CellPlace

_BARS = re.compile(rf"[{BAR}|]")
_BLANKS = re.compile(r"[ \t\u3000]+")
_RULE = re.compile(r"[|\s:-]+")
_LINE = re.compile("[^\n]+")
_LEAST_ROWS = 2
_LONGEST_CELL = 40


@dataclass(frozen=True, slots=True)
class Cell:
    """The words of a cell and where they stand; an empty one has no words."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its rows, as wide as the widest, where a merged cell stands in each place that it spans, and its place in the text."""

    rows: tuple[tuple[Cell, ...], ...]
    span: Span


def grids_of(source: SourceText) -> Iterator[Grid]:
    """The tables of a text in reading order, each with two rows or more and two columns or more."""
    for key, blocks in groupby(source.blocks, _table_of):
        found = list(blocks)
        placed = key is not None and key >= 0
        rows = _placed(source.text, found) if placed else [*_lines(source.text, found)]
        yield from _runs(rows)


def _table_of(block: Block) -> int | None:
    """The number of the table that the reader recorded, -1 for the rows of a sheet, None for other lines."""
    if block.cells:
        return block.cells[0].table
    return -1 if block.kind is BlockKind.CELL else None


def _placed(text: str, blocks: Sequence[Block]) -> list[list[Cell]]:
    """The rows of a table whose cells have places; a merged cell stands in each place that it spans."""
    places: dict[tuple[int, int], Cell] = {}
    for place, own in _cells(text, blocks):
        for at in product(range(place.row, place.row + place.rows), range(place.column, place.column + place.columns)):
            known = places.get(at)
            places[at] = _joined(known, own) if known and known.text else own
    rows = sorted({row for row, _ in places})
    width = max((column for _, column in places), default=-1) + 1
    none = Cell("", Span(blocks[0].span.start, blocks[0].span.start))
    return [[places.get((row, column), none) for column in range(width)] for row in rows]


def _cells(text: str, blocks: Sequence[Block]) -> Iterator[tuple[CellPlace, Cell]]:
    for block in blocks:
        starts = [*(block.span.start + cell.start for cell in block.cells), block.span.end]
        for place, (start, end) in zip(block.cells, pairwise(starts), strict=True):
            yield place, _trimmed(text, Span(start, end))


def _joined(first: Cell, second: Cell) -> Cell:
    """A cell of several paragraphs."""
    return Cell(first.text + second.text, Span(first.span.start, second.span.end)) if second.text else first


def _lines(text: str, blocks: Sequence[Block]) -> Iterator[list[Cell]]:
    """The cells of lines; a line without separators gives one cell, a rule of Markdown (|---|) none."""
    for start, end in ((block.span.start, block.span.end) for block in blocks):
        for match in _LINE.finditer(text, start, end):
            if not _RULE.fullmatch(match[0]):
                yield _split(text, Span(*match.span()))


def _split(text: str, span: Span) -> list[Cell]:
    line = span.cut(text)
    pattern = _BARS if _BARS.search(line) else _BLANKS
    ends = [0, *(end for match in pattern.finditer(line) for end in match.span()), len(line)]
    cells = [
        _trimmed(text, Span(span.start + start, span.start + end))
        for start, end in zip(ends[::2], ends[1::2], strict=True)
    ]
    if line.startswith("|"):
        return cells[1:-1] if line.rstrip().endswith("|") else cells[1:]
    return cells


def _runs(rows: Sequence[list[Cell]]) -> Iterator[Grid]:
    """The tables among rows: those that follow each other with as many cells."""
    for width, run in groupby(rows, len):
        found = list(run)
        cells = [cell for row in found for cell in row]
        if width > 1 and len(found) >= _LEAST_ROWS and all(len(cell.text) <= _LONGEST_CELL for cell in cells):
            filled = [cell.span for cell in cells if cell.text] or [cells[0].span]
            yield Grid(
                tuple(map(tuple, found)), Span(min(span.start for span in filled), max(span.end for span in filled))
            )


def _trimmed(text: str, span: Span) -> Cell:
    words = span.cut(text)
    start = span.start + len(words) - len(words.lstrip())
    own = words.strip()
    return Cell(re.sub(r"\s+", "", own), Span(start, start + len(own)))
