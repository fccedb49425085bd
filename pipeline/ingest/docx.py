"""Reads Word documents (docx, strict and transitional, also in one XML file): what a reader of the paper sees, in reading order.

Automatic numbers, tables, text boxes, footnotes, letterhead in headers; tracked changes as if accepted; no hidden text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count, zip_longest

from lxml import etree

from pipeline.document import BlockKind, Note
from pipeline.errors import UnreadableFile
from pipeline.ingest import docx_drawings as drawings
from pipeline.ingest.assemble import RawBlock, Reading
from pipeline.ingest.docx_edges import Edge, edges_of, own_lines
from pipeline.ingest.docx_embedded import embedded_in, is_equation, read_chunk
from pipeline.ingest.docx_markup import W, child_of, children, value_of
from pipeline.ingest.docx_package import Package, damaged, open_package
from pipeline.ingest.docx_remarks import Remarks, revision_notes
from pipeline.ingest.docx_runs import RunReader, Words
from pipeline.ingest.docx_styles import list_place, read_styles
from pipeline.ingest.docx_tables import blocks_of, cells_in, hidden_rows
from pipeline.ingest.numbering import read_numbering
from pipeline.table_cells import CellPlace

_PARAGRAPH, _TABLE, _CHUNK = W + "p", W + "tbl", W + "altChunk"
# Word itself stops long before
_MOST_TABLES_IN_TABLES = 60
_SEPARATORS = ("separator", "continuationSeparator", "continuationNotice")


class _Body:
    """Walks the parts of a document from top to bottom and keeps the state of its numbered lists and the number of each table."""

    def __init__(self, package: Package, remarks: Remarks, depth: int) -> None:
        styles = read_styles(package.related("styles"))
        self.package = package
        self.remarks = remarks
        self.depth = depth
        self.runs = RunReader(styles, remarks)
        self.numbering = read_numbering(package.related("numbering"), styles)
        self.tables = count()
        self.nesting = 0

    def blocks(self, parent: etree._Element, kind: BlockKind) -> Iterator[RawBlock]:
        """Paragraphs, cells and text boxes below an element, in reading order."""
        held: list[etree._Element] = []
        for element in children(parent):
            if element.tag == _PARAGRAPH:
                held.append(element)
                if self._ends(element):
                    yield from self._paragraph(held, kind)
                    held = []
            elif element.tag in (_TABLE, _CHUNK):
                yield from self._paragraph(held, kind)
                held = []
                yield from self._table(element) if element.tag == _TABLE else self._chunk(element)
            else:
                yield from self.blocks(element, kind)
        yield from self._paragraph(held, kind)

    def _ends(self, paragraph: etree._Element) -> bool:
        """Whether a paragraph ends at its mark; one that was deleted, moved away or is hidden joins it with the next paragraph."""
        properties = child_of(paragraph, W + "pPr")
        mark = child_of(properties, W + "rPr") if properties is not None else None
        if mark is not None and next(mark.iterchildren(W + "del", W + "moveFrom"), None) is not None:
            return False
        return not self.runs.is_hidden(mark, value_of(properties, "pStyle"))

    def _paragraph(self, joined: Sequence[etree._Element], kind: BlockKind) -> Iterator[RawBlock]:
        """The blocks of one paragraph, given as those of the file of which it is joined."""
        words = [self.runs.words(one) for one in joined]
        for one in words:
            yield from self._drawn(one, kind)
        text = "".join(one.text for one in words)
        if not joined or (not text.strip() and not self._ends(joined[-1])):
            return
        # a paragraph keeps the number of the first one that words are left of
        first = next((number for number, one in enumerate(words) if one.text.strip()), -1)
        label = self._label(joined[first])
        if text.strip():
            yield RawBlock(label + text, kind)
        elif label and kind is BlockKind.CELL:
            yield RawBlock(label.rstrip(), kind)
        elif label:
            self.remarks.empty.append(label.rstrip())

    def _label(self, paragraph: etree._Element) -> str:
        properties = child_of(paragraph, W + "pPr")
        return self.numbering.label(list_place(properties), value_of(properties, "pStyle"))

    def _drawn(self, words: Words, kind: BlockKind) -> Iterator[RawBlock]:
        box = BlockKind.FURNITURE if kind is BlockKind.FURNITURE else BlockKind.TEXT_BOX
        for element in (one for drawn in words.drawn for one in drawings.drawn_in(drawn)):
            if element.tag == drawings.TEXT_BOX:
                yield from self.blocks(element, box)
                continue
            self.remarks.charts += element.tag == drawings.CHART
            self.remarks.equations += element.tag == drawings.OBJECT and is_equation(element)
            text = drawings.words_of(self.package, element)
            if text.strip():
                yield RawBlock(text, box)

    def _table(self, table: etree._Element) -> Iterator[RawBlock]:
        """The blocks of a table; those of tables within its cells stand between them, with the number of their own table."""
        if self.nesting >= _MOST_TABLES_IN_TABLES:
            message = f"表格里套表格超过{_MOST_TABLES_IN_TABLES}层（可能是恶意文件）"
            raise UnreadableFile("limit", message, remedy="请打开后把表格拆开，另存后重新提交")
        self.nesting += 1
        run: list[tuple[str, CellPlace]] = []
        for cell, place in cells_in(table, next(self.tables)):
            for part in self._parts(cell):
                if isinstance(part, str):
                    run.append((part, place))
                    continue
                yield from blocks_of(run)
                run = []
                yield part
        yield from blocks_of(run)
        for row in hidden_rows(table):
            self.remarks.hidden.append("".join(text.text or "" for text in row.iter(W + "t")))
        self.nesting -= 1

    def _parts(self, cell: etree._Element) -> Iterator[str | RawBlock]:
        """The words of a cell and the blocks of the tables within it; "" for a cell without either."""
        words: list[str] = []
        nested = False
        for block in self.blocks(cell, BlockKind.CELL):
            if block.cell is None:
                words += [block.text] if block.text.strip() else []
                continue
            if words:
                yield "\n".join(words)
            words, nested = [], True
            yield block
        if words or not nested:
            yield "\n".join(words)

    def _chunk(self, element: etree._Element) -> Iterator[RawBlock]:
        """The blocks of a file of another format that is inserted in the text."""
        relation = self.package.relations(self.package.main).get(element.get(drawings.R + "id", ""))
        reading, reason = None, "格式不支持"
        try:
            reading = read_chunk(self.package.read(relation.part if relation else ""), self.depth)
        except UnreadableFile as error:
            reason = error.message
        if reading is None:
            self.remarks.more.append(Note("chunk", f"文中插入的文件没有读出（{reason}），请对照原件"))
            return
        self.remarks.more += reading.notes
        # the numbers of its tables would be those of tables of the document
        yield from (RawBlock(block.text, block.kind) for block in reading.blocks)


def read_docx(data: bytes, depth: int = 0) -> Reading:
    """Read a docx. Raises `UnreadableFile` for damaged or oversized packages and for documents without text.

    `depth` counts the documents in whose text this one is inserted.
    """
    remarks = Remarks()
    with open_package(data) as package:
        root = package.xml(package.main)
        body = root.find(W + "body") if root is not None else None
        if body is None:
            raise damaged()
        reader = _Body(package, remarks, depth)
        blocks = list(_without_seal_text(list(reader.blocks(body, BlockKind.PARAGRAPH))))
        notes = [root for name in ("footnotes", "endnotes") if (root := package.related(name)) is not None]
        blocks += [block for root in notes for block in _footnotes(reader, root)]
        blocks = _with_edges(reader, blocks, list(edges_of(package, body)))
        remarks.embedded += [name for name, _ in embedded_in(package, body)]
    if not blocks:
        raise UnreadableFile(
            "no_text",
            "文档中没有文字，可能只有图片",
            remedy="如为扫描件，请等待识别功能或提交带文字的版本",
        )
    return Reading("docx", tuple(blocks), (*revision_notes([body, *notes]), *remarks.notes()))


def _with_edges(reader: _Body, blocks: list[RawBlock], edges: Sequence[Edge]) -> list[RawBlock]:
    """The blocks of the body with those of headers and footers: the document's own before or after it, then page furniture."""
    body = frozenset("".join(line.split()) for block in blocks for line in block.text.split("\n"))
    before, after, furniture = dict[str, RawBlock](), dict[str, RawBlock](), dict[str, RawBlock]()
    for edge in edges:
        lines = {"".join(block.text.split()): block for block in reader.blocks(edge.root, BlockKind.FURNITURE)}
        own, last = own_lines(list(lines), edge, body)
        for line, block in lines.items():
            if line in own:
                paragraph = replace(block, kind=BlockKind.PARAGRAPH, cell=None, empty=None)
                (after if last else before).setdefault(line, paragraph)
            elif not line.isdecimal():
                furniture.setdefault(line, block)
    own_lines_found = before.keys() | after.keys()
    rest = [
        replace(block, kind=BlockKind.FURNITURE) for line, block in furniture.items() if line not in own_lines_found
    ]
    return [*before.values(), *blocks, *after.values(), *rest]


def _without_seal_text(blocks: list[RawBlock]) -> Iterator[RawBlock]:
    """The blocks without text boxes that repeat the next paragraph, such as the text of a drawn seal above the signature."""
    for block, after in zip_longest(blocks, blocks[1:]):
        if not (block.kind is BlockKind.TEXT_BOX and after and block.text.split() == after.text.split()):
            yield block


def _footnotes(reader: _Body, root: etree._Element) -> Iterator[RawBlock]:
    for note in root:
        if isinstance(note.tag, str) and note.get(W + "type") not in _SEPARATORS:
            yield from reader.blocks(note, BlockKind.FOOTNOTE)
