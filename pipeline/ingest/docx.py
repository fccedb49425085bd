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
from pipeline.ingest.docx_tables import blocks_of, cells_in
from pipeline.ingest.numbering import Numbering, W, read_numbering
from pipeline.table_cells import CellPlace

_SKIPPED = {W + tag for tag in ("del", "moveFrom", "instrText", "delText", "rt", "txbxContent")}
_CONTAINERS = {W + tag for tag in ("sdt", "sdtContent", "ins", "smartTag", "customXml")}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_TEXT_BOX = W + "txbxContent"
_HEADER_OR_FOOTER = re.compile(r"(?:^|/)(?:header|footer)\d*\.xml$")
_TOP_MARK = re.compile(r"(?:[0-9]{6}|(?:绝密|机密|秘密)(?:★.{0,6})?|特[急提]|加急|平急)$")
_OTHER_PARTS = ("numbering", "styles", "footnotes", "endnotes")
# bytes of the uncompressed parts that are read, above which the file is treated as a zip bomb: markup takes fifteen times as much when parsed
_MAX_PARTS = 96 * 1024 * 1024
# Word itself stops long before
_MOST_TABLES_IN_TABLES = 60


class _Body:
    """Walks the body of a document from top to bottom and keeps the state of its numbered lists and the number of each table."""

    def __init__(self, numbering: Numbering, styles: dict[str, tuple[str, int]]) -> None:
        self.numbering = numbering
        self.styles = styles
        self.tables: dict[etree._Element, int] = {}

    def blocks(self, parent: etree._Element, kind: BlockKind) -> Iterator[RawBlock]:
        """Paragraphs, cells and text boxes below an element, in reading order."""
        for part in self._parts(parent, kind):
            if isinstance(part, RawBlock):
                yield part
            else:
                yield from blocks_of(self._cells(part, 1))

    def _parts(self, parent: etree._Element, kind: BlockKind) -> Iterator[RawBlock | etree._Element]:
        """The paragraphs below an element as blocks, and its tables as they are."""
        for element in parent:
            if element.tag == W + "p":
                yield from self._paragraph(element, kind)
            elif element.tag == W + "tbl":
                yield element
            elif element.tag in _CONTAINERS:
                yield from self._parts(element, kind)

    def _paragraph(self, paragraph: etree._Element, kind: BlockKind) -> Iterator[RawBlock]:
        for box in _text_boxes(paragraph):
            yield from self.blocks(box, BlockKind.TEXT_BOX)
        text = "".join(_runs(paragraph))
        if text.strip():
            yield RawBlock(self._label(paragraph) + text, kind)

    def _cells(self, table: etree._Element, depth: int) -> Iterator[tuple[str, CellPlace]]:
        """The words and place of each cell; those of a table within a cell stand between the words before and after it."""
        if depth > _MOST_TABLES_IN_TABLES:
            message = f"表格里套表格超过{_MOST_TABLES_IN_TABLES}层（可能是恶意文件）"
            raise UnreadableFile("limit", message, remedy="请打开后把表格拆开，另存后重新提交")
        for cell, place in cells_in(table, self.tables):
            words, told = list[str](), False
            for part in self._parts(cell, BlockKind.CELL):
                if isinstance(part, RawBlock):
                    words += [part.text] if part.text.strip() else []
                    continue
                if words:
                    yield "\n".join(words), place
                words, told = [], True
                yield from self._cells(part, depth + 1)
            if words or not told:
                yield "\n".join(words), place

    def _label(self, paragraph: etree._Element) -> str:
        properties = paragraph.find(W + "pPr")
        if properties is None:
            return ""
        style = properties.find(W + "pStyle")
        inherited = self.styles.get(style.get(W + "val", "")) if style is not None else None
        own = _list_of(properties)
        if own is None and inherited is None:
            return ""
        list_id, depth = own or inherited or ("0", 0)
        return "" if list_id == "0" else self.numbering.label(list_id, depth)


class _Parts:
    """Reads the parts of a package, whatever they are called, up to a sum of bytes."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self.package = package
        self.names = frozenset(package.namelist())
        self.left = _MAX_PARTS

    def read(self, name: str) -> etree._Element | None:
        """Parse an XML part, None if it is missing; damaged markup is recovered, external entities are not loaded.

        Raises `UnreadableFile` where the parts read so far and this one are larger than the limit.
        """
        if name not in self.names:
            return None
        with self.package.open(name) as stream:
            data = stream.read(self.left + 1)
        self.left -= len(data)
        if self.left < 0:
            raise UnreadableFile(
                "zip_bomb",
                f"文档内部的{name}解压后过大（各部分合计超过{_MAX_PARTS // 1024 // 1024}MB），疑为压缩炸弹",
                remedy="请核对来源；确为正常文件的，请拆分后提交",
            )
        return etree.fromstring(
            data, etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=True)
        )


def read_docx(data: bytes) -> Reading:
    """Read a docx. Raises `UnreadableFile` for damaged or oversized packages and for documents without text."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = _Parts(package)
            main = _main_part(parts)
            root = parts.read(main)
            folder = main.rpartition("/")[0]
            others = {name: parts.read(f"{folder}/{name}.xml") for name in _OTHER_PARTS}
            edges = [parts.read(name) for name in sorted(parts.names) if _HEADER_OR_FOOTER.search(name)]
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
    reader = _Body(read_numbering(others["numbering"]), _style_lists(others["styles"]))
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


def _main_part(parts: _Parts) -> str:
    """Name of the main document part, from the relationships of the package."""
    relations = parts.read("_rels/.rels")
    for relation in relations if relations is not None else ():
        if str(relation.get("Type", "")).endswith("/officeDocument"):
            return str(relation.get("Target", "")).lstrip("/")
    return "word/document.xml"


def _damaged() -> UnreadableFile:
    return UnreadableFile(
        "broken",
        "Word文档结构损坏，无法读取",
        remedy="请用WPS或Word打开并另存为新的docx后重新提交",
    )


def _list_of(properties: etree._Element) -> tuple[str, int] | None:
    number = properties.find(W + "numPr")
    if number is None:
        return None
    list_id, depth = number.find(W + "numId"), number.find(W + "ilvl")
    if list_id is None:
        return None
    return list_id.get(W + "val", "0"), int(depth.get(W + "val", "0")) if depth is not None else 0


def _style_lists(root: etree._Element | None) -> dict[str, tuple[str, int]]:
    """The list id and depth of each paragraph style, its own or inherited."""
    own: dict[str, tuple[str, int]] = {}
    based_on: dict[str, str] = {}
    for style in root.findall(W + "style") if root is not None else ():
        name = style.get(W + "styleId", "")
        properties, base = style.find(W + "pPr"), style.find(W + "basedOn")
        found = _list_of(properties) if properties is not None else None
        if found:
            own[name] = found
        if base is not None:
            based_on[name] = base.get(W + "val", "")
    inherited = {name: _inherited(name, own, based_on) for name in based_on}
    return own | {name: found for name, found in inherited.items() if found}


def _inherited(name: str, own: dict[str, tuple[str, int]], based_on: dict[str, str]) -> tuple[str, int] | None:
    for _ in range(10):
        if name in own:
            return own[name]
        name = based_on.get(name, "")
    return None


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
