"""Layout of column charts that templates render as SVG without scripts, with a table of the same figures for screen readers."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 560, 170
_LEFT, _TOP, _BOTTOM = 34, 10, 24
# more labels than this do not fit below the columns
_MAX_LABELS = 13


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its box in SVG units (origin at the upper left), the index of its series, and its tooltip (`says`)."""

    x: float
    y: float
    width: float
    height: float
    series: int
    says: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with a group of columns per label, one column per series.

    `names` are the series, `rows` the labels with one value per series; `labels` are (x, text), `ticks` (y, value) of the grid lines.
    """

    names: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]
    columns: tuple[Column, ...]
    labels: tuple[tuple[float, str], ...]
    ticks: tuple[tuple[float, int], ...]
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def legend(self) -> "enumerate[str]":
        """Index and name of each series."""
        return enumerate(self.names)

    @property
    def empty(self) -> bool:
        """Whether all values are 0."""
        return not any(value for _, values in self.rows for value in values)


def chart_of(names: Sequence[str], rows: Sequence[tuple[str, Sequence[int]]]) -> Chart:
    """Lays out a chart; `names` are the series, each row is a label with one value per series."""
    top = _round_up(max((value for _, values in rows for value in values), default=0))
    slot, floor = (WIDTH - _LEFT) / max(len(rows), 1), HEIGHT - _BOTTOM
    column_width = slot * 0.7 / max(len(names), 1)
    columns, labels = [], []
    every = -(-len(rows) // _MAX_LABELS)
    for at, (label, values) in enumerate(rows):
        left = _LEFT + at * slot
        if at % max(every, 1) == 0:
            labels.append((round(left + slot / 2, 1), label))
        for series, value in enumerate(values):
            height = (floor - _TOP) * value / top
            x, says = left + slot * 0.15 + series * column_width, f"{label} {names[series]} {value}"
            columns.append(
                Column(
                    round(x, 1), round(floor - height, 1), round(column_width - 1, 1), round(height, 1), series, says
                )
            )
    ticks = tuple((round(floor - (floor - _TOP) * part, 1), round(top * part)) for part in (0, 0.5, 1))
    kept = tuple((label, tuple(values)) for label, values in rows)
    return Chart(tuple(names), kept, tuple(columns), tuple(labels), ticks)


def _round_up(value: int) -> int:
    """The top of the scale: a round even number, at least `value` and at least 2."""
    step = 2
    while value > step * 10:
        step *= 5 if str(step)[0] == "2" else 2
    return max(-(-value // step) * step, step)
