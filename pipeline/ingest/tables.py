"""Tables within a text that was taken from a page as a whole: finds the cells of each again among the lines of the text."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from pipeline.ingest.characters import clean
from pipeline.table_cells import CellPlace

# blanks, line breaks and what `clean` deletes
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f\xad\u200b-\u200d\u2060\ufeff\ufffe]+")
_SEPARATOR = "\n\ue000\n"


class RawCell(NamedTuple):
    """A table cell before normalisation: its text, "" for an empty one, and its place."""

    text: str
    place: CellPlace


# the cells of a table in reading order
RawTable = tuple[RawCell, ...]
Found = tuple[int, tuple[CellPlace, ...]]


def cells_of_lines(tables: Sequence[RawTable], lines: Sequence[str]) -> Iterator[Found]:
    """Yields the indices of normalised lines that hold cells, each with the cells whose words begin or continue in it.

    A table is found by its whole text. One that the lines do not hold word for word, or whose first or last line holds other
    text too, is left out: its lines are read as paragraphs.
    """
    words = [_BLANKS.sub("", line) for line in lines]
    ends = list(accumulate(map(len, words)))
    edges, text, at = {0, *ends}, "".join(words), 0
    for table in tables:
        cells = _cleaned(table)
        whole = "".join(cell.text for cell in cells)
        start = text.find(whole, at) if whole else -1
        if start in edges and start + len(whole) in edges:
            yield from _placed(cells, start, ends, lines)
            at = start + len(whole)


def _cleaned(table: RawTable) -> list[RawCell]:
    """The cells normalised as the text of the page was, without blanks; none where their bounds are lost."""
    texts = clean(_SEPARATOR.join(cell.text for cell in table))[0].split(_SEPARATOR.strip())
    if len(texts) != len(table):
        return []
    return [RawCell(_BLANKS.sub("", text), cell.place) for text, cell in zip(texts, table, strict=True)]


def _placed(cells: Sequence[RawCell], start: int, ends: Sequence[int], lines: Sequence[str]) -> Iterator[Found]:
    """Yields the lines of a table that begins at `start`, an offset that like `ends` does not count blanks."""
    line, at = bisect_right(ends, start), start
    offsets, places = _offsets(lines[line]), list[CellPlace]()
    for cell in cells:
        if not cell.text:
            places.append(cell.place._replace(start=offsets[at - ends[line] - 1]))
        end = at + len(cell.text)
        while at < end:
            if at == ends[line]:
                yield line, tuple(places)
                line = bisect_right(ends, at)
                offsets, places = _offsets(lines[line]), []
            places.append(cell.place._replace(start=offsets[at - ends[line] - 1]))
            at = min(end, ends[line])
    yield line, tuple(places)


def _offsets(line: str) -> list[int]:
    """The offsets of the characters of a line that are not blanks, and of its end."""
    return [*(index for index, char in enumerate(line) if not _BLANKS.match(char)), len(line)]
