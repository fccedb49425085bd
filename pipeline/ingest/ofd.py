"""Reads OFD (GB/T 33190-2016): the text of every document in the package by its position on the page; scanned pages by OCR."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING

from ofdkit.package import Package

from pipeline.budget import file_budget, is_late
from pipeline.document import Note
from pipeline.errors import UnreadableFile
from pipeline.guard import Losses
from pipeline.ingest.assemble import Reading
from pipeline.ingest.layout import blocks_of, lines_of
from pipeline.ingest.ofd_pages import Picture, Sheet, Text, documents_of, ofd_errors, sheets_of, width_of
from pipeline.ingest.ofd_seals import seals_of
from pipeline.ingest.places import Line, Piece

if TYPE_CHECKING:
    from pipeline.ingest.ocr import RecognisedPage

# points per millimetre
POINT = 72 / 25.4
# a page without text is a scan if one picture covers at least this share of it
_SCAN_SHARE = 0.5


def read_ofd(data: bytes) -> Reading:
    """Read an OFD. Raises `UnreadableFile` if it is damaged, encrypted, over the limits, or has no text even after recognition."""
    lost = Losses()
    with open_package(data) as package:
        sheets, most = [], file_budget().pages
        for sheet in sheets_of(package, lost):
            sheets.append(sheet)
            if len(sheets) > most:
                raise UnreadableFile("limit", f"OFD超过{most}页", remedy="请拆分后提交")
        pages: list[Sequence[Line]] = []
        for number, sheet in enumerate(sheets, 1):
            pages.append(())
            with lost.page(number):
                pages[-1] = list(_lines(sheet, number))
        recognised = _recognised(package, sheets, pages, lost)
        notes: list[Note] = []
        for place, notes_of in (("电子签章", seals_of), ("附件目录", _attachment_notes)):
            with lost.part(place), ofd_errors():
                notes += notes_of(package)
    for number, page in recognised.items():
        pages[number - 1] = page.lines
    lost.check(any(pages))
    if not any(pages):
        raise _without_text(recognised=bool(recognised))
    return _reading(sheets, pages, notes, recognised, lost)


@contextmanager
def open_package(data: bytes) -> Iterator[Package]:
    """Open the package of an OFD; errors of ofdkit in the context are raised as `UnreadableFile`."""
    with ofd_errors(), Package(data) as package:
        yield package


def attachments_of(package: Package) -> Iterator[tuple[str, str]]:
    """The files attached to a package: the name of each, and the name of the part that contains it."""
    for path, root in documents_of(package):
        listed = package.resolve(path, root.findtext("{*}Attachments"))
        if listed is None:
            continue
        for element in package.read_xml(listed).findall("{*}Attachment"):
            part = package.resolve(listed, element.findtext("{*}FileLoc"))
            if part is not None:
                yield element.get("Name") or part.rsplit("/", 1)[-1], part


def _attachment_notes(package: Package) -> Iterator[Note]:
    names = [name for name, _ in attachments_of(package)]
    if names:
        listed = "、".join(names[:5]) + (f"等{len(names)}个" if len(names) > 5 else "")
        yield Note("attached", f"OFD内附有文件：{listed}，请另行核对")


def _reading(
    sheets: Sequence[Sheet],
    pages: Sequence[Sequence[Line]],
    notes: list[Note],
    recognised: "dict[int, RecognisedPage]",
    lost: Losses,
) -> Reading:
    notes += lost.notes()
    broken = [number for number, sheet in enumerate(sheets, 1) if sheet.broken]
    blank = [
        number
        for number, lines in enumerate(pages, 1)
        if not lines and number not in broken and not lost.has_page(number)
    ]
    for numbers, reason in ((broken, "的内容已损坏，没有读出"), (blank, "没有文字，未能识别")):
        if numbers:
            notes.append(Note("blank_pages", f"第{'、'.join(map(str, numbers))}页{reason}，请对照原件"))
    if not recognised:
        return Reading("ofd", tuple(blocks_of(pages)), tuple(notes), len(pages))
    from pipeline.ingest import scans

    notes += scans.recognition_notes(pages)
    return Reading("ofd", tuple(blocks_of(pages)), tuple(notes), len(pages), scans.turns_of(recognised))


def _without_text(*, recognised: bool) -> UnreadableFile:
    from pipeline.ingest import ocr, scans

    if not recognised and not ocr.available():
        return scans.needs_installing("ofd", "OFD里没有文字，应为图片")
    return UnreadableFile("ofd", "OFD里没有文字，图片上也没有认出文字", remedy="已保存原件，待识别；请打印为PDF后提交")


def _recognised(
    package: Package, sheets: Sequence[Sheet], pages: Sequence[Sequence[Line]], lost: Losses
) -> "dict[int, RecognisedPage]":
    """Recognise the pages that are scans, by page number; empty if recognition is not installed."""
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
        if is_late():
            lost.cut_off(number, len(sheets), "超过一个文件的时间")
            break
        width, height = (side * POINT for side in sheets[number - 1].box[2:])
        with lost.page(number):
            with ofd_errors():
                data = package.read(part)
            page = scans.read_page_image(data, number, (width, height))
            if page is not None:
                found[number] = page
    return found


def _page_picture(sheet: Sheet) -> Picture | None:
    """The picture of a scanned page: the largest one, if it covers at least `_SCAN_SHARE` of the page, else None."""
    pictures = [item for item in sheet.objects if isinstance(item, Picture)]
    largest = max(pictures, key=_area, default=None)
    enough = largest is not None and _area(largest) >= _SCAN_SHARE * sheet.box[2] * sheet.box[3]
    return largest if enough else None


def _area(picture: Picture) -> float:
    matrix = picture.matrix
    return abs(matrix.a * matrix.d - matrix.b * matrix.c)


def _lines(sheet: Sheet, number: int) -> Iterator[Line]:
    x0, y0, width, height = sheet.box
    pieces = []
    for item in sheet.objects:
        piece = _piece(item, (x0, y0, height)) if isinstance(item, Text) else None
        if piece and -20 <= piece.box[0] <= width * POINT + 20 and -20 <= piece.box[1] <= height * POINT + 20:
            pieces.append(piece)
    yield from lines_of(pieces, number, height * POINT)


def _piece(text: Text, frame: tuple[float, float, float]) -> Piece | None:
    """A text run as a `Piece` in points from the lower left corner; None for whitespace. `frame`: page x, y and height in mm."""
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
