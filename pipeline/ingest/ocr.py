"""识别 (OCR): recognises lines of text on page images, with positions and confidence.

Uses PP-OCR through openvino on one thread, offline, with the models included in the wheel; an optional dependency
(extra `ocr`). Red seals are removed before recognition, rotated and skewed pages are set upright, two pages on one sheet
are read one after the other, and lines with legally relevant content are read a second time if their confidence is low.
"""

import math
import re
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.ingest.grids import rules_around, tables_of
from pipeline.ingest.layout import lines_of, with_cells
from pipeline.ingest.ocr_doubts import corrected, gap_in, with_circled_doubts
from pipeline.ingest.places import Box, GridCell, Line, Piece, even_edges
from pipeline.ingest.ruled import cells_of
from pipeline.ingest.seals import lies_under, readable_under_seal, seals_on, without_seals
from pipeline.table_cells import CellPlace

# resolution at which a page is rendered, and at which it is rendered for the second reading of a line
DPI, FINE_DPI = 200, 300
# confidence below which a line is reported as unsure, and below which a relevant line is read again
UNSURE, REREAD = 0.8, 0.92
_SIDE = 960
# a page with a lower mean confidence may be upside down
_LEGIBLE = 0.75
# degrees: a smaller slope is ignored, a larger one is not treated as skew
_MIN_SLOPE, _MAX_SLOPE = 0.15, 15
_RELEVANT = re.compile(r"[〔\[【(（]\s*(?:19|20)\d\d|\d{4}\s*年|[〇○零一二三四五六七八九十]{4}年|号|不得|[万元%％]|罚")
_YEAR_SERIAL = re.compile(
    r"[\[\(（【〔{［「『\u3014]\s*((?:19|20)\d{2})\s*[\]\)）】〕}］」』\u3015]\s*(第?)\s*(\d{1,5})\s*号"
)
Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class PageImage:
    """A page as an image: RGB pixels, page number from 1, dots per inch.

    `finer` is a function that renders the same page at a higher resolution, None if that is not possible.
    """

    pixels: Pixels
    page: int
    dpi: float
    finer: Any = None


def available() -> bool:
    """Whether the libraries for recognition are installed."""
    from importlib.util import find_spec

    return find_spec("rapidocr") is not None and find_spec("openvino") is not None


_ENGINES = threading.local()


def _engine() -> Any:
    """The engine of this thread; an engine keeps the options of its last call and is not thread-safe."""
    if not hasattr(_ENGINES, "engine"):
        _ENGINES.engine = _new_engine()
    return _ENGINES.engine


def _new_engine() -> Any:
    from rapidocr import EngineType, RapidOCR

    _calculate_alike_everywhere()
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


def _calculate_alike_everywhere() -> None:
    """Has openvino calculate in 32 bits: by itself it takes 16 where a processor can, and reads other characters there (青哈县 for 青岭县).

    rapidocr has no setting for it; what it hands to openvino is completed.
    """
    from rapidocr.inference_engine.openvino.device_config import CPUConfig

    settings = CPUConfig.get_config

    def exact(config: CPUConfig) -> dict[str, Any]:
        return {**settings(config), "INFERENCE_PRECISION_HINT": "f32"}

    CPUConfig.get_config = exact  # type: ignore[assignment, method-assign]


def _recognise(pixels: Pixels, *, whole: bool) -> Any:
    """Recognise a page, or with `whole` False a single line. All options are passed, because the engine keeps those of its last call."""
    return _engine()(
        pixels, use_det=whole, use_cls=False, use_rec=True, return_word_box=whole, return_single_char_box=whole
    )


@dataclass(frozen=True, slots=True)
class RecognisedPage:
    """A recognised page: its lines in reading order, and the rotation applied to set it upright, in degrees clockwise.

    Boxes are in points from the lower left corner of the upright page.
    """

    lines: tuple[Line, ...]
    degrees: float = 0.0


def recognise_page(image: PageImage) -> RecognisedPage:
    """Recognise a page, after rotating it by a multiple of 90 degrees if it lies on its side or is upside down."""
    attempt = _attempt(image, 0)
    others = (1, 3) if attempt.is_sideways else (2,) if attempt.is_doubtful else ()
    attempt = max((attempt, *(_attempt(image, quarters) for quarters in others)), key=lambda attempt: attempt.score)
    return RecognisedPage(tuple(_lines(attempt)), round(-90.0 * attempt.quarters - attempt.angle, 2) % 360)


