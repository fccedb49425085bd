"""识别: page images become lines of text with their places and how sure each is.

PP-OCR through openvino on one thread, offline, with the models that come in the wheel; an optional part of the
installation (`ocr`). A seal is taken out of what it covers before reading, a skewed page is set upright, two pages on
one sheet are read one after the other, and lines that decide something are read a second time where they are unsure.
"""

import math
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.ingest.layout import lines_of
from pipeline.ingest.places import Box, Line, Piece, even_edges
from pipeline.ingest.ruled import cells_of

# what a page is drawn at for reading, and for the second reading of a line
DPI, FINE = 200, 300
# a line below this is said to be unsure; one that decides something is read again below the other
UNSURE, AGAIN = 0.8, 0.92
_SIDE = 960
# a page whose print is less sure than this on the whole may stand on its head
_LEGIBLE = 0.75
# degrees of slope: below the one a page counts as straight, above the other it is no skew
_LEAST_SLOPE, _MOST_SLOPE = 0.15, 15
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


_ENGINES = threading.local()


def _engine() -> Any:
    """The recognition of this thread: an engine keeps what it was told last and serves one thread only."""
    if not hasattr(_ENGINES, "engine"):
        _ENGINES.engine = _new_engine()
    return _ENGINES.engine


def _new_engine() -> Any:
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
    return _engine()(
        pixels, use_det=whole, use_cls=False, use_rec=True, return_word_box=whole, return_single_char_box=whole
    )


@dataclass(frozen=True, slots=True)
class Leaf:
    """A recognised page: its lines in reading order, boxes in points from the lower left corner of the page set upright,
    and by how many degrees clockwise it was turned for that."""

    lines: tuple[Line, ...]
    degrees: float = 0.0


