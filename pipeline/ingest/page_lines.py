"""Reads the lines of a page: in the direction in which its text runs, by columns and cells, without what nobody sees."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from typing import NamedTuple

from pipeline.document import Note
from pipeline.ingest.aligned_rows import with_aligned
from pipeline.ingest.directions import Glyph, main_direction, runs_down, turned, turned_back
from pipeline.ingest.grids import Rule, tables_of
from pipeline.ingest.layout import columns_of, lines_of, with_cells
from pipeline.ingest.pieces import pieces_by_cell, table_lines
from pipeline.ingest.places import Box, Line
from pipeline.ingest.printed import Ink, PageObjects, PrintedPage
from pipeline.ingest.runs import box_of, runs_of, without_doubles
from pipeline.ingest.watermarks import Run, watermarks_of

# characters on their side from which they are text, not words in the margin, and their share of the page
_MANY_ASIDE, _SHARE_ASIDE = 40, 0.2
# shares of the height of a page in vertical columns where headers and page numbers stand
_EDGES = (0.07, 0.94)
# share of the height of a page below which only page numbers stand
_LOW = 0.12
UNSEEN, WATERMARK = "有看不见的文字", "有水印文字"


@dataclass(frozen=True, slots=True)
class PageText:
    """The lines of a page in reading order, what was left out by reason (as in `left_out_notes`), and its size in points.

    `unmapped` is the number of characters without a code in their font; `pictures` are the boxes of pictures, `drawing` says
    whether there is a picture or anything drawn; `notes` are those on what else lies on the page.
    """

    lines: tuple[Line, ...] = ()
    left_out: dict[str, tuple[str, ...]] = field(default_factory=dict)
    size: tuple[float, float] = (0.0, 0.0)
    unmapped: int = 0
    pictures: tuple[Box, ...] = ()
    drawing: bool = False
    notes: tuple[Note, ...] = ()


class _Found(NamedTuple):
    """What may tell of tables on a page: its rules, and the columns of a table without rules on the page before."""

    rules: Sequence[Rule] = ()
    above: Sequence[tuple[float, float]] = ()


class _Group(NamedTuple):
    """Characters that run in one direction: quarter turns to reading space, and whether they stand upright in columns."""

    glyphs: tuple[Glyph, ...]
    quarters: int
    aside: bool = False


def lines_on(page: PrintedPage, objects: PageObjects, number: int, before: PageText | None = None) -> PageText:
    """The text of page `number` (from 1); `before` is the page before, whose last table may go on."""
    above = _open_columns(before) if before else ()
    seen, unseen = _visible(page, objects)
    seen = without_doubles(seen)
    kept, marks = _without_watermarks(seen, page.inks, objects)
    groups = _groups(kept, page)
    most = max((len(group.glyphs) for group in groups), default=0)
    lines = list[Line]()
    for group in groups:
        main = len(group.glyphs) == most
        lines += _lines(group, page, _Found(objects.rules, above) if main else _Found(), number)
    left_out = {reason: words for reason, words in ((WATERMARK, marks), (UNSEEN, unseen)) if words}
    size = (page.width, page.height)
    return PageText(tuple(lines), left_out, size, page.unmapped, objects.pictures, objects.has_drawing)


def _visible(page: PrintedPage, objects: PageObjects) -> tuple[list[Glyph], tuple[str, ...]]:
    """The characters that a reader of the page sees or that lie over a picture of them, and the words of the others."""
    doubtful = [ink.is_unseen or ink.is_white for ink in page.inks]
    seen: list[Glyph] = []
    hidden: list[Glyph] = []
    for glyph in page.glyphs:
        if glyph.blank:
            seen.append(glyph)
            continue
        x0, y0, x1, y1 = glyph.loose
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        outside = not (0 <= x <= page.width and 0 <= y <= page.height)
        if outside or (doubtful[glyph.style] and not _has_ground(x, y, page.inks[glyph.style], objects)):
            hidden.append(glyph)
        else:
            seen.append(glyph)
    return seen, tuple("".join(hidden[at].char for at in run) for run in runs_of(hidden))


def _has_ground(x: float, y: float, ink: Ink, objects: PageObjects) -> bool:
    """Whether something lies below a character on which it can be seen: a picture, for white ink also a coloured ground."""
    if ink.opacity < 0.5 and not ink.inkless:
        return False
    boxes = objects.pictures if ink.inkless else objects.pictures + objects.grounds
    return any(box[0] <= x <= box[2] and box[1] <= y <= box[3] for box in boxes)


def _without_watermarks(
    glyphs: Sequence[Glyph], inks: Sequence[Ink], objects: PageObjects
) -> tuple[list[Glyph], tuple[str, ...]]:
    """The characters without watermarks, and the words of these."""
    if len(inks) < 2 and not any(ink.is_pale for ink in inks) and not any(glyph.is_slanting for glyph in glyphs):
        return list(glyphs), ()
    runs = list(runs_of(glyphs))
    marks = watermarks_of([_as_run(run, glyphs, inks, objects) for run in runs])
    dropped = {at for run, mark in zip(runs, marks, strict=True) if mark for at in run}
    if not dropped:
        return list(glyphs), ()
    return [glyph for at, glyph in enumerate(glyphs) if at not in dropped], tuple(_words_of(runs, marks, glyphs))


def _words_of(runs: Sequence[tuple[int, ...]], marks: Sequence[bool], glyphs: Sequence[Glyph]) -> Iterator[str]:
    for run, mark in zip(runs, marks, strict=True):
        if mark:
            yield "".join(glyphs[at].char for at in run)


def _as_run(run: Sequence[int], glyphs: Sequence[Glyph], inks: Sequence[Ink], objects: PageObjects) -> Run:
    found = [glyphs[at] for at in run]
    first, ink = found[0], inks[found[0].style]
    box = box_of(tuple(run), glyphs)
    slanting = first.is_slanting
    sides = [(glyph.loose[2] - glyph.loose[0], glyph.loose[3] - glyph.loose[1]) for glyph in found]
    size = median(min(sides[0]) if slanting else tall for _, tall in sides)
    pale = ink.is_pale and not ink.inkless and not _has_ground(*_middle(box), ink, objects)
    return Run("".join(glyph.char for glyph in found), box, size, slanting, pale)


def _middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _groups(glyphs: Sequence[Glyph], page: PrintedPage) -> list[_Group]:
    """The characters by direction, upright ones first; those that are few beside the main direction are aside."""
    main = main_direction(glyphs)
    of = [glyph.quarters for glyph in glyphs]
    down = main == 0 and runs_down([glyph for glyph, quarters in zip(glyphs, of, strict=True) if quarters == 0])
    parts: dict[tuple[int, bool], list[Glyph]] = {}
    key = (main, False)
    for glyph, quarters in zip(glyphs, of, strict=True):
        # a blank belongs to the character before it
        if not glyph.blank:
            in_column = down and quarters in (0, 3)
            key = (
                (0, False) if in_column and _is_at_edge(glyph, page) else (3, True) if in_column else (quarters, False)
            )
        parts.setdefault(key, []).append(_upright(glyph) if key[1] else glyph)
    if not parts:
        return []
    most = max(len(found) for found in parts.values())
    return [
        _Group(tuple(found), key[0], len(found) < most and not (down and key[0] == 0) and not _is_text(found, most))
        for key, found in sorted(parts.items(), key=lambda part: part[0][0] if not part[0][1] else -1)
    ]


def _is_text(glyphs: Sequence[Glyph], most: int) -> bool:
    """Whether characters beside those of the main direction are so many that they are text."""
    return len(glyphs) >= max(_MANY_ASIDE, _SHARE_ASIDE * most)


def _upright(glyph: Glyph) -> Glyph:
    """A character of a vertical column in its usual form: ︒ becomes 。"""
    return (
        glyph._replace(char=unicodedata.normalize("NFKC", glyph.char)) if "\ufe10" <= glyph.char <= "\ufe4f" else glyph
    )


def _is_at_edge(glyph: Glyph, page: PrintedPage) -> bool:
    low, high = (share * page.height for share in _EDGES)
    return not low <= (glyph.loose[1] + glyph.loose[3]) / 2 <= high


def _open_columns(text: PageText) -> Sequence[tuple[float, float]]:
    """The columns of the table without rules with which a page ends, empty if it ends otherwise."""
    for line in reversed(text.lines):
        if line.cell is not None:
            of = line.cell.place.table
            cells = [one.cell for one in text.lines if one.cell is not None and one.cell.place.table == of]
            return () if line.cell.ruled else columns_of(cells)
        if line.box[1] > _LOW * line.page_height:
            break
    return ()


def _lines(group: _Group, page: PrintedPage, found: _Found, number: int) -> list[Line]:
    """The lines of a group in reading order."""
    width, height = page.width, page.height
    space = (height, width) if group.quarters % 2 else (width, height)

    def turn(box: Box) -> Box:
        return turned(box, group.quarters, width, height)

    tables = tables_of([_turned(rule, group.quarters, width, height) for rule in found.rules])
    pieces, held = pieces_by_cell(group.glyphs, turn if group.quarters else None, tables, exact=page.exact)
    if not group.aside:
        pieces, tables, held = with_aligned(pieces, tables, held, found.above)
    lines = list(lines_of(pieces, number, space[1]))
    lines = with_cells(lines, [list(table_lines(table, held, number, space[1])) for table in tables])
    if not group.quarters:
        return lines
    margins = _margins(lines)
    return [
        replace(
            line,
            shown=turned_back(line.box, group.quarters, width, height),
            margins=line.margins or margins,
            aside=group.aside,
        )
        for line in lines
    ]


def _margins(lines: Sequence[Line]) -> tuple[float, float] | None:
    running = [line for line in lines if line.cell is None]
    if not running:
        return None
    lefts, rights = sorted(line.box[0] for line in running), sorted(line.box[2] for line in running)
    return lefts[len(lefts) // 10], rights[len(rights) * 9 // 10]


def with_own_margins(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The lines of a page that differs in size from the others, with the margins of this page."""
    found = tuple(lines)
    margins = _margins([line for line in found if line.margins is None and not line.aside])
    return tuple(line if line.margins else replace(line, margins=margins) for line in found)


def _turned(rule: Rule, quarters: int, width: float, height: float) -> Rule:
    if not quarters:
        return rule
    flat = (rule.start, rule.at, rule.end, rule.at) if rule.level else (rule.at, rule.start, rule.at, rule.end)
    x0, y0, x1, y1 = turned(flat, quarters, width, height)
    return Rule(True, y0, x0, x1) if rule.level != bool(quarters % 2) else Rule(False, x0, y0, y1)
