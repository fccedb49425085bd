"""Puts the lines of a table without rules together to rows, where words wrap in their cells, and gives the places of the cells."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from pipeline.ingest.aligned import Extent, Segment, Stretch, column_span, goes_on, is_figure, stretches_of
from pipeline.ingest.pieces import Cells
from pipeline.ingest.places import Box, GridCell, Piece, union
from pipeline.table_cells import CellPlace

# characters that a line in the first column has at least where it wraps although all lines are equally far from each other
_LONG = 7
# how much larger steps between rows are than those between lines of a cell
_LARGER = 1.15
_OPENING = ("（", "(", "【", "〔")


class _Row(NamedTuple):
    """A line of a table: its segments by column and the number of columns that each covers, and its middle."""

    cells: dict[tuple[int, int], list[Segment]]
    middle: float

    @property
    def single(self) -> dict[int, Segment]:
        """The cells that stand in one column."""
        return {column: held[0] for (column, count), held in self.cells.items() if count == 1}


def with_aligned(
    pieces: list[Piece], tables: Sequence[tuple[GridCell, ...]], held: Cells, above: Sequence[Extent]
) -> tuple[list[Piece], list[tuple[GridCell, ...]], Cells]:
    """The pieces that stand in no table, all tables from the top of the page, and the pieces in each cell.

    Given are the pieces outside of ruled tables, these tables with what is in their cells, and the columns of a table without
    rules that may go on on this page.
    """
    stretches = stretches_of(pieces, above)
    if not stretches:
        return pieces, list(tables), held
    found = [cells_of(stretch, len(tables) + at) for at, stretch in enumerate(stretches)]
    held = {cell: inside for cells in (held, *(cells for _, cells in found)) for cell, inside in cells.items()}
    taken = {id(one) for part in stretches for line in part.lines for segment in line for one in segment.whole}
    ordered = sorted([*tables, *(cells for cells, _ in found)], key=lambda cells: -cells[0].box[3])
    return [piece for piece in pieces if id(piece) not in taken], ordered, held


def cells_of(stretch: Stretch, number: int) -> tuple[tuple[GridCell, ...], Cells]:
    """The cells of a table row by row, empty ones too, and the pieces in each; `number` is that of the table on its page."""
    rows = [_row(line, stretch.columns) for line in stretch.lines]
    found, held = list[GridCell](), Cells()
    for at, group in enumerate(_grouped(rows, stretch.columns)):
        for cell, pieces in _cells_in(group, at, stretch.columns, number):
            found.append(cell)
            if pieces:
                held[cell] = pieces
    return tuple(found), held


def _row(line: Sequence[Segment], columns: Sequence[Extent]) -> _Row:
    cells: dict[tuple[int, int], list[Segment]] = {}
    for segment in line:
        cells.setdefault(column_span(segment.box, columns), []).append(segment)
    box = union([segment.box for segment in line])
    return _Row(cells, _middle(box))


def _cells_in(
    group: Sequence[_Row], row: int, columns: Sequence[Extent], number: int
) -> list[tuple[GridCell, list[Piece]]]:
    held: dict[tuple[int, int], list[Segment]] = {}
    for line in group:
        for (column, count), segments in line.cells.items():
            held.setdefault(_place(held, column, count), []).extend(segments)
    box = union([segment.box for segments in held.values() for segment in segments])
    taken = {at for column, count in held for at in range(column, column + count)}
    held |= {(at, 1): [] for at in range(len(columns)) if at not in taken}
    return [
        (
            GridCell(CellPlace(number, row, column, count), _box(columns, column, count, box), ruled=False),
            [piece for segment in segments for piece in segment.pieces],
        )
        for (column, count), segments in sorted(held.items())
    ]


def _place(held: dict[tuple[int, int], list[Segment]], column: int, count: int) -> tuple[int, int]:
    """Where to put a cell of another line of the row: with the one that covers its first column already."""
    return next(
        ((at, many) for at, many in held if at < column + count and column < at + many),
        (column, count),
    )


def _box(columns: Sequence[Extent], column: int, count: int, row: Box) -> Box:
    return (columns[column][0], row[1], columns[column + count - 1][1], row[3])


def _grouped(rows: Sequence[_Row], columns: Sequence[Extent]) -> list[list[_Row]]:
    """The lines of each row: by the white between rows where it is larger than that between lines, else by the cells that wrap."""
    steps = sorted({round(_step(a, b), 1) for a, b in pairwise(rows)})
    if all(len(row.cells) == len(columns) for row in rows):
        return [[row] for row in rows]
    for low, high in pairwise(steps):
        if high > low * _LARGER:
            groups = _parted(rows, (low + high) / 2)
            if _are_rows(groups, columns):
                return [*_heads(groups[0]), *groups[1:]]
    return _by_wrapping(rows, columns)


def _heads(group: list[_Row]) -> list[list[_Row]]:
    """The lines of headings as one row, or as several where one heading stands over others."""
    spans = any(count > 1 for row in group for _, count in row.cells)
    return [[row] for row in group] if spans else [group]


def _step(above: _Row, row: _Row) -> float:
    """How far a line stands below the one above, in a column in which both have words."""
    shared = above.single.keys() & row.single.keys()
    return min(
        (_middle(above.single[column].box) - _middle(row.single[column].box) for column in shared),
        default=above.middle - row.middle,
    )


def _middle(box: Box) -> float:
    return (box[1] + box[3]) / 2


def _parted(rows: Sequence[_Row], step: float) -> list[list[_Row]]:
    groups = [[rows[0]]]
    for above, row in pairwise(rows):
        if _step(above, row) > step:
            groups.append([])
        groups[-1].append(row)
    return groups


def _are_rows(groups: Sequence[Sequence[_Row]], columns: Sequence[Extent]) -> bool:
    """Whether groups of lines are rows: each fills its first column and half of all, and only words that wrap follow each other."""
    for number, group in enumerate(groups):
        filled = {at for row in group for column, count in row.cells for at in range(column, column + count)}
        if 0 not in filled or len(filled) * 2 < len(columns):
            return False
        if sum(len(row.cells) == len(columns) for row in group) > 1:
            return False
        if not number and len(group) > 1 and any(is_figure(one.text) for row in group for one in row.single.values()):
            return False
        if number and not all(_wraps(group, column, columns) for column in filled):
            return False
    return True


def _wraps(group: Sequence[_Row], column: int, columns: Sequence[Extent]) -> bool:
    held = [row.single[column] for row in group if column in row.single]
    return all(goes_on(above, below, columns[column]) for above, below in pairwise(held))


def _by_wrapping(rows: Sequence[_Row], columns: Sequence[Extent]) -> list[list[_Row]]:
    groups = [[rows[0]]]
    for row in rows[1:]:
        if len(row.cells) < len(columns) and _continues(groups[-1], row, columns, head=len(groups) == 1):
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _continues(group: Sequence[_Row], row: _Row, columns: Sequence[Extent], *, head: bool) -> bool:
    """Whether all cells of a line go on with those of the row above; headings go on with words in brackets."""
    if len(row.single) < len(row.cells):
        return False
    for column, below in row.single.items():
        above = next((line.single[column] for line in reversed(group) if column in line.single), None)
        if above is None:
            return False
        if head and below.text.startswith(_OPENING):
            continue
        if not goes_on(above, below, columns[column]) or (column == 0 and len(above.text) < _LONG):
            return False
    return True
