"""Legal bases of findings on form and procedure (FRM-01 …): by type, place and the words that the finding is about."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from pipeline.document import Basis
from pipeline.law.files import read_tsv
from pipeline.law.places import province_of
from pipeline.law.rulebook import LegalBasis


@dataclass(frozen=True, slots=True)
class FormBasis:
    """A basis of a type of finding: in one province ("" for the whole country), for findings about some words (None: all)."""

    type: str
    place: str
    when: re.Pattern[str] | None
    basis: LegalBasis


@cache
def load_form_bases() -> tuple[FormBasis, ...]:
    """All rows of `rules/forms.tsv`."""
    return tuple(
        FormBasis(
            row["type"],
            row["place"],
            re.compile(row["when"]) if row["when"] else None,
            LegalBasis.of_row(row),
        )
        for row in read_tsv("forms.tsv")
    )


def form_bases(kind: str, place: str | None, words: str, day: date) -> tuple[Basis, ...]:
    """The bases of a finding on form in force on a day, () if none is known.

    The rule of the place (湖南, 湖南省长沙市) and rules about the very `words` stand first; what holds everywhere is
    named only where there are none of these.
    """
    province = province_of(place) if place else None
    fitting = [
        row
        for row in load_form_bases()
        if row.type == kind
        and row.basis.in_force(day)
        and (not row.place or row.place == province)
        and (row.when is None or row.when.search(words))
    ]
    special = [row for row in fitting if row.place or row.when]
    return tuple(row.basis.shown() for row in special or fitting)
