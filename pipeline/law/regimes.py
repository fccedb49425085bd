"""Validity regimes (有效期制度): default terms by place and period, chosen by the document's own date."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from pipeline.law.files import read_yaml
from pipeline.law.places import province_of
from pipeline.law.rulebook import CONFIRMED


@dataclass(frozen=True, slots=True)
class Regime:
    """The default term of a place and period, in years: general, for 暂行/试行 and for 通告; None if not known.

    `basis` is the provision in Chinese; `confirmed` is False for facts still to be verified; `source` is where they were
    read.
    """

    place: str
    since: date
    until: date | None
    years: float | None
    provisional_years: float | None
    notice_years: float | None
    basis: str
    confirmed: bool
    source: str


@cache
def load_regimes() -> tuple[Regime, ...]:
    """All regimes of `rules/regimes.yaml`."""
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
            row["source"],
        )
        for row in read_yaml("regimes.yaml")
    )


def regime_for(place: str, day: date) -> Regime | None:
    """The regime of a place (湖南, 湖南省长沙市, 益阳市赫山区) in force on a day, None if none is known."""
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
    """The longest term for 暂行/试行 of all known places, in years: an older document has lapsed in each of them."""
    return max(regime.provisional_years or 0 for regime in load_regimes())


def longest_default() -> float:
    """The longest default term that a place gives to documents without a term, in years."""
    return max(regime.years or 0 for regime in load_regimes())
