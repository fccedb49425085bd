"""清理指标: the 27 indicators of a cleanup, their order of precedence and what each proposes."""

from dataclasses import dataclass
from functools import cache

from pipeline.law.files import read_tsv

# what a cleanup can come to, as reviewers say it
OUTCOMES = {"keep": "继续有效", "amend": "修改", "repeal": "废止", "lapse": "宣布失效", "not_applicable": "不适用"}


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
