"""Finds tables without rules on a page: rows whose words stand in the same columns, below a row of headings.

Prose, signatures, tables of contents, forms and lists have wide gaps too; they differ in that no headings stand above them.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from math import ceil
from statistics import median
from typing import NamedTuple

from pipeline.ingest.columns import rows_of
from pipeline.ingest.places import Box, Piece, union

# shares of the height of a character: white between words of different cells, between columns; how edges of a column differ
_WHITE, _GUTTER, _NEAR = 0.62, 0.6, 0.4
# rows in a table, heights of a character between two of them, rows of headings above the row with most columns
_MIN_ROWS, _MAX_WHITE, _MAX_HEADS = 3, 3.0, 2
# shares: cells of a column in one line, fields with words, rows with cells that span columns, cells of a column that are figures
_MIN_ALIGNED, _MIN_FILLED, _MAX_SPANNING, _MIN_FIGURES = 0.6, 0.5, 0.34, 0.7
# characters by which a line that wraps may be shorter than its column, and that it has at least; white below it in heights
_SHORTER, _MIN_WRAPPED, _MAX_LEADING = 1.6, 3, 1.0
_MAX_ROWS, _LONGEST_HEADING = 200, 16
# characters of a full line of a column of text
_MIN_FLOW = 8
_LEADER = re.compile(r"…{2}|\.{4}|·{4}|—{3}|_{4}")
_CAPTION = re.compile(r"附?[表图]\s*[0-9A-Z一二三四五六七八九十]{1,3}(?:$|[\s.．、-])")
_KEY = re.compile("^[^：:]{1,10}[：:]")
_SENTENCE = re.compile("[，。；：！？、]")
# ends of titles and sentences: nothing of the same cell follows
_WHOLE = re.compile("(?:通知|通告|公告|规定|办法|意见|决定|细则|方案|制度|[。；])$")
# ends of words that a number goes on with
_OPEN = re.compile("[0-9年月第〕至、，（]$")
_LABEL = re.compile("^(?:[（(][一二三四五六七八九十]{1,3}[）)]|第[一二三四五六七八九十百]{1,4}[章节条]|[①-⑳])")
_FIGURE = re.compile(
    r"^[-+−]?[0-9０-９][0-9０-９,，.．]*\s*(?:[%‰％元万亿人户个件分次天日年月公顷亩吨米]{0,3})$|^[-—–－/／〇○]{1,2}$"
)
_HEADING = re.compile(
    "(?:序号|编号|号|名称?|项目?|标准|金额|单位|种类|类别?|类型|内容|文号|日期|时间|期限?|备注|说明|电话|地址|地点|姓名|职务|职责|数量?"
    "|价格?|等级|级别?|分值?|条件|对象|范围|依据|结果|意见|部门|措施|要求|指标|车型|面积|比例|率|人口|税额|幅度|情形|情节|处罚|罚款"
    "|方式|方法|来源|用途|规格|型号|主体|机关|程序|材料|环节|事项|条款|阶段|年度|年份|月份|季度|合计|小计|总数|乡镇|街道|村|社区|区域"
    "|学校|企业|工程|专业|岗位|科目|档次|系数|产量|限值|浓度|温度|频次|负责人|联系人)$"
)
Extent = tuple[float, float]


class Segment(NamedTuple):
    """Pieces of one line that stand close to each other, and those of the page of which they are parts."""

    pieces: tuple[Piece, ...]
    box: Box
    whole: tuple[Piece, ...]

    @property
    def size(self) -> float:
        """The height of its characters."""
        return self.box[3] - self.box[1]

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


class Stretch(NamedTuple):
    """Lines of a page that form a table, from top to bottom, and the columns in which their words stand."""

    lines: tuple[tuple[Segment, ...], ...]
    columns: tuple[Extent, ...]


class _Run(NamedTuple):
    """Lines from `start` to before `end` that keep to the same columns."""

    start: int
    end: int
    columns: tuple[Extent, ...]
    size: float


def stretches_of(pieces: Sequence[Piece], above: Sequence[Extent] = ()) -> list[Stretch]:
    """The tables without rules among the pieces of a page, from its top.

    `above` are the columns of a table with which the page before ended: the first lines may go on with it, without headings.
    """
    rows = list(rows_of(pieces)) if len(pieces) > _MIN_ROWS else []
    if not above and not _may_hold_table(rows):
        return []
    lines = _lines(rows)
    found = list[Stretch]()
    first = _continued(lines, above) if above else None
    if first:
        found.append(_stretch(lines, first))
    if sum(len(line) > 1 for line in lines) >= _MIN_ROWS:
        found += _found(lines, first.end if first else 0, len(lines))
    return found


def column_span(box: Box, columns: Sequence[Extent]) -> tuple[int, int]:
    """The first of the columns that a box covers, and how many it covers; of one between two columns, both."""
    within = [at for at, (left, right) in enumerate(columns) if box[0] < right and box[2] > left]
    if not within:
        before = sum(right <= box[0] for _, right in columns)
        return max(before - 1, 0), 2 if 0 < before < len(columns) else 1
    return within[0], within[-1] - within[0] + 1


def is_figure(text: str) -> bool:
    """Whether the words of a cell are a number, with or without a unit, or a dash in its place."""
    return bool(_FIGURE.match(text.strip()))


def _may_hold_table(rows: Sequence[Sequence[Piece]]) -> bool:
    """Whether as many rows as a table has are in several parts or stand beside the row above."""
    extents = [(min(piece.box[0] for piece in row), max(piece.box[2] for piece in row)) for row in rows]
    beside = sum(a[1] < b[0] or b[1] < a[0] for a, b in pairwise(extents))
    return beside + sum(len(row) > 1 or bool(row[0].gaps) for row in rows) >= _MIN_ROWS


def _lines(rows: Sequence[Sequence[Piece]]) -> list[tuple[Segment, ...]]:
    """The lines from the top; one that stands half beside another, as where cells are centred, is put to it."""
    found: list[tuple[Segment, ...]] = []
    for row in rows:
        line = _segments(row)
        if found and _is_beside(found[-1], line):
            found[-1] = tuple(sorted((*found[-1], *line), key=lambda segment: segment.box[0]))
        else:
            found.append(line)
    return found[:_MAX_ROWS]


def _is_beside(above: Sequence[Segment], line: Sequence[Segment]) -> bool:
    """Whether two lines are closer than lines below each other are, and none of their segments overlap in width."""
    boxes = [union([segment.box for segment in one]) for one in (above, line)]
    tall = max(box[3] - box[1] for box in boxes)
    if sum(boxes[0][1::2]) - sum(boxes[1][1::2]) >= 2 * tall:
        return False
    ordered = sorted([segment.box for segment in (*above, *line)])
    return all(a[2] < b[0] for a, b in pairwise(ordered))


def _segments(row: Sequence[Piece]) -> tuple[Segment, ...]:
    if len(row) == 1 and not row[0].gaps:
        return (Segment((row[0],), row[0].box, (row[0],)),)
    ordered = sorted(((part, piece) for piece in row for part in piece.parts()), key=lambda pair: pair[0].box[0])
    wide = _WHITE * max(part.box[3] - part.box[1] for part, _ in ordered)
    groups = [[ordered[0]]]
    for before, after in pairwise(ordered):
        if after[0].box[0] - before[0].box[2] > wide:
            groups.append([])
        groups[-1].append(after)
    return tuple(
        Segment(parts, union([part.box for part in parts]), whole)
        for parts, whole in (tuple(zip(*group, strict=True)) for group in groups)
    )


def _found(lines: Sequence[tuple[Segment, ...]], start: int, end: int) -> list[Stretch]:
    """The tables between two lines: the one with most fields, and those above and below it."""
    if end - start < _MIN_ROWS:
        return []
    heads = [at for at in range(start, end) if len(lines[at]) > 1 and all(map(_may_be_heading, lines[at]))]
    starts = {at + more for at in heads for more in range(_MAX_HEADS + 1) if at + more < end}
    found = (
        _run_from(lines, at, end, share)
        for at in sorted(starts)
        if len(lines[at]) > 1
        for share in (0.0, _MAX_SPANNING)
    )
    runs = [_with_heads(lines, run, start) for run in dict.fromkeys(found) if run]
    for run in sorted(runs, key=lambda run: -_fields(lines, run)):
        if _is_table(lines, run):
            return [
                *_found(lines, start, run.start),
                _stretch(lines, run),
                *_found(lines, run.end, end),
            ]
    return []


def _stretch(lines: Sequence[tuple[Segment, ...]], run: _Run) -> Stretch:
    held = tuple(lines[run.start : run.end])
    if len(held[0]) == len(run.columns):
        return Stretch(held, run.columns)
    # a heading over several columns is no part of any of them
    below = _joined([extent for line in held[1:] for extent in _extents(line)], _GUTTER * run.size)
    return Stretch(held, below if len(below) == len(run.columns) else run.columns)


def _fields(lines: Sequence[tuple[Segment, ...]], run: _Run) -> int:
    return sum(len(line) > 1 for line in lines[run.start : run.end]) * (len(run.columns) - 1)


def _run_from(lines: Sequence[tuple[Segment, ...]], start: int, end: int, spanning: float) -> _Run | None:
    """The lines from `start` on that leave the gutters between its columns free, but for a share of lines with cells that span."""
    size = median(segment.box[3] - segment.box[1] for segment in lines[start])
    if _is_excluded(lines[start]):
        return None
    return _grown(lines, _Run(start, start + 1, _extents(lines[start]), size), end, spanning)


def _grown(lines: Sequence[tuple[Segment, ...]], run: _Run, end: int, share: float = _MAX_SPANNING) -> _Run:
    spanning, columns, at = 0, run.columns, run.end
    while at < end and not _is_excluded(lines[at]) and _is_near(lines[at - 1], lines[at], run.size):
        line = lines[at]
        joined = _joined([*columns, *_extents(line)], _GUTTER * run.size)
        if len(joined) == len(columns) or (len(joined) > len(columns) and len(line) > 1):
            columns = joined
        elif len(line) > 1 and _spans(line, columns) and spanning < share * (at - run.start):
            spanning += 1
        else:
            break
        at += 1
    last = max(number for number in range(run.start, at) if number == run.start or len(lines[number]) > 1)
    end = last + 1
    while end < at and (_wraps(lines[last:end], lines[end][0], columns) or _is_row(lines, end, columns)):
        end += 1
    return run._replace(end=end, columns=columns)


def _wraps(above: Sequence[Sequence[Segment]], words: Segment, columns: Sequence[Extent]) -> bool:
    """Whether words alone on a line below a table go on with a cell of its last lines."""
    column, count = column_span(words.box, columns)
    held = [segment for line in above for segment in line if column_span(segment.box, columns) == (column, count)]
    if count > 1 or not held:
        return False
    level = abs(held[-1].box[0] - words.box[0]), abs(sum(held[-1].box[::2]) - sum(words.box[::2])) / 2
    return goes_on(held[-1], words, columns[column]) and min(level) < words.size


def _is_row(lines: Sequence[Sequence[Segment]], at: int, columns: Sequence[Extent]) -> bool:
    """Whether words alone on a line below a table are a row without other cells: in the first column, as far below as other rows."""
    words, above = lines[at][0], lines[at - 1][0]
    steps = [sum(a[0].box[1::2]) - sum(b[0].box[1::2]) for a, b in pairwise(lines[at - 2 : at + 1])]
    level = [abs(a - b) < _NEAR * words.size for a, b in zip(above.box[::2], words.box[::2], strict=True)]
    within = column_span(words.box, columns) == (0, 1) and words.box[2] <= columns[0][1]
    return within and any(level) and not _SENTENCE.search(words.text) and abs(steps[0] - steps[-1]) < words.size / 2


def goes_on(above: Segment, below: Segment, extent: Extent) -> bool:
    """Whether words go on with those above them in a column: these fill it, and are not figures."""
    size = max(above.size, below.size)
    full = above.box[2] - above.box[0] > extent[1] - extent[0] - _SHORTER * size
    figures = is_figure(above.text) or (is_figure(below.text) and not _OPEN.search(above.text))
    near = above.box[1] - below.box[3] < _MAX_LEADING * size
    whole = bool(_WHOLE.search(above.text)) and not below.text.startswith("的")
    return full and near and len(above.text) >= _MIN_WRAPPED and not figures and not whole


def _with_heads(lines: Sequence[tuple[Segment, ...]], run: _Run, start: int) -> _Run:
    """A run with the lines right above it whose words are headings over several of its columns."""
    at = run.start
    while at > max(start, run.start - _MAX_HEADS):
        line = lines[at - 1]
        if len(line) < 2 or _is_excluded(line) or not _is_near(line, lines[at], run.size):
            break
        if not _spans(line, run.columns) or not all(map(_may_be_heading, line)):
            break
        at -= 1
    return run._replace(start=at)


def _spans(line: Sequence[Segment], columns: Sequence[Extent]) -> bool:
    """Whether the segments of a line stand in different columns, each in one or several."""
    taken = [column_span(segment.box, columns) for segment in line]
    return all(a + count <= b for (a, count), (b, _) in pairwise(taken))


def _continued(lines: Sequence[tuple[Segment, ...]], above: Sequence[Extent]) -> _Run | None:
    """The first lines of a page, as far as they go on with the columns of the table above."""
    for at, line in enumerate(lines[:3]):
        size = max(segment.box[3] - segment.box[1] for segment in line)
        joined = _joined([*above, *_extents(line)], _GUTTER * size)
        if len(line) > 1 and len(joined) == len(above) and _spans(line, joined) and not _is_excluded(line):
            return _grown(lines, _Run(at, at + 1, joined, size), len(lines))
    return None


def _extents(line: Sequence[Segment]) -> tuple[Extent, ...]:
    return tuple((segment.box[0], segment.box[2]) for segment in line)


def _joined(extents: Sequence[Extent], gutter: float) -> tuple[Extent, ...]:
    """Extents that overlap or are closer than a gutter as one."""
    found: list[Extent] = []
    for left, right in sorted(extents):
        if found and left - found[-1][1] < gutter:
            found[-1] = (found[-1][0], max(found[-1][1], right))
        else:
            found.append((left, right))
    return tuple(found)


def _is_near(line: Sequence[Segment], below: Sequence[Segment], size: float) -> bool:
    return _white(line, below) < _MAX_WHITE * size


def _white(line: Sequence[Segment], below: Sequence[Segment]) -> float:
    return min(segment.box[1] for segment in line) - max(segment.box[3] for segment in below)


def _is_excluded(line: Sequence[Segment]) -> bool:
    """Whether a line is a caption, has leaders or names values, as lines of contents and of forms do."""
    if _CAPTION.match(line[0].text):
        return True
    keys = sum(bool(_KEY.match(segment.text)) for segment in line)
    return keys * 2 >= len(line) + (len(line) == 1) or any(_LEADER.search(segment.text) for segment in line)


def _is_table(lines: Sequence[tuple[Segment, ...]], run: _Run) -> bool:
    held = lines[run.start : run.end]
    if len(run.columns) < 2 or sum(len(line) > 1 for line in held) < _MIN_ROWS or _is_in_flow(lines, run):
        return False
    cells = [list[Segment]() for _ in run.columns]
    for line in held:
        for segment in line:
            column, count = column_span(segment.box, run.columns)
            if count == 1:
                cells[column].append(segment)
    filled = sum(map(len, cells))
    if filled < _MIN_FILLED * len(cells) * sum(len(line) > 1 for line in held) or not all(cells):
        return False
    return _has_headings(held[0], cells) and all(_is_aligned(column, run.size) for column in cells)


def _is_in_flow(lines: Sequence[tuple[Segment, ...]], run: _Run) -> bool:
    """Whether a full line of one of the columns stands right above or below, as in text that is set in columns."""
    outside = list[Segment]()
    if run.start and _white(lines[run.start - 1], lines[run.start]) < run.size:
        outside += lines[run.start - 1]
    if run.end < len(lines) and _white(lines[run.end - 1], lines[run.end]) < run.size:
        outside += lines[run.end]
    return any(
        abs(segment.box[0] - left) < run.size and abs(segment.box[2] - right) < _SHORTER * run.size
        for segment in outside
        if len(segment.text) >= _MIN_FLOW
        for left, right in run.columns
    )


def _may_be_heading(segment: Segment) -> bool:
    words = segment.text
    counts = any(char.isdigit() for char in words) or _LABEL.search(words)
    return len(words) <= _LONGEST_HEADING and not _SENTENCE.search(words) and not counts


def _has_headings(line: Sequence[Segment], cells: Sequence[Sequence[Segment]]) -> bool:
    """Whether the words of the first line are short and no figures, and are names of columns or stand above figures."""
    if len(line) * 2 < len(cells) or not all(map(_may_be_heading, line)):
        return False
    named = sum(bool(_HEADING.search(re.sub(r"[（(].*|\s", "", segment.text))) for segment in line)
    return named >= ceil(len(line) / 2) or (len(cells) > 2 and any(map(_holds_figures, cells)))


def _holds_figures(column: Sequence[Segment]) -> bool:
    figures = sum(is_figure(segment.text) for segment in column[1:])
    return len(column) >= _MIN_ROWS and figures >= _MIN_FIGURES * (len(column) - 1)


def _is_aligned(column: Sequence[Segment], size: float) -> bool:
    """Whether most cells of a column share their left edge, right edge or middle."""
    if len(column) < 2:
        return True
    edges = (
        [segment.box[0] for segment in column],
        [segment.box[2] for segment in column],
        [(segment.box[0] + segment.box[2]) / 2 for segment in column],
    )
    return max(_share_near(places, _NEAR * size) for places in edges) >= _MIN_ALIGNED


def _share_near(places: Sequence[float], near: float) -> float:
    ordered = sorted(places)
    most = max(sum(at <= place <= at + 2 * near for place in ordered) for at in ordered)
    return most / len(ordered)
