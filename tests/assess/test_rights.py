"""Findings of the group rights: raised in a notice, not in harmless sentences."""

import pytest

from pipeline.assess.rights import BACKDATED
from tests.builders import LAW, NOTICE, findings, raised


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("一、申请换发营运证的，应当具有本县常住户口。", "RGT-01"),
        ("一、沿河住户须自费加装统一样式的防护栏。", "RGT-02"),
        ("一、欠缴清淤款的，其子女暂缓办理入学手续。", "RGT-03"),
        ("一、领取补助款的，今后不得申请行政复议。", "RGT-04"),
        ("一、本通知施行前已建成的鱼塘，应当按照本通知补缴管护款。", "RGT-05"),
        ("一、村民办丧事，宴席不得超过八桌。", "RGT-06"),
        ("一、汛期内全县所有采砂场一律停产。", "RGT-07"),
    ],
)
def test_reducing_rights_or_adding_duties_is_raised(sentence: str, kind: str) -> None:
    assert kind in raised(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "一、对处理决定不服的，可以依法申请行政复议。",
        "一、倡导丧事从简，由村民会议议定。",
        "一、评审人员的近亲属参加申报的，应当回避。",
        "一、本通知施行前已受理的申请，按原规定办理。",
        "一、不得以环保检查为由一律停产。",
        "一、报警器由店主自愿安装，未安装的不影响办证。",
    ],
)
def test_remedies_free_choice_and_exhortation_are_not_raised(sentence: str) -> None:
    assert raised(sentence) == set()


def test_a_law_may_add_duties() -> None:
    assert findings(LAW, "第二条 企业应当自行出资加装监控设备。") == []


def test_a_document_that_takes_effect_before_its_own_date_is_raised() -> None:
    ending = ("一、本通知自2024年7月1日起施行。", "临溪县水利局", "2025年3月5日")
    found = [finding for finding in findings(NOTICE, "\n".join(ending)) if finding.rule == BACKDATED]
    assert [finding.type for finding in found] == ["RGT-05"]
    assert "2024-07-01" in found[0].reasons[0] and "2025-03-05" in found[0].reasons[0]
    later = ("一、本通知自2025年7月1日起施行。", "临溪县水利局", "2025年3月5日")
    assert not [finding for finding in findings(NOTICE, "\n".join(later)) if finding.rule == BACKDATED]


def test_a_forwarded_document_has_its_own_effective_date() -> None:
    forwarded = (
        "现将《水利部关于规范河道取土的通知》（水政〔2024〕9号）转发给你们，请认真执行。",
        "临溪县水利局",
        "2025年3月5日",
        "各省水利厅：取土场应当设置标志。本通知自2024年12月20日起施行。水利部2024年12月20日",
    )
    assert not [finding for finding in findings(NOTICE, "\n".join(forwarded)) if finding.rule == BACKDATED]
