"""Reads the lines of a page: in the direction in which its text runs, by columns and cells, without what nobody sees."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress
from statistics import median
from typing import NamedTuple

import numpy as np

from pipeline.document import Note
from pipeline.ingest.aligned_rows import with_aligned
from pipeline.ingest.directions import (
    all_turned,
    are_slanting,
    main_direction,
    quarters_of,
    runs_down,
    turned,
    turned_back,
)
from pipeline.ingest.glyphs import Array, Flags, Glyphs, Numbers
from pipeline.ingest.grids import Rule, tables_of
from pipeline.ingest.layout import columns_of, lines_of, with_cells
from pipeline.ingest.pieces import pieces_by_cell, table_lines
from pipeline.ingest.places import Box, Line
from pipeline.ingest.printed import Ink, PageObjects, PrintedPage
from pipeline.ingest.runs import boxes_of, runs_of, without_doubles
from pipeline.ingest.watermarks import Run, are_repeated, watermarks_of

# characters on their side from which they are text, not words in the margin, and their share of the page
_MANY_ASIDE, _SHARE_ASIDE = 40, 0.2
# shares of the height of a page in vertical columns where headers and page numbers stand
_EDGES = (0.07, 0.94)
# share of the height of a page below which only page numbers stand
_LOW = 0.12
# the key of characters in vertical columns, before those of the quarter turns
_COLUMNS = -1
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

    glyphs: Glyphs
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


def _visible(page: PrintedPage, objects: PageObjects) -> tuple[Glyphs, tuple[str, ...]]:
    """The characters that a reader of the page sees or that lie over a picture of them, and the words of the others."""
    glyphs = page.glyphs
    x, y = (glyphs.loose[:, 0] + glyphs.loose[:, 2]) / 2, (glyphs.loose[:, 1] + glyphs.loose[:, 3]) / 2
    hidden = (x < 0) | (x > page.width) | (y < 0) | (y > page.height)
    for style, ink in enumerate(page.inks):
        if ink.is_unseen or ink.is_white:
            hidden |= (glyphs.style == style) & ~_have_ground(x, y, ink, objects)
    hidden &= ~glyphs.blank
    if not hidden.any():
        return glyphs, ()
    unseen = glyphs.kept(hidden)
    return glyphs.kept(~hidden), tuple(unseen.words(run) for run in runs_of(unseen))


def _have_ground(x: Array, y: Array, ink: Ink, objects: PageObjects) -> Flags:
    """Whether something lies below each place on which ink can be seen: a picture, for white ink also a coloured ground."""
    found = np.zeros(len(x), np.bool_)
    if ink.opacity < 0.5 and not ink.inkless:
        return found
    for x0, y0, x1, y1 in objects.pictures if ink.inkless else objects.pictures + objects.grounds:
        found |= (x0 <= x) & (x <= x1) & (y0 <= y) & (y <= y1)
    return found


def _without_watermarks(glyphs: Glyphs, inks: Sequence[Ink], objects: PageObjects) -> tuple[Glyphs, tuple[str, ...]]:
    """The characters without watermarks, and the words of these."""
    slanting = are_slanting(glyphs) & ~glyphs.blank
    plain = not slanting.any() and not any(ink.is_pale for ink in inks)
    if len(inks) < 2 and plain:
        return glyphs, ()
    runs = runs_of(glyphs)
    words = [glyphs.words(run) for run in runs]
    if plain and not are_repeated(words):
        return glyphs, ()
    sizes = _sizes(runs, glyphs, slanting)
    found = [
        Run(text, box, size, bool(slanting[run[0]]), _is_pale(box, inks[glyphs.style[run[0]]], objects))
        for run, text, box, size in zip(runs, words, boxes_of(runs, glyphs), sizes, strict=True)
    ]
    marks = watermarks_of(found)
    dropped = [at for run, mark in zip(runs, marks, strict=True) if mark for at in run]
    if not dropped:
        return glyphs, ()
    kept = np.ones(len(glyphs), np.bool_)
    kept[dropped] = False
    return glyphs.kept(kept), tuple(compress(words, marks))


def _sizes(runs: Sequence[tuple[int, ...]], glyphs: Glyphs, slanting: Flags) -> Iterator[float]:
    """The size of the characters of each run: their median height, of one that slants the shorter side of the first."""
    wide = (glyphs.loose[:, 2] - glyphs.loose[:, 0]).tolist()
    tall = (glyphs.loose[:, 3] - glyphs.loose[:, 1]).tolist()
    for run in runs:
        yield min(wide[run[0]], tall[run[0]]) if slanting[run[0]] else median([tall[at] for at in run])


def _is_pale(box: Box, ink: Ink, objects: PageObjects) -> bool:
    """Whether a run is drawn in pale ink on paper."""
    if not ink.is_pale or ink.inkless:
        return False
    x, y = np.array([(box[0] + box[2]) / 2]), np.array([(box[1] + box[3]) / 2])
    return not _have_ground(x, y, ink, objects)[0]


def _groups(glyphs: Glyphs, page: PrintedPage) -> list[_Group]:
    """The characters by direction, upright ones first; those that are few beside the main direction are aside."""
    if not len(glyphs):
        return []
    if not glyphs.angle.any() and not runs_down(glyphs):
        return [_Group(glyphs, 0)]
    main, quarters = main_direction(glyphs), quarters_of(glyphs)
    down = main == 0 and runs_down(glyphs.kept(quarters == 0))
    keys = quarters
    if down:
        middle = (glyphs.loose[:, 1] + glyphs.loose[:, 3]) / 2
        low, high = (share * page.height for share in _EDGES)
        in_column = (quarters == 0) | (quarters == 3)
        keys = np.where(in_column & (low <= middle) & (middle <= high), _COLUMNS, np.where(in_column, 0, quarters))
    keys = _with_blanks(keys, glyphs.blank, main)
    parts = {int(key): glyphs.kept(keys == key) for key in sorted(set(keys.tolist()))}
    most = max(map(len, parts.values()))
    return [
        _Group(
            _upright(found) if key == _COLUMNS else found,
            3 if key == _COLUMNS else key,
            len(found) < most and not (down and key == 0) and not _is_text(found, most),
        )
        for key, found in parts.items()
    ]


def _with_blanks(keys: Numbers, blank: Flags, first: int) -> Numbers:
    """The keys of characters, those of blank ones as of the character before, `first` where there is none."""
    last = np.maximum.accumulate(np.where(blank, -1, np.arange(len(keys))))
    return np.where(last < 0, first, keys[last])


def _is_text(glyphs: Glyphs, most: int) -> bool:
    """Whether characters beside those of the main direction are so many that they are text."""
    return len(glyphs) >= max(_MANY_ASIDE, _SHARE_ASIDE * most)


def _upright(glyphs: Glyphs) -> Glyphs:
    """The characters of vertical columns in their usual form: ︒ becomes 。"""
    usual = [unicodedata.normalize("NFKC", char) if "\ufe10" <= char <= "\ufe4f" else char for char in glyphs.chars]
    return replace(glyphs, chars=usual)


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

    tables = tables_of([_turned(rule, group.quarters, width, height) for rule in found.rules])
    glyphs = group.glyphs
    if group.quarters:
        loose, tight = (all_turned(boxes, group.quarters, width, height) for boxes in (glyphs.loose, glyphs.tight))
        glyphs = replace(glyphs, loose=loose, tight=tight)
    pieces, held = pieces_by_cell(glyphs, tables, exact=page.exact)
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
