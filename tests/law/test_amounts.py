"""Amounts of provisions in every writing."""

import pytest

from pipeline.law.amounts import amounts


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("处二百元罚款，三日内缴清", "处200元罚款，3天内缴清"), ("处3000元以上2万元以下罚款", "处三千元以上二万元以下罚款"),
        ("处3000元以上20000元以下罚款", "处三千元以上两万元以下罚款"), ("缴纳1万5千元", "缴纳一万五千元"), ("缴纳1.5万元", "缴纳15，000元"),
        ("缴纳3亿5千万元", "缴纳350000000元"), ("加收千分之五", "加收5‰"), ("加收百分之二", "加收2%"), ("加收0.5%", "加收千分之五"),
        ("罚款2至5万元", "罚款二万元以上五万元以下"), ("罚款2万以上5万元以下", "罚款2万元—5万元"), ("罚款1—3倍", "罚款一倍以上三倍以下"),
        ("万分之五", "0.05%"), ("千分之三至千分之五", "3‰至5‰"), ("十个工作日内", "10个工作日内"), ("罚款壹万元", "罚款10,000元"),
        ("七八百元", "七百元至八百元"), ("一百五十天", "150日"),
    ],
)  # fmt: skip
def test_the_same_amounts_compare_in_any_writing(one: str, other: str) -> None:
    assert amounts(one) == amounts(other) != set()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("加收千分之五", "加收千分之八"), ("加收千分之五", "加收百分之五"), ("罚款一万元", "罚款一千元"), ("罚款1万5千元", "罚款5千元"),
        ("七八百元", "八百元"), ("3个工作日", "3日"), ("三倍", "三元"),
    ],
)  # fmt: skip
def test_different_amounts_differ(one: str, other: str) -> None:
    assert amounts(one) != amounts(other)
