"""What lies on the pages of a PDF besides their content: form fields, typed words and stamps, comments, attached files.

Values of fields, typed words (FreeText, 打字机) and stamps are displayed, and are read as text of the page in their place.
"""

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.document import Note
from pipeline.ingest.glyphs import Glyph, glyphs_of
from pipeline.ingest.pdf_glyphs import frame_of, read_glyphs
from pipeline.ingest.places import Box
from pipeline.ingest.printed import Ink, PrintedPage

# kinds of annotation without words of their own
_SILENT = (pdfium_c.FPDF_ANNOT_LINK, pdfium_c.FPDF_ANNOT_POPUP)
_TYPED = (pdfium_c.FPDF_ANNOT_FREETEXT, pdfium_c.FPDF_ANNOT_STAMP)
_BUTTONS = (pdfium_c.FPDF_FORMFIELD_CHECKBOX, pdfium_c.FPDF_FORMFIELD_RADIOBUTTON)
_UNSEEN = pdfium_c.FPDF_ANNOT_FLAG_HIDDEN | pdfium_c.FPDF_ANNOT_FLAG_NOVIEW
_MAX_ANNOTATIONS, _MAX_SHOWN = 2000, 40


@dataclass(frozen=True, slots=True)
class _Annotation:
    """An annotation: its kind in pdfium, its box on the page as shown, its words; `mark` for a button, "" for others."""

    kind: int
    box: Box
    words: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Annotated:
    """A page with its annotations as part of it: its characters, words that were added, watermarks, and comments."""

    page: PrintedPage
    added: tuple[str, ...] = ()
    watermarks: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    struck: int = 0


def read_annotated(document: pdfium.PdfDocument, page: pdfium.PdfPage, index: int) -> Annotated:
    """The characters of a page (index from 0) with those of its annotations. Raises `PdfiumError` if it cannot be loaded."""
    before = read_glyphs(page)
    found = list(_annotations(document, page))
    if not found:
        return Annotated(before)
    pdfium_c.FPDFPage_Flatten(page, pdfium_c.FLAT_NORMALDISPLAY)
    flat = document[index]
    try:
        return _annotated(read_glyphs(flat), before, found)
    finally:
        flat.close()


def _annotations(document: pdfium.PdfDocument, page: pdfium.PdfPage) -> Iterator[_Annotation]:
    """The annotations that are displayed or have words."""
    frame, form = frame_of(page), document.formenv
    for at in range(min(pdfium_c.FPDFPage_GetAnnotCount(page), _MAX_ANNOTATIONS)):
        one = pdfium_c.FPDFPage_GetAnnot(page, at)
        if not one:
            continue
        kind, rect = pdfium_c.FPDFAnnot_GetSubtype(one), pdfium_c.FS_RECTF()
        if kind not in _SILENT and pdfium_c.FPDFAnnot_GetRect(one, rect):
            box = frame.shown((rect.left, min(rect.bottom, rect.top), rect.right, max(rect.bottom, rect.top)))
            words, mark = _string(one, b"Contents"), ""
            if kind == pdfium_c.FPDF_ANNOT_WIDGET and form:
                words, mark = _value(form, one), _button(form, one)
            if not pdfium_c.FPDFAnnot_GetFlags(one) & _UNSEEN:
                yield _Annotation(kind, box, words, mark)
        pdfium_c.FPDFPage_CloseAnnot(one)


def _string(one: Any, key: bytes) -> str:
    return _read(lambda buffer, size: pdfium_c.FPDFAnnot_GetStringValue(one, key, buffer, size))


def _value(form: Any, one: Any) -> str:
    return _read(lambda buffer, size: pdfium_c.FPDFAnnot_GetFormFieldValue(form, one, buffer, size))


def _read(function: Any) -> str:
    """A string that a function of pdfium writes into a buffer."""
    size = function(None, 0)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size)
    function(ctypes.cast(buffer, ctypes.POINTER(pdfium_c.FPDF_WCHAR)), size)
    return buffer.raw.decode("utf-16-le", errors="replace").rstrip("\0").strip()


def _button(form: Any, one: Any) -> str:
    """The sign for a box to tick; "" for other fields."""
    if pdfium_c.FPDFAnnot_GetFormFieldType(form, one) not in _BUTTONS:
        return ""
    return "☑" if pdfium_c.FPDFAnnot_IsChecked(form, one) else "□"


