"""Grounds of an outcome: issuers gone long ago, implemented law, periods, calls, age; and how surely each is told."""

from dataclasses import replace
from datetime import date

import pytest

from pipeline.analyzer import LegalContext, analyze_source
from pipeline.assess import Case, assess, weigh
from pipeline.assess.indicator import at_strength, indicate
from pipeline.document import Cleanup, NormLevel
from pipeline.law import load_rulebook, load_successor_silence
from tests.builders import dossier, source
from tests.conftest import AS_OF

RULE = ("第一条 为了加强管理，制定本办法。", "第二条 经营者应当公示价格。", "第三条 个人不得损毁设施。")


def cleanup(*lines: str) -> Cleanup:
    return dossier(*lines).assessment.cleanup


def as_of(day: date, *lines: str) -> Cleanup:
    return analyze_source(source(*lines), LegalContext(day)).assessment.cleanup


@pytest.mark.parametrize(
    ("issuers", "day", "outcome", "confidence"),
    [
        pytest.param("国家科学技术委员会", date(2016, 12, 31), "repeal", "低", id="the only issuer ended long ago"),
        pytest.param(
            "国家科学技术委员会", date(2007, 12, 31), "amend", "中", id="the only issuer ended nine years ago"
        ),
        pytest.param("国家科学技术委员会 财政部", date(2016, 12, 31), "repeal", "低", id="the leading issuer ended"),
        pytest.param("财政部 国家科学技术委员会", date(2016, 12, 31), "repeal", "低", id="half of the issuers ended"),
        pytest.param(
            "财政部 教育部 国家科学技术委员会", date(2016, 12, 31), "amend", "低", id="one of three issuers ended"
        ),
        pytest.param(
            "国家科学技术委员会 财政部 教育部",
            date(2007, 12, 31),
            "amend",
            "中",
            id="the leading of three ended lately",
        ),
    ],
)
def test_an_issuer_that_ended_speaks_for_repeal_when_cleanups_passed_without_confirmation(
    issuers: str, day: date, outcome: str, confidence: str
) -> None:
    found = as_of(day, "科技成果登记管理规定", *RULE, issuers, "1995年3月1日")
    assert (found.outcome, found.confidence) == (outcome, confidence)


def test_the_years_of_silence_are_told_with_their_ground() -> None:
    found = as_of(date(2016, 12, 31), "科技成果登记管理规定", *RULE, "国家科学技术委员会", "1995年3月1日")
    assert any(load_successor_silence().basis in reason for reason in found.reasons)


@pytest.mark.parametrize(
    "title",
    ["发明奖励条例实施细则", "自然科学奖励条例实施细则", "发明奖励条例实施办法（试行）"],
)
def test_what_implements_a_repealed_regulation_is_repealed_with_it(title: str) -> None:
    found = cleanup(title, *RULE, "科学技术部", "1999年3月1日")
    assert found.outcome == "repeal"
    assert any("实施的唯一对象" in reason for reason in found.reasons)


def test_what_implements_a_law_in_force_stays() -> None:
    assert cleanup("港口法实施办法", *RULE, "第四条 本办法自2024年3月1日起施行。").outcome == "keep"


@pytest.mark.parametrize(
    "title",
    ["临溪县“十二五”水利发展规划", "临溪县水利发展“十三五”专项规划", "临溪县十三五水利发展规划纲要"],
)
def test_a_plan_named_after_five_years_that_are_over_has_ended(title: str) -> None:
    found = cleanup(title, "一、现状。", "二、目标。", "临溪县水利局", "2012年3月1日")
    assert [(i.id, i.outcome) for i in found.indicators][:1] == [("CL-15", "lapse")]


def test_a_plan_named_after_the_present_five_years_has_not() -> None:
    found = cleanup("临溪县“十五五”水利发展规划", "一、现状。", "二、目标。", "临溪县水利局", "2026年3月1日")
    assert all(indicator.id != "CL-15" for indicator in found.indicators)


CALL = (
    "临溪县科学技术局关于征集码头检测机构的通知",
    "各有关单位：",
    "一、申报单位应当具有独立法人资格，不具备条件的，不得申报。",
    "二、申报单位应当提交证明材料，并对真实性负责。",
)


