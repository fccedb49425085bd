"""Reads PDF files: lines from the text layer by their position on the page, joined into paragraphs; scanned pages by OCR."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pypdfium2 as pdfium

from pipeline.budget import file_budget, is_late
from pipeline.document import Note
from pipeline.errors import UnreadableFile
from pipeline.guard import Losses
from pipeline.ingest.assemble import Reading
from pipeline.ingest.layout import blocks_of, lines_of
from pipeline.ingest.places import Box, Line, Piece
from pipeline.substitute_font import install

if TYPE_CHECKING:
    from pipeline.ingest.ocr import RecognisedPage

_MIN_CHARACTERS = 15
_NO_BOX: Box = (0.0, 0.0, 0.0, 0.0)
# characters of a text layer that are not displayed: hyphenation marks, characters without a mapping
_INVISIBLE = frozenset("\x00\x02\ufffe\uffff")
_HAN = re.compile("[\u4e00-\u9fff]")
_GARBLED = re.compile("[\ue000-\uf8ff\ufffd\x00-\x08\x0e-\x1f\u0080-\u009f]")


def read_pdf(data: bytes) -> Reading:
    """Read a PDF; pages without a usable text layer are recognised if recognition is installed.

    Raises `UnreadableFile` if the file is encrypted, damaged or over the page limit, or if its text layer is missing or
    garbled and recognition gave no text or is not installed.
    """
    document = _open(data)
    try:
        most = file_budget().pages
        if len(document) > most:
            raise UnreadableFile("limit", f"PDF超过{most}页", remedy="请拆分后提交")
        lost = Losses()
        pages, unusable = _text_layer(document, lost)
        recognised = _recognised(document, unusable, lost)
    finally:
        document.close()
    for number, page in recognised.items():
        pages[number - 1] = list(page.lines)
    lost.check(any(pages))
    if not recognised or not any(pages):
        _check_text(pages)
    blank = [str(number) for number, lines in enumerate(pages, 1) if not lines and not lost.has_page(number)]
    empty = (Note("blank_pages", f"第{'、'.join(blank)}页没有文字层，未能识别，请对照原件"),) if blank else ()
    notes = (*lost.notes(), *empty)
    if not recognised:
        return Reading("pdf", tuple(blocks_of(pages)), notes, len(pages))
    from pipeline.ingest import scans

    notes = (*notes, *scans.recognition_notes(pages))
    return Reading("pdf", tuple(blocks_of(pages)), notes, len(pages), scans.turns_of(recognised))


def _text_layer(document: pdfium.PdfDocument, lost: Losses) -> tuple[list[list[Line]], list[int]]:
    """The lines of every page, and the numbers (from 1) of the pages whose text layer cannot be used."""
    pages: list[list[Line]] = []
    unusable: list[int] = []
    left = file_budget().characters
    for number in range(1, len(document) + 1):
        lines: list[Line] = []
        if left < 0 or is_late():
            lost.cut_off(number, len(document), "超过一个文件的字数" if left < 0 else "超过一个文件的时间")
            pages += [[] for _ in range(number, len(document) + 1)]
            break
        with lost.page(number):
            lines = list(_page_lines(document, number - 1))
            if not _is_legible(lines, document, number):
                unusable.append(number)
        pages.append(lines)
        left -= sum(len(line.text) for line in lines)
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
    """Runs of adjacent characters on one line, in drawing order.

    Characters are read one by one, because pdfium's text of a rectangle may include characters of neighbouring lines.
    """
    text, box = "", _NO_BOX
    for index in range(text_page.count_chars()):
        char = chr(pdfium.raw.FPDFText_GetUnicode(text_page, index))
        if char in _INVISIBLE:
            continue
        char_box = _NO_BOX if char.isspace() else _char_box(text_page, index)
        if char_box is _NO_BOX:
            text += " " if text and text[-1] != " " and char not in "\r\n" else ""
            continue
        if text and not _follows(box, char_box):
            yield Piece(text.strip(), box)
            text, box = "", _NO_BOX
        text += char
        box = char_box if box is _NO_BOX else _union(box, char_box)
    if text.strip():
        yield Piece(text.strip(), box)


def _char_box(text_page: pdfium.PdfTextPage, index: int) -> Box:
    """The box of a character: its advance width by the height of its glyph."""
    (left, _, right, _), (_, low, _, high) = text_page.get_charbox(index, loose=True), text_page.get_charbox(index)
    return (left, low, right, high)


def _follows(box: Box, char_box: Box) -> bool:
    """Whether a character continues a piece: on the same line, and within one character height of its end."""
    size = max(box[3] - box[1], char_box[3] - char_box[1])
    level = box[1] <= (char_box[1] + char_box[3]) / 2 <= box[3] or char_box[1] <= (box[1] + box[3]) / 2 <= char_box[3]
    return level and box[2] - size <= char_box[0] <= box[2] + size


def _union(a: Box, b: Box) -> Box:
    return (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))


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
