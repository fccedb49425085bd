"""Extracts the characters of a PDF page with their places on the page as shown, and the ink in which each was drawn."""

import ctypes
import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.ingest.directions import Glyph, turned
from pipeline.ingest.places import Box
from pipeline.ingest.printed import Ink, PrintedPage, is_unmapped

# marks that pdfium sets for a hyphen at the end of a line, and the soft hyphen, which is displayed where it has a width
_HYPHENS = frozenset("\x02\xad\ufffe")
_UNMAPPED = frozenset("\x00\uffff")
_INVISIBLE_MODES = (pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP)
_STROKED = pdfium_c.FPDF_TEXTRENDERMODE_STROKE
_NOWHERE: Box = (0.0, 0.0, 0.0, 0.0)


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
        found = list(_glyphs(text, frame_of(page), inks))
    finally:
        text.close()
    unmapped = sum(glyph.char in _UNMAPPED or (is_unmapped(glyph.char) and _has_width(glyph)) for glyph in found)
    glyphs = tuple(glyph for glyph in found if glyph.char not in _UNMAPPED)
    return PrintedPage(page.get_width(), page.get_height(), glyphs, tuple(inks), unmapped)


def _has_width(glyph: Glyph) -> bool:
    """Whether a character is wider than a thin space."""
    return glyph.loose[2] - glyph.loose[0] > 0.3 * (glyph.loose[3] - glyph.loose[1])


def _glyphs(page_text: Any, frame: _Frame, inks: dict[Ink, int]) -> Iterator[Glyph]:
    wide, sides = pdfium_c.FS_RECTF(), [ctypes.c_double() for _ in range(4)]
    left, right, low, high = sides
    # the handle, not the object around it: each call would ask it for the handle
    text, moved = page_text.raw, frame.is_moved
    style_of = _Styles(text, frame, inks).of
    unicode_at, wide_box, tight_box = (
        pdfium_c.FPDFText_GetUnicode,
        pdfium_c.FPDFText_GetLooseCharBox,
        pdfium_c.FPDFText_GetCharBox,
    )
    for index in range(page_text.count_chars()):
        char = chr(unicode_at(text, index))
        if char in "\r\n":
            yield Glyph(char, _NOWHERE, _NOWHERE, blank=True)
            continue
        wide_box(text, index, wide)
        loose = (wide.left, wide.bottom, wide.right, wide.top)
        if char.isspace() or loose[2] <= loose[0]:
            if char not in _HYPHENS:
                yield Glyph(char, loose, loose, blank=True)
            continue
        tight_box(text, index, left, right, low, high)
        tight = (left.value, low.value, right.value, high.value)
        if moved:
            loose, tight = frame.shown(loose), frame.shown(tight)
        yield Glyph("-" if char in _HYPHENS else char, loose, tight, *style_of(index))


class _Styles:
    """The directions and inks of text objects, many of which are alike: reads each once, with buffers of its own."""

    def __init__(self, text: Any, frame: _Frame, inks: dict[Ink, int]) -> None:
        self.text, self.turned, self.inks = text, 90 * frame.quarters, inks
        self.found: dict[int, tuple[float, int]] = {}
        self.known: dict[tuple[int, ...], int] = {}
        self.channels = tuple(ctypes.c_uint() for _ in range(4))
        self.matrix = pdfium_c.FS_MATRIX()

    def of(self, index: int) -> tuple[float, int]:
        """The degrees counterclockwise in which a character stands on the page as shown, and the index of its ink."""
        one = pdfium_c.FPDFText_GetTextObject(self.text, index)
        key = ctypes.addressof(one.contents) if one else 0
        style = self.found.get(key)
        if style is None:
            style = self.found[key] = (
                self._angle(index),
                self._ink(one) if one else self.inks.setdefault(Ink(), len(self.inks)),
            )
        return style

    def _angle(self, index: int) -> float:
        """The direction of the baseline of a character.

        It is taken from the matrix, because `FPDFText_GetCharAngle` gives that of the upright strokes, which lean in italics.
        """
        matrix = self.matrix
        pdfium_c.FPDFText_GetMatrix(self.text, index, matrix)
        level = matrix.b == 0 and matrix.a >= 0
        angle = 0.0 if level else round(math.degrees(math.atan2(matrix.b, matrix.a)), 2)
        return (angle - self.turned) % 360

    def _ink(self, one: Any) -> int:
        mode = pdfium_c.FPDFTextObj_GetTextRenderMode(one)
        read = pdfium_c.FPDFPageObj_GetStrokeColor if mode == _STROKED else pdfium_c.FPDFPageObj_GetFillColor
        if not read(one, *self.channels):
            return self.inks.setdefault(Ink(inkless=mode in _INVISIBLE_MODES), len(self.inks))
        red, green, blue, alpha = (channel.value for channel in self.channels)
        style = self.known.get((red, green, blue, alpha, mode))
        if style is None:
            brightness = round((0.3 * red + 0.59 * green + 0.11 * blue) / 255, 3)
            ink = Ink(brightness, alpha / 255, mode in _INVISIBLE_MODES)
            style = self.known[red, green, blue, alpha, mode] = self.inks.setdefault(ink, len(self.inks))
        return style
