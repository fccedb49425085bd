"""The directions in which the text of a page runs: turned by quarters, slanting, or down in columns from right to left.

Reading space is the page turned so that its lines run from left to right and follow each other from top to bottom; its
origin is the lower left corner.
"""

import numpy as np

from pipeline.ingest.glyphs import Array, Flags, Glyphs, Numbers
from pipeline.ingest.places import Box

# degrees from the horizontal or the vertical up to which text counts as skewed, not slanting
_SKEW = 12.0
# characters that follow each other downwards before a page can be in vertical columns
_MIN_DOWN = 8
# characters by which it is judged
_SAMPLE = 800


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


def all_turned(boxes: Array, quarters: int, width: float, height: float) -> Array:
    """Boxes, one a row, each `turned`."""
    x0, y0, x1, y1 = boxes.T
    if quarters == 1:
        return np.column_stack((y0, width - x1, y1, width - x0))
    if quarters == 2:
        return np.column_stack((width - x1, height - y1, width - x0, height - y0))
    if quarters == 3:
        return np.column_stack((height - y1, x0, height - y0, x1))
    return boxes


def turned_back(box: Box, quarters: int, width: float, height: float) -> Box:
    """The inverse of `turned`; width and height are those of the page before it was turned."""
    sides = (height, width) if quarters % 2 else (width, height)
    return turned(box, -quarters % 4, *sides)


def quarters_of(glyphs: Glyphs) -> Numbers:
    """The quarter turns counterclockwise in which each character stands, 0 to 3."""
    return np.rint(glyphs.angle / 90).astype(np.int64) % 4


def are_slanting(glyphs: Glyphs) -> Flags:
    """Whether each character stands at an angle to both sides of the page."""
    if not glyphs.angle.any():
        return np.zeros(len(glyphs), np.bool_)
    found: Flags = np.abs(glyphs.angle - 90 * np.rint(glyphs.angle / 90)) > _SKEW
    return found


def main_direction(glyphs: Glyphs) -> int:
    """The quarter turns of most characters that are not slanting; of several, that of the first of them."""
    found = quarters_of(glyphs)[~glyphs.blank & ~are_slanting(glyphs)]
    counts = np.bincount(found, minlength=4)
    most = np.flatnonzero(counts == counts.max()) if found.size else np.zeros(1, np.int64)
    return int(min(most, key=lambda quarters: int(np.argmax(found == quarters)))) if len(most) > 1 else int(most[0])


def runs_down(glyphs: Glyphs) -> bool:
    """Whether most characters, which stand upright, follow each other downwards, as in vertical columns."""
    left, low, _, high = glyphs.loose[np.flatnonzero(~glyphs.blank)[:_SAMPLE]].T
    across, below, size = left[1:] - left[:-1], low[:-1] - low[1:], (high - low)[1:]
    down = (0.3 * size < below) & (below < 2.2 * size) & (np.abs(across) < 0.5 * size)
    right = ~down & (across > 0) & (across < 3 * size) & (np.abs(below) < 0.5 * size)
    return bool(down.sum() >= _MIN_DOWN and down.sum() > 2 * right.sum())
