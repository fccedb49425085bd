"""Layout of the charts of answers on trends: columns by year, bars by name, a curve of steps; templates render them as SVG without scripts."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

WIDTH, HEIGHT = 620, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 12, 10, 24
_FLOOR = HEIGHT - _BOTTOM
# labels of years that fit below the columns
_MAX_LABELS = 13
# the length of the longest bar, in units of its own drawing
BAR = 1000


@dataclass(frozen=True, slots=True)
class Row:
    """A row of figures: label, value and bounds as text, further words."""

    label: str
    value: str
    bounds: str
    words: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A column or bar: its box, its bounds as a line from `low` to `high` along the value (None for none), its row, whether it is pale."""

    x: float
    y: float
    width: float
    height: float
    low: float | None
    high: float | None
    row: Row
    pale: bool

    @property
    def middle(self) -> float:
        """The middle of the column."""
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True, slots=True)
class TrendChart:
    """A chart: `kind` as in `pipeline.analysis.answers`, its rows of figures, its marks or the paths of curve and band, axis labels."""

    kind: str
    rows: tuple[Row, ...]
    marks: tuple[Mark, ...] = ()
    ticks: tuple[tuple[float, str], ...] = ()
    labels: tuple[tuple[float, str], ...] = ()
    curve: str = ""
    band: str = ""
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT


def trend_chart(answer: Mapping[str, Any]) -> TrendChart:
    """The chart of an answer as the index of kept tables holds it."""
    bars, unit = answer["bars"], answer["unit"]
    rows = tuple(_row(bar, unit) for bar in bars)
    layout = {"columns": _columns, "steps": _steps}.get(answer["chart"], _bars)
    return layout(bars, rows, unit) if bars else TrendChart(answer["chart"], ())


def _row(bar: Mapping[str, Any], unit: str) -> Row:
    bounded = bar["low"] is not None and bar["high"] is not None
    bounds = f"{shown(bar['low'], unit)}—{shown(bar['high'], unit)}" if bounded else ""
    return Row(bar["label"], shown(bar["value"], unit), bounds, bar["words"])


def shown(value: float, unit: str) -> str:
    """A value as text: shares as percentages."""
    return f"{value:.0%}" if unit == "%" else f"{value:,.3g}" if value != round(value) else f"{value:,.0f}"


def _highest(bars: Sequence[Mapping[str, Any]], unit: str) -> float:
    """The top of the scale: 100 % for shares, else a round number that no value or bound exceeds."""
    if unit == "%":
        return 1.0
    most = max(max(bar["value"], bar["high"] or 0) for bar in bars)
    power = 10.0 ** math.floor(math.log10(most)) if most > 0 else 1.0
    return next(step * power for step in (1, 2, 4, 5, 10) if step * power >= most)


def _columns(bars: Sequence[Mapping[str, Any]], rows: tuple[Row, ...], unit: str) -> TrendChart:
    top, slot = _highest(bars, unit), (WIDTH - _LEFT - _RIGHT) / len(bars)
    every = -(-len(bars) // _MAX_LABELS)
    marks, labels = [], []
    for at, (bar, row) in enumerate(zip(bars, rows, strict=True)):
        x, y = _LEFT + at * slot, _height(bar["value"], top)
        low, high = (None if bar[name] is None else _height(bar[name], top) for name in ("low", "high"))
        box = (round(x + slot * 0.12, 1), y, round(slot * 0.76, 1), round(_FLOOR - y, 1))
        marks.append(Mark(*box, low, high, row, bool(bar["few"])))
        if at % every == 0:
            labels.append((round(x + slot / 2, 1), row.label))
    return TrendChart("columns", rows, tuple(marks), _ticks(top, unit), tuple(labels))


def _ticks(top: float, unit: str) -> tuple[tuple[float, str], ...]:
    return tuple((_height(top * part, top), shown(top * part, unit)) for part in (0, 0.25, 0.5, 0.75, 1) if unit == "%" or top > 4 or part in (0, 0.5, 1))  # fmt: skip


def _height(value: float, top: float) -> float:
    return round(_FLOOR - (_FLOOR - _TOP) * value / top, 1)


def _bars(bars: Sequence[Mapping[str, Any]], rows: tuple[Row, ...], unit: str) -> TrendChart:
    """Bars that lie; each is drawn in a row of a table, so that labels take the space they need."""
    top = _highest(bars, unit)
    marks = []
    for bar, row in zip(bars, rows, strict=True):
        low, high = (None if bar[name] is None else round(BAR * bar[name] / top, 1) for name in ("low", "high"))
        marks.append(Mark(0, 0, round(BAR * bar["value"] / top, 1), 0, low, high, row, bool(bar["few"])))
    return TrendChart("bars", rows, tuple(marks))


def _steps(bars: Sequence[Mapping[str, Any]], rows: tuple[Row, ...], unit: str) -> TrendChart:
    """A curve that keeps its value until the next step, and the band between its bounds where they are known."""
    last = max(float(bars[-1]["label"]), 1.0)
    end = [{**bars[-1], "label": str(last)}]
    points = [(_across(float(bar["label"]), last), bar) for bar in [*bars, *end]]
    curve = _stairs([(x, _height(bar["value"], 1.0)) for x, bar in points])
    known = [(x, bar) for x, bar in points if bar["low"] is not None and bar["high"] is not None]
    # the last bounds hold until the step from which there are none
    known += [(x, known[-1][1]) for x, _ in points[len(known) : len(known) + 1] if known]
    upper = _stairs([(x, _height(bar["high"], 1.0)) for x, bar in known])
    lower = _stairs([(x, _height(bar["low"], 1.0)) for x, bar in known])
    band = f"M{upper} L{' L'.join(reversed(lower.split(' L')))} Z" if known else ""
    step = max(1, math.ceil(last / _MAX_LABELS))
    labels = tuple((_across(year, last), f"{year}年") for year in range(0, int(last) + 1, step))
    return TrendChart("steps", rows, (), _ticks(1.0, unit), labels, f"M{curve}", band)


def _across(years: float, last: float) -> float:
    return round(_LEFT + 8 + (WIDTH - _LEFT - _RIGHT - 24) * years / last, 1)


def _stairs(points: Sequence[tuple[float, float]]) -> str:
    """The corners of a staircase through points, without the first command of a path."""
    corners = [f"{points[0][0]:g} {points[0][1]:g}"] if points else []
    for (_, before), (x, y) in pairwise(points):
        corners += [f"{x:g} {before:g}", f"{x:g} {y:g}"]
    return " L".join(corners)
