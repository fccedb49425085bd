"""Joins the characters of a page to pieces of lines, those of each table cell for themselves, in reading space."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from pipeline.ingest.directions import Glyph
from pipeline.ingest.layout import lines_of
from pipeline.ingest.places import Box, GridCell, Line, Piece

# share of the height of a character that white within a piece has where a cell may end
_GAP = 0.6
# marks whose ink lies so low that it tells nothing of the line
_LOW = frozenset(",.")

Cells = dict[GridCell, list[Piece]]


@dataclass
class _Open:
    """A piece that is being joined: its cell, words, box, the edges of its characters, and its right end with its blanks."""

    cell: GridCell | None
    text: str
    box: Box
    edges: list[float]
    reach: float
    gaps: list[tuple[int, float, float]] = field(default_factory=list)

    def add(self, char: str, box: Box) -> None:
        if box[0] - self.box[2] > _GAP * (box[3] - box[1]):
            self.gaps.append((len(self.text), self.box[2], box[0]))
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
        return Piece(words, self.box, (*self.edges[: len(words)], self.box[2]) if known else (), gaps=tuple(self.gaps))


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
        if (
            last
            and cell == last.cell
            and _follows((last.box[0], last.box[1], last.reach, last.box[3]), loose if glyph.char in _LOW else box)
        ):
            last.add(glyph.char, box)
        else:
            pieces.append(_Open(cell, glyph.char, box, [box[0]], box[2]))
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


def _follows(box: Box, char_box: Box) -> bool:
    """Whether a character continues a piece: on the same line, and within one character height of its end."""
    size = max(box[3] - box[1], char_box[3] - char_box[1])
    level = box[1] <= (char_box[1] + char_box[3]) / 2 <= box[3] or char_box[1] <= (box[1] + box[3]) / 2 <= char_box[3]
    return level and box[2] - size <= char_box[0] <= box[2] + size
