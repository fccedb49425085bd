"""The text of a version as a reader of the paper would see it: paragraphs with roles, tables, and every finding marked where it lies."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any

from pipeline.document import SHEETS, Severity
from pipeline.review.models import Finding
from pipeline.review.output.placed_tables import GridCell
from pipeline.review.output.text_lines import Line, Look, Role, lines_in, looks_of
from pipeline.review.output.text_tables import Grid, with_tables

_GRAVEST_FIRST = {severity.value: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Piece:
    """A range of the text, in code points, that the same findings cover; the gravest is first, several may overlap.

    `first`: those of `findings` of which this is the first piece. `bold`: the label of a clause (第三条).
    """

    start: int
    end: int
    text: str
    findings: tuple[Finding, ...] = ()
    first: tuple[Finding, ...] = ()
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of the text with its role; the pieces join without gaps from `start` to `end`. `opens`: an attached document begins."""

    start: int
    end: int
    role: Role
    pieces: tuple[Piece, ...]
    opens: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """The paragraphs of a cell (none in an empty one), and how many columns and rows it spans."""

    paragraphs: tuple[Paragraph, ...]
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells. `note` as in `text_tables.Grid`; `listed`: rows are not known."""

    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    listed: bool = False


@dataclass(frozen=True, slots=True)
class TextView:
    """Paragraphs and tables in reading order. Outside their pieces the text has only blanks, and ｜ between the cells of a spreadsheet."""

    parts: tuple[Paragraph | Table, ...]

    def pieces(self) -> Iterator[Piece]:
        """All pieces in the order of the text."""
        for part in self.parts:
            cells = [Cell((part,))] if isinstance(part, Paragraph) else chain.from_iterable(part.rows)
            for paragraph in chain.from_iterable(cell.paragraphs for cell in cells):
                yield from paragraph.pieces


@dataclass(frozen=True, slots=True)
class _Coverage:
    """Which findings cover which part of a text: `sets[i]` those between `cuts[i]` and `cuts[i + 1]`, gravest first; `shown` as `_shown`."""

    shown: str
    cuts: tuple[int, ...]
    sets: tuple[tuple[Finding, ...], ...]


def text_view(text: str, dossier: Mapping[str, Any], findings: Sequence[Finding]) -> TextView:
    """The view of a text with its stored dossier and the findings to mark.

    Whatever a dossier lacks is left out: without blocks there are no tables, without a document all paragraphs are plain. The parts
    of findings that lie outside the text are ignored.
    """
    source = dossier.get("source") or {}
    sheet = source.get("format") in SHEETS
    lines = lines_in(text, source.get("blocks") or ())
    looks = dict(zip(lines, looks_of(text, lines, dossier.get("document") or {}), strict=True))
    laid_out = list(with_tables(text, lines, sheet=sheet))
    coverage = _coverage(_shown(text, laid_out), findings)
    parts: list[Paragraph | Table] = []
    for part in laid_out:
        if isinstance(part, Line):
            parts.append(_paragraph(text, part, looks[part], coverage))
        else:
            parts.append(_table(text, part, coverage))
    return TextView(tuple(parts))


def _shown(text: str, parts: Sequence[Line | Grid]) -> str:
    """As long as the text: x where it is shown, a blank where it is not, as between paragraphs and cells."""
    shown, at = "", 0
    for part in parts:
        cells = [(part,)] if isinstance(part, Line) else (cell.lines for cell in chain.from_iterable(part.rows))
        for line in chain.from_iterable(cells):
            shown += " " * (line.start - at) + "x" * (line.end - line.start)
            at = line.end
    return shown.ljust(len(text))


def _table(text: str, grid: Grid, coverage: _Coverage) -> Table:
    rows = (tuple(_cell(text, cell, coverage) for cell in row) for row in grid.rows)
    return Table(tuple(rows), grid.note, grid.listed)


def _cell(text: str, cell: GridCell, coverage: _Coverage) -> Cell:
    look = Look(Role.CELL)
    paragraphs = tuple(_paragraph(text, line, look, coverage) for line in cell.lines)
    return Cell(paragraphs, cell.columns, cell.rows)


def _paragraph(text: str, line: Line, look: Look, coverage: _Coverage) -> Paragraph:
    return Paragraph(line.start, line.end, look.role, tuple(_pieces(text, line, look, coverage)), look.opens)


def _pieces(text: str, line: Line, look: Look, coverage: _Coverage) -> Iterator[Piece]:
    """Yields the pieces of a line, cut where a finding begins or ends and at the end of the bold label."""
    label = look.bold_until or line.start
    at = bisect_right(coverage.cuts, line.start)
    cuts = []
    while at < len(coverage.cuts) and coverage.cuts[at] < line.end:
        cuts.append(coverage.cuts[at])
        at += 1
    edges = sorted({line.start, *cuts, min(label, line.end), line.end})
    for start, end in pairwise(edges):
        found = _covering(coverage, start)
        first = tuple(finding for finding in found if not coverage.shown[finding.start : start].strip())
        yield Piece(start, end, text[start:end], found, first, bold=end <= label)


def _coverage(shown: str, findings: Sequence[Finding]) -> _Coverage:
    cuts = sorted({min(cut, len(shown)) for finding in findings for cut in (finding.start, finding.end)})
    begin: dict[int, list[Finding]] = {}
    for finding in findings:
        begin.setdefault(finding.start, []).append(finding)
    active: list[Finding] = []
    sets = []
    for cut in cuts:
        active = [finding for finding in (*active, *begin.get(cut, ())) if finding.end > cut]
        sets.append(tuple(sorted(active, key=_gravity)))
    return _Coverage(shown, tuple(cuts), tuple(sets))


def _gravity(finding: Finding) -> tuple[int, int, int]:
    return _GRAVEST_FIRST.get(finding.severity, len(_GRAVEST_FIRST)), finding.start, finding.pk


def _covering(coverage: _Coverage, offset: int) -> tuple[Finding, ...]:
    at = bisect_right(coverage.cuts, offset) - 1
    return coverage.sets[at] if at >= 0 else ()
