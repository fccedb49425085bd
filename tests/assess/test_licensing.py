"""Findings of the group licensing: raised in a normative document, not where the norm may set it."""

import pytest

from pipeline.document import Severity
from tests.builders import LAW, NOTICE, dossier, findings


def test_a_licence_in_a_notice_is_critical_with_law_article_and_advice() -> None:
    (finding,) = findings(NOTICE, "一、开办托管班的，须报镇人民政府审批后方可招生。")
    assert (finding.type, finding.severity, finding.path) == ("LIC-01", Severity.CRITICAL, "一、")
    assert ("中华人民共和国行政许可法", "第十七条") in {(basis.law, basis.article) for basis in finding.bases}
    assert finding.advice and any("不得设定行政许可" in reason for reason in finding.reasons)


@pytest.mark.parametrize("sentence", ["第二条 未经许可，不得从事采砂活动。", "第二条 经营者应当取得许可后方可营业。"])
def test_a_law_may_set_licences(sentence: str) -> None:
    assert findings(LAW, sentence) == []


def test_a_restatement_of_the_law_is_kept_as_softened() -> None:
    found = dossier(
        *NOTICE, "一、依照《中华人民共和国水法》第三十九条的规定，采砂者须经县水利局许可。"
    ).assessment.findings
    assert [(f.type, f.softened, f.severity) for f in found] == [("LIC-01", True, Severity.INFO)]


def test_a_milder_wording_has_less_severity_than_its_type() -> None:
    (finding,) = findings(NOTICE, "一、摊主设置外摆位的，须向街道办事处申报备案。")
    assert (finding.type, finding.severity) == ("LIC-02", Severity.HIGH)


def test_a_repeated_sentence_is_raised_once_and_names_the_other_place() -> None:
    sentence = "开办托管班的，须报镇人民政府审批后方可招生。"
    found = dossier(*NOTICE, f"一、{sentence}", f"二、{sentence}").assessment.findings
    first, again = [finding for finding in found if finding.type == "LIC-01"]
    assert (first.path, first.softened, again.path, again.softened) == ("一、", False, "二、", True)
    assert first.reasons[-1] == "相同的文字另有1处（第二部分），请一并处理"
    assert again.reasons[-1] == "与第一部分的文字相同，在该处审阅"


def test_a_statutory_licence_repeated_without_its_law_is_a_note_that_names_the_law() -> None:
    (finding,) = [
        f for f in findings(NOTICE, "一、经营燃气的企业，应当向县住建局申领燃气经营许可证。") if f.type[:3] == "LIC"
    ]
    assert finding.severity == Severity.MEDIUM
    assert any("城镇燃气管理条例" in reason and "没有写明依据" in reason for reason in finding.reasons)


def test_a_licence_that_no_law_knows_stays_critical() -> None:
    (finding,) = [f for f in findings(NOTICE, "一、夜市摊主应当向镇政府申领夜市摊位准营证。") if f.type[:3] == "LIC"]
    assert finding.severity in (Severity.CRITICAL, Severity.HIGH)
