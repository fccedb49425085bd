"""The directions in which the text of a page runs: turned by quarters, slanting, or down in columns from right to left.

Reading space is the page turned so that its lines run from left to right and follow each other from top to bottom; its
origin is the lower left corner.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import islice, pairwise
from typing import NamedTuple

from pipeline.ingest.places import Box

# degrees from the horizontal or the vertical up to which text counts as skewed, not slanting
_SKEW = 12.0
# characters that follow each other downwards before a page can be in vertical columns
_MIN_DOWN = 8
# characters by which it is judged
_SAMPLE = 800


class Glyph(NamedTuple):
    """A character on the page as shown: its advance box and the box of its ink, in points from the lower left corner.

    `angle` is in degrees counterclockwise, 0 to 360. `style` is an index given by the reader: characters of one style were
    drawn in the same ink. `blank` is True for what has no ink, such as a space or the end of a line.
    """

    char: str
    loose: Box
    tight: Box
    angle: float = 0.0
    style: int = 0
    blank: bool = False

    @property
    def quarters(self) -> int:
        """The quarter turns counterclockwise in which the character stands, 0 to 3."""
        return round(self.angle / 90) % 4 if self.angle else 0

    @property
    def is_slanting(self) -> bool:
        """Whether the character stands at an angle to both sides of the page."""
        return bool(self.angle) and abs(self.angle - 90 * round(self.angle / 90)) > _SKEW


def turned(box: Box, quarters: int, width: float, height: float) -> Box:
    """A box on a page of the given size after turning the page clockwise by quarters."""
    x0, y0, x1, y1 = box
    if quarters == 1:
        return (y0, width - x1, y1, width - x0)
    if quarters == 2:
        return (width - x1, height - y1, width - x0, height - y0)
    if quarters == 3:
        return (height - y1, x0, height - y0, x1)
    return box


def turned_back(box: Box, quarters: int, width: float, height: float) -> Box:
    """The inverse of `turned`; width and height are those of the page before it was turned."""
    sides = (height, width) if quarters % 2 else (width, height)
    return turned(box, -quarters % 4, *sides)


def main_direction(glyphs: Sequence[Glyph]) -> int:
    """The quarter turns of most characters that are not slanting."""
    angles = Counter(glyph.angle for glyph in glyphs if not glyph.blank)
    counts = Counter[int]()
    for angle, count in angles.items():
        quarters = round(angle / 90)
        if abs(angle - 90 * quarters) <= _SKEW:
            counts[quarters % 4] += count
    return counts.most_common(1)[0][0] if counts else 0


def runs_down(glyphs: Sequence[Glyph]) -> bool:
    """Whether most characters, which stand upright, follow each other downwards, as in vertical columns."""
    down = right = 0
    for before, glyph in pairwise(islice((glyph.loose for glyph in glyphs if not glyph.blank), _SAMPLE)):
        across, below = glyph[0] - before[0], before[1] - glyph[1]
        size = glyph[3] - glyph[1]
        if 0.3 * size < below < 2.2 * size and abs(across) < 0.5 * size:
            down += 1
        elif 0 < across < 3 * size and abs(below) < 0.5 * size:
            right += 1
    return down >= _MIN_DOWN and down > 2 * right
