"""Tables of web pages while they are read: places of cells with colspan and rowspan; tables that only lay out the page."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from pipeline.ingest.html_lines import Line
from pipeline.table_cells import CellPlace

# columns and rows that a cell may span; a page says colspan=1000 for the whole width
_MOST_COLUMNS, _MOST_ROWS = 100, 65534
# columns of a table below which cells that reach down are followed
_WIDEST = 1000
# characters, or ends of sentences, from which a cell that holds more than half of the text of its table is a column of the page
_LONG, _SENTENCES = 600, 3
_CELLS = frozenset(("td", "th"))


@dataclass(slots=True)
class _Part:
    """The lines of a cell, or those of a table outside of its cells (then without a place)."""

    place: CellPlace | None
    lines: list[Line] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)


@dataclass(slots=True)
class Frame:
    """A table that is being read; `is_layout` once it is known to hold no data, as it holds another table."""

    is_layout: bool = False
    _parts: list[_Part] = field(default_factory=lambda: [_Part(None)])
    _row: int = -1
    _column: int = 0
    _has_heads: bool = False
    # per column, the row below the cell that reaches down in it
    _below: dict[int, int] = field(default_factory=dict)

    def open(self, node: LexborNode) -> None:
        """Take notice of an element of the table that opens."""
        if node.tag == "tr":
            self._row, self._column = self._row + 1, 0
        elif node.tag in _CELLS:
            self._open_cell(node)

    def close(self, node: LexborNode) -> None:
        """Take notice of an element of the table that closes."""
        if node.tag in _CELLS:
            self._parts.append(_Part(None))

    def add(self, line: Line) -> None:
        """Add a line to the cell that is open."""
        self._parts[-1].lines.append(line)

    def lines(self, number: int) -> Iterator[Line]:
        """The lines of a table that lays out the page, else one `Line` per cell, the places with the number of the table."""
        if self.is_layout or _lays_out([part for part in self._parts if part.place], has_heads=self._has_heads):
            yield from (line for part in self._parts for line in part.lines)
            return
        rows = self._row + 1
        for part in self._parts:
            if part.place is None:
                yield from part.lines
                continue
            place = part.place._replace(table=number, rows=min(part.place.rows, rows - part.place.row))
            linked, aside = sum(line.linked for line in part.lines), any(line.aside for line in part.lines)
            yield Line(part.text, linked, aside, place)

    def _open_cell(self, node: LexborNode) -> None:
        while self._below.get(self._column, 0) > self._row:
            self._column += 1
        columns, rows = _span(node, "colspan", _MOST_COLUMNS), _span(node, "rowspan", _MOST_ROWS)
        if rows > 1 and self._column < _WIDEST:
            self._below |= dict.fromkeys(range(self._column, self._column + columns), self._row + rows)
        self._parts.append(_Part(CellPlace(0, self._row, self._column, columns, rows)))
        self._column += columns
        self._has_heads = self._has_heads or node.tag == "th"


def _lays_out(cells: list[_Part], *, has_heads: bool) -> bool:
    """Whether a table has a single row or column of words, or is mostly one long cell."""
    filled = [(cell.place, cell.text) for cell in cells if cell.place and cell.text.strip()]
    rows, columns = {place.row for place, _ in filled}, {place.column for place, _ in filled}
    longest = max((text for _, text in filled), key=len, default="")
    half = len(longest) * 2 > sum(len(text) for _, text in filled)
    sentences = 0 if has_heads else sum(line.endswith(("。", "：", "；")) for line in longest.split("\n"))
    return len(rows) < 2 or len(columns) < 2 or (half and (len(longest) > _LONG or sentences >= _SENTENCES))


def _span(cell: LexborNode, name: str, most: int) -> int:
    words = (cell.attributes.get(name) or "").strip()
    if words == "0" and name == "rowspan":
        return most
    return max(1, min(int(words), most)) if words.isdecimal() and len(words) < 9 else 1
