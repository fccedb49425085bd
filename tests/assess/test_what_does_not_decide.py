"""What must not decide an outcome: a body that is only told of, a repealed basis among many, an aim in the preamble."""

import pytest

from pipeline.assess.argument import Case
from pipeline.assess.indicator import inform
from pipeline.assess.outcome import propose_cleanup, weigh
from pipeline.document import Cleanup, Finding, Indicator, Severity
from pipeline.law import MODEL, load_rulebook
from tests.builders import dossier
from tests.conftest import AS_OF

TITLE = "临溪县码头管理办法"
REST = ("第二条 经营者应当公示价格。", "第三条 个人不得损毁设施。")
LAST = "第五条 本办法自2019年3月1日起施行，有效期10年。"


def cleanup(first: str, fourth: str) -> Cleanup:
    return dossier(TITLE, f"第一条 {first}", *REST, f"第四条 {fourth}", LAST).assessment.cleanup


@pytest.mark.parametrize(
    "fourth",
    [
        "码头曾由县物价局管理，现由乡镇人民政府管理。",
        "县国土资源局2015年公布的码头名录，由乡镇人民政府重新核定。",
        "县工商行政管理局此前核发的证照，在载明的期限内继续有效。",
        "县质量技术监督局已经批准的事项，不再重新办理。",
        "县环境保护局公布的名录同时停止使用。",
        "原县卫生和计划生育局的档案由县档案馆接收。",
        "外籍人员办理手续的，可以咨询外交部。",
    ],
)
def test_a_body_that_is_only_told_of_decides_nothing(fourth: str) -> None:
    assert cleanup("为了规范码头管理，制定本办法。", fourth).outcome == "keep"


@pytest.mark.parametrize(
    "fourth",
    [
        "县物价局负责核定码头的收费标准。",
        "码头经营者应当向县国土资源局报告用地情况。",
        "县工商行政管理局会同乡镇人民政府检查码头。",
        "码头的投诉由县质量技术监督局受理。",
        "县环境保护局应当每年公布码头的检查结果。",
    ],
)
def test_a_body_that_has_a_duty_asks_for_amendment(fourth: str) -> None:
    assert cleanup("为了规范码头管理，制定本办法。", fourth).outcome == "amend"


IN_FORCE = ("水法", "港口法", "安全生产法", "消防法", "突发事件应对法", "道路交通安全法")


@pytest.mark.parametrize("stale", ["物权法", "合同法", "担保法", "侵权责任法", "民法总则"])
def test_a_repealed_basis_among_many_is_told_and_decides_nothing(stale: str) -> None:
    laws = "".join(f"《中华人民共和国{name}》" for name in (*IN_FORCE[:3], stale, *IN_FORCE[3:]))
    found = cleanup(f"根据{laws}等法律，结合本县实际，制定本办法。", "管理单位应当检查码头。")
    assert found.outcome == "keep"
    assert any(indicator.id == "CL-09" for indicator in found.indicators)


@pytest.mark.parametrize("stale", ["物权法", "合同法", "担保法", "侵权责任法", "民法总则"])
def test_a_repealed_basis_that_a_provision_applies_asks_for_amendment(stale: str) -> None:
    laws = "".join(f"《中华人民共和国{name}》" for name in IN_FORCE)
    found = cleanup(f"根据{laws}等法律，制定本办法。", f"造成损失的，依照《中华人民共和国{stale}》处理。")
    assert found.outcome == "amend"


@pytest.mark.parametrize(
    "first",
    [
        "为了实现到2020年码头全部达标的目标，制定本办法。",
        "根据“十三五”期间码头建设的需要，制定本办法。",
        "为了确保2022年底前完成改造，规范日常管理，制定本办法。",
        "围绕2021年建成示范县的目标，制定本办法。",
        "为了巩固2020年整治成果，制定本办法。",
    ],
)
def test_an_aim_of_a_year_in_the_preamble_decides_nothing(first: str) -> None:
    assert cleanup(first, "管理单位应当检查码头。").outcome == "keep"


