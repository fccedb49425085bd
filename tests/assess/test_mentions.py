"""Mentions of bodies that are gone: which assign a task, and which only name the body."""

import pytest

from pipeline.document import Finding, Severity
from tests.builders import dossier

HEAD = ("临溪县码头管理办法", "第一条 为了规范码头管理，制定本办法。")
LAST = "第九条 本办法自2024年3月1日起施行，有效期5年。"


def relied(*lines: str) -> list[str]:
    """The bodies that the text still relies on."""
    return [f.subject for f in bodies(*lines) if "正文仍由该机构承担职责" in f.reasons]


def bodies(*lines: str) -> list[Finding]:
    return [finding for finding in dossier(*HEAD, *lines, LAST).assessment.findings if finding.type == "CL-14"]


@pytest.mark.parametrize(
    "line",
    [
        "信息公开选项：主动公开发  送：各新闻单位；县码头协会；县物价局，县国土资源局，各码头经营单位；沿岸各乡镇人民政府、各街道办事处。",
        "主题词：码头 收费 办法 分送：县物价局，县工商行政管理局。",
        "抄  送：县监察局，县物价局。",
        "报  送：县监察局，县物价局；下发：各码头。",
    ],
)
def test_bodies_in_a_list_of_copies_have_no_task(line: str) -> None:
    assert relied(line) == []


@pytest.mark.parametrize(
    "line",
    ["各乡镇物价局、国土资源局：", "县工商行政管理局，各有关单位：", "县监察局、县质量技术监督局，各码头经营单位："],
)
def test_bodies_in_a_salutation_have_no_task(line: str) -> None:
    assert relied("第二条 经营者应当公示价格。", line) == []


@pytest.mark.parametrize(
    "lines",
    [
        ("1994年12月6日，劳动部",),
        ("劳动部", "一九九四年十一月十四日"),
        ("劳动部", "财政部", "1994年11月14日"),
        ("（临溪县工商行政管理局 二〇〇四年七月二十二日）",),
        ("（农业部 国家林业局令2010年第2号）",),
    ],
)
def test_bodies_that_sign_have_no_task(lines: tuple[str, ...]) -> None:
    assert relied("第二条 经营者应当公示价格。", *lines, "第三条 个人不得损毁设施。") == []


@pytest.mark.parametrize("verb", ["修改为", "修订为", "改为", "调整为", "变更为"])
def test_words_that_are_replaced_give_no_task(verb: str) -> None:
    assert relied(f"第二条 原办法第十三条“由县物价局负责解释”{verb}“由县发展和改革局负责解释”。") == []


def test_quoted_words_that_stay_give_a_task() -> None:
    assert relied("第二条 “价格监督”由县物价局负责，并向社会公布。") == ["县物价局"]


@pytest.mark.parametrize(
    "line",
    [
        "第二条 各乡镇应当于2018年12月31日前将检查情况报送县物价局。",
        "第二条 请各单位将有关情况于今年12月31日前送县国土资源局，由县国土资源局汇总后报县人民政府。",
    ],
)
def test_a_report_that_was_due_once_is_no_task(line: str) -> None:
    assert relied(line) == []


def test_a_report_that_is_due_every_year_is_a_task() -> None:
    assert relied("第二条 各乡镇每年12月31日前将检查情况报送县物价局。") == ["县物价局"]


def test_who_was_consulted_when_the_paper_was_made_has_no_task() -> None:
    assert relied("经商县物价局、县国土资源局，本机关制定了本办法，现予公布。") == []


def test_who_must_be_consulted_has_a_task() -> None:
    assert relied("第二条 调整收费的，应当经商县物价局后执行。") == ["县物价局"]


@pytest.mark.parametrize(
    "line",
    [
        "根据中华人民共和国海关总署与乌兹别克斯坦共和国农业部议定书的规定，允许进口。",
        "南非共和国农业部应当对企业进行检查，南非农业部出具证书。",
        "巴布亚新几内亚独立国咖啡部、农业部应当对企业进行检查。",
        "德意志联邦共和国联邦食品和农业部推荐注册的企业可以进口。",
    ],
)
def test_a_body_of_another_state_is_none_of_ours(line: str) -> None:
    assert bodies(line) == []


def test_our_own_ministry_beside_that_of_another_state_is_found() -> None:
    found = relied("南非共和国农业部与中华人民共和国农业部共同检查。")
    assert len(found) == 1 and found[0].endswith("农业部")


@pytest.mark.parametrize("line", ["第二条 落实国家数据体系建设部署。", "第二条 根据统一平台建设部署，开放设施。"])
def test_a_name_inside_another_word_is_no_body(line: str) -> None:
    assert bodies(line) == []


def test_a_campaign_that_is_only_mentioned_leaves_the_paper_as_it_is() -> None:
    lines = (*HEAD, "第二条 为巩固成果，数字技术在新冠肺炎疫情防控中发挥重要作用，码头应当推广。", LAST)
    cleanup = dossier(*lines).assessment.cleanup
    assert cleanup.outcome == "keep"


def test_an_indicator_that_decides_is_not_swallowed_by_one_that_informs() -> None:
    lines = (*HEAD, "第二条 数字技术在新冠肺炎疫情防控中发挥作用。", "第三条 县物价局负责核定收费。", LAST)
    cleanup = dossier(*lines).assessment.cleanup
    assert (cleanup.outcome, cleanup.confidence) == ("amend", "低")


