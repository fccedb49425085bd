"""Reads OFD (GB/T 33190-2016): the text of every document in the package by its position on the page; scanned pages by OCR."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from ofdkit.package import Package

from pipeline.budget import file_budget, is_late
from pipeline.document import Note
from pipeline.errors import UnreadableFile
from pipeline.guard import Losses
from pipeline.ingest.assemble import Reading
from pipeline.ingest.coverage import MIN_SHARE, has_uncovered_ink, merged, uncovered_share
from pipeline.ingest.layout import blocks_of
from pipeline.ingest.ofd_notes import WATERMARK_TYPE, annotation_notes, beginnings_of, document_notes
from pipeline.ingest.ofd_pages import Sheet, documents_of, ofd_errors, sheets_of
from pipeline.ingest.ofd_pictures import page_picture
from pipeline.ingest.ofd_printed import page_objects, printed_page, texts_in, words_of
from pipeline.ingest.ofd_seals import seals_of
from pipeline.ingest.page_lines import WATERMARK, PageText, lines_on
from pipeline.ingest.page_notes import layer_notes
from pipeline.ingest.places import Line

if TYPE_CHECKING:
    from pipeline.ingest.ocr import RecognisedPage

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
        texts: list[PageText] = []
        for number, sheet in enumerate(sheets, 1):
            texts.append(PageText())
            with lost.page(number):
                texts[-1] = _lines(sheet, number, texts[-2] if number > 1 else None)
        pages: list[Sequence[Line]] = [text.lines for text in texts]
        recognised = _recognised(package, sheets, texts, lost)
        notes: list[Note] = []
        for place, notes_of in (("电子签章", seals_of), ("附件目录", _attachment_notes)):
            with lost.part(place), ofd_errors():
                notes += notes_of(package)
    for number, page in recognised.items():
        pages[number - 1] = merged(pages[number - 1], page.lines)
    lost.check(any(pages))
    if not any(pages):
        raise _without_text(recognised=bool(recognised))
    notes += [*document_notes(sheets), *annotation_notes(sheets), *layer_notes(texts)]
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
    blocks = tuple(blocks_of(pages, beginnings_of(sheets)[1:]))
    if not recognised:
        return Reading("ofd", blocks, tuple(notes), len(pages))
    from pipeline.ingest import scans

    notes += scans.recognition_notes(pages)
    return Reading("ofd", blocks, tuple(notes), len(pages), scans.turns_of(recognised))


def _without_text(*, recognised: bool) -> UnreadableFile:
    from pipeline.ingest import ocr, scans

    if not recognised and not ocr.available():
        return scans.needs_installing("ofd", "OFD里没有文字，应为图片")
    return UnreadableFile("ofd", "OFD里没有文字，图片上也没有认出文字", remedy="已保存原件，待识别；请打印为PDF后提交")


def _recognised(
    package: Package, sheets: Sequence[Sheet], texts: Sequence[PageText], lost: Losses
) -> "dict[int, RecognisedPage]":
    """The pages that show a scan, as recognised, by page number; empty if recognition is not installed."""
    wanted = [
        number
        for number, (sheet, text) in enumerate(zip(sheets, texts, strict=True), 1)
        if not lost.has_page(number) and _may_be_scan(sheet, text)
    ]
    if not wanted:
        return {}
    from pipeline.ingest import ocr

    if not ocr.available():
        return {}
    found = {}
    for number in wanted:
        if is_late():
            lost.cut_off(number, len(sheets), "超过一个文件的时间")
            break
        with lost.page(number):
            page = _recognise(package, sheets[number - 1], texts[number - 1], number)
            if page is not None:
                found[number] = page
    return found


def _may_be_scan(sheet: Sheet, text: PageText) -> bool:
    """Whether pictures cover a good part of the page that its text does not."""
    share = _SCAN_SHARE if not text.lines else MIN_SHARE
    return uncovered_share(text.pictures, text.lines, *text.size) >= share


def _recognise(package: Package, sheet: Sheet, text: PageText, number: int) -> "RecognisedPage | None":
    """A page as recognised, if its pictures have ink outside of its text; None if it has no picture that can be read."""
    from pipeline.ingest import scans

    page = page_picture(package, sheet)
    if page is None:
        return None
    if text.lines and not has_uncovered_ink(page.grey(), text.pictures, text.lines, *text.size):
        return None
    return scans.read_page_image(page.image, number, text.size)


def _lines(sheet: Sheet, number: int, before: PageText | None) -> PageText:
    """The text of a page, with that of its annotations; of what is not displayed only the words."""
    added = [item for one in sheet.annotations if one.kind != WATERMARK_TYPE for item in one.objects]
    marks = [item for one in sheet.annotations if one.kind == WATERMARK_TYPE for item in one.objects]
    page = printed_page(sheet, texts_in((*sheet.objects, *added)))
    text = lines_on(page, page_objects(sheet), number, before)
    words = words_of(item for item in texts_in(marks) if not item.hidden)
    if words:
        left_out = text.left_out | {WATERMARK: (*text.left_out.get(WATERMARK, ()), *words)}
        text = replace(text, left_out=left_out)
    return text
