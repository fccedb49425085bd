"""Reads PDF files: lines from the text layer by their position on the page, joined into paragraphs; scanned pages by OCR."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pypdfium2 as pdfium

from pipeline.document import Note
from pipeline.errors import UnreadableFile
from pipeline.guard import Losses
from pipeline.ingest.assemble import Reading
from pipeline.ingest.layout import blocks_of
from pipeline.ingest.pdf_glyphs import read_glyphs
from pipeline.ingest.pdf_objects import read_objects
from pipeline.ingest.pdf_pages import PageText, lines_on, with_own_margins
from pipeline.ingest.places import Line
from pipeline.ingest.watermarks import left_out_notes
from pipeline.substitute_font import install

if TYPE_CHECKING:
    from pipeline.ingest.ocr import RecognisedPage

_MIN_CHARACTERS, _MAX_PAGES = 15, 3000
_HAN = re.compile("[\u4e00-\u9fff]")
_GARBLED = re.compile("[\ue000-\uf8ff\ufffd\x00-\x08\x0e-\x1f\u0080-\u009f]")


def read_pdf(data: bytes) -> Reading:
    """Read a PDF; pages without a usable text layer are recognised if recognition is installed.

    Raises `UnreadableFile` if the file is encrypted, damaged or over the page limit, or if its text layer is missing or
    garbled and recognition gave no text or is not installed.
    """
    document = _open(data)
    try:
        if len(document) > _MAX_PAGES:
            raise UnreadableFile("limit", f"PDF超过{_MAX_PAGES}页", remedy="请拆分后提交")
        lost = Losses()
        texts, unusable = _text_layer(document, lost)
        recognised = _recognised(document, unusable, lost)
    finally:
        document.close()
    pages = _pages(texts)
    for number, page in recognised.items():
        pages[number - 1] = page.lines
    lost.check(any(pages))
    if not recognised or not any(pages):
        _check_text(pages)
    blank = [str(number) for number, lines in enumerate(pages, 1) if not lines and not lost.has_page(number)]
    empty = (Note("blank_pages", f"第{'、'.join(blank)}页没有文字层，未能识别，请对照原件"),) if blank else ()
    notes = (*lost.notes(), *empty, *left_out_notes(_left_out(texts)))
    if not recognised:
        return Reading("pdf", tuple(blocks_of(pages)), notes, len(pages))
    from pipeline.ingest import scans

    notes = (*notes, *scans.recognition_notes(pages))
    return Reading("pdf", tuple(blocks_of(pages)), notes, len(pages), scans.turns_of(recognised))


def _pages(texts: Sequence[PageText]) -> list[tuple[Line, ...]]:
    """The lines of all pages; pages of another size than most have margins of their own."""
    sizes = Counter((round(text.size[0]), round(text.size[1])) for text in texts)
    usual = sizes.most_common(1)[0][0] if sizes else (0, 0)
    return [
        text.lines if (round(text.size[0]), round(text.size[1])) == usual else with_own_margins(text.lines)
        for text in texts
    ]


def _left_out(texts: Sequence[PageText]) -> dict[str, dict[str, list[int]]]:
    """By reason, the words that were left out, with the numbers of the pages on which they stand."""
    found: dict[str, dict[str, list[int]]] = {}
    for number, text in enumerate(texts, 1):
        for reason, words in text.left_out.items():
            for one in words:
                found.setdefault(reason, {}).setdefault(one, []).append(number)
    return found


def _text_layer(document: pdfium.PdfDocument, lost: Losses) -> tuple[list[PageText], list[int]]:
    """The text of every page, and the numbers (from 1) of the pages whose text layer cannot be used."""
    pages: list[PageText] = []
    unusable: list[int] = []
    for number in range(1, len(document) + 1):
        text = PageText()
        with lost.page(number):
            text = _page_lines(document, number - 1)
            if not _is_legible(text.lines, document, number):
                unusable.append(number)
        pages.append(text)
    return pages, unusable


def _recognised(document: pdfium.PdfDocument, unusable: Sequence[int], lost: Losses) -> "dict[int, RecognisedPage]":
    """Recognise the given pages, by page number; empty if recognition is not installed."""
    if not unusable:
        return {}
    from pipeline.ingest import ocr, scans

    return scans.read_pages(document, unusable, lost) if ocr.available() else {}


def _is_legible(lines: Sequence[Line], document: pdfium.PdfDocument, number: int) -> bool:
    """Whether the text layer of a page can be used; a few characters over a picture cannot."""
    text = "".join(line.text for line in lines)
    if len(text) < _MIN_CHARACTERS:
        return not _has_picture(document, number)
    return not _is_garbled(text)


def _has_picture(document: pdfium.PdfDocument, number: int) -> bool:
    """Whether a page contains something other than text: a picture, or text converted to outlines."""
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


def _page_lines(document: pdfium.PdfDocument, index: int) -> PageText:
    """The text of a page; of one that pdfium cannot load, nothing."""
    try:
        page = document[index]
        printed, objects = read_glyphs(page), read_objects(page)
    except pdfium.PdfiumError:
        return PageText()
    page.close()
    return lines_on(printed, objects, index + 1)


def _check_text(pages: Sequence[Sequence[Line]]) -> None:
    text = "".join(line.text for lines in pages for line in lines)
    if len(text) < 10 * max(len(pages) // 4, 1):
        raise _waiting("no_text_layer", "PDF没有文字层，应为扫描件")
    if _is_garbled(text):
        raise _waiting("garbled", "PDF的文字层是乱码（字体缺少对应关系）")


def _waiting(kind: str, what: str) -> UnreadableFile:
    from pipeline.ingest import ocr, scans

    if not ocr.available():
        return scans.needs_installing(kind, what)
    return UnreadableFile(kind, f"{what}，也没有认出文字", remedy="已保存原件，待识别；请重新扫描，或者提交电子版")


def _is_garbled(text: str) -> bool:
    """Whether a text layer is unusable: private use or replacement characters, or text of a Western code page."""
    bad = len(_GARBLED.findall(text))
    han = len(_HAN.findall(text))
    latin = sum(1 for c in text if c.isascii() and c.isalpha())
    odd = sum(1 for c in text if "\u00a1" <= c <= "\u024f")
    return bad * 10 > len(text) or (odd * 5 > len(text) and han * 5 < len(text)) or (han + latin) * 4 < len(text)
