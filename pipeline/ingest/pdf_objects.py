"""Pictures, coloured grounds and straight rules of a PDF page, with their places on the page as shown."""

import ctypes
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.ingest.affine import Matrix
from pipeline.ingest.grids import Rule, thin_rule
from pipeline.ingest.pdf_calls import Function, Handle, buffers, function, handles, place_of, rows_of
from pipeline.ingest.pdf_glyphs import frame_of
from pipeline.ingest.places import Box
from pipeline.ingest.printed import PageObjects

_MAX_OBJECTS, _MAX_DEPTH, _MAX_SEGMENTS = 20_000, 4, 400
_WHITE = 250
_KINDS = (pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_PATH, pdfium_c.FPDF_PAGEOBJ_SHADING)
_SAME = Matrix()

_count = function("FPDFPage_CountObjects")
_get = function("FPDFPage_GetObject", Handle)
_count_inside = function("FPDFFormObj_CountObjects")
_get_inside = function("FPDFFormObj_GetObject", Handle)
_kind_of = function("FPDFPageObj_GetType")
_bounds_of = function("FPDFPageObj_GetBounds")
_matrix_of = function("FPDFPageObj_GetMatrix")
_fill_of = function("FPDFPageObj_GetFillColor")
_mode_of = function("FPDFPath_GetDrawMode")
_count_segments = function("FPDFPath_CountSegments")
_segment = function("FPDFPath_GetPathSegment", Handle)
_segment_kind = function("FPDFPathSegment_GetType")
_closes = function("FPDFPathSegment_GetClose")
_point_of = function("FPDFPathSegment_GetPoint")


class _Object(NamedTuple):
    """An object in pdfium, its kind, and the map from its coordinates to the page."""

    place: Handle
    kind: int
    outer: Matrix


def read_objects(page: pdfium.PdfPage) -> PageObjects:
    """The objects of a page besides its text, without those beyond a limit of number or depth."""
    frame = frame_of(page)
    pictures, grounds, rules = list[Box](), list[Box](), list[Rule]()
    found = [
        (one, frame.shown(one.outer.box(box)) if frame.is_moved or one.outer is not _SAME else box)
        for one, box in _bounded(list(_objects(place_of(page.raw), _count, _get, _SAME, 0)))
    ]
    paths = [one.place for one, _ in found if one.kind == pdfium_c.FPDF_PAGEOBJ_PATH]
    modes = iter(rows_of(_mode_of, paths, buffers.modes).tolist())
    for one, box in found:
        if one.kind == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            pictures.append(box)
            continue
        if one.kind == pdfium_c.FPDF_PAGEOBJ_SHADING:
            grounds.append(box)
            continue
        fill, stroke = next(modes)
        thin = thin_rule(box)
        if thin:
            rules.append(thin)
            continue
        if fill and _is_coloured(one.place):
            grounds.append(box)
        parts = _parts(one, stroked=bool(stroke))
        rules += (rule for part in parts if (rule := thin_rule(frame.shown(part))) is not None)
    return PageObjects(tuple(pictures), tuple(grounds), tuple(rules), len(paths))


def _objects(parent: Any, count: Function, get: Function, outer: Matrix, depth: int) -> Iterator[_Object]:
    """Pictures, paths and shadings, also those within forms."""
    places = handles(get, parent, min(count(parent), _MAX_OBJECTS))
    kinds = list(map(_kind_of, places))
    for at in [at for at, kind in enumerate(kinds) if kind != pdfium_c.FPDF_PAGEOBJ_TEXT]:
        place, kind = places[at], kinds[at]
        if kind in _KINDS:
            yield _Object(place, kind, outer)
        elif kind == pdfium_c.FPDF_PAGEOBJ_FORM and depth < _MAX_DEPTH:
            yield from _objects(place, _count_inside, _get_inside, outer.after(_matrix(place)), depth + 1)


def _bounded(objects: Sequence[_Object]) -> Iterator[tuple[_Object, Box]]:
    """The objects that have bounds, with these in their own coordinates."""
    places = [one.place for one in objects]
    known = rows_of(_bounds_of, places, buffers.bounds).tolist()
    for one, (left, bottom, right, top) in zip(objects, known, strict=True):
        box = (left, bottom, right, top)
        if any(box) or _has_bounds(one.place):
            yield one, box


def _has_bounds(place: Handle) -> bool:
    return bool(_bounds_of(place, *(ctypes.byref(ctypes.c_float()) for _ in range(4))))


def _matrix(place: Handle) -> Matrix:
    matrix = pdfium_c.FS_MATRIX()
    if not _matrix_of(place, ctypes.byref(matrix)):
        return _SAME
    return Matrix(matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _is_coloured(place: Handle) -> bool:
    channels = [ctypes.c_uint() for _ in range(4)]
    read = _fill_of(place, *map(ctypes.byref, channels))
    return not read or (min(channel.value for channel in channels[:3]) < _WHITE and channels[3].value > 0)


def _parts(one: _Object, *, stroked: bool) -> Iterator[Box]:
    """The boxes of the straight segments of a path that is stroked, else those of its closed parts; none of curves."""
    count = _count_segments(one.place)
    if not 2 <= count <= _MAX_SEGMENTS:
        return
    segments = handles(_segment, one.place, count)
    kinds = list(map(_segment_kind, segments))
    if pdfium_c.FPDF_SEGMENT_BEZIERTO in kinds:
        return
    at = one.outer.after(_matrix(one.place)).at
    points = rows_of(_point_of, segments, buffers.point).tolist()
    parts: list[list[tuple[float, float]]] = []
    for kind, (x, y), closes in zip(kinds, points, map(_closes, segments), strict=True):
        if kind == pdfium_c.FPDF_SEGMENT_MOVETO or not parts:
            parts.append([])
        parts[-1].append(at(x, y))
        if closes:
            parts[-1].append(parts[-1][0])
    for part in parts:
        yield from _segments(part) if stroked else (_around(part),)


def _segments(points: Sequence[tuple[float, float]]) -> Iterator[Box]:
    yield from (_around(pair) for pair in pairwise(points))


def _around(points: Sequence[tuple[float, float]]) -> Box:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return (min(xs), min(ys), max(xs), max(ys))
