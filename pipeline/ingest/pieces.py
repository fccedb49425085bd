"""Joins the characters of a PDF page to pieces of lines, apart for each table cell, in reading space."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.ingest.directions import Glyph
from pipeline.ingest.layout import lines_of
from pipeline.ingest.places import Box, GridCell, Line, Piece

_NO_BOX: Box = (0.0, 0.0, 0.0, 0.0)
Cells = dict[GridCell, list[Piece]]


def pieces_by_cell(
    glyphs: Iterable[Glyph],
    turn: Callable[[Box], Box] | None,
    tables: Sequence[Sequence[GridCell]],
    *,
    exact: bool = False,
) -> tuple[list[Piece], Cells]:
    """The pieces outside of tables, and those in each cell. `turn` maps boxes to reading space, None where they are in it.

    A piece is a run of adjacent characters on one line, in drawing order. With `exact` it has the edges of its characters,
    and keeps all its blanks.
    """
    outside, held = list[Piece](), Cells()
    current, text, box = None, "", _NO_BOX
    edges: list[float] = []
    # the right end of the piece with its blanks
    reach = 0.0

    def close() -> None:
        words = text.strip()
        if words:
            known = (*edges[: len(words)], box[2]) if exact and all(a <= b for a, b in pairwise(edges)) else ()
            (outside if current is None else held.setdefault(current, [])).append(Piece(words, box, known))

    for glyph in glyphs:
        if glyph.blank:
            if text and glyph.char not in "\r\n" and (exact or text[-1] != " "):
                text += " "
                edges.append(max(reach, box[2]))
                reach = max(edges[-1], (turn(glyph.loose) if turn else glyph.loose)[2]) if exact else reach
            continue
        loose, tight = (turn(glyph.loose), turn(glyph.tight)) if turn else (glyph.loose, glyph.tight)
        # the advance width of the character by the height of its ink
        char_box = (loose[0], tight[1], loose[2], tight[3])
        cell = _cell_at((loose[0] + loose[2]) / 2, (tight[1] + tight[3]) / 2, current, tables) if tables else None
        if text and (cell != current or not _follows((box[0], box[1], max(reach, box[2]), box[3]), char_box)):
            close()
            text, box, edges, reach = "", _NO_BOX, [], 0.0
        current = cell
        text += glyph.char
        edges.append(char_box[0])
        box = char_box if box is _NO_BOX else _union(box, char_box)
    close()
    return outside, held


def table_lines(table: Sequence[GridCell], held: Cells, page: int, height: float) -> Iterator[Line]:
    """The lines of a table cell by cell; an empty cell gives a line without text."""
    if not any(cell in held for cell in table):
        return
    for cell in table:
        lines = list(lines_of(held.get(cell, ()), page, height))
        for line in lines or [Line("", page, cell.box, height)]:
            yield replace(line, cell=cell, margins=None)


def _cell_at(x: float, y: float, current: GridCell | None, tables: Sequence[Sequence[GridCell]]) -> GridCell | None:
    if current is not None and _holds(current.box, x, y):
        return current
    return next((cell for table in tables for cell in table if _holds(cell.box, x, y)), None)


def _holds(box: Box, x: float, y: float) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _follows(box: Box, char_box: Box) -> bool:
    """Whether a character continues a piece: on the same line, and within one character height of its end."""
    size = max(box[3] - box[1], char_box[3] - char_box[1])
    level = box[1] <= (char_box[1] + char_box[3]) / 2 <= box[3] or char_box[1] <= (box[1] + box[3]) / 2 <= char_box[3]
    return level and box[2] - size <= char_box[0] <= box[2] + size


def _union(a: Box, b: Box) -> Box:
    return (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))
