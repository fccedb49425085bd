"""Reasons that fit: the law under an alarm is on its matter, in the words of its own type, and of the day."""

from datetime import date

import pytest

from pipeline.analyzer import LegalContext, analyze_source
from pipeline.document import Finding
from pipeline.law import form_bases
from tests.builders import NOTICE, dossier, findings, source


def _cited(finding: Finding) -> str:
    return "；".join(f"{basis.law}{basis.article}：{basis.says}" for basis in finding.bases)


def _on(day: date, *lines: str) -> tuple[Finding, ...]:
    return analyze_source(source(*lines), LegalContext(day, None)).assessment.findings


@pytest.mark.parametrize(
    ("sentence", "kind", "there", "absent"),
    [
        ("商户须按月缴纳卫生管理费二十元。", "FEE-01", "政府性基金", "行政许可法"),
        ("申办夜市摆摊许可证的，须缴纳评审费二百元。", "FEE-01", "行政许可法第五十八条", "民法典"),
        ("申领消费券的商超须在本县注册并纳税。", "FCR-03", "准入", "迁出"),
        ("享受租金补贴的企业十年内不得迁出本区。", "FCR-03", "迁出", "负面清单"),
        ("餐饮店必须加入县餐饮协会。", "CRT-02", "行业协会", "考核"),
        ("民宿业主须每年参加县文旅局举办的付费培训。", "CRT-02", "培训", "行业协会"),
        ("中途退出的，两年内不予受理任何补助申请。", "PEN-03", "惩戒", "失信"),
        ("欠费的商户一律列入失信黑名单。", "PEN-03", "失信", "征收"),
        ("各中队每月查处占道经营不少于三十起。", "PEN-04", "罚款", "裁量基准"),
        ("夜间施工扰民的，一律顶格罚款。", "PEN-04", "裁量", "征收"),
        ("各镇制定本镇养殖产业准入负面清单。", "FCR-01", "负面清单", "特许"),
        ("将全县垃圾清运独家经营权授予县环投公司。", "FCR-01", "特许经营权", "另行制定"),
        ("前期招商协议约定的租金补贴一律不再兑现。", "RGT-05", "政策承诺", "溯及"),
    ],
)
def test_the_bases_are_on_the_matter_of_the_sentence(sentence: str, kind: str, there: str, absent: str) -> None:
    (finding,) = (one for one in findings(NOTICE, sentence) if one.type == kind)
    assert there in _cited(finding) and absent not in _cited(finding)


@pytest.mark.parametrize(
    ("sentence", "says"),
    [
        ("逾期未搬的，由供电所停止供电。", "停止供水、供电、供热、供燃气迫使履行的方式"),
        ("罚没款按三成返还中队作工作经费。", "罚没指标"),
        ("企业捐款一律按人头每户一百元。", "集资摊派、强制捐赠"),
        ("开办棋牌室申请登记的，须先征得楼内住户签字同意。", "法定以外的许可条件"),
    ],
)
def test_what_may_not_be_set_is_said_in_the_words_of_the_type(sentence: str, says: str) -> None:
    found = findings(NOTICE, sentence)
    assert found and any(says in reason for one in found for reason in one.reasons)


def test_the_law_is_that_of_the_day() -> None:
    lines = (*NOTICE, "一、乱倒垃圾的，处200元罚款。")
    for day, article in (
        (date(2020, 6, 1), "第十四条"),
        (date(2021, 7, 14), "第十四条"),
        (date(2021, 7, 15), "第十六条"),
    ):
        (fine,) = (one for one in _on(day, *lines) if one.type == "PEN-01")
        assert {basis.article for basis in fine.bases} == {article}
        cited = next(reason for reason in fine.reasons if reason.startswith("行政规范性文件不得设定"))
        assert article in cited


