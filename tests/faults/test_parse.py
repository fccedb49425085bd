"""Handed faults in facts read from the text and in the fate of papers: the right value of each."""

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pipeline.analyzer import LegalContext, analyze_upload
from pipeline.document import Dossier
from pipeline.ingest import Upload

Handed = Callable[[str], Path]
AS_OF = date(2026, 11, 29)


def read(file: Path) -> Dossier:
    """The dossier of a handed file."""
    found = analyze_upload(Upload(file.name, file.read_bytes()), LegalContext(AS_OF))
    assert isinstance(found, Dossier), found
    return found


def rules(found: Dossier) -> set[str]:
    return {finding.type for finding in found.assessment.findings}


@pytest.mark.parametrize("name", ["一年半", "一年六个月", "一点五年"])
def test_a_term_that_is_no_whole_number_of_years_is_read_whole(handed: Handed, name: str) -> None:
    found = read(handed("e01") / f"{name}.txt").assessment
    assert found.validity.expires == date(2027, 2, 28)
    assert found.cleanup.outcome == "keep"


@pytest.mark.parametrize(
    ("name", "expires"),
    [("三十日后", date(2024, 9, 13)), ("一个月后", date(2024, 9, 14)), ("自至", date(2024, 8, 31))],
)
def test_a_term_from_a_later_day_is_over(handed: Handed, name: str, expires: date) -> None:
    found = read(handed("e02") / f"{name}.txt")
    assert (found.assessment.validity.state, found.assessment.validity.expires) == ("已届满", expires)
    assert "FRM-03" not in rules(found)


@pytest.mark.parametrize(
    ("name", "made", "effective"),
    [
        ("元月", "2009-12-20", "2010-01-01"),
        ("元月署名", "2009-01-20", "2010-01-01"),
        ("数字零", "2009-12-20", "2010-01-01"),
    ],
)
def test_january_and_zeros_of_every_kind_are_read(handed: Handed, name: str, made: str, effective: str) -> None:
    document = read(handed("d10") / f"{name}.txt").document
    assert document.masthead.made and str(document.masthead.made.value) == made
    assert document.effective and str(document.effective.day) == effective


def test_the_day_of_a_signature_is_read_in_every_spelling(handed: Handed) -> None:
    folder = handed("b25")
    for name, row in json.loads((folder / "expected.json").read_text(encoding="utf-8")).items():
        made = read(folder / name).document.masthead.made
        assert str(made.value if made else None).replace("None", "null") in re.split(" or ", row["made"]), name
