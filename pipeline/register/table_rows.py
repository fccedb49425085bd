"""Writes the tables of a text row by row, as spreadsheets are written: one line per row, cells separated by ｜."""

from collections.abc import Iterator
from itertools import pairwise

from pipeline.document import BAR, SourceText
from pipeline.table_cells import CellPlace

_Words = dict[CellPlace, str]


def lines_with_rows(source: SourceText) -> Iterator[str]:
    """The lines of a text in order, its tables with a line per row; words of cells that span rows stand in each of them."""
    table: _Words = {}
    number = -1
    for block in source.blocks:
        line = block.span.cut(source.text)
        if not block.cells or block.cells[0].table != number:
            yield from _rows(table)
            table, number = {}, block.cells[0].table if block.cells else -1
        if not block.cells:
            yield line
            continue
        starts = [*(cell.start for cell in block.cells), len(line)]
        for cell, (start, end) in zip(block.cells, pairwise(starts), strict=True):
            place = cell._replace(start=0)
            table[place] = table.get(place, "") + line[start:end].strip()
    yield from _rows(table)


def _rows(table: _Words) -> Iterator[str]:
    own = sorted({place.row for place in table})
    width = max((place.column for place in table), default=0) + 1
    rows = {row: [""] * width for row in own}
    for place, words in table.items():
        for row in (row for row in own if place.row <= row < place.row + place.rows):
            rows[row][place.column] = words.replace(BAR, "|")
    for cells in rows.values():
        filled = [cell for cell in cells if cell]
        if filled:
            yield filled[0] if len(filled) == 1 else BAR.join(cells)
