"""Pictures, coloured grounds and straight rules of a PDF page, with their places on the page as shown."""

import ctypes
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.ingest.affine import Matrix
from pipeline.ingest.grids import Rule, thin_rule
from pipeline.ingest.pdf_glyphs import frame_of
from pipeline.ingest.places import Box
from pipeline.ingest.printed import PageObjects

_MAX_OBJECTS, _MAX_DEPTH, _MAX_SEGMENTS = 20_000, 4, 400
_WHITE = 250


def read_objects(page: pdfium.PdfPage) -> PageObjects:
    """The objects of a page besides its text, without those beyond a limit of number or depth."""
    frame = frame_of(page)
    pictures, grounds, rules, paths = list[Box](), list[Box](), list[Rule](), 0
    for one, kind, outer in _objects(page, pdfium_c.FPDFPage_CountObjects, pdfium_c.FPDFPage_GetObject, Matrix(), 0):
        bounds = _bounds(one)
        if bounds is None:
            continue
        box = frame.shown(outer.box(bounds))
        if kind == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            pictures.append(box)
        elif kind == pdfium_c.FPDF_PAGEOBJ_SHADING:
            grounds.append(box)
        else:
            paths += 1
            thin = thin_rule(box)
            if thin:
                rules.append(thin)
                continue
            fill, stroke = ctypes.c_int(), ctypes.c_int()
            pdfium_c.FPDFPath_GetDrawMode(one, fill, stroke)
            if fill.value and _is_coloured(one):
                grounds.append(box)
            rules += (
                rule
                for part in _parts(one, outer, stroked=bool(stroke.value))
                if (rule := thin_rule(frame.shown(part))) is not None
            )
    return PageObjects(tuple(pictures), tuple(grounds), tuple(rules), paths)


_KINDS = (pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_PATH, pdfium_c.FPDF_PAGEOBJ_SHADING)


def _objects(parent: Any, count: Any, get: Any, outer: Matrix, depth: int) -> Iterator[tuple[Any, int, Matrix]]:
    """Pictures, paths and shadings, also those within forms, each with the map from its coordinates to the page."""
    for index in range(min(count(parent), _MAX_OBJECTS)):
        one = get(parent, index)
        kind = pdfium_c.FPDFPageObj_GetType(one)
        if kind in _KINDS:
            yield one, kind, outer
        elif kind == pdfium_c.FPDF_PAGEOBJ_FORM and depth < _MAX_DEPTH:
            inside = outer.after(_matrix(one))
            yield from _objects(
                one, pdfium_c.FPDFFormObj_CountObjects, pdfium_c.FPDFFormObj_GetObject, inside, depth + 1
            )


def _bounds(one: Any) -> Box | None:
    sides = [ctypes.c_float() for _ in range(4)]
    if not pdfium_c.FPDFPageObj_GetBounds(one, *sides):
        return None
    left, bottom, right, top = (side.value for side in sides)
    return left, bottom, right, top


def _matrix(one: Any) -> Matrix:
    matrix = pdfium_c.FS_MATRIX()
    if not pdfium_c.FPDFPageObj_GetMatrix(one, matrix):
        return Matrix()
    return Matrix(matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _is_coloured(one: Any) -> bool:
    channels = [ctypes.c_uint() for _ in range(4)]
    read = pdfium_c.FPDFPageObj_GetFillColor(one, *channels)
    return not read or (min(channel.value for channel in channels[:3]) < _WHITE and channels[3].value > 0)


def _parts(one: Any, outer: Matrix, *, stroked: bool) -> Iterator[Box]:
    """The boxes of the straight segments of a path that is stroked, else those of its closed parts; none of curves."""
    count = pdfium_c.FPDFPath_CountSegments(one)
    if not 2 <= count <= _MAX_SEGMENTS:
        return
    matrix = outer.after(_matrix(one))
    parts: list[list[tuple[float, float]]] = []
    for index in range(count):
        segment = pdfium_c.FPDFPath_GetPathSegment(one, index)
        kind = pdfium_c.FPDFPathSegment_GetType(segment)
        if kind == pdfium_c.FPDF_SEGMENT_BEZIERTO:
            return
        x, y = ctypes.c_float(), ctypes.c_float()
        pdfium_c.FPDFPathSegment_GetPoint(segment, x, y)
        if kind == pdfium_c.FPDF_SEGMENT_MOVETO or not parts:
            parts.append([])
        parts[-1].append(matrix.at(x.value, y.value))
        if pdfium_c.FPDFPathSegment_GetClose(segment):
            parts[-1].append(parts[-1][0])
    for points in parts:
        yield from _segments(points) if stroked else (_around(points),)


def _segments(points: Sequence[tuple[float, float]]) -> Iterator[Box]:
    yield from (_around(pair) for pair in pairwise(points))


def _around(points: Sequence[tuple[float, float]]) -> Box:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return (min(xs), min(ys), max(xs), max(ys))