def test_a_call_whose_closing_day_is_past_is_done() -> None:
    assert cleanup(*CALL, "三、申报截止日期2024年5月15日，逾期不受理。", "2024年4月7日").outcome != "keep"


@pytest.mark.parametrize(
    ("sentence", "outcome"),
    [
        ("三、上述政策执行至2024年12月31日。", "lapse"),
        ("三、以上各项优惠享受至2024年12月31日。", "lapse"),
        ("三、失业补助政策执行至2024年12月31日。", "amend"),
    ],
)
def test_measures_that_are_over_end_the_whole_paper_or_a_part_and_are_told_with_care(
    sentence: str, outcome: str
) -> None:
    head = (
        "临溪县人民政府关于稳定就业的通知",
        "各乡镇人民政府：",
        "一、企业可以申请缓缴社会保险费。",
        "二、用人单位不得克扣工资。",
    )
    found = cleanup(*head, sentence, "临溪县人民政府", "2024年1月1日")
    assert (found.outcome, found.confidence) == (outcome, "中")


def test_a_report_that_comes_every_year_is_no_work_that_is_done() -> None:
    found = cleanup(
        "临溪县财政局关于报送会计资料的通知", "各单位：", "年度会计资料应于次年4月底前报送。", "2014年4月9日"
    )
    assert all(indicator.id != "CL-17" for indicator in found.indicators)


@pytest.mark.parametrize(
    ("day", "term", "confidence"),
    [
        pytest.param("2024年1月1日", "", "高", id="made lately"),
        pytest.param("2014年1月1日", "", "中", id="older than the longest default term"),
        pytest.param("2019年1月1日", "，有效期10年", "高", id="older, with a term of its own"),
    ],
)
def test_a_paper_without_a_term_is_kept_surely_only_while_it_is_young(day: str, term: str, confidence: str) -> None:
    found = cleanup("交通运输部关于码头管理的规定", *RULE, f"第四条 本规定自{day}起施行{term}。")
    assert (found.outcome, found.confidence) == ("keep", confidence)


def test_a_basis_whose_repeal_is_not_confirmed_is_not_told_as_sure() -> None:
    rule = (
        "第一条 根据《非金融机构支付服务管理办法》，制定本办法。",
        *RULE[1:],
        "第四条 本办法自2024年3月1日起施行，有效期5年。",
    )
    found = cleanup("临溪县预付卡管理办法", *rule)
    assert (found.outcome, found.confidence) == ("amend", "中")


def test_a_scheme_that_sets_up_something_is_not_surely_over_with_the_year_of_its_targets() -> None:
    lines = (
        "各乡镇人民政府：",
        "一、到2022年，建成十个中心。",
        "二、管理单位应当检查设施，个人不得损毁。",
        "2020年3月1日",
    )
    sure = cleanup("临溪县人民政府关于印发《临溪县码头提升行动方案》的通知", *lines)
    lasting = cleanup("临溪县人民政府关于印发《临溪县技术转移体系建设方案》的通知", *lines)
    told = [next(i for i in found.indicators if i.id == "CL-15").outcome for found in (sure, lasting)]
    assert told == ["lapse", "lapse"]
    assert lasting.confidence == "低"


@pytest.mark.parametrize(
    ("name", "line", "outcome", "confidence"),
    [
        pytest.param("码头提升行动方案", "第六条 到2022年，提升全部码头。", "lapse", "中", id="an aim"),
        pytest.param("码头提升行动方案", "第六条 2022年底前提升全部码头。", "lapse", "低", id="deadlines only"),
        pytest.param(
            "码头管理体系建设方案", "第六条 到2022年，建成管理体系。", "lapse", "低", id="it sets up something"
        ),
        pytest.param(
            "码头提升行动方案",
            "第六条 力争2022年达到10座，2024年达到20座，2028年突破30座。",
            "keep",
            "中",
            id="a later aim",
        ),
    ],
)
def test_a_plan_that_only_its_opening_names_is_told_by_its_aims(
    name: str, line: str, outcome: str, confidence: str
) -> None:
    opening = f"《临溪县{name}》已经县人民政府同意，现印发给你们，请认真执行。"
    rules = (
        "第一条 经营者应当公示价格。",
        "第二条 个人不得损毁设施。",
        "第三条 企业应当报告，用人单位不得克扣工资。",
        "第四条 建设单位应当验收，经营者不得拒绝检查。",
        "第五条 本方案自2020年3月1日起施行。",
    )
    found = cleanup("各乡镇人民政府：", opening, *rules, line)
    assert (found.outcome, found.confidence) == (outcome, confidence)


