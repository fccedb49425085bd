"""Findings of the group compulsion: raised in a normative document, silent where the norm may set it."""

import pytest

from pipeline.document import Finding, Severity
from tests.builders import dossier

LAW = (
    "中华人民共和国某某法",
    "（2020年1月1日第十三届全国人民代表大会常务委员会第一次会议通过）",
    "第一条 为了管理，制定本法。",
)
NOTICE = ("临溪县水利局关于加强管理的通知", "临水发〔2025〕1号", "各单位：")


def findings(head: tuple[str, ...], sentence: str) -> list[Finding]:
    return [f for f in dossier(*head, sentence).assessment.findings if not f.softened and f.type != "FRM-05"]


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
