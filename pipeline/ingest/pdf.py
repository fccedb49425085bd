"""PDF files with a text layer: lines by their place on the page, joined into paragraphs."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pypdfium2 as pdfium

from pipeline.document import BlockKind, Note
from pipeline.errors import UnreadableFile
from pipeline.ingest.assemble import RawBlock, Reading
from pipeline.ingest.paragraphs import is_furniture

_DIGITS = re.compile(r"\d+")
_HAN = re.compile("[\u4e00-\u9fff]")
_GARBLED = re.compile("[\ue000-\uf8ff\ufffd\x00-\x08\x0e-\x1f\u0080-\u009f]")
_LABEL = re.compile(
    "^(?:第[一二三四五六七八九十百零〇0-9]{1,5}[编章节条]|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|附件|抄送)"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of print: its text, page (from 1) and box x0, y0, x1, y1 in points from the lower left."""

    text: str
    page: int
    box: tuple[float, float, float, float]
    page_height: float

    @property
    def size(self) -> float:
        """Width of one character, in points."""
        return (self.box[2] - self.box[0]) / max(len(self.text), 1)


def read_pdf(data: bytes) -> Reading:
    """The text of a PDF. Raises `UnreadableFile`: encrypted, damaged, without or with a garbled layer."""
    document = _open(data)
    try:
        pages = [list(_page_lines(document, index)) for index in range(len(document))]
    finally:
        document.close()
    _check_text(pages)
    furniture = _furniture(pages)
    body = [line for lines in pages for line in lines if line not in furniture]
    blocks = [
        *_paragraphs(body),
        *(RawBlock(line.text, BlockKind.FURNITURE, line.page, line.box) for line in sorted(furniture, key=lambda x: x.page)),
    ]  # fmt: skip
    blank = [str(number) for number, lines in enumerate(pages, 1) if not lines]
    notes = (Note("blank_pages", f"第{'、'.join(blank)}页没有文字层，未能识别，请对照原件"),) if blank else ()
    return Reading("pdf", tuple(blocks), notes, len(pages))


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
    """The lines of a page from top to bottom; pieces of one line are put together from left to right."""
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
            pieces.append((text.strip("\u0002"), (x0, y0, x1, y1)))
    text_page.close()
    page.close()
    for row in _rows(pieces):
        row.sort(key=lambda piece: piece[1][0])
        yield Line(_join_pieces(row), index + 1, _union([box for _, box in row]), height)


Piece = tuple[str, tuple[float, float, float, float]]


def _rows(pieces: list[Piece]) -> Iterator[list[Piece]]:
    row: list[Piece] = []
    for piece in sorted(pieces, key=lambda item: -(item[1][1] + item[1][3])):
        if row and not _same_row(row[0], piece):
            yield row
            row = []
        row.append(piece)
    if row:
        yield row


def _same_row(a: Piece, b: Piece) -> bool:
    (_, (_, a0, _, a1)), (_, (_, b0, _, b1)) = a, b
    middle = (b0 + b1) / 2
    return a0 <= middle <= a1 or b0 <= (a0 + a1) / 2 <= b1


def _join_pieces(row: Sequence[Piece]) -> str:
    text, right = "", None
    for piece, (x0, _, x1, _) in row:
        width = (x1 - x0) / max(len(piece), 1)
        gap = right is not None and x0 - right > width * 0.8
        text += ("  " if gap else "") + piece
        right = x1
    return text.strip()


def _union(boxes: Sequence[tuple[float, float, float, float]]) -> tuple[float, float, float, float]:
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _check_text(pages: Sequence[Sequence[Line]]) -> None:
    text = "".join(line.text for lines in pages for line in lines)
    if len(text) < 10 * max(len(pages) // 4, 1):
        raise UnreadableFile(
            "no_text_layer",
            "PDF没有文字层，应为扫描件",
            remedy="已保存原件，待识别；如有电子版请直接提交电子版",
        )
    bad = len(_GARBLED.findall(text))
    han = len(_HAN.findall(text))
    latin = sum(1 for c in text if c.isascii() and c.isalpha())
    odd = sum(1 for c in text if "\u00a1" <= c <= "\u024f")
    if bad * 10 > len(text) or (odd * 5 > len(text) and han * 5 < len(text)) or (han + latin) * 4 < len(text):
        raise UnreadableFile(
            "garbled",
            "PDF的文字层是乱码（字体缺少对应关系）",
            remedy="已保存原件，待识别；如有电子版请直接提交电子版",
        )


def _furniture(pages: Sequence[Sequence[Line]]) -> set[Line]:
    """Headers, footers and page numbers: at the edge of the page and alike on most pages."""
    edges = [line for lines in pages for line in lines if _at_edge(line)]
    seen = Counter(_DIGITS.sub("#", line.text) for line in edges)
    often = max(2, len(pages) // 2)
    return {line for line in edges if seen[_DIGITS.sub("#", line.text)] >= often or is_furniture(line.text)}


def _at_edge(line: Line) -> bool:
    return line.box[1] < line.page_height * 0.1 or line.box[3] > line.page_height * 0.92


def _paragraphs(lines: Sequence[Line]) -> Iterator[RawBlock]:
    if not lines:
        return
    left = sorted(line.box[0] for line in lines)[len(lines) // 10]
    right = sorted(line.box[2] for line in lines)[len(lines) * 9 // 10]
    indented = sum(1 for line in lines if line.box[0] > left + line.size) * 8 > len(lines)
    held: list[Line] = []
    for line in lines:
        if held and not _continues(held[-1], line, (left, right), indented=indented):
            yield _paragraph(held)
            held = []
        held.append(line)
    yield _paragraph(held)


def _continues(before: Line, line: Line, margins: tuple[float, float], *, indented: bool) -> bool:
    left, right = margins
    if before.box[2] < right - 1.6 * before.size or before.box[0] > left + 4 * before.size:
        return False
    if line.box[0] > left + 1.2 * line.size:
        return False
    return indented or not _LABEL.match(line.text)


def _paragraph(lines: Sequence[Line]) -> RawBlock:
    first = [line.box for line in lines if line.page == lines[0].page]
    return RawBlock("".join(line.text for line in lines), BlockKind.PARAGRAPH, lines[0].page, _union(first))
