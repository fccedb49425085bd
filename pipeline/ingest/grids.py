"""Finds ruled tables on a page from its rules, and the place of every cell in its table, with the rows and columns it spans."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import NamedTuple

from pipeline.ingest.places import Box, GridCell
from pipeline.table_cells import CellPlace

# points: rules that close belong together, cells smaller than this are gaps of double rules
_NEAR, _MIN_SIDE = 3.0, 6.0
# points: a filled bar up to this thick is a rule, shorter ones are dots
_THICK, _SHORT = 3.0, 5.0
# how far rules reach over the outermost crossing rules before the table is open on that side
_OPEN = 12.0
# share of the side of a cell that a rule has to cover
_COVERED = 0.7
_MAX_RULES, _MAX_PAIRS, _MAX_FIELDS = 4000, 100_000, 20_000


class Rule(NamedTuple):
    """A straight line along an axis: its position across, and its ends along it, in points; `level` if it is horizontal."""

    level: bool
    at: float
    start: float
    end: float


def thin_rule(box: Box) -> Rule | None:
    """A box as a rule, if it is thin in one direction and long in the other."""
    width, height = box[2] - box[0], box[3] - box[1]
    if height <= _THICK < _SHORT <= width:
        return Rule(True, (box[1] + box[3]) / 2, box[0], box[2])
    if width <= _THICK < _SHORT <= height:
        return Rule(False, (box[0] + box[2]) / 2, box[1], box[3])
    return None


def rules_around(boxes: Iterable[Box]) -> Iterator[Rule]:
    """The four sides of each box."""
    for x0, y0, x1, y1 in boxes:
        yield from (Rule(True, y0, x0, x1), Rule(True, y1, x0, x1), Rule(False, x0, y0, y1), Rule(False, x1, y0, y1))


def tables_of(rules: Sequence[Rule], least: int = 2) -> list[tuple[GridCell, ...]]:
    """The cells of every ruled table from top to bottom of the page, row by row; a table has `least` rows and columns or more.

    The cells of the first table have the number 0 in their places, and so on.
    """
    if not 4 <= len(rules) <= _MAX_RULES:
        return []
    joined = [*_joined([rule for rule in rules if rule.level]), *_joined([rule for rule in rules if not rule.level])]
    tables = [cells for group in _connected(joined) if (cells := _cells(group, least))]
    tables.sort(key=lambda cells: -cells[0].box[3])
    return [
        tuple(cell._replace(place=cell.place._replace(table=number)) for cell in cells)
        for number, cells in enumerate(tables)
    ]


def _joined(rules: Sequence[Rule]) -> Iterator[Rule]:
    """Rules in one line and close to each other as one."""
    found: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda rule: rule.at):
        if found and rule.at - found[-1][0].at <= _NEAR:
            found[-1].append(rule)
        else:
            found.append([rule])
    for line in found:
        at = sum(rule.at for rule in line) / len(line)
        first, *others = sorted(line, key=lambda rule: rule.start)
        start, end = first.start, first.end
        for rule in others:
            if rule.start > end + _NEAR:
                yield Rule(rule.level, at, start, end)
                start = rule.start
            end = max(end, rule.end) if start != rule.start else rule.end
        yield Rule(first.level, at, start, end)


def _connected(rules: Sequence[Rule]) -> Iterator[list[Rule]]:
    """Groups of rules that touch each other."""
    level, upright = [rule for rule in rules if rule.level], [rule for rule in rules if not rule.level]
    group = {rule: number for number, rule in enumerate(rules)}
    members = {number: [rule] for rule, number in group.items()}
    if len(level) * len(upright) > _MAX_PAIRS:
        return
    for a, b in product(level, upright):
        if group[a] != group[b] and _touch(a, b):
            kept, gone = group[a], group[b]
            group.update(dict.fromkeys(members[gone], kept))
            members[kept] += members.pop(gone)
    yield from (found for found in members.values() if len(found) >= 4)


def _touch(level: Rule, upright: Rule) -> bool:
    return (
        level.start - _NEAR <= upright.at <= level.end + _NEAR
        and upright.start - _NEAR <= level.at <= upright.end + _NEAR
    )


def _cells(rules: Sequence[Rule], least: int) -> tuple[GridCell, ...]:
    level, upright = [rule for rule in rules if rule.level], [rule for rule in rules if not rule.level]
    xs = _edges([rule.at for rule in upright], [end for rule in level for end in (rule.start, rule.end)])
    ys = _edges([rule.at for rule in level], [end for rule in upright for end in (rule.start, rule.end)])[::-1]
    columns, rows = len(xs) - 1, len(ys) - 1
    if min(columns, rows) < least or columns * rows > _MAX_FIELDS:
        return ()
    fields = {(row, column): (row, column) for row in range(rows) for column in range(columns)}
    for row, column in list(fields):
        if column and not _covered(upright, xs[column], ys[row + 1], ys[row]):
            _merge(fields, (row, column - 1), (row, column))
        if row and not _covered(level, ys[row], xs[column], xs[column + 1]):
            _merge(fields, (row - 1, column), (row, column))
    found: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for field in fields:
        found.setdefault(_root(fields, field), []).append(field)
    if len(found) < 4 or not all(map(_is_rectangle, found.values())):
        return ()
    return tuple(_cell(xs, ys, members) for members in sorted(found.values()))


def _edges(crossing: Iterable[float], ends: Iterable[float]) -> list[float]:
    """The sides of fields: the crossing rules, and the ends of rules that reach over the outermost of them."""
    edges = sorted(crossing)
    low, high = min(ends, default=edges[0]), max(ends, default=edges[-1])
    if low < edges[0] - _OPEN:
        edges.insert(0, low)
    if high > edges[-1] + _OPEN:
        edges.append(high)
    kept = edges[:1]
    for edge in edges[1:]:
        if edge - kept[-1] >= _MIN_SIDE:
            kept.append(edge)
    return kept


def _covered(rules: Iterable[Rule], at: float, start: float, end: float) -> bool:
    """Whether a rule at a position covers most of a side between two points."""
    covered = sum(
        max(0.0, min(rule.end, end) - max(rule.start, start)) for rule in rules if abs(rule.at - at) < _MIN_SIDE
    )
    return covered >= _COVERED * (end - start)


def _root(fields: dict[tuple[int, int], tuple[int, int]], field: tuple[int, int]) -> tuple[int, int]:
    while fields[field] != field:
        fields[field] = field = fields[fields[field]]
    return field


def _merge(fields: dict[tuple[int, int], tuple[int, int]], a: tuple[int, int], b: tuple[int, int]) -> None:
    fields[_root(fields, b)] = _root(fields, a)


def _is_rectangle(members: Sequence[tuple[int, int]]) -> bool:
    rows, columns = {row for row, _ in members}, {column for _, column in members}
    return len(members) == len(rows) * len(columns)


def _cell(xs: Sequence[float], ys: Sequence[float], members: Sequence[tuple[int, int]]) -> GridCell:
    (top, left), (bottom, right) = min(members), max(members)
    box = (xs[left], ys[bottom + 1], xs[right + 1], ys[top])
    return GridCell(CellPlace(0, top, left, right - left + 1, bottom - top + 1), box)
