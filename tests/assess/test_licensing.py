"""Findings of the group licensing: raised in a normative document, silent where the norm may set it."""

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
        *NOTICE, "一、依照《中华人民共和国水法》第三十九条的规定，未取得采砂许可的，不得采砂。"
    ).assessment.findings
    assert [(f.type, f.softened, f.severity) for f in found] == [("LIC-01", True, Severity.INFO)]
