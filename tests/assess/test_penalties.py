"""Findings of the group penalties: raised in a normative document, not where the norm may set it."""

import pytest

from pipeline.document import Severity
from tests.builders import LAW, NOTICE, dossier, findings


def test_a_fine_in_a_notice_is_critical() -> None:
    (finding,) = findings(NOTICE, "一、乱倒垃圾的，处200元罚款。")
    assert (finding.type, finding.severity) == ("PEN-01", Severity.CRITICAL)


def test_a_law_may_set_fines_and_revoke_licences() -> None:
    assert findings(LAW, "第二条 违反本法规定的，处一万元以上罚款，并吊销营业执照。") == []


def test_a_rule_may_fine_within_limits_and_a_person_checks_them() -> None:
    head = (
        "湖南省人民政府令",
        "第310号",
        "《湖南省河道办法》已经省人民政府常务会议通过，现予公布。",
        "湖南省河道办法",
    )
    (finding,) = findings(head, "第二条 违反本办法规定的，处五千元以下罚款。")
    assert finding.severity is Severity.INFO and any("限额" in reason for reason in finding.reasons)


@pytest.mark.parametrize("heading", ["第三章 法律责任", "第五章 罚则"])
def test_a_chapter_of_liability_is_raised(heading: str) -> None:
    found = dossier(
        "临溪县绿化办法",
        "第一章 总则",
        "第一条 为了绿化，制定本办法。",
        heading,
        "第二条 依法处理。",
    ).assessment.findings
    assert [f.type for f in found if f.type != "FRM-03"] == ["FRM-05"]
