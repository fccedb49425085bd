"""The place of a table cell in its file; a tuple, because a large table has many and each is stored with the text."""

from typing import NamedTuple


class CellPlace(NamedTuple):
    """Where a table cell stands: the table in the file, row and column of its grid, each from 0, and how many it spans.

    `start` is the offset within its block, in code points, at which the words of the cell begin; they end where those of
    the next cell of the block begin. An empty cell stands in the block of the cell before it, or after it in the first block.
    """

    table: int
    row: int
    column: int
    columns: int = 1
    rows: int = 1
    start: int = 0
