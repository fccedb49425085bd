"""Genre, norm level, and whether a document is an administrative normative document."""

import pytest

from corpora import papers
from pipeline.document import NormLevel
from tests.builders import dossier, labels


@pytest.mark.parametrize(
    ("lines", "genre"),
    [
        (papers.FARMHOUSE, "通知"),
        (papers.ELDERLY, "意见"),
        (papers.REPORT, "报告"),
        (papers.REPLY, "批复"),
        (papers.REPEAL, "决定"),
        (("各单位：", "现就有关事项通知如下：", "一、加强管理。"), "通知"),
        (("为了加快发展，提出如下意见：", "一、加强管理。"), "意见"),
        (("智能制造标准体系建设指南", "一、总体要求"), "其他"),
    ],
)
def test_the_genre_is_named_by_title_or_text(lines: tuple[str, ...], genre: str) -> None:
    assert labels(*lines).genre == genre


@pytest.mark.parametrize(
    ("lines", "level"),
    [
        (papers.FARMHOUSE, NormLevel.NORMATIVE),
        (
            (
                "中华人民共和国水法",
                "（2016年7月2日第十二届全国人民代表大会常务委员会第二十一次会议修正）",
                "第一条 为了节约用水，制定本法。",
            ),
            NormLevel.LAW,
        ),
        (
            ("修正案", "1999年5月5日第九届全国人民代表大会常务委员会第十次会议通过", "一、增加一条，作为第十条之一。"),
            NormLevel.LAW,
        ),
        (
            (
                "湖南省河道条例",
                "（2022年5月26日湖南省第十三届人民代表大会常务委员会第三十一次会议通过）",
                "第一条 为了管理河道，制定本条例。",
            ),
            NormLevel.LOCAL_REGULATION,
        ),
        (
            ("国家知识产权局局长令（第8号）", "《标识管理办法》已经局务会通过，现予公布。", "标识管理办法"),
            NormLevel.DEPARTMENT_RULE,
        ),
        (
            ("水产苗种管理规范", "（2011年3月2日农业部令2011年第5号公布）", "第一条 为了加强苗种管理，制定本规范。"),
            NormLevel.DEPARTMENT_RULE,
        ),
        (
            (
                "中华人民共和国国务院令",
                "第722号",
                "《优化营商环境条例》已经国务院常务会议通过，现予公布。",
            ),
            NormLevel.ADMINISTRATIVE_REGULATION,
        ),
        (
            (
                "湖南省人民政府令",
                "第310号",
                "《湖南省行政程序规定》已经省人民政府常务会议通过，现予公布。",
            ),
            NormLevel.LOCAL_RULE,
        ),
        (
            ("人力资源和社会保障部令", "第36号", "《企业年金办法》已经部务会审议通过，现予公布。"),
            NormLevel.DEPARTMENT_RULE,
        ),
        (
            ("最高人民法院关于适用法律若干问题的解释", "第一条 为了正确审理案件。"),
            NormLevel.JUDICIAL_INTERPRETATION,
        ),
        (
            (
                "中共临溪县委文件",
                "临委〔2025〕6号",
                "中共临溪县委关于法治建设情况的报告",
                "市委：",
                "现报告如下。",
            ),
            NormLevel.PARTY,
        ),
        (("临溪县绿化办法（征求意见稿）", "第一条 为了绿化。"), NormLevel.OTHER),
        (("今年二月以来，全县开展了集中整治，取得明显成效。",), NormLevel.OTHER),
    ],
)
def test_the_norm_level_follows_from_issuer_and_promulgation(lines: tuple[str, ...], level: NormLevel) -> None:
    assert labels(*lines).norm_level is level


@pytest.mark.parametrize(
    "lines",
    [
        papers.FARMHOUSE,
        papers.ELDERLY,
        papers.WATER,
        papers.REPEAL,
        papers.SUBSIDY,
        papers.TRADITIONAL,
    ],
)
def test_documents_on_rights_and_duties_are_normative(lines: tuple[str, ...]) -> None:
    assert labels(*lines).is_normative


@pytest.mark.parametrize("lines", [papers.REPORT, papers.PERSONNEL, papers.REPLY, papers.NEWS])
def test_reports_personnel_replies_and_news_are_not(lines: tuple[str, ...]) -> None:
    found = labels(*lines)
    assert not found.is_normative and found.reasons


