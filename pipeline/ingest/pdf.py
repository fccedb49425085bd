"""PDF files with a text layer: lines by their place on the page, joined into paragraphs."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pypdfium2 as pdfium

from pipeline.document import Note
from pipeline.errors import UnreadableFile
from pipeline.guard import Losses
from pipeline.ingest.assemble import Reading
from pipeline.ingest.layout import blocks_of, lines_of
from pipeline.ingest.places import Box, Line, Piece
from pipeline.substitute_font import install

if TYPE_CHECKING:
    from pipeline.ingest.ocr import Leaf

_FEW, _MOST_PAGES = 15, 3000
_NOWHERE: Box = (0.0, 0.0, 0.0, 0.0)
# what a text layer holds and nobody sees: the mark of a hyphen, of a character without meaning
_UNSEEN = frozenset("\x00\x02\ufffe\uffff")
_HAN = re.compile("[\u4e00-\u9fff]")
_GARBLED = re.compile("[\ue000-\uf8ff\ufffd\x00-\x08\x0e-\x1f\u0080-\u009f]")


def read_pdf(data: bytes) -> Reading:
    """The text of a PDF; pages without a legible layer are recognised where that is installed.

    Raises `UnreadableFile`: encrypted, damaged, too many pages, without or with a garbled layer and no recognition.
    """
    document = _open(data)
    try:
        if len(document) > _MOST_PAGES:
            raise UnreadableFile("limit", f"PDF超过{_MOST_PAGES}页", remedy="请拆分后提交")
        lost = Losses()
        pages, wanted = _text_layer(document, lost)
        leaves = _recognised(document, wanted, lost)
    finally:
        document.close()
    for number, leaf in leaves.items():
        pages[number - 1] = list(leaf.lines)
    lost.check(any(pages))
    if not leaves or not any(pages):
        _check_text(pages)
    blank = [str(number) for number, lines in enumerate(pages, 1) if not lines and not lost.has_page(number)]
    empty = (Note("blank_pages", f"第{'、'.join(blank)}页没有文字层，未能识别，请对照原件"),) if blank else ()
    notes = (*lost.notes(), *empty)
    if not leaves:
        return Reading("pdf", tuple(blocks_of(pages)), notes, len(pages))
    from pipeline.ingest import scans

    told = (*notes, *scans.told_of(pages))
    return Reading("pdf", tuple(blocks_of(pages)), told, len(pages), scans.turns_of(leaves))


def _text_layer(document: pdfium.PdfDocument, lost: Losses) -> tuple[list[list[Line]], list[int]]:
    """The lines of every page, and the numbers of the pages whose own text cannot be used."""
    pages: list[list[Line]] = []
    wanted: list[int] = []
    for number in range(1, len(document) + 1):
        lines: list[Line] = []
        with lost.page(number):
            lines = list(_page_lines(document, number - 1))
            if not _is_legible(lines, document, number):
                wanted.append(number)
        pages.append(lines)
    return pages, wanted


def _recognised(document: pdfium.PdfDocument, wanted: Sequence[int], lost: Losses) -> "dict[int, Leaf]":
    """Pages that cannot be read, recognised; none where that is not installed."""
    if not wanted:
        return {}
    from pipeline.ingest import ocr, scans

    return scans.read_pages(document, wanted, lost) if ocr.available() else {}


def _is_legible(lines: Sequence[Line], document: pdfium.PdfDocument, number: int) -> bool:
    """Whether a page's own text can be used; a few characters over a picture of the page cannot."""
    text = "".join(line.text for line in lines)
    if len(text) < _FEW:
        return not _has_picture(document, number)
    return not _is_garbled(text)


def _has_picture(document: pdfium.PdfDocument, number: int) -> bool:
    """Whether something other than text is drawn on a page: a picture, or print turned into outlines."""
    kinds = [pdfium.raw.FPDF_PAGEOBJ_IMAGE, pdfium.raw.FPDF_PAGEOBJ_PATH, pdfium.raw.FPDF_PAGEOBJ_SHADING]
    try:
        return next(iter(document[number - 1].get_objects(filter=kinds, max_depth=3)), None) is not None
    except pdfium.PdfiumError:
        return False


