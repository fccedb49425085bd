"""Print and its place on the page: pieces and lines as a reader of a paged format finds them, and where the characters of
the finished text stand, however the text was mended on its way.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

from pipeline.document import Print, Span

Box = tuple[float, float, float, float]


class Piece(NamedTuple):
    """A piece of print: text without blanks around it, box, and where known its edges and how sure it is (see `Line`)."""

    text: str
    box: Box
    edges: tuple[float, ...] = ()
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of print: its text, page (from 1) and box x0, y0, x1, y1 in points from the lower left.

    `confidence` is 0 to 1 for a line that was recognised from an image, None for one that was text. `edges` are the left
    edges of the characters and the right edge of the last; empty where nobody will ask. `cell` counts the cells
    of ruled tables from 0, None outside of them.
    """

    text: str
    page: int
    box: Box
    page_height: float
    confidence: float | None = None
    edges: tuple[float, ...] = ()
    cell: int | None = None

    @property
    def size(self) -> float:
        """Width of one character, in points."""
        return (self.box[2] - self.box[0]) / max(len(self.text), 1)


def even_edges(text: str, left: float, right: float) -> tuple[float, ...]:
    """Edges of characters that are set evenly, signs of half width on half a place."""
    widths = [0.5 if char.isascii() else 1.0 for char in text]
    unit = (right - left) / (sum(widths) or 1.0)
    edges = [left]
    for width in widths:
        edges.append(edges[-1] + width * unit)
    return tuple(edges)


class _Glyph(NamedTuple):
    """A character as it is compared, the line it stands in and its edges."""

    char: str
    line: int
    left: float
    right: float


def prints_of(lines: Sequence[Line], text: str, offset: int) -> Iterator[Print]:
    """The lines of a block that know their edges, with their stretches of the block's text, which begins at `offset`."""
    glyphs = [glyph for number, line in enumerate(lines) for glyph in _glyphs(number, line)]
    if not glyphs:
        return
    signs = [(char, at) for at, char in enumerate(text) for char in _compared(char)]
    found: dict[int, dict[int, _Glyph]] = {}
    for a, b in _pairs("".join(glyph.char for glyph in glyphs), "".join(char for char, _ in signs)):
        found.setdefault(glyphs[a].line, {}).setdefault(signs[b][1], glyphs[a])
    for number, places in sorted(found.items()):
        line = lines[number]
        span = Span(offset + min(places), offset + max(places) + 1)
        yield Print(span, line.page, _rounded(line.box), _edges(places), line.confidence)


def _glyphs(number: int, line: Line) -> Iterator[_Glyph]:
    if len(line.edges) == len(line.text) + 1:
        for at, sign in enumerate(line.text):
            for char in _compared(sign):
                yield _Glyph(char, number, line.edges[at], line.edges[at + 1])


def _compared(char: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFKC", char) if not part.isspace())


def _pairs(a: str, b: str) -> Iterator[tuple[int, int]]:
    """Which characters of two texts are the same print; runs of equal length that differ are other spellings of it."""
    if a == b:
        yield from ((at, at) for at in range(len(a)))
        return
    for tag, a0, a1, b0, b1 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal" or (tag == "replace" and a1 - a0 == b1 - b0):
            yield from zip(range(a0, a1), range(b0, b1), strict=True)


def _edges(places: dict[int, _Glyph]) -> tuple[float, ...]:
    """Left edges from the first character to the last, then the right edge of the last; blanks have no width."""
    edges: list[float] = []
    right = places[min(places)].left
    for at in range(min(places), max(places) + 1):
        glyph = places.get(at)
        edges.append(round(glyph.left if glyph else right, 1))
        right = glyph.right if glyph else right
    return (*edges, round(right, 1))


def _rounded(box: Box) -> Box:
    x0, y0, x1, y1 = (round(value, 1) for value in box)
    return (x0, y0, x1, y1)
