"""识别: page images become lines of text with their places and how sure each is.

PP-OCR through openvino on one thread, offline, with the models that come in the wheel; an optional part of the
installation (`ocr`). A seal is taken out of what it covers before reading, a skewed page is set upright, two pages on
one sheet are read one after the other, and lines that decide something are read a second time where they are unsure.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.ingest.layout import Box, Line, Piece, lines_of

# what a page is drawn at for reading, and for the second reading of a line
DPI, FINE = 200, 300
# a line below this is said to be unsure; one that decides something is read again below the other
UNSURE, AGAIN = 0.8, 0.92
_SIDE = 960
_DECIDES = re.compile(r"[〔\[【(（]\s*(?:19|20)\d\d|\d{4}\s*年|[〇○零一二三四五六七八九十]{4}年|号|不得|[万元%％]|罚")
_YEAR_SERIAL = re.compile(
    r"[\[\(（【〔{［「『\u3014]\s*((?:19|20)\d{2})\s*[\]\)）】〕}］」』\u3015]\s*(第?)\s*(\d{1,5})\s*号"
)
Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as an image: RGB pixels, page number from 1, dots per inch, and the same page finer where it can be had."""

    pixels: Pixels
    page: int
    dpi: float
    finer: Any = None


def available() -> bool:
    """Whether the recognition is installed."""
    from importlib.util import find_spec

    return find_spec("rapidocr") is not None and find_spec("openvino") is not None


@cache
def _engine() -> Any:
    from rapidocr import EngineType, RapidOCR

    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "Global.text_score": 0.3,
            "Det.engine_type": EngineType.OPENVINO,
            "Rec.engine_type": EngineType.OPENVINO,
            "Det.limit_side_len": _SIDE,
            "Det.limit_type": "max",
            "EngineConfig.openvino.inference_num_threads": 1,
        }
    )


def _recognise(pixels: Pixels, *, whole: bool) -> Any:
    """What stands on a page, or with `whole` False on a single line; the engine keeps what it was told last."""
    return _engine()(pixels, use_det=whole, use_cls=False, use_rec=True)


