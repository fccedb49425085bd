"""PDF files with a text layer: lines by their place on the page, joined into paragraphs."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pypdfium2 as pdfium

from pipeline.document import Note
from pipeline.errors import UnreadableFile
from pipeline.ingest.assemble import Reading
from pipeline.ingest.layout import blocks_of, lines_of
from pipeline.ingest.places import Line, Piece

if TYPE_CHECKING:
    from pipeline.ingest.ocr import Leaf

_FEW, _MOST_PAGES = 15, 3000
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
        pages = [list(_page_lines(document, index)) for index in range(len(document))]
        wanted = [number for number, lines in enumerate(pages, 1) if not _is_legible(lines, document, number)]
        leaves = _recognised(document, wanted)
    finally:
        document.close()
    for number, leaf in leaves.items():
        pages[number - 1] = list(leaf.lines)
    if not leaves or not any(pages):
        _check_text(pages)
    blank = [str(number) for number, lines in enumerate(pages, 1) if not lines]
    notes = (Note("blank_pages", f"第{'、'.join(blank)}页没有文字层，未能识别，请对照原件"),) if blank else ()
    if not leaves:
        return Reading("pdf", tuple(blocks_of(pages)), notes, len(pages))
    from pipeline.ingest import scans

    told = (*notes, *scans.told_of(pages))
    return Reading("pdf", tuple(blocks_of(pages)), told, len(pages), scans.turns_of(leaves))


def _recognised(document: pdfium.PdfDocument, wanted: Sequence[int]) -> "dict[int, Leaf]":
    """Pages that cannot be read, recognised; none where that is not installed."""
    if not wanted:
        return {}
    from pipeline.ingest import ocr, scans

    return scans.read_pages(document, wanted) if ocr.available() else {}


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
    pieces = []
    for number in range(text_page.count_rects()):
        x0, y0, x1, y1 = text_page.get_rect(number)
        text = text_page.get_text_bounded(x0, y0, x1, y1).replace("\r\n", "").replace("\n", "")
        if text.strip():
            pieces.append(Piece(text.strip("\u0002"), (x0, y0, x1, y1)))
    text_page.close()
    page.close()
    yield from lines_of(pieces, index + 1, height)


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
