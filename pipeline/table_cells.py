"""The place of a table cell in its file; a tuple, because a large table has many and each is stored with the text."""

from typing import NamedTuple


class CellPlace(NamedTuple):
    """Where a table cell stands: the table in the file, row and column of its grid, each from 0, and how many it spans.

    `start` is the offset within its block, in code points, at which the words of the cell begin: above 0 only where a
    block holds several cells.
    """

    table: int
    row: int
    column: int
    columns: int = 1
    rows: int = 1
    start: int = 0
