"""Positions of text on the page: the pieces and lines that readers of paged formats find, and the mapping from characters
of the normalised text back to them.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple

from pipeline.document import Print, Span
from pipeline.table_cells import CellPlace

Box = tuple[float, float, float, float]


def union(boxes: Sequence[Box]) -> Box:
    """The smallest box around all of some boxes."""
    if len(boxes) == 1:
        return boxes[0]
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


class Piece(NamedTuple):
    """A piece of text on a page: stripped text, box, and if known the character edges, confidence and doubt (see `Line`).

    `gaps` are white between characters where a cell of a table may end: the index of the next character, the right edge of
    the one before, the left edge of the next.
    """

    text: str
    box: Box
    edges: tuple[float, ...] = ()
    confidence: float | None = None
    doubt: str = ""
    gaps: tuple[tuple[int, float, float], ...] = ()

    def parts(self) -> "Iterator[Piece]":
        """The piece cut at its gaps."""
        cuts = [(0, 0.0, self.box[0]), *self.gaps, (len(self.text), self.box[2], 0.0)]
        for (start, _, left), (end, right, _) in pairwise(cuts):
            words = self.text[start:end]
            kept = words.rstrip()
            edges = (*self.edges[start : start + len(kept)], right) if self.edges else ()
            box = (left, self.box[1], right, self.box[3])
            yield self._replace(text=kept, box=box, edges=edges, gaps=())


class GridCell(NamedTuple):
    """A cell of a table: its place, with the number of the table on its page, and its box in points.

    The box of a cell without rules (`ruled` is False) reaches from edge to edge of the words in its row and column.
    """

    place: CellPlace
    box: Box
    ruled: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text on a page: its text, page (from 1), box x0, y0, x1, y1 in points from the lower left, page height.

    `confidence` is 0 to 1 for a line recognised from an image, None for text. `edges` are the left edges of the
    characters and the right edge of the last one, empty if unknown. `cell` is the table cell, None outside of tables;
    an empty cell is a line without text. `margins` are the left and right edge of the column, None if it is the
    whole page. `shown` is the box on the page as shown where the line was read turned, else None; `aside` is True for what
    a reader knows to be no part of the running text, such as words on their side in the margin. `doubt` says in Chinese what
    may be wrong in a recognised line although its confidence is high, "" for nothing.
    """

    text: str
    page: int
    box: Box
    page_height: float
    confidence: float | None = None
    edges: tuple[float, ...] = ()
    cell: GridCell | None = None
    margins: tuple[float, float] | None = None
    shown: Box | None = None
    aside: bool = False
    doubt: str = ""

    @property
    def place(self) -> Box:
        """The box on the page as shown."""
        return self.shown or self.box

    @property
    def size(self) -> float:
        """Mean width of a character, in points."""
        return (self.box[2] - self.box[0]) / max(len(self.text), 1)


def even_edges(text: str, left: float, right: float) -> tuple[float, ...]:
    """Edges of evenly spaced characters between two x coordinates; ASCII characters take half a width."""
    widths = [0.5 if char.isascii() else 1.0 for char in text]
    unit = (right - left) / (sum(widths) or 1.0)
    edges = [left]
    for width in widths:
        edges.append(edges[-1] + width * unit)
    return tuple(edges)


class _Glyph(NamedTuple):
    """A normalised character, the index of its line, and its left and right edge."""

    char: str
    line: int
    left: float
    right: float


def prints_of(lines: Sequence[Line], text: str, offset: int) -> Iterator[Print]:
    """Align the lines of a block with its normalised text and return a `Print` for each line that has edges.

    `offset` is the offset of the block in the source text, in code points.
    """
    glyphs = [glyph for number, line in enumerate(lines) for glyph in _glyphs(number, line)]
    if not glyphs:
        return
    characters = [(char, at) for at, char in enumerate(text) for char in _normalised(char)]
    found: dict[int, dict[int, _Glyph]] = {}
    for a, b in _pairs("".join(glyph.char for glyph in glyphs), "".join(char for char, _ in characters)):
        found.setdefault(glyphs[a].line, {}).setdefault(characters[b][1], glyphs[a])
    for number, glyph_at in sorted(found.items()):
        line = lines[number]
        span = Span(offset + min(glyph_at), offset + max(glyph_at) + 1)
        yield Print(span, line.page, _rounded(line.box), _edges(glyph_at), line.confidence)


def _glyphs(number: int, line: Line) -> Iterator[_Glyph]:
    if len(line.edges) == len(line.text) + 1:
        for at, character in enumerate(line.text):
            for char in _normalised(character):
                yield _Glyph(char, number, line.edges[at], line.edges[at + 1])


def _normalised(char: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFKC", char) if not part.isspace())


def _pairs(a: str, b: str) -> Iterator[tuple[int, int]]:
    """Pairs of indices of corresponding characters; replaced runs of equal length are variants of the same characters."""
    if a == b:
        yield from ((at, at) for at in range(len(a)))
        return
    for tag, a0, a1, b0, b1 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal" or (tag == "replace" and a1 - a0 == b1 - b0):
            yield from zip(range(a0, a1), range(b0, b1), strict=True)


def _edges(glyph_at: dict[int, _Glyph]) -> tuple[float, ...]:
    """The left edges of all characters and the right edge of the last; characters without a glyph have no width."""
    edges: list[float] = []
    right = glyph_at[min(glyph_at)].left
    for at in range(min(glyph_at), max(glyph_at) + 1):
        glyph = glyph_at.get(at)
        edges.append(round(glyph.left if glyph else right, 1))
        right = glyph.right if glyph else right
    return (*edges, round(right, 1))


def _rounded(box: Box) -> Box:
    x0, y0, x1, y1 = (round(value, 1) for value in box)
    return (x0, y0, x1, y1)