def read_picture(picture: Picture) -> Leaf:
    """A page read; one that lies on its side or stands on its head is turned first."""
    look = _look(picture, 0)
    others = (1, 3) if look.lies else (2,) if look.doubtful else ()
    look = max((look, *(_look(picture, quarters) for quarters in others)), key=lambda look: look.worth)
    return Leaf(tuple(_lines(look)), round(-90.0 * look.quarters - look.angle, 2) % 360)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A piece of print: text, how sure, its corners in the image, and on the page set upright (from above) its box and the
    edges of its characters."""

    text: str
    score: float
    corners: npt.NDArray[np.float64]
    box: Box
    edges: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Look:
    """What was seen on a page turned by so many quarters counterclockwise, and `angle` degrees more to stand upright."""

    picture: Picture
    rows: tuple[_Seen, ...]
    quarters: int
    angle: float

    @property
    def worth(self) -> float:
        """Characters, each counted as far as it is sure; print that runs down the page does not count."""
        return sum(row.score * len(row.text) for row in self.rows if not _runs_down(row.box))

    @property
    def lies(self) -> bool:
        """Whether most print runs down the page."""
        signs = sum(len(row.text) for row in self.rows)
        return sum(len(row.text) for row in self.rows if _runs_down(row.box)) > signs / 2

    @property
    def doubtful(self) -> bool:
        """Whether the page reads badly as it stands."""
        signs = sum(len(row.text) for row in self.rows)
        return bool(signs) and self.worth < _LEGIBLE * signs


def _runs_down(box: Box) -> bool:
    return box[3] - box[1] > 1.5 * (box[2] - box[0])


def _look(picture: Picture, quarters: int) -> _Look:
    if quarters:
        whole = picture
        pixels = np.ascontiguousarray(np.rot90(whole.pixels, quarters))
        finer = (lambda: np.ascontiguousarray(np.rot90(whole.finer(), quarters))) if whole.finer else None
        picture = replace(whole, pixels=pixels, finer=finer)
    picture = replace(picture, pixels=without_seals(picture.pixels))
    found = _recognise(picture.pixels, whole=True)
    if found.boxes is None or not len(found.boxes):
        return _Look(picture, (), quarters, 0.0)
    corners = np.asarray(found.boxes, dtype=np.float64)
    angle = _slope(corners)
    upright = _Upright(angle, picture.pixels.shape[1], picture.pixels.shape[0])
    rows = []
    for text, score, corner, signs in zip(found.txts, found.scores, corners, found.word_results, strict=True):
        if text.strip():
            box = upright.box(corner)
            rows.append(_Seen(text.strip(), float(score), corner, box, _edges(text.strip(), box, signs, upright)))
    return _Look(picture, tuple(_again(row, picture) if _unclear(row) else row for row in rows), quarters, angle)


def _unclear(row: _Seen) -> bool:
    return row.score < AGAIN and bool(_DECIDES.search(row.text))


def _lines(look: _Look) -> Iterator[Line]:
    height, width = look.picture.pixels.shape[:2]
    cells = cells_of(look.picture.pixels, look.angle)
    for part in _sheets(look.rows, width, height):
        yield from _by_cells(part, cells, look.picture)


def _by_cells(rows: Sequence[_Seen], cells: Sequence[Box], picture: Picture) -> Iterator[Line]:
    """The lines above a table, its cells one after the other, the lines below."""
    scale, height = 72 / picture.dpi, picture.pixels.shape[0]

    def lines(of: Sequence[_Seen]) -> list[Line]:
        pieces = [
            Piece(row.text, _points(row.box, scale, height), tuple(x * scale for x in row.edges), round(row.score, 3))
            for row in of
        ]
        found = lines_of(pieces, picture.page, height * scale)
        return [replace(line, text=mend(line.text)) for line in found]

    held: dict[int | None, list[_Seen]] = {}
    for row in rows:
        for part, cell in _split(row, cells):
            held.setdefault(cell, []).append(part)
    free = lines(held.pop(None, []))
    for cell in sorted(key for key in held if key is not None):
        top = (height - cells[cell][1]) * scale
        above = [line for line in free if (line.box[1] + line.box[3]) / 2 > top]
        yield from above
        free = free[len(above) :]
        yield from (replace(line, cell=cell) for line in lines(held[cell]))
    yield from free


def _split(row: _Seen, cells: Sequence[Box]) -> Iterator[tuple[_Seen, int | None]]:
    """A piece of print with the cell it stands in; one that reaches over several cells is cut at the rules."""
    middle = (row.box[1] + row.box[3]) / 2
    across = [(number, cell) for number, cell in enumerate(cells) if cell[1] <= middle <= cell[3]]
    start, before = 0, None
    wheres = [
        next((number for number, cell in across if cell[0] <= (a + b) / 2 <= cell[2]), None)
        for a, b in pairwise(row.edges)
    ]
    for at, where in enumerate([*wheres, -1]):
        if at and where != before:
            text, edges = row.text[start:at], row.edges[start : at + 1]
            if text.strip():
                yield replace(row, text=text, edges=edges, box=(edges[0], row.box[1], edges[-1], row.box[3])), before
            start = at
        before = where


def mend(text: str) -> str:
    """The brackets of a document number as they are written: 〔2024〕5号."""
    return _YEAR_SERIAL.sub(lambda match: f"〔{match[1]}〕{match[2]}{match[3]}号", text)


def _points(box: Box, scale: float, height: int) -> Box:
    x0, y0, x1, y1 = box
    return (x0 * scale, (height - y1) * scale, x1 * scale, (height - y0) * scale)


def _slope(corners: npt.NDArray[np.float64]) -> float:
    """By how many degrees print falls to the right: the median of the longer pieces; small slopes count as none."""
    wide, tall = corners[:, 1] - corners[:, 0], corners[:, 3] - corners[:, 0]
    length = np.hypot(wide[:, 0], wide[:, 1])
    long = length > 4 * np.median(np.hypot(tall[:, 0], tall[:, 1])).clip(1)
    slopes = np.degrees(np.arctan2(wide[long, 1], wide[long, 0]))
    angle = float(np.median(slopes)) if len(slopes) else 0.0
    return angle if _LEAST_SLOPE < abs(angle) < _MOST_SLOPE else 0.0


class _Upright:
    """Turns places of an image back around its middle, so that print runs level."""

    def __init__(self, angle: float, width: int, height: int) -> None:
        turn = math.radians(angle)
        self.middle = np.array((width, height)) / 2
        self.turn = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])

    def box(self, corners: npt.NDArray[np.float64]) -> Box:
        turned = (corners - self.middle) @ self.turn + self.middle
        (x0, y0), (x1, y1) = turned.min(axis=0), turned.max(axis=0)
        return (float(x0), float(y0), float(x1), float(y1))


def _edges(text: str, box: Box, signs: Any, upright: _Upright) -> tuple[float, ...]:
    """The edges of the characters as the recognition saw them; spread evenly where it saw others."""
    seen = [(sign, upright.box(np.asarray(corners, dtype=np.float64))) for sign, _, corners in signs or ()]
    if "".join(sign for sign, _ in seen) != "".join(text.split()):
        return even_edges(text, box[0], box[2])
    edges: list[float] = []
    right, rest = box[0], iter(seen)
    for char in text:
        _, (left, _, end, _) = ("", (right, 0.0, right, 0.0)) if char.isspace() else next(rest)
        # between two characters the edge lies in the middle of the gap
        edges.append(max((left + right) / 2, edges[-1]) if edges else left)
        right = end
    return (*edges, max(right, edges[-1]))


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
    if not found.txts or float(found.scores[0]) <= row.score:
        return row
    text = found.txts[0].strip()
    edges = row.edges if len(text) == len(row.text) else even_edges(text, row.box[0], row.box[2])
    return replace(row, text=text, score=float(found.scores[0]), edges=edges)


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