@pytest.mark.parametrize(
    ("line", "confidence"),
    [
        pytest.param("第二条 到2022年，全县码头的设施明显改善。", "低", id="an aim that is past"),
        pytest.param("第二条 到2035年，全县码头的设施明显改善。", "高", id="an aim ahead"),
        pytest.param("第二条 2022年底前公布收费目录。", "高", id="a deadline"),
        pytest.param("第二条 旧式票据使用到2022年6月30日。", "高", id="the end of a period"),
    ],
)
def test_rules_whose_aims_are_past_are_kept_but_not_surely(line: str, confidence: str) -> None:
    found = cleanup("交通运输部关于码头管理的规定", RULE[0], line, *RULE[1:], "第四条 本规定自2022年3月1日起施行。")
    assert (found.outcome, found.confidence) == ("keep", confidence)


def test_aims_in_a_rule_with_a_term_of_its_own_are_not_told() -> None:
    rule = (RULE[0], "第二条 到2022年，设施明显改善。", "第四条 本规定自2022年3月1日起施行，有效期10年。")
    assert cleanup("交通运输部关于码头管理的规定", *rule).confidence == "高"


@pytest.mark.parametrize("work", ["研究项目资助", "研究项目申报", "码头从业人员评选"])
def test_a_call_of_a_year_without_title_is_over(work: str) -> None:
    lines = (
        f"根据有关规定，现就做好2023年度{work}有关事项通知如下：",
        "一、申报人应当具有较强的能力，不具备条件的，不得申报。",
        "二、申报人应当对材料的真实性负责，个人不得重复申报。",
    )
    found = cleanup(*lines, "临溪县科学技术局", "2023年3月21日")
    assert found.outcome == "lapse" or any(i.id == "CL-16" for i in found.indicators)


@pytest.mark.parametrize(("day", "outcome"), [("2008年3月1日", "repeal"), ("2022年3月1日", "keep")])
def test_a_text_that_is_itself_repealed_is_told_so(day: str, outcome: str) -> None:
    found = cleanup("中华人民共和国物权法", "第一条 为了维护秩序，制定本法。", f"第二条 本法自{day}起施行。")
    assert found.outcome == outcome


def test_a_provisional_paper_that_is_only_forwarded_does_not_make_the_notice_provisional() -> None:
    head = ("现将《人力资源社会保障部关于印发<工资专用账户管理暂行办法>的通知》转发给你们，请遵照执行。",)
    rule = (
        "工资专用账户管理暂行办法",
        "第一条 为了保障工资支付，制定本办法。",
        "第二条 用人单位应当按月支付工资。",
        "第三条 任何单位不得克扣工资。",
    )
    found = cleanup(
        "临溪县人力资源和社会保障局关于转发工资专用账户规定的通知", "各单位：", *head, "2021年8月26日", *rule
    )
    assert all(indicator.id != "CL-03" for indicator in found.indicators)


def test_grounds_that_agree_are_told_with_the_confidence_of_the_strongest() -> None:
    found = weigh([at_strength(indicate("CL-19", ("甲",)), "low"), indicate("CL-14", ("乙",))])
    assert (found.outcome, found.confidence) == ("amend", "中")


def test_a_ground_alone_that_is_often_wrong_is_told_as_low() -> None:
    assert weigh([indicate("CL-19", ("甲",))]).confidence == "低"


@pytest.mark.parametrize("start", ["2020年3月", "2020年3月份", "2020年3月1月"])
def test_a_term_from_a_month_is_counted_from_its_last_day(start: str) -> None:
    found = dossier("江门市行政处罚裁量规定", *RULE, f"第四条 本规定自{start}起施行，有效期三年。").assessment
    assert found.validity.expires == date(2023, 3, 30)
    assert (found.cleanup.outcome, found.cleanup.confidence) == ("lapse", "高")


