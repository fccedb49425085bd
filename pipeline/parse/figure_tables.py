"""Figures of reports in tables whose rows or columns are regions or bodies: each with what the headings and the caption say is counted.

A table with a column of cities (市 | 收案（件） | 同比) and one with a row of cities (项目 | 青州市 | 临江市) give the same figures. Other tables are read
as running text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from pipeline.document import SourceText
from pipeline.parse.figure_captions import Caption, caption_before, caption_of
from pipeline.parse.figure_grids import Cell, Grid, grids_of
from pipeline.parse.figure_lists import with_subjects
from pipeline.parse.figure_subjects import TOTAL, is_subject
from pipeline.parse.figures import Figure, figures_of, quantity_of

_LEAST_SUBJECTS = 2
# columns and rows that number, order or describe, and count nothing
_NO_FIGURE = re.compile("序号|编号|编码|代码|排名|名次|位次|日期|时间|电话|联系|邮编|备注|说明")
_CHANGE = re.compile("同比|环比|[比较]上?去?年|增幅|增减|增长率|增速|升降")
_YEAR = re.compile(r"((?:19|20)[0-9]{2})年?度?")
_SIGNED = re.compile(r"([+\-－—↑↓]?)([0-9][0-9,，.]*)(%|％|个百分点|百分点|[\u4e00-\u9fff]{1,2})?")
_FALLING = frozenset("-－—↓")
# 收案（件）, 金额/万元: a heading and the unit of what is below it
_HEADING = re.compile(r"(?P<name>.*?)[（(/](?P<unit>[\u4e00-\u9fff%％]{1,4})[）)]?")
# headings that only say that something is counted, with the unit that they imply
_COUNTING = re.compile(
    "(?:总|合计|数|本年)?(?P<unit>件|人|人次|次|户|项|个|家|条|起|份|场|宗)?(?:数量|数值|数目|数额|数|总数|金额|合计|总计|小计|占比|比例|本年|今年)?"
)
_LABELS = re.compile("项目|指标|类别|名称|单位|地区|市州|市县|县市区|县区|乡镇|部门|[省市县区州]|事项|内容|年度|年份")


@dataclass(frozen=True, slots=True)
class _Head:
    """What a column, or a row, counts: name ("" where only the caption says it), unit, year; whether it is the change of the one before."""

    name: str
    unit: str | None
    year: int | None
    is_change: bool


def figures_in(source: SourceText) -> tuple[Figure, ...]:
    """The figures of a report in reading order: those of its running text and lists, and those of its tables by region or body."""
    tables = [(grid, found) for grid in grids_of(source) if (found := _figures(source.text, grid))]
    read = [grid.span for grid, _ in tables]
    running = with_subjects(
        source.text,
        [
            figure
            for figure in figures_of(source.text)
            if not any(span.start <= figure.span.start < span.end for span in read)
        ],
    )
    return tuple(sorted([*running, *(figure for _, found in tables for figure in found)], key=lambda f: f.span.start))


def _figures(text: str, grid: Grid) -> list[Figure]:
    """The figures of a table by region or body; [] for other tables."""
    rows = grid.rows
    titles = list(takewhile(lambda row: len({cell.span for cell in row if cell.text}) == 1, rows))
    caption = _caption(text, grid, titles)
    rows = rows[len(titles) :]
    if _subjects_below(rows) is None:
        rows = tuple(zip(*rows, strict=True))
    first = _subjects_below(rows)
    return list(_read(rows, first, caption)) if first is not None else []


def _caption(text: str, grid: Grid, titles: Sequence[Sequence[Cell]]) -> Caption:
    """The caption in the first rows of a table, or above it."""
    own = [caption_of(cell.text, cell.span) for row in titles for cell in row if cell.text]
    unit = next((found.unit for found in own if found.unit), None)
    for found in own:
        if found.counted:
            return replace(found, unit=unit)
    above = caption_before(text, grid.span.start)
    return replace(above, unit=unit or above.unit)


def _subjects_below(rows: Sequence[Sequence[Cell]]) -> tuple[int, int] | None:
    """The column that holds regions or bodies and the row where they begin, None where less than two stand below each other."""
    for column in range(min(3, len(rows[0]) if rows else 0)):
        named = [at for at, row in enumerate(rows) if is_subject(row[column].text)]
        spans = {rows[at][column].span for at in named}
        if len(spans) >= _LEAST_SUBJECTS and 2 * len(named) >= sum(bool(row[column].text) for row in rows[named[0] :]):
            return named[0], column
    return None


def _read(rows: Sequence[Sequence[Cell]], first: tuple[int, int], caption: Caption) -> Iterator[Figure]:
    top, column = first
    while top and TOTAL.fullmatch(rows[top - 1][column].text):
        top -= 1
    heads = {at: _head([row[at] for row in rows[:top]]) for at in range(column + 1, len(rows[0]))}
    for row in rows[top:]:
        words = row[column].text
        if is_subject(words) or TOTAL.fullmatch(words):
            yield from _of_row(row, heads, None if TOTAL.fullmatch(words) else words, caption)


def _head(cells: Sequence[Cell]) -> _Head | None:
    """What the headings above a column say; None for a column that counts nothing."""
    words = list(dict.fromkeys(cell.text for cell in cells if cell.text))
    if any(_NO_FIGURE.search(word) for word in words):
        return None
    unit, year, names = None, None, []
    for word in words:
        match = _HEADING.fullmatch(word)
        name, unit = (match["name"], match["unit"].replace("％", "%")) if match else (word, unit)
        dated = _YEAR.match(name)
        year = int(dated[1]) if dated else year
        name = name[dated.end() :] if dated else name
        counting = _COUNTING.fullmatch(name)
        unit = unit or (counting["unit"] if counting else None)
        if name and not counting and not _LABELS.fullmatch(name):
            names.append(name)
    return _Head("".join(names), unit, year, bool(names and _CHANGE.search(names[-1])))


def _of_row(
    row: Sequence[Cell], heads: dict[int, _Head | None], subject: str | None, caption: Caption
) -> Iterator[Figure]:
    held: Figure | None = None
    for at, head in heads.items():
        if head is None:
            continue
        if head.is_change:
            held = replace(held, change=_change(row[at].text, head.unit)) if held else None
            continue
        if held:
            yield held
        held = _figure(row[at], head, subject, caption)
    if held:
        yield held


def _figure(cell: Cell, head: _Head, subject: str | None, caption: Caption) -> Figure | None:
    """The figure of a cell, None where it holds no number or nothing says what is counted."""
    found = quantity_of(cell.text, head.unit or caption.unit)
    item = head.name or caption.counted
    if found is None or not item:
        return None
    value, unit, bound = found
    return Figure(item, value, unit, None, bound, cell.span, subject, caption.span, head.year)


def _change(words: str, unit: str | None) -> str | None:
    match = _SIGNED.fullmatch(words)
    own = match and (match[3] or unit)
    if not match or not own:
        return None
    return f"{'-' if match[1] in _FALLING and match[1] else '+'}{match[2]}{own.replace('％', '%')}"
