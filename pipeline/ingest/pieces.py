"""Joins the characters of a page to pieces of lines, those of each table cell for themselves, in reading space."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from pipeline.ingest.glyphs import Array, Flags, Glyphs, Numbers, unions
from pipeline.ingest.layout import lines_of
from pipeline.ingest.places import Box, GridCell, Line, Piece

# share of the height of a character that white within a piece has where a cell may end
_GAP = 0.6
# points: cells are looked up by the bands of this height in which they lie
_BAND = 8.0
# marks whose ink lies so low that it tells nothing of the line
_LOW = frozenset(",.")

# how often characters are looked at together with those before
_PASSES = 2

Cells = dict[GridCell, list[Piece]]


class _Drawn(NamedTuple):
    """The characters with ink: their indices among all, their boxes, and those by which they are put to a line."""

    at: Numbers
    boxes: Array
    levels: Array


def pieces_by_cell(
    glyphs: Glyphs, tables: Sequence[Sequence[GridCell]], *, exact: bool = False
) -> tuple[list[Piece], Cells]:
    """The pieces outside of tables, and those in each cell, of characters in reading space.

    A piece is a run of adjacent characters on one line, in drawing order. With `exact` it has the edges of its characters,
    and keeps all its blanks.
    """
    drawn = _drawn(glyphs)
    if not drawn.at.size:
        return [], Cells()
    cells = _cells_of(glyphs, drawn, tables) if tables else None
    starts = _starts(glyphs, drawn, cells, exact=exact)
    made = list(_pieces(glyphs, drawn, starts, exact=exact))
    if cells is None:
        return made, Cells()
    held, outside = Cells(), list[Piece]()
    for piece, start in zip(made, starts, strict=True):
        cell = cells[start]
        (outside if cell is None else held.setdefault(cell, [])).append(piece)
    return outside, held


def _drawn(glyphs: Glyphs) -> _Drawn:
    at = np.flatnonzero(~glyphs.blank)
    loose = glyphs.loose[at]
    # the advance width of the character by the height of its ink
    boxes = loose.copy()
    boxes[:, 1::2] = glyphs.tight[at, 1::2]
    if _LOW.isdisjoint(glyphs.chars):
        return _Drawn(at, boxes, boxes)
    low = np.array([char in _LOW for char in glyphs.chars], np.bool_)[at]
    return _Drawn(at, boxes, np.where(low[:, None], loose, boxes))


def _starts(glyphs: Glyphs, drawn: _Drawn, cells: Sequence[GridCell | None] | None, *, exact: bool) -> list[int]:
    """The numbers of the characters with ink at which pieces begin.

    Characters that certainly follow the one before are looked at together; each other one by the piece as it is till then.
    """
    sure = _surely_follow(drawn) if not exact else np.zeros(len(drawn.at), np.bool_)
    if cells is not None:
        sure[1:] &= [before is cell for before, cell in pairwise(cells)]
    firsts = np.flatnonzero(~sure)
    chains, levels = unions(drawn.boxes, firsts).tolist(), drawn.levels[firsts].tolist()
    ends = [*firsts[1:].tolist(), len(drawn.at)]
    rights = drawn.boxes[firsts, 2].tolist()
    reaches = _reaches(glyphs, drawn) if exact else None
    starts, piece = list[int](), _Reach()
    for number, first in enumerate(firsts.tolist()):
        if reaches and starts:
            piece.reach = max(piece.reach, reaches[first])
        same = cells is None or not starts or cells[first] is cells[starts[-1]]
        if not starts or not same or not piece.is_followed_by(levels[number]):
            starts.append(first)
            piece.begin(chains[number])
            continue
        if rights[number] < piece.reach:
            starts += piece.joined_singly(drawn, first, ends[number])
            continue
        piece.add(chains[number])
    return starts


class _Reach:
    """The piece that is being joined: the height that it takes, and how far to the right it reaches."""

    def __init__(self) -> None:
        self.low = self.high = self.reach = 0.0

    def begin(self, box: Sequence[float]) -> None:
        _, self.low, self.reach, self.high = box

    def add(self, box: Sequence[float]) -> None:
        _, low, right, high = box
        self.low, self.high, self.reach = min(self.low, low), max(self.high, high), max(self.reach, right)

    def is_followed_by(self, box: Sequence[float]) -> bool:
        """Whether a character continues the piece: on the same line, and within one character height of its end."""
        left, low, _, high = box
        size = max(self.high - self.low, high - low)
        return self.reach - size <= left <= self.reach + size and (
            self.low <= (low + high) / 2 <= self.high or low <= (self.low + self.high) / 2 <= high
        )

    def joined_singly(self, drawn: _Drawn, first: int, end: int) -> Iterator[int]:
        """Add characters one by one, from the first, which belongs to the piece; gives those at which another piece begins."""
        boxes, levels = drawn.boxes[first:end].tolist(), drawn.levels[first:end].tolist()
        self.add(boxes[0])
        for at in range(1, end - first):
            if self.is_followed_by(levels[at]):
                self.add(boxes[at])
            else:
                self.begin(boxes[at])
                yield first + at


def _surely_follow(drawn: _Drawn) -> Flags:
    """Whether each character follows the one before whatever else the piece of that one holds to the left.

    It does if its middle is level with the ink of that one and of those which that one surely follows, if it is no further
    from the end of these than the tallest is tall, and if it ends further to the right.
    """
    found = np.zeros(len(drawn.boxes), np.bool_)
    found[1:] = _follow(drawn.boxes[:-1], drawn.boxes[1:], drawn.levels[1:])
    # what is level with few characters, such as 一, is looked at again with those before
    for _ in range(_PASSES):
        firsts = np.flatnonzero(~found)
        chains, others = unions(drawn.boxes, firsts), firsts[1:]
        found[others] = _follow(chains[:-1], drawn.boxes[others], drawn.levels[others])
    return found


def _follow(before: Array, boxes: Array, levels: Array) -> Flags:
    size = np.maximum(before[:, 3] - before[:, 1], levels[:, 3] - levels[:, 1])
    left, middle, reach = levels[:, 0], (levels[:, 1] + levels[:, 3]) / 2, before[:, 2]
    level = (before[:, 1] <= middle) & (middle <= before[:, 3])
    found: Flags = level & (reach - size <= left) & (left <= reach + size) & (boxes[:, 2] >= reach)
    return found


def _reaches(glyphs: Glyphs, drawn: _Drawn) -> list[float]:
    """How far to the right the blanks before each character with ink reach, those since the one before it."""
    found, most, number = [-np.inf] * len(drawn.at), -np.inf, 0
    rows = zip(glyphs.chars, glyphs.blank.tolist(), glyphs.loose[:, 2].tolist(), strict=True)
    for char, blank, right in rows:
        if not blank:
            found[number], most, number = most, -np.inf, number + 1
        elif char not in "\r\n":
            most = max(most, right)
    return found


def _pieces(glyphs: Glyphs, drawn: _Drawn, starts: Sequence[int], *, exact: bool) -> Iterator[Piece]:
    """The pieces that begin at the given characters with ink."""
    lefts, rights = drawn.boxes[:, 0], drawn.boxes[:, 2]
    wide = np.zeros(len(drawn.at), np.bool_)
    wide[1:] = lefts[1:] - rights[:-1] > _GAP * (drawn.boxes[1:, 3] - drawn.boxes[1:, 1])
    places, gaps = drawn.at.tolist(), np.flatnonzero(wide).tolist()[::-1]
    boxes = unions(drawn.boxes, np.array(starts)).tolist()
    for (start, end), (x0, y0, x1, y1) in zip(pairwise((*starts, len(places))), boxes, strict=True):
        first, after = places[start], places[end - 1] + 1
        whole = after - first == end - start
        text = "".join(glyphs.chars[first:after]) if whole else _words(glyphs, first, after, exact=exact)
        found = []
        while gaps and gaps[-1] < end:
            at = gaps.pop()
            right, tall = float(rights[start:at].max(initial=-np.inf)), drawn.boxes[at, 3] - drawn.boxes[at, 1]
            if at > start and lefts[at] - right > _GAP * tall:
                found.append((len(_words(glyphs, first, places[at], exact=exact)), right, float(lefts[at])))
        edges = _edges(glyphs, first, after, len(text)) if exact else ()
        known = (*edges, x1) if edges else ()
        yield Piece(text, (x0, y0, x1, y1), known, gaps=tuple(found))


def _words(glyphs: Glyphs, first: int, after: int, *, exact: bool) -> str:
    """The characters in a range as text; of several blanks in a row one, unless `exact`."""
    rows = zip(glyphs.chars[first:after], glyphs.blank[first:after].tolist(), strict=True)
    kept = [" " if blank else char for char, blank in rows if not (blank and char in "\r\n")]
    if exact:
        return "".join(kept)
    return "".join(char for at, char in enumerate(kept) if char != " " or kept[at - 1] != " ")


def _edges(glyphs: Glyphs, first: int, after: int, count: int) -> tuple[float, ...]:
    """The left edges of the characters in a range, of blanks the end of what is before them; none where these are not in order."""
    found, reach = list[float](), -np.inf
    boxes, blank = glyphs.loose[first:after].tolist(), glyphs.blank[first:after].tolist()
    for char, box, is_blank in zip(glyphs.chars[first:after], boxes, blank, strict=True):
        if is_blank and char in "\r\n":
            continue
        found.append(reach if is_blank else box[0])
        reach = max(reach, box[2])
    return tuple(found[:count]) if all(a <= b for a, b in pairwise(found)) else ()


def table_lines(table: Sequence[GridCell], held: Cells, page: int, height: float) -> Iterator[Line]:
    """The lines of a table cell by cell; an empty cell gives a line without text."""
    if not any(cell in held for cell in table):
        return
    for cell in table:
        lines = list(lines_of(held.get(cell, ()), page, height))
        for line in lines or [Line("", page, cell.box, height)]:
            yield replace(line, cell=cell, margins=None)


def _cells_of(glyphs: Glyphs, drawn: _Drawn, tables: Sequence[Sequence[GridCell]]) -> list[GridCell | None]:
    """The cell in which the middle of each character with ink lies; on the edge of two, that of the character before."""
    by_height: dict[int, list[GridCell]] = {}
    for table in tables:
        for cell in table:
            for height in range(int(cell.box[1] // _BAND), int(cell.box[3] // _BAND) + 1):
                by_height.setdefault(height, []).append(cell)
    xs, ys = (drawn.boxes[:, 0] + drawn.boxes[:, 2]) / 2, (drawn.boxes[:, 1] + drawn.boxes[:, 3]) / 2
    found: list[GridCell | None] = []
    current: GridCell | None = None
    for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
        if current is None or not _holds(current.box, x, y):
            current = next((cell for cell in by_height.get(int(y // _BAND), ()) if _holds(cell.box, x, y)), None)
        found.append(current)
    return found


def _holds(box: Box, x: float, y: float) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]
