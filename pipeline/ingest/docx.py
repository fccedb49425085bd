"""Reads Word documents (docx): automatic numbering, tables, text boxes, tracked insertions, footnotes."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

from lxml import etree

from pipeline.document import BlockKind, Note
from pipeline.errors import UnreadableFile
from pipeline.ingest.assemble import RawBlock, Reading
from pipeline.ingest.docx_markup import W, value_of
from pipeline.ingest.docx_styles import list_place, read_styles
from pipeline.ingest.docx_tables import blocks_of, cells_in
from pipeline.ingest.numbering import Numbering, read_numbering

_SKIPPED = {W + tag for tag in ("del", "moveFrom", "instrText", "delText", "rt", "txbxContent")}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_TEXT_BOX = W + "txbxContent"
_HEADER_OR_FOOTER = re.compile(r"(?:^|/)(?:header|footer)\d*\.xml$")
_TOP_MARK = re.compile(r"(?:[0-9]{6}|(?:绝密|机密|秘密)(?:★.{0,6})?|特[急提]|加急|平急)$")
_OTHER_PARTS = ("numbering", "styles", "footnotes", "endnotes")
# bytes of an uncompressed XML part above which the file is treated as a zip bomb
_MAX_PART = 200 * 1024 * 1024


class _Body:
    """Walks the body of a document from top to bottom and keeps the state of its numbered lists and the number of each table."""

    def __init__(self, numbering: Numbering) -> None:
        self.numbering = numbering
        self.tables: dict[etree._Element, int] = {}

    def blocks(self, parent: etree._Element, kind: BlockKind) -> Iterator[RawBlock]:
        """Paragraphs, cells and text boxes below an element, in reading order."""
        for element in parent:
            if element.tag == W + "p":
                yield from self._paragraph(element, kind)
            elif element.tag == W + "tbl":
                yield from self._table(element)
            elif element.tag in (
                W + "sdt",
                W + "sdtContent",
                W + "ins",
                W + "smartTag",
                W + "customXml",
            ):
                yield from self.blocks(element, kind)

    def _paragraph(self, paragraph: etree._Element, kind: BlockKind) -> Iterator[RawBlock]:
        for box in _text_boxes(paragraph):
            yield from self.blocks(box, BlockKind.TEXT_BOX)
        text = "".join(_runs(paragraph))
        if text.strip():
            yield RawBlock(self._label(paragraph) + text, kind)

    def _table(self, table: etree._Element) -> Iterator[RawBlock]:
        yield from blocks_of((self._words(cell), place) for cell, place in cells_in(table, self.tables))

    def _words(self, cell: etree._Element) -> str:
        return "\n".join(block.text for block in self.blocks(cell, BlockKind.CELL) if block.text.strip())

    def _label(self, paragraph: etree._Element) -> str:
        properties = paragraph.find(W + "pPr")
        return self.numbering.label(list_place(properties), value_of(properties, "pStyle"))


def read_docx(data: bytes) -> Reading:
    """Read a docx. Raises `UnreadableFile` for damaged or oversized packages and for documents without text."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _check_sizes(package)
            main = _main_part(package)
            root = _part(package, main)
            folder = main.rpartition("/")[0]
            others = {name: _part(package, f"{folder}/{name}.xml") for name in _OTHER_PARTS}
            edges = [_part(package, name) for name in sorted(package.namelist()) if _HEADER_OR_FOOTER.search(name)]
    except (
        zipfile.BadZipFile,
        zlib.error,
        etree.XMLSyntaxError,
        KeyError,
        OSError,
        EOFError,
        ValueError,
        NotImplementedError,
    ) as error:
        raise _damaged() from error
    body = root.find(W + "body") if root is not None else None
    if body is None:
        raise _damaged()
    reader = _Body(read_numbering(others["numbering"], read_styles(others["styles"])))
    top, edge = _headers_and_footers(reader, edges)
    blocks = [*top, *_without_seal_text(list(reader.blocks(body, BlockKind.PARAGRAPH)))]
    for name in ("footnotes", "endnotes"):
        blocks.extend(_footnotes(reader, others[name]))
    if not blocks:
        raise UnreadableFile(
            "no_text",
            "文档中没有文字，可能只有图片",
            remedy="如为扫描件，请等待识别功能或提交带文字的版本",
        )
    return Reading("docx", (*blocks, *edge), _notes(body))