@pytest.mark.parametrize(
    ("title", "normative"),
    [
        ("临溪县智慧水务项目合作协议", False),
        ("临溪县水务采购合同（草案）", False),
        ("临溪县国有土地租赁合同书", False),
        ("临溪县安全生产承诺书", False),
        ("临溪县银政战略合作备忘录", False),
        ("临溪县政府合同管理办法", True),
        ("临溪县入园企业协议管理规定", True),
    ],
)
def test_a_contract_is_no_normative_document_and_a_document_on_contracts_is(title: str, normative: bool) -> None:
    duties = "企业应当在三十日内缴纳费用，企业不得转让，单位和个人不得妨碍。"
    articles = (f"第{number}条 {duties}" for number in "一二三四五")
    found = labels(title, *articles, "临溪县人民政府", "2026年3月2日")
    assert found.is_normative is normative
    assert normative or found.reasons == ("合同、协议、承诺书只约定签订各方的权利义务",)


@pytest.mark.parametrize(
    "end",
    ["如不服本决定，可以自收到本决定之日起六十日内申请行政复议。", "你公司可以自收到本决定书之日起六个月内起诉。"],
)
def test_a_decision_on_one_affair_is_no_normative_document_and_lacks_no_day_of_commencement(end: str) -> None:
    lines = (
        "临溪县人民政府关于撤销用地批准的决定",
        "临政决〔2026〕4号",
        "临溪县振兴公司：",
        "一、撤销用地批准文件。",
        end,
        "临溪县人民政府",
        "2026年3月2日",
    )
    assert not labels(*lines).is_normative
    assert not [found for found in dossier(*lines).assessment.findings if found.type == "FRM-03"]


def test_a_document_on_how_decisions_are_appealed_stays_normative() -> None:
    duties = "企业应当在三十日内缴纳费用，单位和个人不得妨碍。"
    articles = (f"第{number}条 {duties}" for number in "一二三四")
    last = "第五条 当事人对行政处罚决定不服的，可以依法申请行政复议。本办法自2026年5月1日起施行。"
    assert labels("临溪县水务管理办法", *articles, last, "临溪县人民政府", "2026年3月2日").is_normative


@pytest.mark.parametrize(
    ("title", "genre"),
    [
        ("临溪县水务采购合同书（草案）", "合同"), ("临溪县智慧水务项目框架协议", "协议"), ("银政战略合作备忘录", "协议"),
        ("安全生产责任状", "承诺书"), ("行政执法委托书", "委托书"), ("临溪县政府合同管理办法", "办法"),
    ],
)  # fmt: skip
def test_the_genre_of_a_contract_is_read_from_its_title(title: str, genre: str) -> None:
    assert labels(title, "第一条 双方另行协商。").genre == genre


def test_an_opinion_without_title_is_normative_whatever_years_it_cites() -> None:
    assert labels(
        "临政办发〔2021〕26号",
        "各乡镇人民政府：",
        "为落实《临海省渔业发展规划（2021—2025年）》，现提出如下意见。",
        "一、渔业企业应当公开产品来源，购买人可以查询。",
    ).is_normative


def test_a_plan_without_title_is_not_normative() -> None:
    assert not labels(
        "为加快渔业数字化，制定本行动计划。", "一、总体要求", "支持企业建设平台。", "临溪县农业农村局", "2024年1月2日"
    ).is_normative


def test_an_order_signed_by_a_governor_is_a_rule() -> None:
    found = labels(
        "《临海省渔港管理办法》已经2023年4月2日省政府第9次常务会议通过，现予公布，自2023年7月1日起施行。",
        "省长李明",
        "2023年5月21日",
        "临海省渔港管理办法",
        "第一条 为了管理渔港，制定本办法。",
    )
    assert found.norm_level is NormLevel.LOCAL_RULE


@pytest.mark.parametrize(
    ("title", "genre"),
    [
        ("临溪县水利局行政处罚决定书", "决定书"),
        ("临溪县人民政府行政复议决定书", "决定书"),
        ("不予行政许可决定书", "决定书"),
        ("责令限期改正通知书", "通知书"),
        ("行政处罚听证告知书", "通知书"),
    ],
)
def test_the_genre_of_a_paper_on_one_persons_affair_is_read_from_its_title(title: str, genre: str) -> None:
    found = labels(title, "临水罚字〔2026〕3号", "周某：", "决定对你处以罚款二千元。", "临溪县水利局", "2026年3月2日")
    assert (found.genre, found.is_normative, found.in_doubt) == (genre, False, False)


