"""What the model alone points out, without a rule."""

from dataclasses import replace

import pytest

from pipeline.assess import Case, assess
from pipeline.document import Finding, Hit, Severity, Span
from pipeline.law import MODEL, load_rulebook
from tests.builders import NOTICE, document, labels, source
from tests.conftest import AS_OF

SENTENCE = "运输苗木的车辆应当苫盖。"


def finding(rule: str, chance: float, kind: str = "LIC-01") -> Finding:
    """The finding of one hit of a type on a sentence of a notice."""
    lines = (*NOTICE, SENTENCE)
    text = source(*lines).text
    at = text.index(SENTENCE)
    span = Span(at, at + len(SENTENCE))
    hit = Hit(kind, rule, span, span, (), chance)
    case = Case(text, document(*lines), replace(labels(*lines), hits=(hit,)), load_rulebook(), AS_OF, None)
    return next(found for found in assess(case).findings if found.type == kind)


@pytest.mark.parametrize(
    ("kind", "chance"), [("LIC-01", 0.5), ("LIC-01", 0.6), ("LIC-01", 0.79), ("PEN-01", 0.6), ("PEN-01", 0.55)]
)
def test_a_suspicion_of_the_model_alone_is_at_most_of_high_severity(kind: str, chance: float) -> None:
    found = finding(MODEL, chance, kind)
    assert found.severity is Severity.HIGH
    assert any("不列为严重" in reason for reason in found.reasons)


def test_what_the_model_is_nearly_sure_of_may_be_critical() -> None:
    assert finding(MODEL, 0.9).severity is Severity.CRITICAL


@pytest.mark.parametrize(
    ("chance", "says"),
    [
        (0.04, "可信度4%：这样的句子每百句约有4句"),
        (0.62, "可信度62%：这样的句子每十句约有6句"),
        (0.96, "可信度96%：这样的句子每十句有九句以上"),
        (0.998, "可信度99%：这样的句子每十句有九句以上"),
    ],
)
def test_the_chance_is_told_as_a_frequency_and_never_as_certainty(chance: float, says: str) -> None:
    assert any(says in reason for reason in finding(MODEL, chance).reasons)
