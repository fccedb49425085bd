"""清理指标: the 27 indicators of a cleanup, their order of precedence and what each proposes."""

from dataclasses import dataclass
from functools import cache

from pipeline.document import OUTCOMES
from pipeline.law.files import read_tsv

__all__ = ["OUTCOMES", "IndicatorKind", "load_indicators"]


@dataclass(frozen=True, slots=True)
class IndicatorKind:
    """An indicator: `order` 1 precedes all; `scope` is document or register; `strength` high, medium, low or info."""

    id: str
    name: str
    order: int
    scope: str
    outcome: str
    strength: str


@cache
def load_indicators() -> dict[str, IndicatorKind]:
    """Every indicator of `rules/indicators.tsv` by its id."""
    return {
        row["id"]: IndicatorKind(
            row["id"], row["name"], int(row["order"]), row["scope"], row["outcome"], row["strength"]
        )
        for row in read_tsv("indicators.tsv")
    }
