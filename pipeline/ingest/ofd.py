"""OFD (GB/T 33190-2016): the text of every document in the package by its place on the page; picture pages are recognised."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING

from ofdkit.package import Package

from pipeline.document import Note
from pipeline.errors import UnreadableFile
from pipeline.guard import Losses
from pipeline.ingest.assemble import Reading
from pipeline.ingest.layout import blocks_of, lines_of
from pipeline.ingest.ofd_pages import Picture, Sheet, Text, documents_of, readable, sheets_of, width_of
from pipeline.ingest.ofd_seals import seals_of
from pipeline.ingest.places import Line, Piece

if TYPE_CHECKING:
    from pipeline.ingest.ocr import Leaf

# millimetres to points
POINT = 72 / 25.4
_MOST_PAGES = 2000
# a picture that covers this share of a page without text is the page
_COVERS = 0.5


def read_ofd(data: bytes) -> Reading:
    """The text of an OFD. Raises `UnreadableFile`: damaged, over the limits, encrypted, or only pictures."""
    lost = Losses()
    with opened(data) as package:
        sheets = []
        for sheet in sheets_of(package, lost):
            sheets.append(sheet)
            if len(sheets) > _MOST_PAGES:
                raise UnreadableFile("limit", f"OFD超过{_MOST_PAGES}页", remedy="请拆分后提交")
        pages: list[Sequence[Line]] = []
        for number, sheet in enumerate(sheets, 1):
            pages.append(())
            with lost.page(number):
                pages[-1] = list(_lines(sheet, number))
        leaves = _recognised(package, sheets, pages, lost)
        notes: list[Note] = []
        for place, told in (("电子签章", seals_of), ("附件目录", _attached)):
            with lost.part(place), readable():
                notes += told(package)
    for number, leaf in leaves.items():
        pages[number - 1] = leaf.lines
    lost.check(any(pages))
    if not any(pages):
        raise _without_text(recognised=bool(leaves))
    return _reading(sheets, pages, notes, leaves, lost)


@contextmanager
def opened(data: bytes) -> Iterator[Package]:
    """The package of an OFD. What ofdkit finds wrong with it while it is open is raised as `UnreadableFile`."""
    with readable(), Package(data) as package:
        yield package


def attachments_of(package: Package) -> Iterator[tuple[str, str]]:
    """The files attached to a package: name, and the part that holds it."""
    for path, root in documents_of(package):
        listed = package.resolve(path, root.findtext("{*}Attachments"))
        if listed is None:
            continue
        for element in package.read_xml(listed).findall("{*}Attachment"):
            part = package.resolve(listed, element.findtext("{*}FileLoc"))
            if part is not None:
                yield element.get("Name") or part.rsplit("/", 1)[-1], part


def _attached(package: Package) -> Iterator[Note]:
    names = [name for name, _ in attachments_of(package)]
    if names:
        told = "、".join(names[:5]) + (f"等{len(names)}个" if len(names) > 5 else "")
        yield Note("attached", f"OFD内附有文件：{told}，请另行核对")


def _reading(
    sheets: Sequence[Sheet],
    pages: Sequence[Sequence[Line]],
    notes: list[Note],
    leaves: "dict[int, Leaf]",
    lost: Losses,
) -> Reading:
    notes += lost.notes()
    broken = [number for number, sheet in enumerate(sheets, 1) if sheet.broken]
    blank = [
        number
        for number, lines in enumerate(pages, 1)
        if not lines and number not in broken and not lost.has_page(number)
    ]
    for numbers, told in ((broken, "的内容已损坏，没有读出"), (blank, "没有文字，未能识别")):
        if numbers:
            notes.append(Note("blank_pages", f"第{'、'.join(map(str, numbers))}页{told}，请对照原件"))
    if not leaves:
        return Reading("ofd", tuple(blocks_of(pages)), tuple(notes), len(pages))
    from pipeline.ingest import scans

    notes += scans.told_of(pages)
    return Reading("ofd", tuple(blocks_of(pages)), tuple(notes), len(pages), scans.turns_of(leaves))


def _without_text(*, recognised: bool) -> UnreadableFile:
    from pipeline.ingest import ocr, scans

    if not recognised and not ocr.available():
        return scans.needs_installing("ofd", "OFD里没有文字，应为图片")
    return UnreadableFile("ofd", "OFD里没有文字，图片上也没有认出文字", remedy="已保存原件，待识别；请打印为PDF后提交")


def _recognised(
    package: Package, sheets: Sequence[Sheet], pages: Sequence[Sequence[Line]], lost: Losses
) -> "dict[int, Leaf]":
    """The pages that are pictures, recognised; none where that is not installed."""
    wanted = {
        number: picture.part
        for number, (sheet, lines) in enumerate(zip(sheets, pages, strict=True), 1)
        if not lines and not lost.has_page(number) and (picture := _page_picture(sheet)) is not None
    }
    if not wanted:
        return {}
    from pipeline.ingest import ocr, scans

    if not ocr.available():
        return {}
    found = {}
    for number, part in wanted.items():
        width, height = (side * POINT for side in sheets[number - 1].box[2:])
        with lost.page(number):
            with readable():
                data = package.read(part)
            leaf = scans.read_page_image(data, number, (width, height))
            if leaf is not None:
                found[number] = leaf
    return found


def _page_picture(sheet: Sheet) -> Picture | None:
    """The picture that is the page: the largest, where it covers most of it."""
    pictures = [thing for thing in sheet.things if isinstance(thing, Picture)]
    largest = max(pictures, key=_area, default=None)
    enough = largest is not None and _area(largest) >= _COVERS * sheet.box[2] * sheet.box[3]
    return largest if enough else None


def _area(picture: Picture) -> float:
    matrix = picture.matrix
    return abs(matrix.a * matrix.d - matrix.b * matrix.c)


def _lines(sheet: Sheet, number: int) -> Iterator[Line]:
    x0, y0, width, height = sheet.box
    pieces = []
    for thing in sheet.things:
        piece = _piece(thing, (x0, y0, height)) if isinstance(thing, Text) else None
        if piece and -20 <= piece.box[0] <= width * POINT + 20 and -20 <= piece.box[1] <= height * POINT + 20:
            pieces.append(piece)
    yield from lines_of(pieces, number, height * POINT)


def _piece(text: Text, frame: tuple[float, float, float]) -> Piece | None:
    """A run as a piece of print in points from the lower left; None for blanks."""
    x0, y0, height = frame
    whole = "".join(char for char, _, _ in text.chars)
    first, last = len(whole) - len(whole.lstrip()), len(whole.rstrip())
    if first >= last:
        return None
    chars = text.chars[first:last]
    ends = [text.matrix.at(x, y) for _, x, y in chars]
    ends.append(text.matrix.at(chars[-1][1] + width_of(chars[-1][0], text.size), chars[-1][2]))
    size = text.size * (abs(text.matrix.a * text.matrix.d - text.matrix.b * text.matrix.c) ** 0.5 or 1.0) * POINT
    xs = [(x - x0) * POINT for x, _ in ends]
    ys = [(height - (y - y0)) * POINT for _, y in ends]
    box = (min(xs), min(ys) - size * 0.15, max(xs), max(ys) + size * 0.85)
    level = all(a <= b for a, b in pairwise(xs))
    return Piece(whole[first:last], box, tuple(xs) if level else ())
