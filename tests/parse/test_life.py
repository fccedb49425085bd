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


_TARIFF = "青桥县水利局关于公布农村供水收费标准的通知"
_ISSUER = ("青桥县水利局", "2026年9月25日")


@pytest.mark.parametrize("together", [False, True], ids=["lines", "one line"])
@pytest.mark.parametrize(
    ("sentence", "years", "last_day"),
    [
        ("根据有关规定，现将标准公布如下，自2026年10月15日起执行，有效期三年。", 3, None),
        ("现将标准公布如下，请遵照执行，自2026年10月15日起施行，有效期三年。", 3, None),
        ("经县人民政府同意，决定调整供水收费标准，自2026年10月15日起执行，试行三年。", 3, None),
        ("现将标准公布如下。上述标准自2026年10月15日起执行，有效期三年。", 3, None),
        ("现将标准公布如下。新标准从2026年10月15日起执行，有效期3年。", 3, None),
        ("以上规定自2026年10月15日起实施，有效期三年。", 3, None),
        ("本通知内容自2026年10月15日起执行，有效期三年。", 3, None),
        ("收费标准自2026年10月15日执行，期限三年。", 3, None),
        ("农村供水收费标准从2026年10月15日起执行，为期三年。", 3, None),
        ("调整后的收费标准自2026年10月15日起执行，有效期至2029年10月14日。", None, date(2029, 10, 14)),
        ("三、上述收费标准自2026年10月15日起执行至2029年10月14日。", None, date(2029, 10, 14)),
    ],
)
def test_a_paper_may_tell_its_commencement_and_term_by_what_it_sets(
    sentence: str, years: float | None, last_day: date | None, together: bool
) -> None:
    lines = (_TARIFF, "各乡镇人民政府：", sentence, *_ISSUER)
    found = document("".join(lines)) if together else document(*lines)
    assert found.effective and found.effective.day == date(2026, 10, 15)
    assert found.term and (found.term.years, found.term.last_day) == (years, last_day)


@pytest.mark.parametrize("together", [False, True], ids=["lines", "one line"])
@pytest.mark.parametrize(
    "sentence",
    [
        "《青桥县取水管理办法》自2026年10月15日起施行。",
        "《青桥县供水收费管理规定》自2016年10月15日起执行。",
        "补贴自2026年10月15日起发放。",
        "补贴标准自2026年1月1日起执行。",
        "原标准自2026年10月15日起停止执行。",
        "原收费标准自2016年10月15日起执行。",
        "收费标准自2006年10月15日起执行以来，运行平稳。",
        "收费标准自2006年10月15日起执行，已不适应供水成本。",
        "按照《青桥县供水收费管理规定》执行，上述规定自2026年1月15日起施行。",
        "现将省水利厅的通知转发给你们，补贴自2026年10月15日起发放。",
    ],
)
def test_the_commencement_of_another_paper_or_matter_is_not_that_of_the_paper(sentence: str, together: bool) -> None:
    lines = (_TARIFF, "各乡镇人民政府：", sentence, *_ISSUER)
    found = document("".join(lines)) if together else document(*lines)
    assert found.effective is None and found.term is None


def test_what_a_notice_issues_tells_its_commencement_by_its_title() -> None:
    lines = ("青桥县水利局关于印发《青桥县取水计量目录》的通知", "各乡镇人民政府：")
    found = document(*lines, "一、《青桥县取水计量目录》自2026年10月15日起施行。", *_ISSUER)
    assert found.effective and found.effective.day == date(2026, 10, 15)
    found = document(*lines, "一、《青桥县取水管理办法》自2026年10月15日起施行。", *_ISSUER)
    assert found.effective is None


def test_the_term_of_something_else_behind_the_commencement_is_not_that_of_the_paper() -> None:
    sentence = "上述标准自2026年10月15日起执行，取水许可证有效期三年，申请期限三十日。"
    assert document(_TARIFF, "各乡镇人民政府：", sentence, *_ISSUER).term is None
