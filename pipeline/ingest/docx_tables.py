"""Places of the cells of Word tables: grid columns with w:gridSpan, cells merged downwards with w:vMerge, tables within cells."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from lxml import etree

from pipeline.document import BlockKind
from pipeline.ingest.assemble import RawBlock
from pipeline.ingest.docx_markup import W
from pipeline.table_cells import CellPlace

# columns that a row may have; Word itself allows 63
_MOST_COLUMNS = 1000
_TABLE, _ROW, _CELL, _PROPERTIES = W + "tbl", W + "tr", W + "tc", W + "tcPr"
_SPAN, _MERGE, _VALUE = W + "gridSpan", W + "vMerge", W + "val"
_BEFORE = f"{W}trPr/{W}gridBefore"

Cell = tuple[etree._Element, CellPlace]


def cells_in(table: etree._Element, numbers: dict[etree._Element, int]) -> Iterator[Cell]:
    """Yields the cells of a table in reading order with their places, without those that continue the cell above.

    The rows of tables within its cells are among its own; each table has the number that `numbers` holds or is given here.
    """
    merged = _merged(table, numbers) if next(table.iter(_MERGE), None) is not None else {}
    for number, at, row in _rows(table, numbers):
        for cell, column, columns, merge in _cells_of(row):
            if merge is None or merge == "restart":
                yield cell, CellPlace(number, at, column, columns, merged.get((number, at, column), 1))


def _merged(table: etree._Element, numbers: dict[etree._Element, int]) -> dict[tuple[int, int, int], int]:
    """How many rows the cells span that are merged downwards, by table, first row and column."""
    found: dict[tuple[int, int, int], int] = {}
    begun: dict[tuple[int, int], int] = {}
    for number, at, row in _rows(table, numbers):
        for _, column, _, merge in _cells_of(row):
            if merge == "restart":
                begun[number, column] = at
            first = begun.get((number, column), at)
            if merge is not None and found.get((number, first, column), 1) == at - first:
                found[number, first, column] = at - first + 1
    return found


def _rows(table: etree._Element, numbers: dict[etree._Element, int]) -> Iterator[tuple[int, int, etree._Element]]:
    """Yields the rows, each with the number of its table and its own in it."""
    counts: dict[int, int] = {}
    for row in table.iter(_ROW):
        number = numbers.setdefault(next(row.iterancestors(_TABLE)), len(numbers))
        counts[number] = counts.get(number, -1) + 1
        yield number, counts[number], row


def blocks_of(cells: Iterable[tuple[str, CellPlace]]) -> Iterator[RawBlock]:
    """The blocks of cells, given with their words; empty cells are told with the block before them, or with the first."""
    for _, run in groupby(cells, lambda cell: cell[1].table):
        held: tuple[str, CellPlace] | None = None
        before, after = list[CellPlace](), list[CellPlace]()
        for words, place in run:
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
