"""Mentions of bodies that are gone: which assign a task, and which only name the body."""

import pytest

from pipeline.document import Finding, Severity
from tests.builders import dossier

HEAD = ("临溪县码头管理办法", "第一条 为了规范码头管理，制定本办法。")
LAST = "第九条 本办法自2024年3月1日起施行，有效期5年。"


def relied(*lines: str) -> list[str]:
    """The bodies that the text still relies on."""
    return [f.subject for f in bodies(*lines) if f.severity is not Severity.INFO]


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
    assert (cleanup.outcome, cleanup.confidence) == ("amend", "中")


@pytest.mark.parametrize("name", ["工商部门", "国土资源部门", "卫生计生部门", "安监部门", "国税部门", "质监部门"])
def test_the_department_of_a_field_that_has_none_any_more_has_a_task(name: str) -> None:
    assert relied(f"第二条 经营者在{name}登记后，应当向社会公示。") == [name]


@pytest.mark.parametrize("verb", ["修改为", "修订为"])
def test_words_that_are_put_in_elsewhere_decide_nothing_here(verb: str) -> None:
    text = f"第二条 将原办法第六条{verb}“申请材料包括营业执照、税务登记证，由县物价局核定。”"
    found = dossier(*HEAD, text, LAST)
    assert found.assessment.cleanup.outcome == "keep"