def test_a_law_that_is_not_yet_in_force_is_neither_a_basis_nor_a_reason() -> None:
    lines = (*NOTICE, "各企业应当捐款五千元，由镇财政所统一收取。")
    (levy,) = (one for one in _on(date(2023, 1, 1), *lines) if one.type == "FEE-03")
    assert "民营经济促进法" not in _cited(levy) + "".join(levy.reasons)
    (later,) = (one for one in _on(date(2025, 6, 1), *lines) if one.type == "FEE-03")
    assert "民营经济促进法" in _cited(later)


def test_a_day_without_known_law_is_said_openly() -> None:
    lines = (*NOTICE, "办理摊位登记的，应当提交社区出具的家庭收入证明。")
    (paper,) = (one for one in _on(date(2015, 1, 1), *lines) if one.type == "CRT-01")
    assert paper.bases == () and any("待核实" in reason for reason in paper.reasons)


def test_the_exception_of_the_regulation_on_competition_is_named_only_since_there_is_one() -> None:
    lines = (*NOTICE, "申领消费券的商超须在本县注册并纳税。")
    for day, named in ((date(2023, 1, 1), False), (date(2024, 8, 1), True)):
        (place,) = (one for one in _on(day, *lines) if one.type == "FCR-03")
        assert any("第十二条例外" in reason for reason in place.reasons) is named


@pytest.mark.parametrize(
    ("issuer", "place", "law", "article"),
    [
        ("浏阳市城区提质工程指挥部", "湖南", "湖南省行政程序规定", "第四十六条"),
        ("章丘区防汛工作领导小组", "山东", "山东省行政程序规定", "第四十三条"),
        ("临溪县扬尘治理工作领导小组", None, "国务院关于加强市县政府依法行政的决定", "第（十三）项"),
    ],
)
def test_who_may_not_issue_rests_on_the_rule_about_issuers(
    issuer: str, place: str | None, law: str, article: str
) -> None:
    lines = (
        f"{issuer}关于印发管理办法的通知",
        "第一条 为了管理，制定本办法。",
        "第二条 商户应当每日清扫门前。",
        "第三条 本办法自2025年3月1日起施行，有效期五年。",
        issuer,
        "2025年1月2日",
    )
    found = analyze_source(source(*lines), LegalContext(date(2026, 11, 22), place)).assessment.findings
    (unfit,) = (one for one in found if one.type == "FRM-02")
    assert any(basis.law.startswith(law) and basis.article == article for basis in unfit.bases)


def test_an_office_within_a_department_rests_on_the_ban_on_such_offices() -> None:
    """国办发〔2018〕37号 forbids offices within a department; it is not the rule about coordinating bodies."""
    (within,) = form_bases("FRM-02", None, "临溪县教育局基础教育科", date(2026, 11, 22))
    assert "37号" in within.law and "内设机构" in within.says
    (coordinating,) = form_bases("FRM-02", None, "临溪县防汛指挥部", date(2026, 11, 22))
    assert "37号" not in coordinating.law


@pytest.mark.parametrize(
    ("place", "law", "article"),
    [
        ("湖南", "湖南省行政程序规定", "第五十条"),
        ("山东", "山东省行政程序规定", "第五十三条"),
        (None, "规章制定程序条例", "第三十条、第三十六条"),
    ],
)
def test_a_missing_day_rests_on_the_rule_about_days(place: str | None, law: str, article: str) -> None:
    lines = (
        "临溪县摊位管理办法",
        "第一条 为了管理，制定本办法。",
        "第二条 商户应当每日清扫门前。",
        "第三条 摊位由县城管局划定。",
        "第四条 由县城管局解释。",
        "第五条 其他事项另行通知。",
        "临溪县人民政府",
        "2026年3月2日",
    )
    found = analyze_source(source(*lines), LegalContext(date(2026, 11, 22), place)).assessment.findings
    (undated,) = (one for one in found if one.type == "FRM-03")
    assert [(basis.law, basis.article) for basis in undated.bases][:1] == [(law, article)]


