"""Effective date, term, repeal, amendment, attachments, tasks."""

from datetime import date

import pytest

from corpora import papers
from tests.builders import document


@pytest.mark.parametrize(
    ("sentence", "day", "on_publication"),
    [
        ("本办法自2013年10月2日起施行。", date(2013, 10, 2), False),
        ("本通知从1995年1月1日起实行。", date(1995, 1, 1), False),
        ("本细则自印发之日起实行。", None, True),
        ("本实施细则即日起执行。", None, True),
        ("现予公布，自2018年2月1日起施行。", date(2018, 2, 1), False),
        ("本标准自2025年12月20日起试行，试行期2年。", date(2025, 12, 20), False),
    ],
)
def test_the_effective_date_is_read(sentence: str, day: date | None, on_publication: bool) -> None:
    effective = document("临溪县绿化管理办法", "第一条 为了绿化，制定本办法。", sentence).effective
    assert effective and (effective.day, effective.on_publication) == (day, on_publication)


@pytest.mark.parametrize(
    "sentence",
    [
        "延续实施失业保险返还政策至2025年底。",
        "本办法施行前已经受理的申请，按照原规定办理。",
        "证书自发放之日起有效期5年。",
        "规范性文件的有效期为5年。",
        "租赁合同期限一般为2年。",
    ],
)
def test_other_dates_and_terms_are_not_those_of_the_document(sentence: str) -> None:
    found = document("关于加强管理的通知", "各单位：", "一、明确责任。", sentence)
    assert found.effective is None and found.term is None


@pytest.mark.parametrize(
    ("sentence", "years", "last_day"),
    [
        ("本办法自2013年10月2日起施行，有效期5年。", 5, None),
        ("本办法自发布之日起试行，有效期二年。", 2, None),
        ("本标准自2026年1月1日起施行，有效期至2030年12月31日。", None, date(2030, 12, 31)),
        ("本《意见》执行至2017年底。", None, date(2017, 12, 31)),
        ("本办法自2025年12月20日起试行，试行期2年。", 2, None),
    ],
)
def test_the_term_is_read(sentence: str, years: float | None, last_day: date | None) -> None:
    term = document("临溪县绿化管理办法", "第一条 为了绿化，制定本办法。", sentence).term
    assert term and (term.years, term.last_day) == (years, last_day)


def test_a_notice_takes_the_effective_date_of_the_document_it_issues() -> None:
    found = document(*papers.FARMHOUSE)
    assert found.effective and found.effective.day == date(2025, 4, 10)
    assert found.attached[0].masthead.title and found.attached[0].masthead.title.value == "临溪县农家乐经营管理办法"
    assert [fact.value for fact in found.attachments] == ["临溪县农家乐经营管理办法"]


def test_repeals_carry_title_and_number() -> None:
    (repeal,) = [repeal for member in document(*papers.FARMHOUSE).family() for repeal in member.repeals]
    assert (repeal.title, repeal.number) == ("临溪县农家乐管理暂行规定", "临政发〔2016〕3号")


def test_a_decision_repeals_two_and_prolongs_one() -> None:
    found = document(*papers.REPEAL)
    assert [repeal.number for repeal in found.repeals] == [
        "临政发〔2009〕11号",
        "临政发〔2008〕6号",
    ]
    (amendment,) = found.amendments
    assert (amendment.kind, amendment.until) == ("延长", date(2031, 6, 30))


@pytest.mark.parametrize(
    "sentence",
    [
        "各部门应当及时提出《临溪县绿化办法》修改或者废止的意见。",
        "此前规定与本办法不一致的，同时废止。",
    ],
)
def test_mentioning_repeal_repeals_nothing(sentence: str) -> None:
    assert document("关于加强管理的通知", "各单位：", sentence).repeals == ()


def test_tasks_carry_their_units_and_deadline() -> None:
    (task,) = document(*papers.ELDERLY).tasks
    assert task.units[:2] == ("县发展改革局", "县民政局")


def test_lists_of_attachments_are_read_in_one_line_and_in_many() -> None:
    found = document(
        "关于申报的通知",
        "各单位：",
        "请按时报送。",
        "附件：1.申报表2.汇总表",
        "临溪县科技局",
        "2025年1月2日",
    )
    assert [fact.value for fact in found.attachments] == ["申报表", "汇总表"]
    found = document(
        "关于申报的通知",
        "各单位：",
        "请按时报送。",
        "附件：",
        "1. 申报表",
        "2. 《汇总表》",
        "临溪县科技局",
        "2025年1月2日",
    )
    assert [fact.value for fact in found.attachments] == ["申报表", "汇总表"]


def test_the_ground_of_a_repeal_is_not_repealed() -> None:
    repeals = document(
        "临溪县人民政府关于废止《临溪县渡口收费规定》的决定",
        "根据《临海省人民政府关于清理涉企收费的通知》（临海政函〔2024〕6号）要求，县政府决定，对《临溪县渡口收费规定》（临政发〔2009〕3号）予以废止。",
    ).repeals
    assert [(repeal.title, repeal.number) for repeal in repeals] == [("临溪县渡口收费规定", "临政发〔2009〕3号")]
