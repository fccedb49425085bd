"""Cleanup indicators (清理指标): the 27 indicators, their order of precedence and the outcome each proposes."""

from dataclasses import dataclass
from functools import cache

from pipeline.document import OUTCOMES
from pipeline.law.files import read_tsv

__all__ = ["OUTCOMES", "IndicatorKind", "load_indicators"]


@dataclass(frozen=True, slots=True)
class IndicatorKind:
    """A kind of indicator.

    `order` 1 takes precedence over all others; `scope` is document or register; `strength` is high, medium, low or info.
    """

    id: str
    name: str
    order: int
    scope: str
    outcome: str
    strength: str


@cache
def load_indicators() -> dict[str, IndicatorKind]:
    """All indicators of `rules/indicators.tsv` by id."""
    return {
        row["id"]: IndicatorKind(
            row["id"], row["name"], int(row["order"]), row["scope"], row["outcome"], row["strength"]
        )
        for row in read_tsv("indicators.tsv")
    }
