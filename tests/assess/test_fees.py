"""Findings of the group fees: raised in a normative document, not where the norm may set it."""

import pytest

from tests.builders import LAW, NOTICE, findings


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("一、沿街商户按月缴纳卫生费。", "FEE-01"),
        ("一、施工单位须预交文明施工保证金两万元。", "FEE-02"),
        ("一、各企业应当捐款支持修路。", "FEE-03"),
        ("一、闲置两年的宅基地由村集体无偿收回。", "EXP-01"),
    ],
)
def test_fees_deposits_levies_and_takings_in_a_notice_are_raised(sentence: str, kind: str) -> None:
    assert kind in {finding.type for finding in findings(NOTICE, sentence)}


def test_a_law_may_set_fees() -> None:
    assert findings(LAW, "第二条 取水单位应当缴纳水资源费。") == []
