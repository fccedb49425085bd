"""Places of the cells of Word tables: grid columns with w:gridSpan, cells merged downwards with w:vMerge."""

from collections.abc import Iterator, Sequence

from lxml import etree

from pipeline.document import BlockKind
from pipeline.ingest.assemble import RawBlock
from pipeline.ingest.docx_markup import W, children, is_on
from pipeline.table_cells import CellPlace

# columns that a row may have; Word itself allows 63
_MOST_COLUMNS = 1000
_ROW, _CELL = W + "tr", W + "tc"
_ROW_PROPERTIES, _PROPERTIES = W + "trPr", W + "tcPr"
_SPAN, _MERGE, _VALUE = W + "gridSpan", W + "vMerge", W + "val"

Cell = tuple[etree._Element, CellPlace]


def cells_in(table: etree._Element, number: int) -> Iterator[Cell]:
    """Yields the cells of a table in reading order with their places, without those that continue the cell above.

    Rows and cells that were deleted are left out, and so are rows that are hidden (`hidden_rows`). `number` is that of the
    table in the file. Cells of tables within cells are not among them.
    """
    rows = [row for row in children(table) if row.tag == _ROW and not _is_deleted(row) and not _is_hidden(row)]
    merged = _merged(rows)
    for at, row in enumerate(rows):
        for cell, column, columns, merge in _cells_of(row):
            if merge is None or merge == "restart":
                yield cell, CellPlace(number, at, column, columns, merged.get((at, column), 1))


def hidden_rows(table: etree._Element) -> Iterator[etree._Element]:
    """Yields the rows of a table that Word does not show."""
    return (row for row in children(table) if row.tag == _ROW and not _is_deleted(row) and _is_hidden(row))


def _is_deleted(row: etree._Element) -> bool:
    return row.find(f"{_ROW_PROPERTIES}/{W}del") is not None


def _is_hidden(row: etree._Element) -> bool:
    return is_on(row.find(_ROW_PROPERTIES), "hidden") or False


def _merged(rows: Sequence[etree._Element]) -> dict[tuple[int, int], int]:
    """How many rows the cells span that are merged downwards, by first row and column."""
    found: dict[tuple[int, int], int] = {}
    begun: dict[int, int] = {}
    for at, row in enumerate(rows):
        for _, column, _, merge in _cells_of(row):
            if merge == "restart":
                begun[column] = at
            first = begun.get(column, at)
            if merge is not None and found.get((first, column), 1) == at - first:
                found[first, column] = at - first + 1
    return found


def blocks_of(cells: Sequence[tuple[str, CellPlace]]) -> Iterator[RawBlock]:
    """The blocks of cells of one table, given with their words; empty cells are told with the block before them, or with the first."""
    held: tuple[str, CellPlace] | None = None
    before, after = list[CellPlace](), list[CellPlace]()
    for words, place in cells:
        if not words:
            (after if held else before).append(place)
            continue
        if held:
            yield _block(*held, before, after)
            before, after = [], []
        held = words, place
    if held:
        yield _block(*held, before, after)


def _block(words: str, place: CellPlace, before: list[CellPlace], after: list[CellPlace]) -> RawBlock:
    empty = (tuple(before), tuple(after)) if before or after else None
    return RawBlock(words, BlockKind.CELL, cell=place, empty=empty)


def _cells_of(row: etree._Element) -> Iterator[tuple[etree._Element, int, int, str | None]]:
    """Yields the cells of a row, each with its grid column, the columns it spans and its merging downwards (None without)."""
    column = _number(row.find(f"{_ROW_PROPERTIES}/{W}gridBefore"), 0)
    for cell in children(row):
        if cell.tag != _CELL:
            continue
        columns, merge, deleted = 1, None, False
        for one in next(cell.iterchildren(_PROPERTIES), ()):
            if one.tag == _SPAN:
                columns = max(1, _number(one, 1))
            elif one.tag == _MERGE:
                merge = one.get(_VALUE, "")
            deleted = deleted or one.tag == W + "cellDel"
        if not deleted:
            yield cell, column, columns, merge
            column += columns


def _number(element: etree._Element | None, default: int) -> int:
    """The value of an element, at most `_MOST_COLUMNS`; `default` where it is missing or no number."""
    words = "" if element is None else element.get(_VALUE, "")
    return min(int(words), _MOST_COLUMNS) if words.isdecimal() and len(words) < 9 else default
