"""The explanation of the judge: what is said of words fits those words."""

import pytest

from pipeline.classify.grounds import tell_grounds
from pipeline.classify.model import Reason


@pytest.mark.parametrize(
    ("kind", "says", "words"),
    [
        ("addressee.organ", "提到机关", "办"),
        ("addressee.organ_leads", "机关作主语", "第九条 商业银行应当向外汇局"),
        ("addressee.organ_leads", "机关作主语", "（二）企业所在地街道可以"),
        ("competition.place", "提到本地或某地", "各类市"),
        ("competition.place", "提到本地或某地", "校向市"),
        ("competition.place", "提到本地或某地", "立全省"),
        ("competition.place", "提到本地或某地", "债券市"),
        ("competition.place", "提到本地或某地", "未经省"),
        ("right.personal_traits", "涉及年龄性别健康等", "育"),
    ],
)
def test_an_observation_that_its_words_do_not_show_is_not_told(kind: str, says: str, words: str) -> None:
    assert tell_grounds([Reason(says, words, 1.0, kind)]) == ()


@pytest.mark.parametrize(
    ("kind", "says", "words", "told"),
    [
        ("duty.purchase_required", "必须购置安装或聘请", "商户须缴", "支持：必须缴纳“商户须缴”"),
        ("duty.purchase_required", "必须购置安装或聘请", "应当安装", "支持：必须购置安装或聘请“应当安装”"),
        ("charge.rate", "写明收费标准或计价", "每年", "支持：按期或者按数量计算“每年”"),
        ("charge.rate", "写明收费标准或计价", "每户每月十元", "支持：写明收费标准或计价“每户每月十元”"),
        ("competition.place", "提到本地或某地", "全省", "支持：提到本地或某地“全省”"),
        ("competition.place", "提到本地或某地", "励园区内", "支持：提到本地或某地“园区内”"),
        ("competition.place", "提到本地或某地", "清河市", "支持：提到本地或某地“清河市”"),
        ("addressee.organ_leads", "机关作主语", "镇人民政府应当", "支持：机关作主语“镇人民政府应当”"),
    ],
)
def test_an_observation_is_told_in_words_that_fit(kind: str, says: str, words: str, told: str) -> None:
    assert tell_grounds([Reason(says, words, 1.0, kind)]) == (told,)


def test_what_speaks_against_stands_on_its_own_line() -> None:
    told = tell_grounds([Reason("写明罚款", "罚款", 2.0, "penalty.fine"), Reason("", "依法", -1.0)])
    assert told == ("支持：写明罚款“罚款”", "反对：用语“依法”")


def test_a_word_that_an_observation_quotes_is_told_again_on_neither_side() -> None:
    told = tell_grounds(
        [
            Reason("限定年限内不得", "三年内不得", 2.0, "limit.years"),
            Reason("", "内不得", 1.0),
            Reason("", "不得报", 0.9),
            Reason("", "失信", 0.5),
            Reason("", "不得", -1.0),
        ]
    )
    assert told == ("支持：限定年限内不得“三年内不得”；用语“失信”",)
    assert tell_grounds([Reason("提到企业或个人", "培训机构", 2.0, "addressee.firm"), Reason("", "企业", 1.0)]) == (
        "支持：提到企业或个人“培训机构”；用语“企业”",
    )
