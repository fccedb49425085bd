"""The document's own lines: what is left of a source when page furniture is taken away."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from pipeline.document import BlockKind, SourceText, Span

# 文号： with its value on the line below, as pages print their information tables
_LABEL_ALONE = re.compile(
    "(?:标题|名称|索引号|文号|发文字号|发文机关|发布机构|制定机关|公文种类|主题词|主题分类|有效性|(?:发布|公布|成文|生效|施行|实施)日期)[：:]"
)


class Line(NamedTuple):
    """One line of the source; offsets count code points of `SourceText.text`."""

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
    """A source cut into lines: the document's own, the page's information rows, the furniture."""

    text: str
    lines: Sequence[Line]
    meta: Sequence[Line]
    furniture: Sequence[Line]


def read_sheet(source: SourceText) -> Sheet:
    """The lines of a source by kind, each in reading order."""
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
    lines, rows = _take_table(lines)
    return Sheet(source.text, lines, [*meta, *rows], furniture)


def _take_table(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """The lines without an information table at their top, and its rows, label and value joined."""
    labels = [index for index, line in enumerate(lines[:40]) if _LABEL_ALONE.fullmatch(line.text)]
    if len(labels) < 3 or labels[-1] + 2 >= len(lines):
        return lines, []
    edges = [*labels, labels[-1] + 2]
    if any(not 1 <= b - a <= 4 for a, b in pairwise(edges)):
        return lines, []
    rows = [
        Line("".join(line.text for line in lines[a:b]), lines[a].start, lines[b - 1].end, BlockKind.META)
        for a, b in pairwise(edges)
    ]
    return [*lines[: labels[0]], *lines[edges[-1] :]], rows
