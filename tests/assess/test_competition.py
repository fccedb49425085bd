"""Findings of the group competition: one sentence for each of the eleven types, and similar harmless sentences."""

import pytest

from tests.builders import LAW, NOTICE, findings, raised


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("一、将全县河砂开采独家经营权授予县水投公司。", "FCR-01"),
        ("一、水表一律到县供水公司购买。", "FCR-02"),
        ("一、申报清淤补贴的企业须在本县注册并纳税。", "FCR-03"),
        ("一、堤防工程应当优先选用本县生产的石料。", "FCR-04"),
        ("一、中标的外地企业应当在本县设立子公司。", "FCR-05"),
        ("一、评标时对本县企业加三分。", "FCR-06"),
        ("一、外地运砂车进入本县装货的，另行收取十元。", "FCR-07"),
        ("一、入驻水产园的企业前三年缴纳的所得税全额返还。", "FCR-08"),
        ("一、对引进的龙头项目采取“一事一议”方式给予资金支持。", "FCR-09"),
        ("一、对招商引进项目减半收取城市基础设施配套费。", "FCR-10"),
        ("一、由县砂石协会统一制定销售价格。", "FCR-11"),
    ],
)
def test_restraints_on_competition_are_raised(sentence: str, kind: str) -> None:
    assert kind in raised(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "一、不得限制外地商品进入本地市场。",
        "一、通过公开招标选择特许经营者。",
        "一、清理招标文件中的本地业绩加分条款。",
        "一、落实国家对小微企业减免所得税的政策。",
        "一、对排污企业一企一策制定整改方案。",
        "一、按照国务院部署阶段性缓缴失业保险费。",
    ],
)
def test_fair_competition_and_national_policy_are_not_raised(sentence: str) -> None:
    assert raised(sentence) == set()


def test_a_law_may_set_taxes() -> None:
    assert findings(LAW, "第二条 对小规模纳税人免征增值税。") == []


def test_a_raised_finding_says_what_an_exception_would_need_in_writing() -> None:
    sentence = "一、评标时对本县企业加三分。"
    (plain,) = findings(NOTICE, sentence)
    assert "这里没有写" in plain.reasons[-1] and "第十二条" in plain.reasons[-1]
    exception = "二、本通知依照《公平竞争审查条例》第十二条的规定适用例外，期限一年。"
    (claimed,) = findings((*NOTICE, exception), sentence)
    assert "文件援引了" in claimed.reasons[-1]