def read_picture(picture: Picture) -> list[Line]:
    """The lines of a page in reading order; boxes in points from the lower left corner."""
    pixels = without_seals(picture.pixels)
    found = _recognise(pixels, whole=True)
    if found.boxes is None or not len(found.boxes):
        return []
    scale, (height, width) = 72 / picture.dpi, pixels.shape[:2]
    corners = np.asarray(found.boxes, dtype=np.float64)
    upright = _upright(corners, (width, height))
    rows = [
        _Seen(text, float(score), corner, box)
        for text, score, corner, box in zip(found.txts, found.scores, corners, upright, strict=True)
        if text.strip()
    ]
    rows = [_again(row, picture) if row.score < AGAIN and _DECIDES.search(row.text) else row for row in rows]
    lines: list[Line] = []
    for part in _sheets(rows, width, height):
        pieces = [(row.text, _points(row.box, scale, height)) for row in part]
        scores = {piece: row.score for piece, row in zip(pieces, part, strict=True)}
        lines += [_sure(line, scores) for line in lines_of(pieces, picture.page, height * scale)]
    return [replace(line, text=mend(line.text)) for line in lines]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A piece of print: text, how sure, its corners in the image, and its box on the page set upright (from above)."""

    text: str
    score: float
    corners: npt.NDArray[np.float64]
    box: Box


def mend(text: str) -> str:
    """The brackets of a document number as they are written: 〔2024〕5号."""
    return _YEAR_SERIAL.sub(lambda match: f"〔{match[1]}〕{match[2]}{match[3]}号", text)


def _points(box: Box, scale: float, height: int) -> Box:
    x0, y0, x1, y1 = box
    return (x0 * scale, (height - y1) * scale, x1 * scale, (height - y0) * scale)


def _sure(line: Line, scores: dict[Piece, float]) -> Line:
    """The line with the score of the least sure piece that stands in it."""
    x0, y0, x1, y1 = line.box
    held = [
        score for (_, box), score in scores.items()
        if x0 <= box[0] and box[2] <= x1 and y0 <= box[1] and box[3] <= y1
    ]  # fmt: skip
    return replace(line, confidence=round(min(held, default=0.0), 3))


def _upright(corners: npt.NDArray[np.float64], size: tuple[int, int]) -> list[Box]:
    """Boxes as they would stand on a page that is not skewed: turned back around its middle by the median slope."""
    wide = corners[:, 1] - corners[:, 0]
    long = np.hypot(wide[:, 0], wide[:, 1]) > 8 * np.median(np.abs(corners[:, 3, 1] - corners[:, 0, 1])).clip(1) / 2
    slopes = np.arctan2(wide[long, 1], wide[long, 0])
    angle = float(np.median(slopes)) if len(slopes) else 0.0
    if abs(angle) > math.radians(15):
        angle = 0.0
    middle = np.array(size) / 2
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    turned = (corners - middle) @ turn + middle
    low, high = turned.min(axis=1), turned.max(axis=1)
    return [(float(a[0]), float(a[1]), float(b[0]), float(b[1])) for a, b in zip(low, high, strict=True)]


def _sheets(rows: Sequence[_Seen], width: int, height: int) -> Iterator[list[_Seen]]:
    """The pages on an image: two beside each other where it is wide and nearly nothing crosses its middle."""
    middle = width / 2
    crossing = sum(row.box[0] < middle < row.box[2] for row in rows)
    sides = [sum(row.box[2] <= middle for row in rows), sum(row.box[0] >= middle for row in rows)]
    if width > 1.2 * height and crossing <= 0.03 * len(rows) and min(sides) >= 5:
        yield [row for row in rows if row.box[0] + row.box[2] < width]
        yield [row for row in rows if row.box[0] + row.box[2] >= width]
    else:
        yield list(rows)


def _again(row: _Seen, picture: Picture) -> _Seen:
    """A line read a second time, finer where the page can be drawn finer; the surer reading stays."""
    pixels, ratio = picture.pixels, 1.0
    if picture.finer is not None:
        pixels = picture.finer()
        ratio = pixels.shape[0] / picture.pixels.shape[0]
    low, high = row.corners.min(axis=0) * ratio, row.corners.max(axis=0) * ratio
    pad = (high[1] - low[1]) * 0.15
    y0, y1, x0, x1 = (int(max(value, 0)) for value in (low[1] - pad, high[1] + pad, low[0] - pad, high[0] + pad))
    crop = without_seals(pixels[y0:y1, x0:x1])
    if min(crop.shape[:2], default=0) < 8:
        return row
    found = _recognise(crop, whole=False)
    if found.txts and float(found.scores[0]) > row.score:
        return replace(row, text=found.txts[0], score=float(found.scores[0]))
    return row


def without_seals(pixels: Pixels) -> Pixels:
    """The page with its round red seals taken out of what they cover; red lines and red headings stay.

    Red ink is as bright as paper in the red channel, black print below it is not.
    """
    import cv2

    small = pixels[::4, ::4].astype(np.int16)
    red = (small[..., 0] - np.maximum(small[..., 1], small[..., 2]) > 40).astype(np.uint8)
    if red.mean() < 0.0005:
        return pixels
    count, _, boxes, _ = cv2.connectedComponentsWithStats(cv2.dilate(red, np.ones((7, 7), np.uint8)))
    cleaned = pixels
    for x, y, w, h, _ in boxes[1:count]:
        if min(w, h) * 4 >= 0.06 * min(pixels.shape[:2]) and 0.6 < w / h < 1.7:
            cleaned = cleaned.copy() if cleaned is pixels else cleaned
            part = cleaned[y * 4 : (y + h) * 4, x * 4 : (x + w) * 4]
            part[...] = part[..., :1]
    return cleaned
