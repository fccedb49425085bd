"""Extracts the characters of a PDF page with their places on the page as shown, and the ink in which each was drawn."""

import ctypes
import math
from itertools import pairwise, repeat
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.ingest.directions import all_turned, turned
from pipeline.ingest.glyphs import Array, Glyphs, Numbers, codes_of
from pipeline.ingest.pdf_calls import buffers, function, place_of, rows_of
from pipeline.ingest.places import Box
from pipeline.ingest.printed import Ink, PrintedPage, is_unmapped

# marks that pdfium sets for a hyphen at the end of a line, and the soft hyphen, which is displayed where it has a width
_HYPHENS = "\x02\xad\ufffe"
_UNMAPPED = "\x00\uffff"
# what a character is, by its code; those beyond the last one are ordinary
_BREAK, _BLANK, _HYPHEN, _LOST, _REPLACED = 1, 2, 4, 8, 16
_BEYOND = 0x10000


def _kinds() -> npt.NDArray[np.uint8]:
    kinds = np.zeros(_BEYOND + 1, np.uint8)
    for kind, chars in (
        (_BREAK, "\r\n"),
        (_BLANK, "".join(filter(str.isspace, map(chr, range(_BEYOND))))),
        (_HYPHEN, _HYPHENS),
        (_LOST, _UNMAPPED),
        (_REPLACED, "".join(filter(is_unmapped, map(chr, range(_BEYOND))))),
    ):
        kinds[list(map(ord, chars))] |= kind
    return kinds


_KINDS = _kinds()
_INVISIBLE_MODES = (pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP)
_STROKED = pdfium_c.FPDF_TEXTRENDERMODE_STROKE

_text = function("FPDFText_GetText")
_unicode = function("FPDFText_GetUnicode", ctypes.c_uint)
_loose_box = function("FPDFText_GetLooseCharBox")
_tight_box = function("FPDFText_GetCharBox")
_object_of = function("FPDFText_GetTextObject", ctypes.c_size_t)
_matrix_of = function("FPDFText_GetMatrix")
_mode_of = function("FPDFTextObj_GetTextRenderMode")
_fill_of = function("FPDFPageObj_GetFillColor")
_stroke_of = function("FPDFPageObj_GetStrokeColor")


class _Frame(NamedTuple):
    """The visible part of a page in the coordinates of the file, and its rotation in quarters clockwise."""

    left: float
    bottom: float
    width: float
    height: float
    quarters: int

    @property
    def is_moved(self) -> bool:
        """Whether places on the page as shown differ from those in the file."""
        return bool(self.quarters or self.left or self.bottom)

    def shown(self, box: Box) -> Box:
        x0, y0, x1, y1 = box
        moved = (x0 - self.left, y0 - self.bottom, x1 - self.left, y1 - self.bottom)
        return turned(moved, self.quarters, self.width, self.height) if self.quarters else moved

    def all_shown(self, boxes: Array) -> Array:
        """Boxes, one a row, each as `shown`."""
        if not self.is_moved:
            return boxes
        moved = boxes - np.array((self.left, self.bottom, self.left, self.bottom))
        return all_turned(moved, self.quarters, self.width, self.height)


