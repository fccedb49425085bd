"""Blocks of raw text, as a reader of one format yields them, become one `SourceText`."""

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.document import Block, BlockKind, Note, SourceText, Span
from pipeline.ingest.characters import clean
from pipeline.ingest.paragraphs import is_furniture, restore_breaks, split_lines


@dataclass(frozen=True, slots=True)
class RawBlock:
    """A paragraph or cell as the file has it; text may still hold several lines."""

    text: str
    kind: BlockKind = BlockKind.PARAGRAPH
    page: int | None = None
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader of one format found in a file."""

    format: str
    blocks: tuple[RawBlock, ...]
    notes: tuple[Note, ...] = ()
    pages: int | None = None


def assemble(name: str, digest: str, reading: Reading) -> SourceText:
    """The normalised text with its blocks; each line of the text is one block."""
    parts: list[str] = []
    blocks: list[Block] = []
    repairs: dict[str, None] = {}
    offset = 0
    for raw in reading.blocks:
        cleaned, mended = clean(raw.text)
        repairs |= dict.fromkeys(mended)
        for line in _lines(cleaned, raw.kind):
            kind = BlockKind.FURNITURE if is_furniture(line) else raw.kind
            blocks.append(Block(Span(offset, offset + len(line)), kind, raw.page, raw.box))
            parts.append(line)
            offset += len(line) + 1
    notes = reading.notes + tuple(Note("repaired", repair) for repair in repairs)
    return SourceText(name, digest, reading.format, "\n".join(parts), tuple(blocks), notes, reading.pages)


def _lines(text: str, kind: BlockKind) -> Iterable[str]:
    if kind in (BlockKind.CELL, BlockKind.META):
        return [line.strip() for line in text.split("\n") if line.strip()]
    return split_lines(restore_breaks(text))
