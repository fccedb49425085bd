"""Blocks of raw text, as a reader of one format yields them, become one `SourceText`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.document import Block, BlockKind, Note, Print, SourceText, Span, Turn
from pipeline.ingest.characters import clean
from pipeline.ingest.paragraphs import is_furniture, restore_breaks, split_lines
from pipeline.ingest.places import Line, prints_of

# 文号： with its value on the line below, as pages print their information tables
_LABEL_ALONE = re.compile(
    "(?:标题|名称|索引号|文号|发文字号|发文机关|发布机构|制定机关|公文种类|主题词|主题分类|有效性|(?:发布|公布|成文|生效|施行|实施)日期)："
)
_TOP = 40


@dataclass(frozen=True, slots=True)
class RawBlock:
    """A paragraph or cell as the file has it; text may still hold several lines.

    `lines` are the printed lines that it was put together from, where the format has pages.
    """

    text: str
    kind: BlockKind = BlockKind.PARAGRAPH
    page: int | None = None
    box: tuple[float, float, float, float] | None = None
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader of one format found in a file."""

    format: str
    blocks: tuple[RawBlock, ...]
    notes: tuple[Note, ...] = ()
    pages: int | None = None
    turns: tuple[Turn, ...] = ()


def assemble(name: str, digest: str, reading: Reading) -> SourceText:
    """The normalised text with its blocks; each line of the text is one block."""
    parts: list[str] = []
    blocks: list[Block] = []
    prints: list[Print] = []
    repairs: dict[str, None] = {}
    offset = 0
    for raw in reading.blocks:
        cleaned, mended = clean(raw.text)
        repairs |= dict.fromkeys(mended)
        begun, first = offset, len(parts)
        for line in _lines(cleaned, raw.kind):
            kind = BlockKind.FURNITURE if is_furniture(line) else raw.kind
            blocks.append(Block(Span(offset, offset + len(line)), kind, raw.page, raw.box))
            parts.append(line)
            offset += len(line) + 1
        prints += prints_of(raw.lines, "\n".join(parts[first:]), begun)
    for index in _table(parts[:_TOP], len(parts)):
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


def _table(top: list[str], count: int) -> range:
    """Where an information table with its values below their labels stands in the first lines of a page."""
    labels = [index for index, line in enumerate(top) if line[-1] == "：" and _LABEL_ALONE.fullmatch(line)]
    if len(labels) < 3 or labels[-1] + 2 >= count or any(b - a > 4 for a, b in pairwise(labels)):
        return range(0)
    return range(labels[0], labels[-1] + 2)


def _lines(text: str, kind: BlockKind) -> Iterable[str]:
    if kind in (BlockKind.CELL, BlockKind.META):
        return [line.strip() for line in text.split("\n") if line.strip()]
    return split_lines(restore_breaks(text))