@pytest.mark.parametrize("name", ["工商部门", "国土资源部门", "卫生计生部门", "安监部门", "国税部门", "质监部门"])
def test_the_department_of_a_field_that_has_none_any_more_has_a_task(name: str) -> None:
    assert relied(f"第二条 经营者在{name}登记后，应当向社会公示。") == [name]


@pytest.mark.parametrize("verb", ["修改为", "修订为"])
def test_words_that_are_put_in_elsewhere_decide_nothing_here(verb: str) -> None:
    text = f"第二条 将原办法第六条{verb}“申请材料包括营业执照、税务登记证，由县物价局核定。”"
    found = dossier(*HEAD, text, LAST)
    assert found.assessment.cleanup.outcome == "keep"


@pytest.mark.parametrize(
    "line",
    [
        "第二条 检测机构应当符合《码头检测规定》（劳动保障部令第27号）的要求。",
        "第二条 船舶按照《码头船舶管理办法》（中国银监会令2011年第2号公布）登记。",
        "第二条 经营者按照《码头保险办法》（中国人民银行中国银行业监督管理委员会中国保险监督管理委员会令〔2007〕第2号发布）投保。",
        "第二条 农药按照农业部公告第194号执行。",
        "第二条 锅炉的检验适用质检总局令第98号。",
        "第二条 收费执行省物价局《码头收费管理办法》。",
        "第二条 用地执行国土资源部、农业部印发的《设施用地规定》。",
        "第二条 《码头检测暂行办法》规定：“检测机构应当向劳动保障部提出申请。”本县检测机构按照现行规定办理。",
    ],
)
def test_a_body_that_only_made_a_rule_that_is_cited_has_no_task(line: str) -> None:
    assert relied(line) == []
    assert any(finding.severity is Severity.LOW for finding in bodies(line))
    found = dossier(*HEAD, line, LAST).assessment.cleanup
    assert (found.outcome, found.confidence) == ("amend", "低")


@pytest.mark.parametrize(
    "line",
    [
        "第二条 经营者应当向县物价局提交《码头收费公示规定》要求的材料。",
        "第二条 由县物价局依据《码头收费管理办法》核定收费。",
        "第二条 县物价局应当制定《码头收费公示办法》。",
        "第二条 经营者凭营业执照（由县物价局登记第3号表）收费。",
    ],
)
def test_a_body_that_applies_or_makes_a_rule_has_a_task(line: str) -> None:
    assert relied(line) == ["县物价局"]


@pytest.mark.parametrize("line", ["原质检总局2017年第6号公告同时废止。", "原国家出入境检验检疫局公告第14号不再执行。"])
def test_a_former_body_whose_paper_ends_asks_for_nothing(line: str) -> None:
    assert all(finding.severity is Severity.INFO for finding in bodies(line))


def test_the_name_of_a_level_is_no_task() -> None:
    assert relied("第二条 银行向中国人民银行省会（首府）城市中心支行以上分支机构报告。") == []


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("第二条 人民银行长沙中心支行负责审批。", ["长沙中心支行"]),
        ("第二条 中国人民银行南京分行负责审批。", ["中国人民银行南京分行"]),
        ("第二条 中国人民银行江苏省分行负责审批。", []),
    ],
)
def test_branches_of_the_central_bank_that_ended_in_2023_are_known(line: str, names: list[str]) -> None:
    assert relied(line) == names


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("第二条 食品安全监管部门检查码头的餐厅。", []),
        ("第二条 煤矿安全监管部门检查煤矿码头。", []),
        ("第二条 安全监管部门检查码头。", ["安全监管部门"]),
        ("第二条 劳动人事部核定码头的工资。", ["劳动人事部"]),
    ],
)
def test_a_part_of_a_longer_name_is_no_body(line: str, names: list[str]) -> None:
    assert relied(line) == names


@pytest.mark.parametrize(
    ("lines", "confidence"),
    [
        pytest.param(("第二条 县物价局负责核定收费。",), "低", id="one sentence"),
        pytest.param(("第二条 县物价局、县国土资源局负责检查。",), "低", id="two bodies in one sentence"),
        pytest.param(("第二条 县物价局负责核定收费。", "第三条 县物价局受理投诉。"), "中", id="two sentences"),
        pytest.param(("第二条 县物价局负责核定收费。", "第三条 县国土资源局受理投诉。"), "中", id="two bodies"),
    ],
)
def test_how_often_bodies_that_are_gone_have_tasks_tells_how_surely_the_paper_is_changed(
    lines: tuple[str, ...], confidence: str
) -> None:
    found = dossier(*HEAD, *lines, LAST).assessment.cleanup
    assert (found.outcome, found.confidence) == ("amend", confidence)


@pytest.mark.parametrize("gap", ["", "\n", "　　"])
def test_words_that_are_replaced_may_stand_on_lines_of_their_own(gap: str) -> None:
    line = f"第二条 原办法第六条“申请材料包括营业执照、组织机构代码证。”{gap}修订为：“申请材料包括营业执照。”"
    found = dossier("临溪县码头管理办法修改通知", "各码头：", line, LAST).assessment
    assert all(indicator.id != "CL-21" for indicator in found.cleanup.indicators)
