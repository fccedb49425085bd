"""Joins the characters of a page to pieces of lines, those of each table cell for themselves, in reading space."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from pipeline.ingest.directions import Glyph
from pipeline.ingest.layout import lines_of
from pipeline.ingest.places import Box, GridCell, Line, Piece

# share of the height of a character that white within a piece has where a cell may end
_GAP = 0.6
# points: cells are looked up by the bands of this height in which they lie
_BAND = 8.0
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
        left, low, right, high = box
        x0, y0, x1, y1 = self.box
        if left - x1 > _GAP * (high - low):
            self.gaps.append((len(self.text), x1, left))
        self.text += char
        self.edges.append(left)
        # faster than min and max for so many characters
        self.box = (
            x0 if x0 <= left else left,
            y0 if y0 <= low else low,
            x1 if x1 >= right else right,
            y1 if y1 >= high else high,
        )
        if right > self.reach:
            self.reach = right

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
    cells = _Cells(tables) if tables else None
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
        cell = None
        if cells is not None:
            x, y = (loose[0] + loose[2]) / 2, (tight[1] + tight[3]) / 2
            cell = cells.at(x, y, last.cell if last else None)
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


class _Cells:
    """The cells of all tables of a page, found by a place on it."""

    def __init__(self, tables: Sequence[Sequence[GridCell]]) -> None:
        self.by_height: dict[int, list[GridCell]] = {}
        for table in tables:
            for cell in table:
                for height in range(int(cell.box[1] // _BAND), int(cell.box[3] // _BAND) + 1):
                    self.by_height.setdefault(height, []).append(cell)

    def at(self, x: float, y: float, current: GridCell | None) -> GridCell | None:
        """The cell at a place, `current` where this one holds it."""
        if current is not None and _holds(current.box, x, y):
            return current
        for cell in self.by_height.get(int(y // _BAND), ()):
            if _holds(cell.box, x, y):
                return cell
        return None


def _holds(box: Box, x: float, y: float) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _follows(box: Box, char_box: Box) -> bool:
    """Whether a character continues a piece: on the same line, and within one character height of its end."""
    _, y0, x1, y1 = box
    left, low, _, high = char_box
    size = y1 - y0 if y1 - y0 >= high - low else high - low
    return x1 - size <= left <= x1 + size and (y0 <= (low + high) / 2 <= y1 or low <= (y0 + y1) / 2 <= high)