def frame_of(page: pdfium.PdfPage) -> _Frame:
    """The visible part of a page and how it is turned when shown."""
    left, bottom, right, top = page.get_bbox()
    return _Frame(left, bottom, right - left, top - bottom, page.get_rotation() // 90 % 4)


def read_glyphs(page: pdfium.PdfPage) -> PrintedPage:
    """The characters of a page; hyphens are kept where they are displayed, characters without a code are counted.

    Raises `PdfiumError` if the text of the page cannot be loaded.
    """
    text = page.get_textpage()
    try:
        inks: dict[Ink, int] = {}
        glyphs, unmapped = _glyphs(text, frame_of(page), inks)
    finally:
        text.close()
    return PrintedPage(page.get_width(), page.get_height(), glyphs, tuple(inks), unmapped)


def _glyphs(text: pdfium.PdfTextPage, frame: _Frame, inks: dict[Ink, int]) -> tuple[Glyphs, int]:
    """The characters of a page, and how many have no code in their font."""
    place, chars = place_of(text.raw), _chars_of(text)
    count, kinds = len(chars), _KINDS[np.minimum(codes_of("".join(chars)), _BEYOND)]
    boxes = rows_of(_loose_box, range(count), buffers.box, parent=place).astype(np.float64)
    # pdfium writes left, top, right, bottom
    loose = boxes[:, (0, 3, 2, 1)]
    breaks, hyphens, lost = kinds & _BREAK != 0, kinds & _HYPHEN != 0, kinds & _LOST != 0
    flat = (kinds & _BLANK != 0) | (loose[:, 2] <= loose[:, 0])
    blank, drawn = breaks | (flat & ~hyphens), ~breaks & ~flat
    at = np.flatnonzero(drawn)
    tight = loose.copy()
    tight[at] = rows_of(_tight_box, at.tolist(), buffers.sides, parent=place)[:, (0, 2, 1, 3)]
    if frame.is_moved:
        loose[at], tight[at] = frame.all_shown(loose[at]), frame.all_shown(tight[at])
    angle, style = np.zeros(count), np.zeros(count, np.int64)
    if at.size:
        angle[at], style[at] = _styles(place, at, 90 * frame.quarters, inks)
    if hyphens.any():
        chars = ["-" if hyphen else char for char, hyphen in zip(chars, hyphens.tolist(), strict=True)]
    glyphs = Glyphs(chars, loose, tight, angle, style, blank)
    wide = loose[:, 2] - loose[:, 0] > 0.3 * (loose[:, 3] - loose[:, 1])
    return glyphs.kept((blank | drawn) & ~lost), int((lost | ((kinds & _REPLACED != 0) & wide)).sum())


def _chars_of(text: pdfium.PdfTextPage) -> list[str]:
    """The characters of a page, one for each index; pdfium gives them all at once unless it leaves out some of them."""
    count, place = text.count_chars(), place_of(text.raw)
    buffer = ctypes.create_string_buffer(4 * count + 4)
    units = _text(place, 0, count, ctypes.byref(buffer)) - 1
    chars = list(buffer.raw[: 2 * max(units, 0)].decode("utf-16-le", errors="surrogatepass"))
    return chars if len(chars) == count else list(map(chr, map(_unicode, repeat(place), range(count))))


def _styles(place: Any, at: Numbers, turn: int, inks: dict[Ink, int]) -> tuple[Array, Numbers]:
    """The degrees in which characters stand on the page as shown, and the indices of their inks; these are those of text objects."""
    objects = np.fromiter(map(_object_of, repeat(place), at.tolist()), np.uint64, len(at))
    first = np.append(True, objects[1:] != objects[:-1])
    starts = np.flatnonzero(first)
    of = np.cumsum(first) - 1
    matrices = rows_of(_matrix_of, at[starts].tolist(), buffers.matrix, parent=place)
    inked = _inks(list(map(ctypes.c_void_p, objects[starts].tolist())), inks)
    return _angles(matrices, turn)[of], inked[of]


def _angles(matrices: npt.NDArray[np.float32], turn: int) -> Array:
    """The directions of the baselines of characters.

    They are taken from the matrices, because `FPDFText_GetCharAngle` gives that of the upright strokes, which lean in italics.
    """
    angles = np.full(len(matrices), float(-turn % 360))
    for number in np.flatnonzero((matrices[:, 1] != 0) | (matrices[:, 0] < 0)).tolist():
        a, b = matrices[number, :2].tolist()
        angles[number] = (round(math.degrees(math.atan2(b, a)), 2) - turn) % 360
    return angles


def _inks(objects: list[Any], inks: dict[Ink, int]) -> Numbers:
    """The indices of the inks of text objects among all `inks`, to which new ones are added; of no object that of black."""
    found = np.zeros(len(objects), np.int64)
    modes, fills = (
        np.fromiter(map(_mode_of, objects), np.int64, len(objects)),
        rows_of(_fill_of, objects, buffers.channels),
    )
    colours = fills.astype(np.uint8).view(np.uint32)[:, 0]
    # what is filled in one colour in a row is looked at once; a colour that cannot be read is all 0, as is clear black
    alike = (colours[1:] == colours[:-1]) & (fills[1:, 3] > 0) & (modes[1:] == modes[:-1]) & (modes[1:] != _STROKED)
    firsts = np.flatnonzero(np.append(True, ~alike))
    for start, end in pairwise((*firsts.tolist(), len(objects))):
        one = objects[start]
        found[start:end] = inks.setdefault(_ink(one, int(modes[start])) if one else Ink(), len(inks))
    return found


def _ink(one: Any, mode: int) -> Ink:
    read = _stroke_of if mode == _STROKED else _fill_of
    channels = [ctypes.c_uint() for _ in range(4)]
    if not read(one, *map(ctypes.byref, channels)):
        return Ink(inkless=mode in _INVISIBLE_MODES)
    red, green, blue, alpha = (channel.value for channel in channels)
    brightness = round((0.3 * red + 0.59 * green + 0.11 * blue) / 255, 3)
    return Ink(brightness, alpha / 255, mode in _INVISIBLE_MODES)