@dataclass(frozen=True, slots=True)
class _Fragment:
    """A recognised piece of text with its confidence (0 to 1) and its corners in the image, in pixels.

    `box` and the character `edges` are in pixels from the upper left corner of the deskewed page. `gap` is the index of the
    character before which one may be missing, `doubt` as in `Line`.
    """

    text: str
    score: float
    corners: npt.NDArray[np.float64]
    box: Box
    edges: tuple[float, ...]
    gap: int | None = None
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class _Attempt:
    """The result of recognising a page rotated by `quarters` times 90 degrees counterclockwise.

    `angle` is the remaining skew in degrees; rotating by it as well sets the page upright.
    """

    image: PageImage
    rows: tuple[_Fragment, ...]
    quarters: int
    angle: float

    @property
    def score(self) -> float:
        """The number of characters weighted by confidence, without vertical text."""
        return sum(row.score * len(row.text) for row in self.rows if not _is_vertical(row.box))

    @property
    def is_sideways(self) -> bool:
        """Whether more than half of the characters are in vertical text: the page lies on its side."""
        characters = sum(len(row.text) for row in self.rows)
        return sum(len(row.text) for row in self.rows if _is_vertical(row.box)) > characters / 2

    @property
    def is_doubtful(self) -> bool:
        """Whether the mean confidence is below `_LEGIBLE`: the page may be upside down."""
        characters = sum(len(row.text) for row in self.rows)
        return bool(characters) and self.score < _LEGIBLE * characters


def _is_vertical(box: Box) -> bool:
    return box[3] - box[1] > 1.5 * (box[2] - box[0])


def _attempt(image: PageImage, quarters: int) -> _Attempt:
    if quarters:
        unrotated = image
        pixels = np.ascontiguousarray(np.rot90(unrotated.pixels, quarters))
        finer = (lambda: np.ascontiguousarray(np.rot90(unrotated.finer(), quarters))) if unrotated.finer else None
        image = replace(unrotated, pixels=pixels, finer=finer)
    seals = seals_on(image.pixels)
    image = replace(image, pixels=without_seals(image.pixels))
    found = _recognise(image.pixels, whole=True)
    if found.boxes is None or not len(found.boxes):
        return _Attempt(image, (), quarters, 0.0)
    corners = np.asarray(found.boxes, dtype=np.float64)
    angle = _slope(corners)
    upright = _Upright(angle, image.pixels.shape[1], image.pixels.shape[0])
    rows = [
        _fragment(text.strip(), float(score), corner, characters, upright)
        for text, score, corner, characters in zip(found.txts, found.scores, corners, found.word_results, strict=True)
        if text.strip()
    ]
    return _Attempt(image, tuple(_checked(row, image, seals) for row in rows), quarters, angle)


def _checked(row: _Fragment, image: PageImage, seals: Sequence[Box]) -> _Fragment:
    """A row as it is, or read again where it lies under a seal or may be wrong."""
    low, high = row.corners.min(axis=0), row.corners.max(axis=0)
    if lies_under(seals, (low[0], low[1], high[0], high[1])):
        return _under_seal(row, image)
    return _read_again(row, image) if _must_reread(row) else row


def _under_seal(row: _Fragment, image: PageImage) -> _Fragment:
    """A row under a seal, as most readings of its darkest ink have it; such a row is always to be checked."""
    readings = [row.text]
    for crop in readable_under_seal(_crop(row, image)):
        found = _recognise(crop, whole=False)
        readings += [found.txts[0].strip()] if found.txts and found.txts[0].strip() else []
    # the first reading, of the whole page, counts only where the others do not agree
    text, times = Counter(readings[1:] or readings).most_common(1)[0]
    text = text if times > 1 or row.text not in readings[1:] else row.text
    what = "压在印章下，各次识别不一致" if len(set(readings)) > 1 else "压在印章下"
    edges = row.edges if len(text) == len(row.text) else even_edges(text, row.box[0], row.box[2])
    return replace(row, text=text, edges=edges, doubt=what)


def _fragment(
    text: str, score: float, corners: npt.NDArray[np.float64], characters: Any, upright: "_Upright"
) -> _Fragment:
    box = upright.box(corners)
    boxes = [(char, upright.box(np.asarray(one, dtype=np.float64))) for char, _, one in characters or ()]
    gap = gap_in("".join(char for char, _ in boxes), [(one[0] + one[2]) / 2 for _, one in boxes])
    return _Fragment(text, score, corners, box, _edges(text, box, boxes), gap)