def test_a_mention_in_a_sentence_on_the_reform_that_ended_it_is_no_use_of_it() -> None:
    rule = "第二条 县政务服务中心设“三证合一”专窗，开办商铺的人不再分别领取营业执照、组织机构代码证和税务登记证。"
    found = dossier("临溪县商事登记便利办法", RULE[0], rule, RULE[2], "第四条 本办法自2024年3月1日起施行。").assessment
    assert all(finding.type != "CL-21" for finding in found.findings)


@pytest.mark.parametrize("issuer", ["财政部国家科学技术委员会", "国家科学技术委员会办公厅"])
def test_issuers_written_together_and_offices_of_issuers_end_with_them(issuer: str) -> None:
    assert "CL-13" in [
        i.id for i in as_of(date(2016, 12, 31), "科技成果登记管理规定", *RULE, issuer, "1995年3月1日").indicators
    ]


def test_the_period_in_the_title_of_a_plan_ends_it_whatever_later_years_it_looks_ahead_to() -> None:
    found = cleanup("临溪县“十三五”科技创新规划", "一、到2030年，建成创新型县。", "二、目标。", "2016年3月1日")
    assert [(i.id, i.outcome) for i in found.indicators][:1] == [("CL-15", "lapse")]


@pytest.mark.parametrize(
    "purpose",
    [
        "现就做好2021-2022学年全县中小学教学用书工作有关事项通知如下：",
        "现就2015—2016学年（含秋季学期，下同）全县教辅材料使用有关问题通知如下：",
        "现就开展2021年度码头安全工作通知如下：",
        "现将组织2020年禁渔工作的有关要求通知如下：",
    ],
)
def test_a_paper_without_a_title_that_arranges_the_work_of_a_year_is_over_with_it(purpose: str) -> None:
    lines = (
        "各乡镇人民政府：",
        f"根据上级要求，{purpose}",
        "一、单位应当按规定办理，不得收取费用。",
        "二、违反规定的，予以处罚。",
    )
    assert cleanup(*lines).outcome != "keep"


def test_a_paper_without_a_title_on_what_begins_on_a_day_is_not_of_a_year() -> None:
    lines = (
        "各乡镇人民政府：",
        "现就2024年1月1日起施行的收费目录有关事项通知如下：",
        "一、单位应当按规定办理，不得收取费用。",
        "2024年1月3日",
    )
    assert all(indicator.id != "CL-16" for indicator in cleanup(*lines).indicators)


def as_normative(*lines: str) -> Cleanup:
    """The proposal for a text that counts as a normative document, whatever the classification of so short a text says."""
    made = dossier(*lines)
    labels = replace(made.labels, is_normative=True, norm_level=NormLevel.NORMATIVE)
    return assess(Case(made.source.text, made.document, labels, load_rulebook(), AS_OF, None)).cleanup


def test_a_paper_whose_title_was_not_read_is_not_kept_surely() -> None:
    rules = ("第二条 码头经营者应当公示价格。", "第三条 个人不得损毁码头设施。", "第四条 本办法自2025年1月1日起施行。")
    found = as_normative("第一条 为了规范码头管理，制定本办法。", *rules)
    assert (found.outcome, found.confidence) == ("keep", "中")


def test_a_call_that_states_conditions_like_a_rule_is_done_when_its_closing_day_is_past() -> None:
    found = as_normative(*CALL, "三、申报截止日期2024年5月15日，逾期不受理。", "2024年4月7日")
    assert (found.outcome, found.confidence) == ("lapse", "中")


def test_the_work_of_a_school_year_is_over_with_it_in_a_paper_that_is_normative() -> None:
    purpose = "经研究，现就2015—2016学年（含秋季学期，下同）全县教辅材料使用有关问题通知如下："
    found = as_normative("各学校：", purpose, "一、学校不得收取费用。", "二、违反的，依法处理。", "2015年6月11日")
    assert (found.outcome, found.confidence) == ("lapse", "中")