def test_the_successor_of_a_repealed_law_is_itself_in_force() -> None:
    """技术合同法 was replaced by 合同法, which was replaced in 2021: today the reviewer needs 民法典."""
    lines = (*NOTICE, "依照《中华人民共和国技术合同法》签订的合同，应当登记。")
    (stale,) = (one for one in _on(date(2026, 11, 22), *lines) if one.type == "FRM-04")
    assert stale.bases[0].law == "中华人民共和国民法典"
    assert "合同法》自2021-01-01起废止" in stale.reasons[0]
    (then,) = (one for one in _on(date(2005, 1, 1), *lines) if one.type == "FRM-04")
    assert then.bases[0].law == "中华人民共和国合同法"


def test_a_licence_that_another_part_of_the_sentence_names_is_not_what_is_restated() -> None:
    known = "持有食品经营许可证的流动摊主进入广场设摊，应当事先报经镇人民政府批准。"
    assert not any(
        "食品安全法" in reason for one in findings(NOTICE, known) if one.rule != "MODEL" for reason in one.reasons
    )


def test_a_text_without_punctuation_is_one_provision() -> None:
    """It is searched in overlapping windows; what two of them see is told once."""
    padding = "商户应当保持门前整洁 " * 150
    found = findings(NOTICE, f"本办法 {padding}乱倒垃圾的处二百元罚款 {padding}乱停车的处一百元罚款 {padding}")
    assert [finding.type for finding in found].count("PEN-01") == 1


RULE = (
    "湖南省人民政府令",
    "第310号",
    "《湖南省河道办法》已经省人民政府常务会议通过，现予公布。",
    "湖南省河道办法",
)


def test_under_a_rule_stands_the_law_on_its_limits() -> None:
    """That other documents may not set penalties says nothing about a rule, which may, within limits."""
    (fine,) = findings(RULE, "第二条 违反本办法规定的，处五千元以下罚款。")
    assert [basis.article for basis in fine.bases] == ["第十条至第十六条"]
    assert any("限定的种类、幅度内" in reason for reason in fine.reasons)


def test_what_a_rule_may_not_set_by_itself_is_not_said_to_be_within_limits() -> None:
    (final,) = (one for one in findings(RULE, "第二条 对核减结果，农户不得申请行政复议。") if one.type == "RGT-04")
    assert any("须有上位法依据才能规定" in reason for reason in final.reasons)
    assert not any("限定的种类、幅度内" in reason for reason in final.reasons)


def test_evidence_begins_with_a_word() -> None:
    text = (*NOTICE, "申报单位应当符合下列条件：", "（一）申报企业须（含分公司）在清河市内注册登记；")
    found = analyze_source(source(*text), LegalContext(date(2026, 11, 22), None))
    spans = [one.evidence.cut(found.source.text) for one in found.assessment.findings if one.type.startswith("FCR")]
    assert spans and not any(span[0] in "、：；）.．，" for span in spans)


@pytest.mark.parametrize(
    ("issuer", "law"),
    [
        ("临溪县人民政府", "规章制定程序条例"),
        ("中国人民银行", ""),
        ("上海市交通委员会", ""),
        ("临溪县柳岸镇人民政府", ""),
        ("湖南省临溪县水利局", "湖南省行政程序规定"),
    ],
)
def test_a_missing_day_of_commencement_rests_on_what_binds_its_issuer(issuer: str, law: str) -> None:
    lines = (
        f"{issuer}关于加强管理的通知",
        "各单位：",
        "一、企业应当缴纳费用，企业不得转让，个人不得妨碍。",
        issuer,
        "2025年9月3日",
    )
    found = [one for one in dossier(*lines).assessment.findings if one.type == "FRM-03"]
    assert [basis.law for one in found for basis in one.bases] == ([law] if law else [])
    assert found and (law or "待核实" in found[0].reasons[-1])
