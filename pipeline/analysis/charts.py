"""Draws answers on trends with matplotlib, for notebooks and papers: the chart of the trend page of the desk."""

import textwrap
from typing import Any

from pipeline.analysis.answers import Answer, Bar

_COLOUR, _PALE, _LINE = "#5b86bd", "#c3d2e6", "#3b4654"
# characters of a title in a line, and of a label
_TITLE, _LABEL = 48, 26
# labels of years that fit below the columns
_MAX_LABELS = 13


def draw(answer: Answer) -> Any:
    """Draws an answer and returns the axes: its title above, labels that do not overlap, bounds as lines, few documents pale.

    An answer without bars is an empty frame with its title.
    """
    import matplotlib.pyplot as plt

    lying = answer.chart == "bars"
    _, axes = plt.subplots(figsize=(8, max(2.2, 0.34 * len(answer.bars) + 1) if lying else 4))
    {"columns": _columns, "steps": _steps}.get(answer.chart, _lying)(axes, answer.bars)
    if answer.unit == "%":
        from matplotlib.ticker import PercentFormatter

        (axes.xaxis if lying else axes.yaxis).set_major_formatter(PercentFormatter(1.0))
        (axes.set_xlim if lying else axes.set_ylim)(0, 1)
    axes.set_title("\n".join(textwrap.wrap(answer.title, _TITLE)), loc="left", fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    plt.tight_layout()
    return axes


def _colours(bars: tuple[Bar, ...]) -> list[str]:
    return [_PALE if bar.few else _COLOUR for bar in bars]


def _columns(axes: Any, bars: tuple[Bar, ...]) -> None:
    places = range(len(bars))
    axes.bar(places, [bar.value for bar in bars], color=_colours(bars))
    for at, bar in enumerate(bars):
        if bar.low is not None and not bar.few:
            axes.plot([at, at], [bar.low, bar.high], color=_LINE, linewidth=1)
    shown = list(places)[:: -(-len(bars) // _MAX_LABELS) or 1]
    axes.set_xticks(shown, [bars[at].label for at in shown])


def _lying(axes: Any, bars: tuple[Bar, ...]) -> None:
    axes.barh(range(len(bars)), [bar.value for bar in bars], color=_colours(bars))
    for at, bar in enumerate(bars):
        if bar.low is not None and not bar.few:
            axes.plot([bar.low, bar.high], [at, at], color=_LINE, linewidth=1)
    labels = [
        textwrap.shorten(bar.label, _LABEL, placeholder="…") if " " in bar.label else bar.label[:_LABEL] for bar in bars
    ]
    axes.set_yticks(range(len(bars)), labels)
    axes.invert_yaxis()


def _steps(axes: Any, bars: tuple[Bar, ...]) -> None:
    years = [float(bar.label) for bar in bars]
    axes.step(years, [bar.value for bar in bars], where="post", color=_COLOUR)
    known = [(year, bar.low, bar.high) for year, bar in zip(years, bars, strict=True) if bar.low is not None]
    if known:
        axes.fill_between(*zip(*known, strict=True), step="post", alpha=0.2, color=_COLOUR)
    axes.set_xlabel("施行后年数")