def _annotated(page: PrintedPage, before: PrintedPage, found: Sequence[_Annotation]) -> Annotated:
    """The page with annotations, given its characters with them and before, and the annotations."""
    own = {(glyph.char, *map(round, glyph.loose)) for glyph in before.glyphs if not glyph.blank}
    glyphs = list(page.glyphs)
    new = [
        at for at, glyph in enumerate(glyphs) if not glyph.blank and (glyph.char, *map(round, glyph.loose)) not in own
    ]
    dropped: set[int] = set()
    extra: list[Glyph] = []
    words: dict[bool, list[str]] = {False: [], True: []}
    for one in found:
        inside = [at for at in new if _is_in(glyphs[at].loose, one.box)]
        shown = page.glyphs.words(inside)
        is_watermark = one.kind == pdfium_c.FPDF_ANNOT_WATERMARK
        if is_watermark or one.mark:
            dropped.update(inside)
        if one.mark:
            extra += _drawn(one.mark, one.box, len(page.inks))
        elif not shown and one.words and (one.kind in _TYPED or one.kind == pdfium_c.FPDF_ANNOT_WIDGET):
            # no appearance is stored: viewers make one
            extra += _drawn(one.words, one.box, len(page.inks))
            words[False].append(one.words)
        elif shown:
            words[is_watermark].append(shown)
    kept = [glyph for at, glyph in enumerate(glyphs) if at not in dropped]
    comments = tuple(one.words for one in found if one.words and one.kind not in (*_TYPED, pdfium_c.FPDF_ANNOT_WIDGET))
    struck = sum(one.kind == pdfium_c.FPDF_ANNOT_STRIKEOUT for one in found)
    whole = replace(page, glyphs=glyphs_of(kept + extra), inks=(*page.inks, Ink()) if extra else page.inks)
    return Annotated(whole, tuple(words[False]), tuple(words[True]), comments, struck)


def _is_in(box: Box, outer: Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return outer[0] - 1 <= x <= outer[2] + 1 and outer[1] - 1 <= y <= outer[3] + 1


def _drawn(words: str, box: Box, style: int) -> Iterator[Glyph]:
    """The characters of words from the upper left corner of a box, line by line, as large as fits its width."""
    lines = [line for line in words.replace("\r", "\n").split("\n") if line.strip()]
    longest = max((len(line) for line in lines), default=1)
    size = min(14.0, (box[3] - box[1]) / max(len(lines), 1), (box[2] - box[0]) / longest)
    for row, line in enumerate(lines):
        top = box[3] - row * size
        yield Glyph("\n", box, box, blank=True)
        for at, char in enumerate(line):
            place = (box[0] + at * size, top - size, box[0] + (at + 1) * size, top)
            yield Glyph(char, place, place, style=style, blank=char.isspace())


def annotation_notes(page: Annotated, number: int) -> Iterator[Note]:
    """Notes on words that lie on page `number` besides its content, on comments and on words struck out by annotations."""
    for words in page.added:
        yield Note("annotations", f"第{number}页的“{words[:_MAX_SHOWN]}”是填写、打字或者盖章加上的，已读入正文，请核对")
    for words in page.comments:
        yield Note("annotations", f"第{number}页有批注“{words[:_MAX_SHOWN]}”，没有读入正文，请对照原件")
    if page.struck:
        yield Note("annotations", f"第{number}页有{page.struck}处用批注划去的文字，仍按原文读入，请对照原件")


def attachment_notes(document: pdfium.PdfDocument) -> Iterator[Note]:
    """A note that names the files attached to a PDF."""
    names = [_name(document.get_attachment(at).get_name()) for at in range(document.count_attachments())]
    if names:
        listed = "、".join(names[:5]) + (f"等{len(names)}个" if len(names) > 5 else "")
        yield Note("attached", f"PDF内附有文件：{listed}，请另行核对")


def _name(name: str) -> str:
    """The name of an attached file; some producers write its UTF-16 byte by byte."""
    if not name.startswith("\u00fe\u00ff"):
        return name
    return name.encode("latin-1", errors="replace").decode("utf-16", errors="replace")
