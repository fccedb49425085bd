"""Places of the cells of Word tables: grid columns with w:gridSpan, cells merged downwards with w:vMerge, tables within cells."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from lxml import etree

from pipeline.document import BlockKind
from pipeline.ingest.assemble import RawBlock
from pipeline.ingest.numbering import W
from pipeline.table_cells import CellPlace

# columns that a row may have; Word itself allows 63
_MOST_COLUMNS = 1000
_TABLE, _ROW, _CELL, _PROPERTIES = W + "tbl", W + "tr", W + "tc", W + "tcPr"
_SPAN, _MERGE, _VALUE = W + "gridSpan", W + "vMerge", W + "val"
_BEFORE = f"{W}trPr/{W}gridBefore"

Cell = tuple[etree._Element, CellPlace]
# a cell of a row with its grid column, the columns it spans and its merging downwards (None without)
_Cell = tuple[etree._Element, int, int, str | None]


def cells_in(table: etree._Element, numbers: dict[etree._Element, int]) -> Iterator[Cell]:
    """Yields the cells of a table in reading order with their places, without those that continue the cell above.

    Tables within its cells are not looked into; each table has the number that `numbers` holds or is given here.
    """
    number = numbers.setdefault(table, len(numbers))
    rows = [list(_cells_of(row)) for row in _rows(table)]
    merged = _merged(rows)
    for at, cells in enumerate(rows):
        for cell, column, columns, merge in cells:
            if merge is None or merge == "restart":
                yield cell, CellPlace(number, at, column, columns, merged.get((at, column), 1))


def _merged(rows: Sequence[Sequence[_Cell]]) -> dict[tuple[int, int], int]:
    """How many rows the cells span that are merged downwards, by first row and column."""
    found: dict[tuple[int, int], int] = {}
    begun: dict[int, int] = {}
    for at, cells in enumerate(rows):
        for _, column, _, merge in cells:
            if merge == "restart":
                begun[column] = at
            first = begun.get(column, at)
            if merge is not None and found.get((first, column), 1) == at - first:
                found[first, column] = at - first + 1
    return found


def _rows(parent: etree._Element) -> Iterator[etree._Element]:
    """Yields the rows of a table, also those in content controls and tracked changes."""
    for element in parent:
        if element.tag == _ROW:
            yield element
        elif element.tag not in (_CELL, _TABLE):
            yield from _rows(element)


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


def _cells_of(row: etree._Element) -> Iterator[_Cell]:
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
