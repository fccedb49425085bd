"""The page of an OFD as `printed`: characters with their places and inks, pictures, grounds and rules, in points."""

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from pipeline.ingest.affine import Matrix
from pipeline.ingest.glyphs import Glyph, glyphs_of
from pipeline.ingest.grids import Rule, thin_rule
from pipeline.ingest.ofd_pages import Object, Picture, Shape, Sheet, Text, width_of
from pipeline.ingest.places import Box, union
from pipeline.ingest.printed import Ink, PageObjects, PrintedPage, is_unmapped

# points per millimetre
POINT = 72 / 25.4
# parts of the height of a character above and below its baseline
_ABOVE, _BELOW = 0.85, 0.15
_BREAK = Glyph("\n", (0.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 0.0), blank=True)


def printed_page(sheet: Sheet, texts: Iterable[Text]) -> PrintedPage:
    """The given texts on a page."""
    inks: dict[Ink, int] = {}
    glyphs = tuple(chain.from_iterable(_glyphs(text, sheet, inks) for text in texts))
    unmapped = sum(is_unmapped(glyph.char) for glyph in glyphs)
    return PrintedPage(sheet.box[2] * POINT, sheet.box[3] * POINT, glyphs_of(glyphs), tuple(inks), unmapped, exact=True)


def page_objects(sheet: Sheet) -> PageObjects:
    """Pictures, coloured grounds and straight rules of a page."""
    pictures = [
        _placed(_corners(item.matrix, (0, 0, 1, 1)), sheet) for item in sheet.objects if isinstance(item, Picture)
    ]
    grounds, rules, shapes = list[Box](), list[Rule](), 0
    for item in sheet.objects:
        if isinstance(item, Shape):
            shapes += 1
            segments = [_placed(segment, sheet) for segment in _segments(item)]
            rules += (rule for box in segments if item.stroke and (rule := thin_rule(box)) is not None)
            if item.fill and segments:
                box = union(segments)
                thin = thin_rule(box)
                rules += [thin] if thin else []
                grounds += [box] if not thin and item.fill.lower() != "#ffffff" else []
    return PageObjects(tuple(pictures), tuple(grounds), tuple(rules), shapes)


def _glyphs(text: Text, sheet: Sheet, inks: dict[Ink, int]) -> Iterator[Glyph]:
    matrix, size = text.matrix, text.size
    red, green, blue = (int(text.colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    ink = Ink(round(0.3 * red + 0.59 * green + 0.11 * blue, 3), text.opacity, inkless=text.hidden)
    style = inks.setdefault(ink, len(inks))
    # y points down in an OFD
    angle = round(math.degrees(math.atan2(-matrix.b, matrix.a)), 2) % 360
    for at, (char, x, y) in enumerate(text.chars):
        width = width_of(char, size)
        step = text.chars[at + 1][1] - x if at + 1 < len(text.chars) else 0.0
        width = min(width, step) if step > 0 else width
        box = _placed(_corners(matrix, (x, y - _ABOVE * size, x + width, y + _BELOW * size)), sheet)
        yield Glyph(char, box, box, angle, style, char.isspace())
    yield _BREAK


def _corners(matrix: Matrix, box: Box) -> list[tuple[float, float]]:
    return [matrix.at(x, y) for x in (box[0], box[2]) for y in (box[1], box[3])]


def _placed(points: Sequence[tuple[float, float]], sheet: Sheet) -> Box:
    """The box around points in millimetres from the upper left, in points from the lower left corner of the page."""
    x0, y0, _, height = sheet.box
    xs, ys = [(x - x0) * POINT for x, _ in points], [(height - (y - y0)) * POINT for _, y in points]
    return (min(xs), min(ys), max(xs), max(ys))


def _segments(shape: Shape) -> Iterator[list[tuple[float, float]]]:
    """The straight segments of a path, mapped to the page; none of a path with curves."""
    words = shape.path.replace(",", " ").split()
    if any(word in "QBA" for word in words if word.isalpha()):
        return
    points: list[tuple[float, float]] = []
    command, numbers = "", list[float]()
    start = (0.0, 0.0)
    for word in words:
        if word.isalpha():
            command, numbers = word, []
            if word == "C" and points:
                yield [points[-1], start]
            continue
        try:
            numbers.append(float(word))
        except ValueError:
            return
        if len(numbers) == 2:
            point = shape.matrix.at(numbers[0], numbers[1])
            if command == "L" and points:
                yield [points[-1], point]
            else:
                start = point
            points.append(point)
            numbers = []


def texts_in(objects: Iterable[Object]) -> list[Text]:
    """The texts among objects."""
    return [item for item in objects if isinstance(item, Text)]


def words_of(texts: Iterable[Text]) -> tuple[str, ...]:
    """The words of texts, without those that are blank."""
    found = ("".join(char for char, _, _ in text.chars).strip() for text in texts)
    return tuple(words for words in found if words)