def test_a_decision_without_title_is_no_notice() -> None:
    found = labels(
        "临水罚字〔2026〕3号", "周某：", "决定处以罚款。不服本决定的，可以申请复议。", "临溪县水利局", "2026年3月2日"
    )
    assert found.genre == "决定书"


def test_a_line_on_somebodys_identity_is_no_provision() -> None:
    lines = ("临溪县水利局行政处罚决定书", "临水罚字〔2026〕3号", "当事人：周某某，男，住临溪县柳岸镇。")
    assert not [finding for finding in dossier(*lines).assessment.findings if not finding.softened]


@pytest.mark.parametrize(
    "provision",
    ["一、违反规定的，由镇人民政府没收其农机具，并处五百元罚款。", "一、各学校应当统一从县教育服务中心采购校服。"],
)
def test_a_general_paper_whose_provisions_burden_outsiders_is_normative(provision: str) -> None:
    lines = ("临溪县柳岸镇人民政府关于加强管理的通知", "柳政发〔2025〕1号", "各单位：", provision, "临溪县柳岸镇人民政府", "2025年9月3日")  # fmt: skip
    found = dossier(*lines)
    assert found.labels.is_normative and "义务" in found.labels.reasons[0]
    assert not [name for name, _ in found.assessment.risk.parts if "减半" in name]


def test_where_burdens_speak_against_the_form_of_a_paper_a_person_has_to_confirm_its_nature() -> None:
    lines = (
        "临溪县人民政府常务会议纪要", "〔2026〕第9次", "一、违反规定的，由镇人民政府没收其农机具，并处五百元罚款。", "2026年3月2日",
    )  # fmt: skip
    found = dossier(*lines)
    assert not found.labels.is_normative and found.labels.in_doubt
    assert not [name for name, _ in found.assessment.risk.parts if "减半" in name]
    assert "待人工确认" in found.assessment.cleanup.reasons[0]


@pytest.mark.parametrize(
    ("opening", "genre"),
    [
        ("临溪县人民政府：你县《关于设置码头收费站的请示》（临政〔2004〕3号）收悉。省政府同意设置收费站。", "批复"),
        ("临溪县水利局：你局来文收悉。经研究，同意调整河道管理范围。", "批复"),
        ("省交通运输厅：《关于设置收费站的请示》（交公〔2024〕8号）收悉。省政府同意设置收费站2处。", "批复"),
        ("临溪县人民政府：你县《关于调整保护区的请示》收悉。经省政府同意，现函复如下：同意调整。", "函"),
    ],
)
def test_a_reply_without_title_is_known_by_its_opening(opening: str, genre: str) -> None:
    found = labels(opening, "如需转经营性收费必须报经省政府批准后方可办理。", "二〇〇四年三月一日")
    assert (found.genre, found.is_normative) == (genre, False)


def test_a_notice_that_only_mentions_a_letter_is_no_reply() -> None:
    assert labels("各单位：", "近日收到来函，现就有关事项通知如下：", "一、加强管理。").genre == "通知"


@pytest.mark.parametrize(
    "opening",
    [
        "为规范资金管理，我们修订了《码头建设资金管理办法》，现印发给你们，请遵照执行。",
        "根据有关规定，我们制定了《码头检测实施细则》和《码头登记管理办法》。现印发你们，请遵照执行。",
        "现将《码头服务规范（试行）》印发给你们，请遵照执行。",
    ],
)
def test_a_paper_without_title_that_issues_a_rule_is_normative(opening: str) -> None:
    assert labels("各县（市、区）财政局：", opening, "临溪市财政局").is_normative


def test_a_paper_without_title_that_issues_a_list_of_work_is_not_normative() -> None:
    assert not labels(
        "各单位：", "现将《2023年码头工作要点》印发给你们，请认真落实。", "临溪县水利局", "2023年2月8日"
    ).is_normative


def test_a_table_of_charges_is_told_as_a_burden_not_as_a_benefit() -> None:
    from tests.builders import dossier

    reasons = "；".join(
        dossier(
            "临溪县水利局关于公布农村供水收费标准的通知", "各乡镇人民政府：", "居民用水收费标准为每立方米2元，用户应当按月缴费。",
            "本通知自2026年10月15日起施行。", "临溪县水利局", "2026年9月25日",
        ).labels.reasons
    )  # fmt: skip
    assert "规定收费、征收的标准" in reasons and "补贴" not in reasons
