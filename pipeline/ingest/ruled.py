"""Ruled tables on a page image: where their cells are, so that what stands in a cell is read together."""

from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.ingest.places import Box

# in pixels of the image at half its size: the shortest rule across and down, the least cell
_ACROSS, _DOWN = 60, 24
_LEAST = (12, 10)
# a frame with fewer cells is no table
_FEWEST = 4


def cells_of(pixels: npt.NDArray[np.uint8], angle: float) -> list[Box]:
    """The cells of all ruled tables from top to bottom and left to right, in pixels from the upper left.

    `angle` is what the page must be turned back by, in degrees counterclockwise.
    """
    import cv2

    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)[::2, ::2]
    if abs(angle) > 0.1:
        height, width = grey.shape
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
        grey = cv2.warpAffine(grey, turn, (width, height), borderValue=255)
    ink = (cv2.erode(grey, np.ones((2, 2), np.uint8)) < 150).astype(np.uint8)
    across = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, _ACROSS), np.uint8))
    down = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((_DOWN, 1), np.uint8))
    if not across.any() or not down.any():
        return []
    rules: Any = cv2.dilate(np.bitwise_or(across, down), np.ones((3, 3), np.uint8))
    count, _, frames, _ = cv2.connectedComponentsWithStats(rules)
    cells: list[Box] = []
    for x, y, w, h, _ in frames[1:count]:
        found = _cells_in(rules[y : y + h, x : x + w], (x, y)) if w > 2 * _ACROSS and h > 2 * _DOWN else []
        cells += found if len(found) >= _FEWEST else []
    return _in_order(cells)


def _cells_in(rules: npt.NDArray[np.uint8], corner: tuple[int, int]) -> list[Box]:
    """The white fields within a frame; those that reach its edge lie outside of the rules."""
    import cv2

    height, width = rules.shape
    count, _, fields, _ = cv2.connectedComponentsWithStats(1 - rules, connectivity=4)
    cells = []
    for x, y, w, h, area in fields[1:count]:
        inside = x > 0 and y > 0 and x + w < width and y + h < height
        if inside and w >= _LEAST[0] and h >= _LEAST[1] and area > 0.7 * w * h:
            left, top = (corner[0] + x) * 2.0, (corner[1] + y) * 2.0
            cells.append((left, top, left + w * 2.0, top + h * 2.0))
    return cells


def _in_order(cells: list[Box]) -> list[Box]:
    """By rows: a cell belongs to the row of the first whose upper edge is about as high."""
    rows: list[list[Box]] = []
    for cell in sorted(cells, key=lambda cell: cell[1]):
        if rows and cell[1] - rows[-1][0][1] < 12:
            rows[-1].append(cell)
        else:
            rows.append([cell])
    return [cell for row in rows for cell in sorted(row)]