def _open(data: bytes) -> pdfium.PdfDocument:
    install()
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "assword" in str(error):
            raise UnreadableFile(
                "encrypted",
                "PDF设有打开密码，无法读取",
                remedy="请取消密码或另存为无密码的PDF后重新提交",
            ) from error
        raise UnreadableFile(
            "truncated",
            "PDF不完整或已损坏，无法打开",
            remedy="多为下载或传输中断所致，请重新获取原件",
        ) from error


def _page_lines(document: pdfium.PdfDocument, index: int) -> Iterator[Line]:
    """The lines of a page from top to bottom."""
    try:
        page = document[index]
        text_page = page.get_textpage()
    except pdfium.PdfiumError:
        return
    height = page.get_height()
    pieces = list(_pieces(text_page))
    text_page.close()
    page.close()
    yield from lines_of(pieces, index + 1, height)


def _pieces(text_page: pdfium.PdfTextPage) -> Iterator[Piece]:
    """Runs of characters that follow each other on one line, as the file draws them.

    Characters are taken one by one: what lies within a rectangle may belong to the line above or below.
    """
    held, box = "", _NOWHERE
    for index in range(text_page.count_chars()):
        char = chr(pdfium.raw.FPDFText_GetUnicode(text_page, index))
        if char in _UNSEEN:
            continue
        place = _NOWHERE if char.isspace() else _place(text_page, index)
        if place is _NOWHERE:
            held += " " if held and held[-1] != " " and char not in "\r\n" else ""
            continue
        if held and not _follows(box, place):
            yield Piece(held.strip(), box)
            held, box = "", _NOWHERE
        held += char
        box = place if box is _NOWHERE else _around(box, place)
    if held.strip():
        yield Piece(held.strip(), box)


def _place(text_page: pdfium.PdfTextPage, index: int) -> Box:
    """The box of a character: as wide as the place it takes, as high as its ink."""
    (left, _, right, _), (_, low, _, high) = text_page.get_charbox(index, loose=True), text_page.get_charbox(index)
    return (left, low, right, high)


def _follows(box: Box, place: Box) -> bool:
    """Whether a character goes on with a piece: on its line, behind it, and not further than a character is high."""
    size = max(box[3] - box[1], place[3] - place[1])
    level = box[1] <= (place[1] + place[3]) / 2 <= box[3] or place[1] <= (box[1] + box[3]) / 2 <= place[3]
    return level and box[2] - size <= place[0] <= box[2] + size


def _around(a: Box, b: Box) -> Box:
    return (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))


def _check_text(pages: Sequence[Sequence[Line]]) -> None:
    text = "".join(line.text for lines in pages for line in lines)
    if len(text) < 10 * max(len(pages) // 4, 1):
        raise _waits("no_text_layer", "PDF没有文字层，应为扫描件")
    if _is_garbled(text):
        raise _waits("garbled", "PDF的文字层是乱码（字体缺少对应关系）")


def _waits(kind: str, what: str) -> UnreadableFile:
    from pipeline.ingest import ocr, scans

    if not ocr.available():
        return scans.needs_installing(kind, what)
    return UnreadableFile(kind, f"{what}，也没有认出文字", remedy="已保存原件，待识别；请重新扫描，或者提交电子版")


def _is_garbled(text: str) -> bool:
    """Whether a text layer has lost its characters: private use, replacement, or a western code page."""
    bad = len(_GARBLED.findall(text))
    han = len(_HAN.findall(text))
    latin = sum(1 for c in text if c.isascii() and c.isalpha())
    odd = sum(1 for c in text if "\u00a1" <= c <= "\u024f")
    return bad * 10 > len(text) or (odd * 5 > len(text) and han * 5 < len(text)) or (han + latin) * 4 < len(text)
