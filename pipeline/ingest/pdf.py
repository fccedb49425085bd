"""Reads PDF files: lines from the text layer by their position on the page, joined into paragraphs; scanned pages by OCR."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pypdfium2 as pdfium

from pipeline.budget import file_budget, is_late
from pipeline.document import Note
from pipeline.errors import UnreadableFile
from pipeline.guard import Losses
from pipeline.ingest.assemble import Reading
from pipeline.ingest.coverage import DPI, MIN_SHARE, has_uncovered_ink, merged, uncovered_share
from pipeline.ingest.layout import blocks_of
from pipeline.ingest.page_lines import WATERMARK, PageText, lines_on, with_own_margins
from pipeline.ingest.page_notes import layer_notes
from pipeline.ingest.pdf_annotations import annotation_notes, attachment_notes, read_annotated
from pipeline.ingest.pdf_objects import read_objects
from pipeline.ingest.places import Line
from pipeline.substitute_font import install

if TYPE_CHECKING:
    from pipeline.ingest.ocr import RecognisedPage

_MIN_CHARACTERS = 15
_HAN = re.compile("[\u4e00-\u9fff]")
_LATIN = re.compile("[0-9A-Za-z]")
_ODD = re.compile("[\u00a1-\u024f]")
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
        texts, unusable = _text_layer(document, lost)
        recognised = _recognised(document, unusable, lost)
        attached = list(attachment_notes(document))
    finally:
        document.close()
    pages = _pages(texts)
    for number, page in recognised.items():
        pages[number - 1] = _with_recognised(texts[number - 1], pages[number - 1], page)
    lost.check(any(pages))
    if not recognised or not any(pages):
        _check_text(pages)
    notes = (*lost.notes(), *_page_notes(pages, unusable, lost), *layer_notes(texts), *attached)
    if not recognised:
        return Reading("pdf", tuple(blocks_of(pages)), notes, len(pages))
    from pipeline.ingest import scans

    notes = (*notes, *scans.recognition_notes(pages))
    return Reading("pdf", tuple(blocks_of(pages)), notes, len(pages), scans.turns_of(recognised))


def _with_recognised(text: PageText, lines: Sequence[Line], page: "RecognisedPage") -> tuple[Line, ...]:
    """The lines of a page that was recognised, with those of its text layer if this can be used."""
    if not _is_legible(text) or page.degrees:
        return page.lines
    return tuple(merged(lines, page.lines))


def _page_notes(pages: Sequence[Sequence[Line]], unusable: Sequence[int], lost: Losses) -> Iterator[Note]:
    """Notes on pages without text, and with pictures that gave none."""
    blank = [number for number, lines in enumerate(pages, 1) if not lines and not lost.has_page(number)]
    if blank:
        yield Note("blank_pages", f"第{_listed(blank)}页没有文字层，未能识别，请对照原件")
    silent = [
        number
        for number in unusable
        if pages[number - 1] and not any(line.confidence is not None for line in pages[number - 1])
    ]
    if silent:
        yield Note("pictures", f"第{_listed(silent)}页有图片，其中的文字没有读出，请对照原件")


def _listed(numbers: Sequence[int]) -> str:
    return "、".join(map(str, numbers))


def _pages(texts: Sequence[PageText]) -> list[tuple[Line, ...]]:
    """The lines of all pages; pages of another size than most have margins of their own."""
    sizes = Counter((round(text.size[0]), round(text.size[1])) for text in texts)
    usual = sizes.most_common(1)[0][0] if sizes else (0, 0)
    return [
        text.lines if (round(text.size[0]), round(text.size[1])) == usual else with_own_margins(text.lines)
        for text in texts
    ]


def _text_layer(document: pdfium.PdfDocument, lost: Losses) -> tuple[list[PageText], list[int]]:
    """The text of every page, and the numbers (from 1) of the pages to recognise."""
    pages: list[PageText] = []
    unusable: list[int] = []
    left = file_budget().characters
    for number in range(1, len(document) + 1):
        text = PageText()
        if left < 0 or is_late():
            lost.cut_off(number, len(document), "超过一个文件的字数" if left < 0 else "超过一个文件的时间")
            pages += [PageText() for _ in range(number, len(document) + 1)]
            break
        with lost.page(number):
            text = _page_lines(document, number - 1, pages[-1] if pages else None)
            if not _is_legible(text) or _is_left_to_recognise(document, number, text):
                unusable.append(number)
        pages.append(text)
        left -= sum(len(line.text) for line in text.lines)
    return pages, unusable


def _recognised(document: pdfium.PdfDocument, unusable: Sequence[int], lost: Losses) -> "dict[int, RecognisedPage]":
    """The given pages as recognised, by page number; empty if recognition is not installed."""
    if not unusable:
        return {}
    from pipeline.ingest import ocr, scans

    return scans.read_pages(document, unusable, lost) if ocr.available() else {}


def _is_legible(text: PageText) -> bool:
    """Whether the text layer of a page can be used; a few characters over a picture cannot."""
    words = "".join(line.text for line in text.lines)
    return not text.drawing if len(words) < _MIN_CHARACTERS else not _is_garbled(words)


def _is_left_to_recognise(document: pdfium.PdfDocument, number: int, text: PageText) -> bool:
    """Whether a page with text has a picture that it does not cover and that has ink, such as a scan below a printed header."""
    size = text.size
    if uncovered_share(text.pictures, text.lines, *size) < MIN_SHARE:
        return False
    page = document[number - 1]
    pixels = page.render(scale=DPI / 72, grayscale=True).to_numpy()
    page.close()
    return has_uncovered_ink(pixels.reshape(pixels.shape[:2]), text.pictures, text.lines, *size)


def _open(data: bytes) -> pdfium.PdfDocument:
    install()
    try:
        document = pdfium.PdfDocument(data)
        # before a page is loaded, so that values of fields have an appearance
        document.init_forms()
        return document
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


def _page_lines(document: pdfium.PdfDocument, index: int, before: PageText | None) -> PageText:
    """The text of a page, `before` that of the page before; of one that pdfium cannot load, nothing."""
    try:
        page = document[index]
        objects, annotated = read_objects(page), read_annotated(document, page, index)
        page.close()
    except pdfium.PdfiumError:
        return PageText()
    text = lines_on(annotated.page, objects, index + 1, before)
    if annotated.watermarks:
        words = (*text.left_out.get(WATERMARK, ()), *annotated.watermarks)
        text = replace(text, left_out=text.left_out | {WATERMARK: words})
    return replace(text, notes=tuple(annotation_notes(annotated, index + 1)))


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
    latin = len(_LATIN.findall(text))
    odd = len(_ODD.findall(text))
    return bad * 10 > len(text) or (odd * 5 > len(text) and han * 5 < len(text)) or (han + latin) * 4 < len(text)