def _headers_and_footers(
    reader: _Body, parts: Sequence[etree._Element | None]
) -> tuple[list[RawBlock], list[RawBlock]]:
    """The distinct lines of headers and footers: 份号, 密级 and 紧急程度 as paragraphs of the document, and the rest as furniture."""
    found = [block for part in parts if part is not None for block in reader.blocks(part, BlockKind.FURNITURE)]
    lines = {"".join(block.text.split()): block for block in found}
    top = [
        replace(block, kind=BlockKind.PARAGRAPH, cell=None, empty=None)
        for text, block in lines.items()
        if _TOP_MARK.match(text)
    ]
    return top, [block for text, block in lines.items() if not _TOP_MARK.match(text) and not text.isdecimal()]


def _without_seal_text(blocks: list[RawBlock]) -> Iterator[RawBlock]:
    """The blocks without text boxes that repeat the next paragraph, such as the text of a drawn seal above the signature."""
    for block, after in zip_longest(blocks, blocks[1:]):
        if not (block.kind is BlockKind.TEXT_BOX and after and block.text.split() == after.text.split()):
            yield block


def _check_sizes(package: zipfile.ZipFile) -> None:
    for entry in package.infolist():
        if entry.filename.endswith(".xml") and entry.file_size > _MAX_PART:
            raise UnreadableFile(
                "zip_bomb",
                f"文档内部的{entry.filename}解压后过大（{entry.file_size // 1024 // 1024}MB），疑为压缩炸弹",
                remedy="请核对来源；确为正常文件的，请拆分后提交",
            )


def _main_part(package: zipfile.ZipFile) -> str:
    """Name of the main document part, from the relationships of the package."""
    relations = _part(package, "_rels/.rels")
    for relation in relations if relations is not None else ():
        if str(relation.get("Type", "")).endswith("/officeDocument"):
            return str(relation.get("Target", "")).lstrip("/")
    return "word/document.xml"


def _part(package: zipfile.ZipFile, name: str) -> etree._Element | None:
    """Parse an XML part, None if it is missing; damaged markup is recovered, external entities are not loaded."""
    if name not in package.namelist():
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=True)
    return etree.fromstring(package.read(name), parser)


def _damaged() -> UnreadableFile:
    return UnreadableFile(
        "broken",
        "Word文档结构损坏，无法读取",
        remedy="请用WPS或Word打开并另存为新的docx后重新提交",
    )


def _text_boxes(paragraph: etree._Element) -> Iterator[etree._Element]:
    for box in paragraph.iter(_TEXT_BOX):
        if not any(ancestor.tag in (_FALLBACK, _TEXT_BOX) for ancestor in box.iterancestors()):
            yield box


def _runs(element: etree._Element) -> Iterator[str]:
    for child in element:
        if child.tag in _SKIPPED or child.tag == _FALLBACK:
            continue
        if child.tag == W + "t":
            yield child.text or ""
        elif child.tag == W + "tab":
            yield " "
        elif child.tag in (W + "br", W + "cr"):
            yield "\n"
        elif child.tag == W + "noBreakHyphen":
            yield "-"
        elif child.tag != W + "pPr":
            yield from _runs(child)


def _footnotes(reader: _Body, root: etree._Element | None) -> Iterator[RawBlock]:
    if root is None:
        return
    for note in root:
        if note.get(W + "type") in ("separator", "continuationSeparator", "continuationNotice"):
            continue
        yield from reader.blocks(note, BlockKind.FOOTNOTE)


def _notes(body: etree._Element) -> tuple[Note, ...]:
    inserted = sum(1 for _ in body.iter(W + "ins"))
    deleted = sum(1 for _ in body.iter(W + "del"))
    if not inserted and not deleted:
        return ()
    return (
        Note(
            "tracked",
            f"文档带修订痕迹（插入{inserted}处、删除{deleted}处），已按接受修订后的文本阅读",
        ),
    )
