"""Finds the columns of a page: bands of lines with a gutter that no line crosses, also below and between lines of full width.

Cells of a table without rules have gutters too; columns differ in that they are about as wide as each other, hold
sentences, and have many full lines, on both sides.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

import numpy as np

from pipeline.ingest.places import Box, Piece

# rows on each side of a gutter, characters of a row on average
_MIN_ROWS, _MIN_CHARACTERS = 4, 6
# shares of rows that end at the edge of their column, that begin at it, that are in one piece
_MIN_FULL, _MIN_FLUSH, _MIN_WHOLE = 0.25, 0.6, 0.6
_MAX_DEPTH = 2
# gutters that are looked at together
_TOGETHER = 256
# how much wider one column may be than the other, marks of sentences in each
_MAX_RATIO, _MIN_MARKS = 1.6, 2
_MARK = re.compile("[，。；：、]")


class Region(NamedTuple):
    """Pieces that are read together from top to bottom; `margins` are the edges of their column, None for the whole page."""

    pieces: tuple[Piece, ...]
    margins: tuple[float, float] | None = None


class _Band(NamedTuple):
    """The pieces between two lines of full width, from top to bottom of the page, on both sides of a gutter."""

    left: tuple[Piece, ...]
    right: tuple[Piece, ...]


Row = list[Piece]


def regions_of(pieces: Sequence[Piece], height: float, depth: int = 0) -> Iterator[Region]:
    """The regions of a page of the given height in reading order; one region where there are no columns."""
    gutter = _gutter(pieces, height, depth) if depth < _MAX_DEPTH else None
    if gutter is None:
        yield Region(tuple(pieces), _margins(pieces) if depth and pieces else None)
        return
    rest = list[Piece]()
    for across, band in _bands(_edged(pieces, height), gutter):
        rest += across
        if band is None:
            continue
        if not _is_in_columns(band, height, depth):
            rest += [*band.left, *band.right]
            continue
        if rest:
            yield Region(tuple(rest))
            rest = []
        for side in band:
            yield from regions_of(side, height, depth + 1)
    if rest:
        yield Region(tuple(rest))


def rows_of(pieces: Sequence[Piece]) -> Iterator[Row]:
    """The pieces in rows, from top to bottom."""
    row: Row = []
    for piece in sorted(pieces, key=lambda piece: -(piece.box[1] + piece.box[3])):
        if row and not _same_row(row[0].box, piece.box):
            yield row
            row = []
        row.append(piece)
    if row:
        yield row


def _same_row(a: Box, b: Box) -> bool:
    middle = (b[1] + b[3]) / 2
    return a[1] <= middle <= a[3] or b[1] <= (a[1] + a[3]) / 2 <= b[3]


def _margins(pieces: Sequence[Piece]) -> tuple[float, float]:
    lefts, rights = sorted(piece.box[0] for piece in pieces), sorted(piece.box[2] for piece in pieces)
    return lefts[len(lefts) // 10], rights[len(rights) * 9 // 10]


def _gutter(pieces: Sequence[Piece], height: float, depth: int) -> float | None:
    """The x coordinate of the gutter with the most pieces in columns beside it."""
    if len(pieces) < 2 * _MIN_ROWS:
        return None
    lefts, rights = sorted(piece.box[0] for piece in pieces), sorted(piece.box[2] for piece in pieces)
    low, high = lefts[0] + 0.15 * (rights[-1] - lefts[0]), lefts[0] + 0.85 * (rights[-1] - lefts[0])
    begins = [left for left in lefts if low < left < high]
    gutters = [x - 1 for at, x in enumerate(begins) if not at or x - begins[at - 1] >= 2]
    if not gutters:
        return None
    rows = _edged(pieces, height)
    gutters = _with_sides(rows, gutters)
    best, most = None, 0
    for gutter in gutters:
        inside = 0
        for _, band in _bands(rows, gutter):
            if band is not None and _is_in_columns(band, height, depth):
                inside += len(band.left) + len(band.right)
        if inside > most:
            best, most = gutter, inside
    return best


def _with_sides(rows: "Sequence[_EdgedRow]", gutters: Sequence[float]) -> list[float]:
    """The gutters on both sides of which as many pieces as a column has stand in rows that do not cross them."""
    held = [piece.box for row in rows for piece in row.pieces]
    lefts, rights = np.array([box[0] for box in held])[:, None], np.array([box[2] for box in held])[:, None]
    starts = np.cumsum([0, *(len(row.pieces) for row in rows[:-1])])
    sizes = [len(row.pieces) for row in rows]
    found = list[float]()
    for start in range(0, len(gutters), _TOGETHER):
        part = np.array(gutters[start : start + _TOGETHER])
        within = rights > part + 1
        crossed = np.logical_or.reduceat((lefts < part - 1) & within, starts, axis=0)
        free = np.repeat(~crossed, sizes, axis=0)
        both = ((free & within).sum(axis=0) >= _MIN_ROWS) & ((free & ~within).sum(axis=0) >= _MIN_ROWS)
        found += part[both].tolist()
    return found


class _EdgedRow(NamedTuple):
    """A row, and whether it stands alone at the edge of the page, as headers do."""

    pieces: Row
    at_edge: bool


def _edged(pieces: Sequence[Piece], height: float) -> list[_EdgedRow]:
    """The rows from top to bottom of a page of the given height."""
    rows = list(rows_of(pieces))
    tops = [_top(row) for row in rows]
    pitches = [a - b for a, b in pairwise(tops)]
    if not pitches:
        return [_EdgedRow(row, False) for row in rows]
    pitch = median(pitches)
    header = tops[0] > height * 0.88 and pitches[0] > 1.6 * pitch
    footer = tops[-1] < height * 0.12 and pitches[-1] > 1.6 * pitch
    last = len(rows) - 1
    return [_EdgedRow(row, (at == 0 and header) or (at == last and footer)) for at, row in enumerate(rows)]


def _bands(rows: Sequence[_EdgedRow], gutter: float) -> Iterator[tuple[list[Piece], _Band | None]]:
    """From top to bottom: pieces of rows that cross the gutter or stand at the edge of the page, and the band below them."""
    across, left, right = list[Piece](), list[Piece](), list[Piece]()
    for row in rows:
        if row.at_edge or any(piece.box[0] < gutter - 1 and piece.box[2] > gutter + 1 for piece in row.pieces):
            if left or right:
                yield across, _Band(tuple(left), tuple(right))
                across, left, right = [], [], []
            across += row.pieces
            continue
        left += [piece for piece in row.pieces if piece.box[2] <= gutter + 1]
        right += [piece for piece in row.pieces if piece.box[2] > gutter + 1]
    yield across, _Band(tuple(left), tuple(right)) if left or right else None


def _top(row: Row) -> float:
    return max(piece.box[3] for piece in row)


def _is_in_columns(band: _Band, height: float, depth: int) -> bool:
    if len(band.left) < _MIN_ROWS or len(band.right) < _MIN_ROWS:
        return False
    sides = [list(rows_of(side)) for side in band]
    if min(map(len, sides)) < _MIN_ROWS:
        return False
    tops, bottoms = [max(map(_top, side)) for side in sides], [min(map(_top, side)) for side in sides]
    shared = min(tops) - max(bottoms)
    if shared < 0.5 * min(top - bottom for top, bottom in zip(tops, bottoms, strict=True)):
        return False
    return _are_alike(band, height, depth) and all(
        _is_column(side, rows, height, depth) for side, rows in zip(band, sides, strict=True)
    )


def _are_alike(band: _Band, height: float, depth: int) -> bool:
    """Whether both sides hold sentences and are about equally wide; one that is in columns itself may be wider."""
    if any(len(_MARK.findall("".join(piece.text for piece in side))) < _MIN_MARKS for side in band):
        return False
    extents = [(min(piece.box[0] for piece in side), max(piece.box[2] for piece in side)) for side in band]
    if extents[1][0] <= extents[0][1]:
        return False
    widths = [right - left for left, right in extents]
    if max(widths) <= _MAX_RATIO * min(widths):
        return True
    wider = band[widths.index(max(widths))]
    return depth + 1 < _MAX_DEPTH and _gutter(wider, height, depth + 1) is not None


def _is_column(pieces: Sequence[Piece], rows: Sequence[Row], height: float, depth: int) -> bool:
    """Whether rows look like the lines of a column: most begin at its edge, many are full, nearly all are in one piece."""
    left, right = min(piece.box[0] for piece in pieces), max(piece.box[2] for piece in pieces)
    characters = sum(len(piece.text) for piece in pieces)
    if characters < _MIN_CHARACTERS * len(rows):
        return False
    size = (sum(piece.box[2] - piece.box[0] for piece in pieces)) / characters
    full = sum(max(piece.box[2] for piece in row) > right - 1.6 * size for row in rows)
    flush = sum(min(piece.box[0] for piece in row) < left + 2.6 * size for row in rows)
    whole = sum(_is_whole(row, size) for row in rows)
    if full < _MIN_FULL * len(rows) or flush < _MIN_FLUSH * len(rows):
        return False
    return whole >= _MIN_WHOLE * len(rows) or (
        depth + 1 < _MAX_DEPTH and _gutter(pieces, height, depth + 1) is not None
    )


def _is_whole(row: Row, size: float) -> bool:
    """Whether a row has no gap of more than two characters, the blank after the label of an article."""
    ordered = sorted(piece.box for piece in row)
    return all(b[0] - a[2] < 2.2 * size for a, b in pairwise(ordered))
