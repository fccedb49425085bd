"""Places of the cells of Word tables: grid columns with w:gridSpan, cells merged downwards with w:vMerge, tables within cells."""

from collections.abc import Iterator

from lxml import etree

from pipeline.ingest.numbering import W
from pipeline.table_cells import CellPlace

# columns that a row may have; Word itself allows 63
_MOST_COLUMNS = 1000
_TABLE, _ROW, _CELL, _PROPERTIES = W + "tbl", W + "tr", W + "tc", W + "tcPr"
_SPAN, _MERGE, _VALUE = W + "gridSpan", W + "vMerge", W + "val"
_BEFORE = f"{W}trPr/{W}gridBefore"

Cell = tuple[etree._Element, CellPlace]


def cells_in(table: etree._Element, numbers: dict[etree._Element, int]) -> list[Cell]:
    """The cells of a table in reading order with their places, without those that continue the cell above.

    The rows of tables within its cells are among its own; each table has the number that `numbers` holds or is given here.
    """
    found: list[Cell] = []
    rows: dict[int, int] = {}
    # per table and column, the index of the merged cell that may reach further down, and the row below it
    open_cells: dict[tuple[int, int], tuple[int, int]] = {}
    for row in table.iter(_ROW):
        number = numbers.setdefault(next(row.iterancestors(_TABLE)), len(numbers))
        at = rows[number] = rows.get(number, -1) + 1
        for cell, column, columns, merge in _cells_of(row):
            if merge == "restart":
                open_cells[number, column] = len(found), at + 1
            if merge is None or merge == "restart":
                found.append((cell, CellPlace(number, at, column, columns)))
            elif open_cells.get((number, column), (0, -1))[1] == at:
                index = open_cells[number, column][0]
                open_cells[number, column] = index, at + 1
                above, place = found[index]
                found[index] = above, place._replace(rows=place.rows + 1)
    return found


def _cells_of(row: etree._Element) -> Iterator[tuple[etree._Element, int, int, str | None]]:
    """Yields the cells of a row, each with its grid column, the columns it spans and its merging downwards (None without)."""
    column = _number(row.find(_BEFORE), 0)
    for cell in row.iterchildren(_CELL):
        columns, merge = 1, None
        for one in next(cell.iterchildren(_PROPERTIES), ()):
            if one.tag == _SPAN:
                columns = max(1, _number(one, 1))
            elif one.tag == _MERGE:
                merge = one.get(_VALUE, "")
        yield cell, column, columns, merge
        column += columns


def _number(element: etree._Element | None, default: int) -> int:
    """The value of an element, at most `_MOST_COLUMNS`; `default` where it is missing or no number."""
    words = "" if element is None else element.get(_VALUE, "")
    return min(int(words), _MOST_COLUMNS) if words.isdecimal() and len(words) < 9 else default
