"""How much of the ink on a page the text that was read covers: tells pages of which a scan or picture is left to recognise."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from pipeline.ingest.places import Box, Line

# resolution in dots per inch at which ink is counted
DPI = 50
# share of the page that pictures without text above them cover before the page is looked at
MIN_SHARE = 0.15
# brightness below which a pixel is ink, share of the ink in pictures that is not covered, share of the page that it takes
_DARK, _MIN_OF_INK, _MIN_OF_PAGE = 160, 0.2, 0.002
_SIDE = 64
Mask = npt.NDArray[np.bool_]


def uncovered_share(pictures: Sequence[Box], lines: Iterable[Line], width: float, height: float) -> float:
    """The share of a page, in points, that lies within pictures and not in the lines that were read."""
    if not pictures or width <= 0 or height <= 0:
        return 0.0
    inside = _mask(pictures, width, height, (_SIDE, _SIDE))
    covered = _mask(_around(lines), width, height, (_SIDE, _SIDE))
    return float((inside & ~covered).mean())


def has_uncovered_ink(
    pixels: npt.NDArray[np.uint8], pictures: Sequence[Box], lines: Iterable[Line], width: float, height: float
) -> bool:
    """Whether a good part of the ink within the pictures of a page lies outside of the lines that were read.

    `pixels` is the page as a grey image, `width` and `height` its size in points.
    """
    shape = (pixels.shape[0], pixels.shape[1])
    ink = (pixels < _DARK) & _mask(pictures, width, height, shape)
    rest = ink & ~_mask(_around(lines), width, height, shape)
    return bool(rest.sum() > _MIN_OF_INK * max(ink.sum(), 1) and rest.mean() > _MIN_OF_PAGE)


def _around(lines: Iterable[Line]) -> list[Box]:
    """The boxes of lines with half of their height around them."""
    boxes = [line.place for line in lines if line.text]
    return [
        (x0 - (y1 - y0) / 2, y0 - (y1 - y0) / 2, x1 + (y1 - y0) / 2, y1 + (y1 - y0) / 2) for x0, y0, x1, y1 in boxes
    ]


def _mask(boxes: Iterable[Box], width: float, height: float, shape: tuple[int, int]) -> Mask:
    """The pixels of a page that lie in one of the boxes, given in points from the lower left corner."""
    mask = np.zeros(shape, dtype=bool)
    down, across = shape[0] / height, shape[1] / width
    for x0, y0, x1, y1 in boxes:
        top, bottom = max(0, int((height - y1) * down)), max(0, round((height - y0) * down))
        left, right = max(0, int(x0 * across)), max(0, round(x1 * across))
        mask[top:bottom, left:right] = True
    return mask


def merged(lines: Sequence[Line], recognised: Sequence[Line]) -> list[Line]:
    """The lines of a text layer and those recognised beside them, in reading order; words in both are taken from the layer."""
    boxes = [line.place for line in lines if line.text]
    found = [line for line in recognised if line.text and not any(_holds(box, line) for box in boxes)]
    kept = [line for line in recognised if not line.text and line.cell is not None]
    others = [line for line in recognised if line in found or line in kept]
    longer, shorter = (list(lines), others) if _length(lines) > _length(others) else (others, list(lines))
    for line in shorter:
        at = next((at for at, other in enumerate(longer) if _middle(other) < _middle(line)), len(longer))
        longer.insert(at, line)
    return longer


def _length(lines: Sequence[Line]) -> int:
    return sum(len(line.text) for line in lines)


def _middle(line: Line) -> float:
    return (line.place[1] + line.place[3]) / 2


def _holds(box: Box, line: Line) -> bool:
    x, y = (line.place[0] + line.place[2]) / 2, _middle(line)
    return box[0] - 2 <= x <= box[2] + 2 and box[1] - 2 <= y <= box[3] + 2
