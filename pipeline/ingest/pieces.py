"""Joins the characters of a page to pieces of lines, those of each table cell for themselves, in reading space."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.ingest.directions import Glyph
from pipeline.ingest.layout import lines_of
from pipeline.ingest.places import Box, GridCell, Line, Piece

Cells = dict[GridCell, list[Piece]]
# a mark whose ink takes less of the height of its line is small; shares of that height within which it belongs to a piece
_SMALL, _SAME_LINE, _BESIDE = 0.4, 0.9, 0.2


@dataclass
class _Open:
    """A piece that is being joined: its cell, words, box, the edges of its characters, its right end with its blanks, and its line space."""

    cell: GridCell | None
    text: str
    box: Box
    edges: list[float]
    reach: float
    space: tuple[float, float]

    def add(self, char: str, box: Box) -> None:
        self.text += char
        self.edges.append(box[0])
        x0, y0, x1, y1 = self.box
        self.box = (min(x0, box[0]), min(y0, box[1]), max(x1, box[2]), max(y1, box[3]))
        self.reach = max(self.reach, box[2])

    def add_blank(self, right: float, *, exact: bool) -> None:
        """Add a blank that ends at an x coordinate; of several in a row one, unless `exact`."""
        if exact or self.text[-1] != " ":
            self.text += " "
            self.edges.append(self.reach)
            self.reach = max(self.reach, right) if exact else self.reach

    def closed(self, *, exact: bool) -> Piece:
        words = self.text.strip()
        known = exact and all(a <= b for a, b in pairwise(self.edges))
        return Piece(words, self.box, (*self.edges[: len(words)], self.box[2]) if known else ())


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
    pieces: list[_Open] = []
    for glyph in glyphs:
        loose, tight = (turn(glyph.loose), turn(glyph.tight)) if turn else (glyph.loose, glyph.tight)
        last = pieces[-1] if pieces else None
        if glyph.blank:
            if last and glyph.char not in "\r\n":
                last.add_blank(loose[2], exact=exact)
            continue
        # the advance width of the character by the height of its ink
        box = (loose[0], tight[1], loose[2], tight[3])
        middle = ((loose[0] + loose[2]) / 2, (tight[1] + tight[3]) / 2)
        cell = _cell_at(middle, last.cell if last else None, tables) if tables else None
        space = (loose[1], loose[3])
        reached = (last.box[0], last.box[1], last.reach, last.box[3]) if last else box
        small = tight[3] - tight[1] < _SMALL * (loose[3] - loose[1])
        if last and cell == last.cell and (_follows(reached, box) or (small and _is_mark_of(last, box, space))):
            last.add(glyph.char, box)
        else:
            pieces.append(_Open(cell, glyph.char, box, [box[0]], box[2], space))
    held = Cells()
    for piece in pieces:
        if piece.cell is not None:
            held.setdefault(piece.cell, []).append(piece.closed(exact=exact))
    return [piece.closed(exact=exact) for piece in pieces if piece.cell is None], held


def table_lines(table: Sequence[GridCell], held: Cells, page: int, height: float) -> Iterator[Line]:
    """The lines of a table cell by cell; an empty cell gives a line without text."""
    if not any(cell in held for cell in table):
        return
    for cell in table:
        lines = list(lines_of(held.get(cell, ()), page, height))
        for line in lines or [Line("", page, cell.box, height)]:
            yield replace(line, cell=cell, margins=None)


def _cell_at(
    middle: tuple[float, float], current: GridCell | None, tables: Sequence[Sequence[GridCell]]
) -> GridCell | None:
    if current is not None and _holds(current.box, *middle):
        return current
    return next((cell for table in tables for cell in table if _holds(cell.box, *middle)), None)


def _holds(box: Box, x: float, y: float) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _is_mark_of(piece: _Open, box: Box, space: tuple[float, float]) -> bool:
    """Whether a small mark below or above the ink of a piece (the comma of 1,085) stands in its line and where it ends."""
    low, high = max(piece.space[0], space[0]), min(piece.space[1], space[1])
    least = min(piece.space[1] - piece.space[0], space[1] - space[0])
    return high - low > _SAME_LINE * least and abs(box[0] - piece.reach) < _BESIDE * least


def _follows(box: Box, char_box: Box) -> bool:
    """Whether a character continues a piece: on the same line, and within one character height of its end."""
    size = max(box[3] - box[1], char_box[3] - char_box[1])
    level = box[1] <= (char_box[1] + char_box[3]) / 2 <= box[3] or char_box[1] <= (box[1] + box[3]) / 2 <= char_box[3]
    return level and box[2] - size <= char_box[0] <= box[2] + size