def _must_reread(row: _Fragment) -> bool:
    return row.gap is not None or (row.score < REREAD and bool(_RELEVANT.search(row.text)))


def _lines(attempt: _Attempt) -> Iterator[Line]:
    height, width = attempt.image.pixels.shape[:2]
    cells = cells_of(attempt.image.pixels, attempt.angle)
    for part in _split_pages(attempt.rows, width, height):
        yield from _by_cells(part, cells, attempt.image)


def _by_cells(rows: Sequence[_Fragment], cells: Sequence[Box], image: PageImage) -> list[Line]:
    """The lines in reading order: those above a table, its cells one after the other, those below."""
    scale, height = 72 / image.dpi, image.pixels.shape[0]

    def lines(of: Sequence[_Fragment]) -> list[Line]:
        pieces = [
            Piece(
                row.text,
                _points(row.box, scale, height),
                tuple(x * scale for x in row.edges),
                round(row.score, 3),
                row.doubt,
            )
            for row in of
        ]
        found = lines_of(pieces, image.page, height * scale)
        return [corrected(replace(line, text=normalise_numbers(line.text))) for line in found]

    by_cell: dict[int | None, list[_Fragment]] = {}
    for row in rows:
        for part, cell in _split_at_cells(row, cells):
            by_cell.setdefault(cell, []).append(part)
    tables = []
    for table in _grid([_points(cell, scale, height) for cell in cells]):
        found = [
            replace(line, cell=cell)
            for number, cell in table
            for line in lines(by_cell.get(number, ())) or [Line("", image.page, cell.box, height * scale)]
        ]
        tables += [found] if any(line.text for line in found) else []
    return with_circled_doubts(with_cells(lines(by_cell.get(None, ())), tables))


def _grid(boxes: Sequence[Box]) -> Iterator[list[tuple[int, GridCell]]]:
    """The tables that cells form, given their boxes in points: each cell with its index and its place.

    Cells that form no grid are one column.
    """
    left = dict(enumerate(boxes))
    count = 0
    for table in tables_of(list(rules_around(boxes)), least=1):
        found = []
        for cell in table:
            number = next((at for at, box in left.items() if _is_within(box, cell.box)), None)
            if number is not None:
                found.append((number, cell._replace(place=cell.place._replace(table=count))))
                del left[number]
        if found:
            yield found
            count += 1
    if left:
        yield [(at, GridCell(CellPlace(count, row, 0), box)) for row, (at, box) in enumerate(left.items())]


def _is_within(box: Box, other: Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return other[0] <= x <= other[2] and other[1] <= y <= other[3]


def _split_at_cells(row: _Fragment, cells: Sequence[Box]) -> Iterator[tuple[_Fragment, int | None]]:
    """The piece with the index of its table cell (None outside of tables); a piece across several cells is cut at their borders."""
    middle = (row.box[1] + row.box[3]) / 2
    across = [(number, cell) for number, cell in enumerate(cells) if cell[1] <= middle <= cell[3]]
    start, previous = 0, None
    cell_numbers = [
        next((number for number, cell in across if cell[0] <= (a + b) / 2 <= cell[2]), None)
        for a, b in pairwise(row.edges)
    ]
    for at, cell_number in enumerate([*cell_numbers, -1]):
        if at and cell_number != previous:
            text, edges = row.text[start:at], row.edges[start : at + 1]
            if text.strip():
                yield replace(row, text=text, edges=edges, box=(edges[0], row.box[1], edges[-1], row.box[3])), previous
            start = at
        previous = cell_number


def normalise_numbers(text: str) -> str:
    """Normalise the brackets of document numbers in recognised text to 〔2024〕5号."""
    return _YEAR_SERIAL.sub(lambda match: f"〔{match[1]}〕{match[2]}{match[3]}号", text)


def _points(box: Box, scale: float, height: int) -> Box:
    x0, y0, x1, y1 = box
    return (x0 * scale, (height - y1) * scale, x1 * scale, (height - y0) * scale)


def _slope(corners: npt.NDArray[np.float64]) -> float:
    """The skew in degrees, positive if text descends to the right: the median of the longer pieces, 0.0 if negligible."""
    wide, tall = corners[:, 1] - corners[:, 0], corners[:, 3] - corners[:, 0]
    length = np.hypot(wide[:, 0], wide[:, 1])
    long = length > 4 * np.median(np.hypot(tall[:, 0], tall[:, 1])).clip(1)
    slopes = np.degrees(np.arctan2(wide[long, 1], wide[long, 0]))
    angle = float(np.median(slopes)) if len(slopes) else 0.0
    return angle if _MIN_SLOPE < abs(angle) < _MAX_SLOPE else 0.0


class _Upright:
    """Rotates coordinates of an image around its centre by the skew angle, so that text runs horizontally."""

    def __init__(self, angle: float, width: int, height: int) -> None:
        turn = math.radians(angle)
        self.middle = np.array((width, height)) / 2
        self.turn = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])

    def box(self, corners: npt.NDArray[np.float64]) -> Box:
        turned = (corners - self.middle) @ self.turn + self.middle
        (x0, y0), (x1, y1) = turned.min(axis=0), turned.max(axis=0)
        return (float(x0), float(y0), float(x1), float(y1))


