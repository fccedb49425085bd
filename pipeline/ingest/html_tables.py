"""Places of the cells of tables on web pages: colspan and rowspan; tables that only lay out the page are left out."""

from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.ingest.tables import RawCell, RawTable
from pipeline.table_cells import CellPlace

# columns and rows that a cell may span; a page says colspan=1000 for the whole width
_MOST_COLUMNS, _MOST_ROWS = 100, 65534
# tables of a page whose cells are placed
_MOST_TABLES = 500
# characters from which a cell that holds more than half of the text of its table is a column of the page
_LONG = 600


def tables_in(tree: LexborHTMLParser) -> Iterator[RawTable]:
    """Yields the tables of a page that hold data, numbered from 0; scripts and styles are removed from the tree."""
    innermost = [table for table in tree.css("table")[:_MOST_TABLES] if len(table.css("table")) == 1]
    number = 0
    for table in innermost:
        for unwanted in table.css("script, style, noscript"):
            unwanted.decompose()
        cells = tuple(_cells_of(table, number))
        if not _is_layout(cells):
            yield cells
            number += 1


def _is_layout(cells: RawTable) -> bool:
    """Whether a table has a single row or column of words, or is mostly one long cell."""
    filled = [cell for cell in cells if cell.text.strip()]
    rows, columns = {cell.place.row for cell in filled}, {cell.place.column for cell in filled}
    longest = max((len(cell.text) for cell in filled), default=0)
    mostly_one = longest > _LONG and longest * 2 > sum(len(cell.text) for cell in filled)
    return len(rows) < 2 or len(columns) < 2 or mostly_one


def _cells_of(table: LexborNode, number: int) -> Iterator[RawCell]:
    # per column, the row below the cell that reaches down in it
    below: dict[int, int] = {}
    rows = table.css("tr")
    for at, row in enumerate(rows):
        column = 0
        for cell in row.css("td, th"):
            while below.get(column, 0) > at:
                column += 1
            columns = _span(cell, "colspan", _MOST_COLUMNS)
            down = min(_span(cell, "rowspan", _MOST_ROWS), len(rows) - at)
            if down > 1:
                below |= dict.fromkeys(range(column, column + columns), at + down)
            yield RawCell(cell.text(deep=True), CellPlace(number, at, column, columns, down))
            column += columns


def _span(cell: LexborNode, name: str, most: int) -> int:
    words = (cell.attributes.get(name) or "").strip()
    return max(1, min(int(words), most)) if words.isdecimal() and len(words) < 9 else 1
