"""Rows and columns of a table whose cells have recorded places; empty cells are filled in, merged ones keep what they span."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from pipeline.review.output.text_lines import Line
from pipeline.table_cells import CellPlace

# lines of one cell; empty for a cell without text
CellLines = tuple[Line, ...]
# columns above which a table is not drawn, because it is damaged or malicious
_MOST_COLUMNS = 100


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell of a drawn table: its lines, and how many columns and rows it spans."""

    lines: CellLines
    columns: int = 1
    rows: int = 1


Row = tuple[GridCell, ...]
Placed = tuple[CellPlace, CellLines]


def rows_by_places(text: str, lines: Sequence[Line]) -> tuple[Row, ...]:
    """The rows of the lines of a table; empty where their places contradict the order of the text or leave too many columns.

    Places that no cell is recorded for are filled with empty cells.
    """
    cells = [
        (place, tuple(line for _, line in group if line))
        for place, group in groupby(_cut(text, lines), lambda one: one[0])
    ]
    edges = sorted({edge for place, _ in cells for edge in (place.column, place.column + place.columns)})
    if not all(_follows(a, b) for (a, _), (b, _) in pairwise(cells)) or not 1 < len(edges) <= _MOST_COLUMNS + 1:
        return ()
    rows = [list(group) for _, group in groupby(cells, lambda cell: cell[0].row)]
    return tuple(_filled(rows, {edge: index for index, edge in enumerate(edges)}))


def _cut(text: str, lines: Sequence[Line]) -> Iterator[tuple[CellPlace, Line | None]]:
    """Yields the cells of the lines, without the blanks around them, each with its place; None for an empty cell."""
    for line in lines:
        starts = [line.start, *(line.start + cell.start for cell in line.cells[1:]), line.end]
        for cell, (start, end) in zip(line.cells, pairwise(starts), strict=True):
            words = text[start:end]
            start += len(words) - len(words.lstrip())
            end = start + len(words.strip())
            yield cell._replace(start=0), Line(start, end, line.kind, line.page, line.box) if words.strip() else None


def _follows(a: CellPlace, b: CellPlace) -> bool:
    """Whether a cell stands after another one of the same table, to its right or in a row below."""
    return a.table == b.table and (a.row < b.row or (a.row == b.row and a.column + a.columns <= b.column))


def _filled(rows: Sequence[Sequence[Placed]], at: dict[int, int]) -> Iterator[Row]:
    """Yields the rows with empty cells where nothing stands; `at` is the index of the column that begins at an edge of the grid."""
    columns = [[range(at[place.column], at[place.column + place.columns]) for place, _ in row] for row in rows]
    taken = [{column for within in row for column in within} for row in columns]
    for number, row in enumerate(rows):
        drawn = {
            within.start: GridCell(lines, len(within), _reach(rows, taken, number, (place, within)))
            for (place, lines), within in zip(row, columns[number], strict=True)
        }
        empty = {column: GridCell(()) for column in range(len(at) - 1) if column not in taken[number]}
        yield tuple(cell for _, cell in sorted((drawn | empty).items()))


def _reach(
    rows: Sequence[Sequence[Placed]], taken: Sequence[set[int]], number: int, cell: tuple[CellPlace, range]
) -> int:
    """The rows that a cell spans, as far as nothing else stands below it; it takes its columns in them."""
    place, within = cell
    below = number + 1
    while below < len(rows) and rows[below][0][0].row < place.row + place.rows and taken[below].isdisjoint(within):
        taken[below].update(within)
        below += 1
    return below - number
