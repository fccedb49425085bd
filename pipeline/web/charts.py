"""Column charts as plain SVG: no script, sharp on paper, and the same figures stand in a table for screen readers."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 560, 170
_LEFT, _TOP, _BOTTOM = 34, 10, 24
# not every label fits below its column
_MOST_LABELS = 13


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its box in units of the picture, its series, and what it says."""

    x: float
    y: float
    width: float
    height: float
    series: int
    says: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns beside each other for each label, one a series; `ticks` are (y, value) of the lines behind them."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]
    columns: tuple[Column, ...]
    labels: tuple[tuple[float, str], ...]
    ticks: tuple[tuple[float, int], ...]
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def empty(self) -> bool:
        return not any(value for _, values in self.rows for value in values)


def chart_of(names: Sequence[str], rows: Sequence[tuple[str, Sequence[int]]]) -> Chart:
    """A chart of rows (label and one value a series)."""
    top = _round_up(max((value for _, values in rows for value in values), default=0))
    room, floor = (WIDTH - _LEFT) / max(len(rows), 1), HEIGHT - _BOTTOM
    wide = room * 0.7 / max(len(names), 1)
    columns, labels = [], []
    every = -(-len(rows) // _MOST_LABELS)
    for at, (label, values) in enumerate(rows):
        left = _LEFT + at * room
        if at % max(every, 1) == 0:
            labels.append((round(left + room / 2, 1), label))
        for series, value in enumerate(values):
            tall = (floor - _TOP) * value / top
            x, says = left + room * 0.15 + series * wide, f"{label} {names[series]} {value}"
            columns.append(
                Column(round(x, 1), round(floor - tall, 1), round(wide - 1, 1), round(tall, 1), series, says)
            )
    ticks = tuple((round(floor - (floor - _TOP) * part, 1), round(top * part)) for part in (0, 0.5, 1))
    kept = tuple((label, tuple(values)) for label, values in rows)
    return Chart(tuple(names), kept, tuple(columns), tuple(labels), ticks)


def _round_up(value: int) -> int:
    """The next even number with one or two leading digits: the top of the scale."""
    step = 2
    while value > step * 10:
        step *= 5 if str(step)[0] == "2" else 2
    return max(-(-value // step) * step, step)
