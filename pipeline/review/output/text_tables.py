"""Tables among the lines of a text: rows and cells as the reader recorded them, else by place on the page or by numbers, and it says so."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from pipeline.document import BAR, BlockKind
from pipeline.review.output.placed_tables import CellLines, GridCell, Row, rows_by_places
from pipeline.review.output.text_lines import Box, Line

GUESSED = "行列按序号推定，请对照原件"
LISTED = "原件表格的行列没有记录，按单元依次列出，请对照原件"
NESTED = "单元格里另有表格，单独列在这一段之间，请对照原件"
# heads of a column that counts the rows: 序号
_COUNTING = ("序号", "编号", "项次", "顺序")
# what joins lines to a table
_PLACED, _CELLS, _TABS = "placed", "cells", "tabs"


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells. `note` tells the reader, in Chinese, that rows are inferred or not known, or that the table stands in parts, because
    a cell of it holds another one; "" where the file gives them.

    Where rows are not known (`LISTED`), each cell is a row of its own.
    """

    rows: tuple[Row, ...]
    note: str = ""

    @property
    def listed(self) -> bool:
        """Whether rows are not known."""
        return self.note == LISTED


def with_tables(text: str, lines: Sequence[Line], *, sheet: bool) -> Iterator[Line | Grid]:
    """Yields the lines in order, those of a table joined to one `Grid`; `sheet`: the rows of a spreadsheet, cells between ｜."""
    runs = [(key, list(run)) for key, run in groupby(lines, lambda line: _table_key(text, line))]
    times = Counter(key for key, _ in runs)
    for (kind, number), found in runs:
        if kind == _PLACED and (rows := rows_by_places(text, found)):
            yield Grid(rows, NESTED if times[kind, number] > 1 else "")
        elif found[0].kind == BlockKind.CELL:
            yield _rows_of_sheet(text, found) if sheet else _grid(text, found)
        elif kind == _TABS and number and len(found) > 1:
            yield _plain(_split(text, line, "\t") for line in found)
        else:
            yield from found


def _table_key(text: str, line: Line) -> tuple[str, int]:
    """What joins consecutive lines to a table: cells of one table, cells without places, or the same number of tabs."""
    if line.cells:
        return _PLACED, line.cells[0].table
    if line.kind == BlockKind.CELL:
        return _CELLS, 0
    return _TABS, text.count("\t", line.start, line.end)


def _plain(rows: Iterable[Iterable[CellLines]], note: str = "") -> Grid:
    """The grid of rows without merged cells."""
    return Grid(tuple(tuple(GridCell(cell) for cell in row) for row in rows), note)


def _rows_of_sheet(text: str, lines: Sequence[Line]) -> Grid:
    return _plain(_split(text, line, BAR) for line in lines)


def _split(text: str, line: Line, separator: str) -> Iterator[CellLines]:
    """Yields the cells of a line between separators, without the blanks around them; an empty cell has no lines."""
    at = line.start
    for words in text[line.start : line.end].split(separator):
        inner = words.strip()
        start = at + (words.index(inner) if inner else 0)
        yield (Line(start, start + len(inner), line.kind, line.page, line.box),) if inner else ()
        at += len(words) + len(separator)


def _grid(text: str, lines: Sequence[Line]) -> Grid:
    """The grid of a run of cells: by their places on the page, else by a column of numbers, else one below the other."""
    if all(line.box for line in lines):
        return _by_place([tuple(group) for _, group in groupby(lines, lambda line: (line.page, line.box))])
    width = _width_by_numbers([text[line.start : line.end] for line in lines])
    if width:
        rows = [lines[at : at + width] for at in range(0, len(lines), width)]
        return _plain((((line,) for line in row) for row in rows), GUESSED)
    return _plain((((line,),) for line in lines), LISTED)


def _width_by_numbers(words: Sequence[str]) -> int:
    """The number of columns if the first one is headed 序号 and counts every row 1, 2, 3 …; 0 if not."""
    if words[0].replace(" ", "") not in _COUNTING or "1" not in words:
        return 0
    width = words.index("1")
    counted = list(words[width::width])
    complete = len(words) % width == 0 and counted == [str(number) for number in range(1, len(counted) + 1)]
    return width if complete and width > 1 else 0


def _by_place(cells: Sequence[CellLines]) -> Grid:
    """Rows of cells from left to right; a cell of a shorter row stands in the column of the widest row that it is nearest to."""
    rows: list[list[CellLines]] = []
    for cell in cells:
        if rows and _follows(rows[-1][-1][0], cell[0]):
            rows[-1].append(cell)
        else:
            rows.append([cell])
    middles = [_middle(_box(cell[0])) for cell in max(rows, key=len)]
    return _plain(_in_columns(row, middles) for row in rows)


def _follows(previous: Line, line: Line) -> bool:
    """Whether a cell stands in the same row as the one before it: on the same page, further right, and not wholly below it."""
    a, b = _box(previous), _box(line)
    return previous.page == line.page and b[0] > a[0] + 1 and b[3] > a[1]


def _in_columns(row: Sequence[CellLines], middles: Sequence[float]) -> tuple[CellLines, ...]:
    """A row with an empty cell for each column it leaves out; unchanged where two of its cells would share a column."""
    nearest = [min(range(len(middles)), key=lambda at: abs(middles[at] - _middle(_box(cell[0])))) for cell in row]
    if len(row) == len(middles) or sorted(set(nearest)) != nearest:
        return tuple(row)
    placed = dict(zip(nearest, row, strict=True))
    return tuple(placed.get(at, ()) for at in range(len(middles)))


def _middle(box: Box) -> float:
    return (box[0] + box[2]) / 2


def _box(line: Line) -> Box:
    return line.box or (0.0, 0.0, 0.0, 0.0)
