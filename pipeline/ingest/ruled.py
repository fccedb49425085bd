"""Finds the cells of ruled tables on a page image, so that the text of a cell is kept together."""

from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.ingest.places import Box

# in pixels of the image at half size: minimum length of a horizontal and a vertical rule, minimum cell width and height
_MIN_HORIZONTAL, _MIN_VERTICAL = 60, 24
_MIN_CELL = (12, 10)
# a frame with fewer cells is not a table
_MIN_CELLS = 4


def cells_of(pixels: npt.NDArray[np.uint8], angle: float) -> list[Box]:
    """The cells of all ruled tables, from top to bottom and left to right, in pixels from the upper left corner.

    `pixels` is an RGB image; `angle` is the skew to correct first, in degrees counterclockwise.
    """
    import cv2

    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)[::2, ::2]
    if abs(angle) > 0.1:
        height, width = grey.shape
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
        grey = cv2.warpAffine(grey, turn, (width, height), borderValue=255)
    ink = (cv2.erode(grey, np.ones((2, 2), np.uint8)) < 150).astype(np.uint8)
    horizontal = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, _MIN_HORIZONTAL), np.uint8))
    vertical = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((_MIN_VERTICAL, 1), np.uint8))
    if not horizontal.any() or not vertical.any():
        return []
    rules: Any = cv2.dilate(np.bitwise_or(horizontal, vertical), np.ones((3, 3), np.uint8))
    count, _, frames, _ = cv2.connectedComponentsWithStats(rules)
    cells: list[Box] = []
    for x, y, w, h, _ in frames[1:count]:
        found = (
            _cells_in(rules[y : y + h, x : x + w], (x, y)) if w > 2 * _MIN_HORIZONTAL and h > 2 * _MIN_VERTICAL else []
        )
        cells += found if len(found) >= _MIN_CELLS else []
    return _in_order(cells)


def _cells_in(rules: npt.NDArray[np.uint8], corner: tuple[int, int]) -> list[Box]:
    """The white areas enclosed by the rules of a frame, which begins at `corner`; areas that touch its edge are outside."""
    import cv2

    height, width = rules.shape
    count, _, fields, _ = cv2.connectedComponentsWithStats(1 - rules, connectivity=4)
    cells = []
    for x, y, w, h, area in fields[1:count]:
        inside = x > 0 and y > 0 and x + w < width and y + h < height
        if inside and w >= _MIN_CELL[0] and h >= _MIN_CELL[1] and area > 0.7 * w * h:
            left, top = (corner[0] + x) * 2.0, (corner[1] + y) * 2.0
            cells.append((left, top, left + w * 2.0, top + h * 2.0))
    return cells


def _in_order(cells: list[Box]) -> list[Box]:
    """Sort cells by rows; cells whose upper edges differ by less than 12 pixels are in the same row."""
    rows: list[list[Box]] = []
    for cell in sorted(cells, key=lambda cell: cell[1]):
        if rows and cell[1] - rows[-1][0][1] < 12:
            rows[-1].append(cell)
        else:
            rows.append([cell])
    return [cell for row in rows for cell in sorted(row)]
