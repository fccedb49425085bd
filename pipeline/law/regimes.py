"""有效期制度: default terms of validity by place and period, applied by the document's own date."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from pipeline.law.files import read_yaml
from pipeline.law.places import province_of
from pipeline.law.rulebook import CONFIRMED


@dataclass(frozen=True, slots=True)
class Regime:
    """Default years for a place and period, for 暂行/试行 and for 通告; None where the rule is not known."""

    place: str
    since: date
    until: date | None
    years: float | None
    provisional_years: float | None
    notice_years: float | None
    basis: str
    confirmed: bool


@cache
def load_regimes() -> tuple[Regime, ...]:
    """Every regime of `rules/regimes.yaml`."""
    return tuple(
        Regime(
            row["place"],
            row["since"],
            row["until"] or None,
            row["years"] or None,
            row["provisional_years"] or None,
            row["notice_years"] or None,
            row["basis"],
            row["tag"] in CONFIRMED,
        )
        for row in read_yaml("regimes.yaml")
    )


def regime_for(place: str, day: date) -> Regime | None:
    """The regime of a place (湖南, 湖南省长沙市, 益阳市赫山区) in force on a day, or None where none is known."""
    province = province_of(place)
    return next(
        (
            regime
            for regime in load_regimes()
            if regime.place == province and regime.since <= day and (regime.until is None or day <= regime.until)
        ),
        None,
    )


def longest_provisional() -> float:
    """The longest term for 暂行/试行 of any known place, in years: what has outlived it has lapsed everywhere."""
    return max(regime.provisional_years or 0 for regime in load_regimes())