@pytest.mark.parametrize(
    ("title", "line", "told"),
    [
        ("临溪县水利局关于印发2021年堤坝工作要点的通知", "一、修缮堤坝三处。", "2021年度"),
        ("临溪县人民政府关于印发《临溪县冷库建设行动计划（2018—2020年）》的通知", "一、新建冷库五座。", "2020年"),
        ("临溪县教育局关于开展2022年校园灯会活动的通知", "请于5月前组织灯会。", "2022年度"),
        ("临溪县民政局关于2020年度老年学堂工作情况的报告", "现将2020年工作报告如下：", ""),
        ("临溪县人民政府关于周麦同志任职的通知", "任命周麦为县水利局副局长。", ""),
        ("临溪县交通运输局关于表彰2019年度渡口工作先进集体的通报", "现予以通报表扬。", ""),
        ("临溪县人民政府关于同意修缮石桥的批复", "同意修缮石桥。此复。", ""),
        ("临溪县水利局关于召开水闸工作会议的通知", "定于5月8日召开会议。", ""),
    ],
)
def test_a_paper_that_is_not_normative_is_left_out_and_its_period_told(title: str, line: str, told: str) -> None:
    found = dossier(title, "各乡镇人民政府：", line, "临溪县人民政府", "2019年3月1日").assessment.cleanup
    assert found.outcome == "not_applicable"
    assert all(indicator.strength == "info" for indicator in found.indicators)
    assert any(told in reason for reason in found.reasons)


@pytest.mark.parametrize("law", ["物权法", "合同法", "担保法", "侵权责任法", "民法总则"])
def test_a_plan_with_a_repealed_basis_is_left_out(law: str) -> None:
    line = f"根据《中华人民共和国{law}》，县工商行政管理局负责清查合同。"
    title = "临溪县人民政府办公室关于印发2018年合同清查工作方案的通知"
    found = dossier(title, "各乡镇人民政府：", line, "临溪县人民政府办公室", "2018年3月1日").assessment.cleanup
    assert found.outcome == "not_applicable"


@pytest.mark.parametrize(("until", "told"), [(2024, "lapse"), (2025, "lapse"), (2026, "keep"), (2030, "keep")])
@pytest.mark.parametrize("made", ["冷库建设", "堤坝修缮", "渡口整治"])
def test_the_information_on_a_plan_is_what_its_period_asks_for(made: str, until: int, told: str) -> None:
    lines = (f"为了推进{made}，制定本方案。", f"到{until}年，完成全部任务。", "临溪县人民政府", "2021年3月1日")
    found = dossier(f"临溪县{made}工作方案（2021—{until}年）", *lines).assessment.cleanup
    assert found.outcome == "not_applicable"
    assert [(one.outcome, one.strength) for one in found.indicators] == [(told, "info")]
    assert ("尚未届满" in found.reasons[-1]) == (told == "keep")


@pytest.mark.parametrize("law", ["行政监察法", "物权法", "合同法"])
def test_the_information_begins_with_what_takes_precedence(law: str) -> None:
    duties = "县工商行政管理局负责清查合同，县物价局负责核定价格。"
    lines = ("县水利局：", f"根据《中华人民共和国{law}》，同意你局方案。", duties, "临溪县人民政府", "2015年3月1日")
    found = dossier("临溪县人民政府关于同意清查合同方案的批复", *lines).assessment.cleanup
    assert found.outcome == "not_applicable"
    assert [(one.id, one.outcome) for one in found.indicators] == [
        ("CL-09", "repeal"), ("CL-09", "amend"), ("CL-14", "amend"),
    ]  # fmt: skip


@pytest.mark.parametrize(("kind", "confidence"), [("CL-19", "低"), ("CL-20", "低"), ("CL-09", "中")])
def test_what_is_only_in_doubt_leaves_a_paper_as_it_is_but_not_surely(kind: str, confidence: str) -> None:
    found = weigh([inform(kind, ("有条款待人工审阅",)), inform("CL-05", ("已延长有效期",))])
    assert (found.outcome, found.confidence) == ("keep", confidence)


@pytest.mark.parametrize(
    ("rule", "outcome", "strength"),
    [(MODEL, "amend", "info"), ("LIC-01", "amend", "low"), ("FCR-03", "amend", "low")],
)
def test_a_clause_that_only_the_judge_suspects_decides_nothing(rule: str, outcome: str, strength: str) -> None:
    found = next(indicator for indicator in _clauses_found_by(rule) if indicator.id in ("CL-19", "CL-20"))
    assert (found.outcome, found.strength) == (outcome, strength)


def _clauses_found_by(rule: str) -> list[Indicator]:
    made = dossier(TITLE, "第一条 为了规范码头管理，制定本办法。", *REST, "第四条 经营者应当公示价格。", LAST)
    span = made.document.clauses[-1].span
    kind = "FCR-03" if rule == "FCR-03" else "LIC-01"
    finding = Finding(kind, "设定许可", Severity.CRITICAL, span, "", (), ("违法设定",), "", rule, chance=0.99)
    case = Case(made.source.text, made.document, made.labels, load_rulebook(), AS_OF, None)
    return list(propose_cleanup(case, [finding], made.assessment.validity).indicators)
