"""The burden index counts duties, bans, consents, filings, sanctions and papers."""

import pytest

from pipeline.analysis.burden import MEANINGS, burden


@pytest.mark.parametrize(
    ("text", "duties"),
    [
        ("经营者应提供合格的产品。", 1), ("申请人均应到场。", 1), ("住户应按时缴费，物业应及时公示。", 2), ("车主应当登记，须年检。", 2), ("船只必须停泊。", 1),
        ("制定相应的应急预案。", 0), ("本办法适应新形势，反应良好。", 0), ("供应商的应用软件。", 0), ("应届毕业生无须应聘。", 0), ("考生须知。", 0), ("应收账款和应税收入。", 0),
    ],
)  # fmt: skip
def test_a_duty_is_also_a_bare_should_but_no_part_of_another_word(text: str, duties: int) -> None:
    assert burden(text)["duties"] == duties


def test_what_should_not_be_done_is_a_ban_and_no_duty() -> None:
    found = burden("摊主不应占道，也不应当喧哗。")
    assert (found["duties"], found["bans"]) == (0, 2)


def test_filing_is_counted_beside_consent() -> None:
    found = burden("开办前报批准，变更后备案。")
    assert (found["consents"], found["filings"]) == (1, 1)


def test_the_index_is_the_sum_of_its_parts_per_thousand_characters() -> None:
    index = burden("经营者应当备案，不得拒绝，违者罚款。" + "甲" * 982)
    assert (index["duties"], index["filings"], index["bans"], index["penalties"], index["papers"]) == (1, 1, 1, 1, 0)
    assert index["characters"] == 1000 and index["burden"] == 4.0
    assert burden("")["burden"] == 0.0 and set(MEANINGS) <= set(burden(""))


@pytest.mark.parametrize(
    ("text", "part"), [("严禁止入内。", "bans"), ("经审批准予开工。", "consents"), ("凭登记证明办理。", "papers")]
)
def test_two_words_that_share_a_character_count_once(text: str, part: str) -> None:
    assert burden(text)[part] == 1
