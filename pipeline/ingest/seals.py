"""Round seals on page images, in red, blue or grey: where they are, the page without coloured ones, and what lies under them."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.ingest.places import Box

Pixels = npt.NDArray[np.uint8]
# radius of a seal in inches, on a page whose shorter side is that of A4
_RADII, _A4_WIDTH = (0.55, 1.1), 8.27
# difference between the channels of coloured ink, share of a page that it takes at least
_COLOURED, _LEAST = 40, 0.0005
# brightness of the brightest channel above which coloured ink hides no text
_BRIGHT = 130
# brightness below which a pixel belongs to the ring of a grey seal, share of the ring that has ink
_RING, _ROUND = 215, 0.75
# brightness above that of the text up to which ink is text and not seal
_DARKEST = (45, 70, 100)
_SCALE = 4


def without_seals(pixels: Pixels) -> Pixels:
    """Remove coloured round seals from a page, so that the text below them remains; coloured lines and headings are kept.

    Only the brightest channel is used inside a seal: there coloured ink is bright, and made white, and black text is not.
    """
    cleaned = pixels
    for x0, y0, x1, y1 in _coloured(pixels):
        cleaned = cleaned.copy() if cleaned is pixels else cleaned
        part = cleaned[y0:y1, x0:x1]
        brightest = part.max(axis=2)
        brightest[(brightest - part.min(axis=2) > _COLOURED) & (brightest > _BRIGHT)] = 255
        part[...] = brightest[..., None]
    return cleaned


def seals_on(pixels: Pixels) -> list[Box]:
    """The boxes of round seals on a page, coloured or grey, in pixels from the upper left corner."""
    return [*((float(x0), float(y0), float(x1), float(y1)) for x0, y0, x1, y1 in _coloured(pixels)), *_grey(pixels)]


def _coloured(pixels: Pixels) -> Iterator[tuple[int, int, int, int]]:
    """The boxes of blots of coloured ink that are large and about as wide as tall."""
    import cv2

    small = pixels[::_SCALE, ::_SCALE].astype(np.int16)
    coloured = (small.max(axis=2) - small.min(axis=2) > _COLOURED).astype(np.uint8)
    if coloured.mean() < _LEAST:
        return
    is_red = small[..., 0] - np.maximum(small[..., 1], small[..., 2]) > _COLOURED
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(cv2.dilate(coloured, np.ones((7, 7), np.uint8)))
    for number, (x, y, w, h, _) in enumerate(boxes[1:count], 1):
        inside = (labels[y : y + h, x : x + w] == number) & (coloured[y : y + h, x : x + w] > 0)
        red = is_red[y : y + h, x : x + w][inside].mean() > 0.5 if inside.any() else False
        # a part of a text in another colour is seldom as wide as tall
        low, high = (0.6, 1.7) if red else (0.8, 1.25)
        if min(w, h) * _SCALE >= 0.06 * min(pixels.shape[:2]) and low < w / h < high:
            yield x * _SCALE, y * _SCALE, (x + w) * _SCALE, (y + h) * _SCALE


def _grey(pixels: Pixels) -> Iterator[Box]:
    """The boxes of circles of the size of a seal whose ring has ink nearly all around."""
    import cv2

    if min(pixels.shape[:2]) < 100 * _SCALE:
        return
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, None, fx=1 / _SCALE, fy=1 / _SCALE, interpolation=cv2.INTER_AREA)
    inch = min(small.shape) / _A4_WIDTH
    low, high = (round(radius * inch) for radius in _RADII)
    found: Any = cv2.HoughCircles(
        small, cv2.HOUGH_GRADIENT, 1, minDist=low, param1=120, param2=28, minRadius=low, maxRadius=high
    )
    dark = np.asarray(cv2.dilate((small < _RING).astype(np.uint8), np.ones((3, 3), np.uint8)), np.uint8)
    for x, y, radius in found.reshape(-1, 3) if found is not None else ():
        if max(_ring(dark, x, y, radius + off) for off in (-1, 0, 1)) >= _ROUND:
            yield ((x - radius) * _SCALE, (y - radius) * _SCALE, (x + radius) * _SCALE, (y + radius) * _SCALE)


def _ring(dark: Pixels, x: float, y: float, radius: float) -> float:
    """The share of a circle that has ink."""
    angles = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    across, down = np.round(x + radius * np.cos(angles)).astype(int), np.round(y + radius * np.sin(angles)).astype(int)
    inside = (across >= 0) & (across < dark.shape[1]) & (down >= 0) & (down < dark.shape[0])
    return float(dark[down[inside], across[inside]].sum()) / len(angles)


def lies_under(seals: Sequence[Box], box: Box) -> bool:
    """Whether a line lies under one of the seals, by more than its edge."""
    for x0, y0, x1, y1 in seals:
        across, down = min(x1, box[2]) - max(x0, box[0]), min(y1, box[3]) - max(y0, box[1])
        if across > 0.2 * (box[3] - box[1]) and down > 0.2 * (box[3] - box[1]):
            return True
    return False


def readable_under_seal(crop: Pixels) -> Iterator[Pixels]:
    """The pixels of a line with its darkest ink only, at several bounds, cut to where the text is."""
    if min(crop.shape[:2], default=0) < 8:
        return
    grey = crop.max(axis=2)
    text = int(np.percentile(grey, 1))
    rows, columns = _extent(grey < text + _DARKEST[0])
    for bound in _DARKEST:
        cut = np.where(grey < text + bound, grey, 255).astype(np.uint8)[rows, columns]
        if min(cut.shape, default=0) >= 8:
            pad = max(4, cut.shape[0] // 8)
            yield np.repeat(np.pad(cut, pad, constant_values=255)[..., None], 3, axis=2)


def _extent(ink: npt.NDArray[np.bool_]) -> tuple[slice, slice]:
    """The rows of the line with the most ink, and the columns with ink in them."""
    filled = ink.sum(axis=1) > 0
    edges = np.flatnonzero(np.diff(np.concatenate(([0], filled.astype(np.int8), [0]))))
    runs = list(zip(edges[::2], edges[1::2], strict=True))
    joined: list[tuple[int, int]] = []
    for start, end in runs:
        # the parts of a character lie close to each other
        if joined and start - joined[-1][1] <= ink.shape[0] // 12:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    if not joined:
        return slice(0, 0), slice(0, 0)
    top, bottom = max(joined, key=lambda run: ink[run[0] : run[1]].sum())
    columns = np.flatnonzero(ink[top:bottom].any(axis=0))
    return slice(top, bottom), slice(int(columns[0]), int(columns[-1]) + 1)