def _edges(text: str, box: Box, boxes: Sequence[tuple[str, Box]]) -> tuple[float, ...]:
    """The x coordinates of the character edges, given the characters as recognised; evenly spaced if these are not the text."""
    if "".join(char for char, _ in boxes) != "".join(text.split()):
        return even_edges(text, box[0], box[2])
    edges: list[float] = []
    right, rest = box[0], iter(boxes)
    for char in text:
        _, (left, _, end, _) = ("", (right, 0.0, right, 0.0)) if char.isspace() else next(rest)
        # between two characters the edge is the middle of the gap
        edges.append(max((left + right) / 2, edges[-1]) if edges else left)
        right = end
    return (*edges, max(right, edges[-1]))


def _split_pages(rows: Sequence[_Fragment], width: int, height: int) -> Iterator[list[_Fragment]]:
    """Split the pieces into pages: left and right if the image is wide and almost nothing crosses its middle, else one."""
    middle = width / 2
    crossing = sum(row.box[0] < middle < row.box[2] for row in rows)
    sides = [sum(row.box[2] <= middle for row in rows), sum(row.box[0] >= middle for row in rows)]
    if width > 1.2 * height and crossing <= 0.03 * len(rows) and min(sides) >= 5:
        yield [row for row in rows if row.box[0] + row.box[2] < width]
        yield [row for row in rows if row.box[0] + row.box[2] >= width]
    else:
        yield list(rows)


def _crop(row: _Fragment, image: PageImage) -> Pixels:
    """The pixels of a row, at a higher resolution if the page can be rendered so."""
    pixels, ratio = image.pixels, 1.0
    if image.finer is not None:
        pixels = image.finer()
        ratio = pixels.shape[0] / image.pixels.shape[0]
    low, high = row.corners.min(axis=0) * ratio, row.corners.max(axis=0) * ratio
    pad = (high[1] - low[1]) * 0.15
    y0, y1, x0, x1 = (int(max(value, 0)) for value in (low[1] - pad, high[1] + pad, low[0] - pad, high[0] + pad))
    return pixels[y0:y1, x0:x1]


def _read_again(row: _Fragment, image: PageImage) -> _Fragment:
    """Read a line again, at a higher resolution if the page can be rendered so; the reading with the higher confidence is kept."""
    crop = without_seals(_crop(row, image))
    if min(crop.shape[:2], default=0) < 8:
        return row
    if row.gap is not None:
        return _fill_gap(row, crop)
    found = _recognise(crop, whole=False)
    if not found.txts or float(found.scores[0]) <= row.score:
        return row
    text = found.txts[0].strip()
    edges = row.edges if len(text) == len(row.text) else even_edges(text, row.box[0], row.box[2])
    return replace(row, text=text, score=float(found.scores[0]), edges=edges)


def _fill_gap(row: _Fragment, crop: Pixels) -> _Fragment:
    """The row with the characters that another reading has in its gap; in doubt if none has, or if they were found so.

    The crop is read with its margins, and wider and narrower than it is, because the recogniser passes over characters at
    some scales only.
    """
    import cv2

    before, after = row.text[: row.gap], row.text[row.gap or 0 :]
    for across in (1.0, 1.2, 0.85, 1.4):
        found = _recognise(np.asarray(cv2.resize(crop, None, fx=across, fy=1.0), np.uint8), whole=False)
        text = found.txts[0].strip() if found.txts else ""
        if text.startswith(before) and text.endswith(after) and 0 < len(text) - len(row.text) < 3:
            edges = even_edges(text, row.box[0], row.box[2])
            return replace(
                row, text=text, edges=edges, doubt=f"中的“{text[len(before) : len(text) - len(after)]}”是再次识别得到的"
            )
    return replace(row, doubt=f"的“{before[-1:]}”与“{after[:1]}”之间可能漏认了字")
