"""Normalises the raw blocks of a reader and joins them to one `SourceText`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.document import Block, BlockKind, Note, Print, SourceText, Span, Turn, light_dataclass
from pipeline.ingest.characters import clean
from pipeline.ingest.paragraphs import is_furniture, restore_breaks, split_lines
from pipeline.ingest.places import Line, prints_of
from pipeline.ingest.tables import RawTable, cells_of_lines
from pipeline.table_cells import CellPlace

# 文号： with the value on the next line, as in the information tables of web pages
_LABEL_ALONE = re.compile(
    "(?:标题|名称|索引号|文号|发文字号|发文机关|发布机构|制定机关|公文种类|主题词|主题分类|有效性|(?:发布|公布|成文|生效|施行|实施)日期)："
)
_TOP = 40


@light_dataclass
class RawBlock:
    """A paragraph or table cell before normalisation; its text may contain line breaks.

    `page`, `box` as in `document.Block`; `lines` are the printed lines it was joined from, for formats with pages. `cell` is
    the place of a block that is a table cell, `empty` those of empty cells before and after it; `tables` are the tables
    within the text of a block that is a whole page.
    """

    text: str
    kind: BlockKind = BlockKind.PARAGRAPH
    page: int | None = None
    box: tuple[float, float, float, float] | None = None
    lines: tuple[Line, ...] = ()
    cell: CellPlace | None = None
    empty: tuple[tuple[CellPlace, ...], tuple[CellPlace, ...]] | None = None
    tables: tuple[RawTable, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """The result of a reader: format, raw blocks in reading order, notes, number of pages, rotations applied."""

    format: str
    blocks: tuple[RawBlock, ...]
    notes: tuple[Note, ...] = ()
    pages: int | None = None
    turns: tuple[Turn, ...] = ()


def assemble(name: str, digest: str, reading: Reading) -> SourceText:
    """Normalise the blocks of a reading and join them with line breaks; each line of the text is one `Block`."""
    parts: list[str] = []
    blocks: list[Block] = []
    prints: list[Print] = []
    repairs: dict[str, None] = {}
    offset = 0
    for raw in reading.blocks:
        cleaned, names = clean(raw.text)
        repairs |= dict.fromkeys(names)
        start, first = offset, len(parts)
        cells = (raw.cell,) if raw.cell else ()
        for line in _lines(cleaned, raw.kind):
            kind = BlockKind.FURNITURE if raw.cell is None and is_furniture(line) else raw.kind
            blocks.append(Block(Span(offset, offset + len(line)), kind, raw.page, raw.box, cells))
            parts.append(line)
            offset += len(line) + 1
        prints += prints_of(raw.lines, "\n".join(parts[first:]), start)
        if raw.empty and first < len(parts):
            _add_empty_cells(blocks, first, raw.empty)
        for index, places in cells_of_lines(raw.tables, parts[first:]) if raw.tables else ():
            blocks[first + index] = replace(blocks[first + index], cells=places)
    for index in _information_table(parts[:_TOP], len(parts)):
        blocks[index] = replace(blocks[index], kind=BlockKind.META)
    notes = reading.notes + tuple(Note("repaired", repair) for repair in repairs)
    return SourceText(
        name,
        digest,
        reading.format,
        "\n".join(parts),
        tuple(blocks),
        notes,
        reading.pages,
        tuple(prints),
        reading.turns,
    )


def _add_empty_cells(
    blocks: list[Block], first: int, empty: tuple[tuple[CellPlace, ...], tuple[CellPlace, ...]]
) -> None:
    """Add the empty cells before and after a cell to its first and its last line."""
    before, after = empty
    if before:
        _add_cells(blocks, first, before, ())
    if after:
        end = len(blocks[-1].span)
        _add_cells(blocks, len(blocks) - 1, (), tuple([place._replace(start=end) for place in after]))


def _add_cells(blocks: list[Block], at: int, before: tuple[CellPlace, ...], after: tuple[CellPlace, ...]) -> None:
    block = blocks[at]
    blocks[at] = Block(block.span, block.kind, block.page, block.box, before + block.cells + after)


def _information_table(top: list[str], count: int) -> range:
    """The indices of the lines that form an information table with values below labels, given the first lines of a text."""
    labels = [index for index, line in enumerate(top) if line[-1] == "：" and _LABEL_ALONE.fullmatch(line)]
    if len(labels) < 3 or labels[-1] + 2 >= count or any(b - a > 4 for a, b in pairwise(labels)):
        return range(0)
    return range(labels[0], labels[-1] + 2)


def _lines(text: str, kind: BlockKind) -> Iterable[str]:
    if kind in (BlockKind.CELL, BlockKind.META):
        return [line.strip() for line in text.split("\n") if line.strip()]
    return split_lines(restore_breaks(text))
