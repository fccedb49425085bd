"""Lines of a source, sorted into the document's own lines, the page's information table and page furniture."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.document import BlockKind, SourceText, Span


class Line(NamedTuple):
    """One line of the source; `start` and `end` are offsets in code points of `SourceText.text`."""

    text: str
    start: int
    end: int
    kind: BlockKind

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)

    @property
    def packed(self) -> str:
        """The line without blanks."""
        return self.text.replace(" ", "")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A source split into lines: the document's own, the rows of the page's information table, the page furniture."""

    text: str
    lines: Sequence[Line]
    meta: Sequence[Line]
    furniture: Sequence[Line]


def read_sheet(source: SourceText) -> Sheet:
    """Split a source into its lines by kind, each in reading order."""
    lines, meta, furniture = [], [], []
    for block in source.blocks:
        span = block.span
        line = Line(source.text[span.start : span.end], span.start, span.end, block.kind)
        if block.kind is BlockKind.FURNITURE:
            furniture.append(line)
        elif block.kind is BlockKind.META:
            meta.append(line)
        else:
            lines.append(line)
    return Sheet(source.text, lines, _joined(meta), furniture)


def _joined(rows: list[Line]) -> list[Line]:
    """The rows of an information table; a value on the line below its label is joined to the label."""
    joined: list[Line] = []
    for row in rows:
        above = joined[-1] if joined else None
        if above and above.text.endswith("：") and "：" not in row.text and row.start == above.end + 1:
            joined[-1] = Line(above.text + row.text, above.start, row.end, row.kind)
        else:
            joined.append(row)
    return joined
