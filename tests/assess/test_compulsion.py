"""Findings of the group compulsion: raised in a normative document, not where the norm may set it."""

import pytest

from pipeline.document import Severity
from tests.builders import LAW, NOTICE, findings


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("一、占道摊点由执法队当场扣押其货架。", "FOR-01"),
        ("一、逾期不拆的，由镇政府强制拆除。", "FOR-02"),
        ("一、对拒不搬迁的住户予以断水断电。", "FOR-03"),
    ],
)
def test_compulsion_in_a_notice_is_critical(sentence: str, kind: str) -> None:
    (finding,) = findings(NOTICE, sentence)
    assert (finding.type, finding.severity) == (kind, Severity.CRITICAL)


def test_a_law_may_set_compulsion() -> None:
    assert findings(LAW, "第二条 行政机关可以查封、扣押其场所、设施或者财物，逾期不履行的强制拆除。") == []
